import { convert, jsonArray, jsonElement } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { call, constant, every, lambda, parametric, type Sql } from '../sql/tree.ts';
import { elementsOf } from '../functions/dynamic.ts';
import type { Aggregate, AggregateCall } from './types.ts';

/** Kusto's own bound on the elements of a set or list. */
const MAX_ELEMENTS = 1_048_576;

function limitOf(of: AggregateCall, index: number): number | undefined {
  if (of.count <= index) return MAX_ELEMENTS;
  const given = of.args[index]?.constant;
  return typeof given === 'bigint' && given > 0n ? Math.min(Number(given), MAX_ELEMENTS) : undefined;
}

/** Values gathered as JSON texts; plain texts are gathered as they are and quoted once at the end. */
const gathering =
  (engine: 'groupUniqArray' | 'groupArray', conditionAt?: number, withNulls = false) =>
  (of: AggregateCall): Value => {
    const limit = limitOf(of, conditionAt === undefined ? 1 : 2);
    if (limit === undefined)
      return of.refuse('GHQ020', 'The largest number of elements must be a constant above zero.');
    const [source] = of.args as [Value];
    const tests: Sql[] =
      conditionAt === undefined
        ? []
        : [(of.args[conditionAt] && convert(of.args[conditionAt], 'bool')?.sql) ?? of.sql(conditionAt)];
    if (!withNulls && source.nullable) tests.push(call('isNotNull', source.sql));
    if (!withNulls && source.type === 'dynamic')
      tests.push(call('not', call('in', source.sql, call('tuple', constant(''), constant('null')))));
    const name = `${engine}${tests.length > 0 ? 'If' : ''}`;
    const condition = tests.length === 0 ? [] : [every(tests)];
    const gather = (sql: Sql): Sql => {
      const list =
        limit === MAX_ELEMENTS ? call(name, sql, ...condition) : parametric(name, [limit], sql, ...condition);
      // A set has no order in Kusto; here it has one, so that the same events give the same alert.
      return engine === 'groupUniqArray' ? call('arraySort', list) : list;
    };
    if (source.type === 'dynamic' || withNulls) {
      const texts = gather(jsonElement(source));
      const elements = withNulls ? texts : flattened(texts);
      return value(
        jsonArray(engine === 'groupUniqArray' ? call('arraySort', call('arrayDistinct', elements)) : elements),
        'dynamic',
        false,
      );
    }
    // Gathered in their own type and made JSON once, after the grouping.
    const json = lambda((item) => convert(value(item, source.type, false), 'dynamic')?.sql ?? item);
    return value(jsonArray(call('arrayMap', json, gather(source.sql))), 'dynamic', false);
  };

/** Of arrays the elements are gathered, as in the documentation's examples of make_set() and geo_h3cell_rings(). */
function flattened(list: Sql): Sql {
  const elements = lambda((item) =>
    call('if', call('startsWith', item, constant('[')), elementsOf(value(item, 'dynamic', false)), call('array', item)),
  );
  return call('arrayFlatten', call('arrayMap', elements, list));
}

/** Bags as one; the first value of a name stays. */
const bagOf =
  (conditionAt?: number) =>
  (of: AggregateCall): Value => {
    const [source] = of.args as [Value];
    const tests: readonly Sql[] = conditionAt === undefined ? [] : [of.sql(conditionAt)];
    const gathered = call(
      conditionAt === undefined ? 'groupArray' : 'groupArrayIf',
      call('JSONExtractKeysAndValuesRaw', source.sql),
      ...tests,
    );
    const pairs = call('arrayFlatten', gathered);
    const name = (pair: Sql): Sql => call('tupleElement', pair, constant(1));
    const limit = limitOf(of, conditionAt === undefined ? 1 : 2);
    if (limit === undefined)
      return of.refuse('GHQ020', 'The largest number of elements must be a constant above zero.');
    const names = call(
      'arrayMap',
      lambda((pair) => name(pair)),
      pairs,
    );
    const once = call(
      'arrayFilter',
      lambda((_pair, occurrence) => call('equals', occurrence, constant(1))),
      pairs,
      call('arrayEnumerateUniq', names),
    );
    const firsts = limit === MAX_ELEMENTS ? once : call('arraySlice', once, constant(1), constant(limit));
    const texts = call(
      'arrayMap',
      lambda((pair) =>
        call('concat', call('toJSONString', name(pair)), constant(':'), call('tupleElement', pair, constant(2))),
      ),
      firsts,
    );
    return value(
      call('concat', constant('{'), call('arrayStringConcat', texts, constant(',')), constant('}')),
      'dynamic',
      false,
    );
  };

/** Sets, lists and bags. */
export const COLLECTION_AGGREGATES: readonly Aggregate[] = [
  {
    name: 'make_set',
    aliases: ['makeset'],
    summary: 'Distinct values as an array, nulls left out.',
    differs: 'The order of the elements is not defined, as in Kusto.',
    lower: gathering('groupUniqArray'),
    examples: [['array_sort_asc(make_set(s))', ['x', 'y', 'z']]],
  },
  {
    name: 'make_set_if',
    summary: 'Distinct values of rows where a condition holds.',
    lower: gathering('groupUniqArray', 1),
    examples: [['make_set_if(s, n == 5)', ['z']]],
  },
  {
    name: 'make_list',
    aliases: ['makelist'],
    summary: 'Values as an array, nulls left out.',
    lower: gathering('groupArray'),
    examples: [['array_sort_asc(make_list(n))', [1, 1, 2, 3, 5]]],
  },
  {
    name: 'make_list_if',
    summary: 'Values of rows where a condition holds.',
    lower: gathering('groupArray', 1),
    examples: [['make_list_if(n, s == "z")', [5]]],
  },
  {
    name: 'make_list_with_nulls',
    summary: 'Values as an array, nulls kept.',
    lower: gathering('groupArray', undefined, true),
    examples: [['array_length(make_list_with_nulls(n))', 6]],
  },
  {
    name: 'make_bag',
    aliases: ['make_dictionary'],
    summary: 'Bags as one.',
    lower: bagOf(),
    examples: [['bag_has_key(make_bag(d), "c")', true]],
  },
  {
    name: 'make_bag_if',
    summary: 'Bags of rows where a condition holds, as one.',
    lower: bagOf(1),
    examples: [['make_bag_if(d, n == 5)', { b: 5 }]],
  },
];
