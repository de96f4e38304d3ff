import { DISCOVERED_COLUMNS_LIMIT, type NamedType } from '../discovery.ts';
import { columnValue, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { pathStep } from '../lower/expression.ts';
import { openTable } from '../lower/open.ts';
import { constantValue, nullOf } from '../lower/value.ts';
import { findColumn, type Column, type Table } from '../relation/tree.ts';
import { call, column, constant, lambda, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import type { Plugin, PluginCall } from './types.ts';

/** What is done with a property whose name a column of the table has. */
const CONFLICTS = ['error', 'replace_source', 'keep_source'] as const;
type Conflict = (typeof CONFLICTS)[number];

interface Options {
  readonly bag: Column;
  /** The table without the bag. */
  readonly rest: Table;
  readonly prefix: string;
  readonly conflict: Conflict;
  readonly ignored: readonly string[];
}

function optionsOf(plugin: PluginCall, input: Table): Options | undefined {
  const source = plugin.argument('column', 0);
  const bag = source && plugin.column(source);
  if (bag === undefined) return undefined;
  if (bag.type !== 'dynamic') plugin.refuse('GHQ022', `bag_unpack() takes a dynamic column, not ${bag.type}.`, source);
  const prefix = plugin.constant('OutputColumnPrefix', 1) ?? '';
  const conflict = plugin.constant('columnsConflict', 2) ?? 'error';
  if (!CONFLICTS.includes(conflict as Conflict))
    plugin.refuse('GHQ021', `columnsConflict is one of ${CONFLICTS.join(', ')}.`);
  const ignored = plugin.constant('ignoredProperties', 3);
  const rest = { ...input, columns: input.columns.filter((entry) => entry !== bag) };
  return { bag, rest, prefix: String(prefix), conflict: conflict as Conflict, ignored: namesOf(ignored, plugin) };
}

function namesOf(json: unknown, plugin: PluginCall): readonly string[] {
  if (typeof json !== 'string' || json === '') return [];
  const names: unknown = JSON.parse(json);
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  plugin.refuse('GHQ021', 'ignoredProperties is a dynamic array of names.');
  return [];
}

const first = (pair: Sql): Sql => call('tupleElement', pair, constant(1));
const second = (pair: Sql): Sql => call('tupleElement', pair, constant(2));

/** The type of a JSON value by its first letter; a number is long unless it has a point or an exponent. */
function typeOf(raw: Sql): Sql {
  const letter = call('substring', raw, constant(1), constant(1));
  return call(
    'multiIf',
    call('equals', letter, constant('"')),
    constant('string'),
    call('in', letter, literal('Array(String)', ['t', 'f'])),
    constant('bool'),
    call('in', letter, literal('Array(String)', ['{', '['])),
    constant('dynamic'),
    call('equals', letter, constant('n')),
    constant(''),
    call('isNull', call('toInt64OrNull', raw)),
    constant('real'),
    constant('long'),
  );
}

/** Names and types of the properties: a type that all values share, otherwise dynamic. Null values have none. */
function probe({ bag, rest, prefix, conflict, ignored }: Options, context: Context): Table {
  const { session } = context;
  const [pair, name, type, types] = [
    session.newColumn(),
    session.newColumn(),
    session.newColumn(),
    session.newColumn(),
  ];
  const pairs = call('JSONExtractKeysAndValuesRaw', column(bag.id));
  const unnested = {
    kind: 'unnest',
    input: rest.relation,
    arrays: [{ id: pair, value: pairs }],
    keepEmpty: false,
  } as const;
  const found = {
    kind: 'aggregate',
    input: unnested,
    keys: [{ id: name, value: first(column(pair)) }],
    values: [
      {
        id: types,
        value: call('groupUniqArray', typeOf(second(column(pair)))),
      },
    ],
  } as const;
  const known = call(
    'arrayFilter',
    lambda((word) => call('notEmpty', word)),
    column(types),
  );
  const one = call('equals', call('length', known), constant(1));
  const shown = session.newColumn();
  const taken = conflict === 'keep_source' ? rest.columns.map((entry) => entry.name) : [];
  const full = prefix === '' ? column(name) : call('concat', constantValue('string', prefix).sql, column(name));
  const conditions = [
    ...(ignored.length === 0 ? [] : [call('notIn', column(name), literal('Array(String)', ignored))]),
    ...(taken.length === 0 ? [] : [call('notIn', full, literal('Array(String)', taken))]),
  ];
  const filtered = conditions.reduce<Table['relation']>(
    (input, condition) => ({ kind: 'filter', input, condition }),
    found,
  );
  return {
    relation: {
      kind: 'limit',
      input: {
        kind: 'compute',
        input: filtered,
        columns: [
          { id: shown, value: full },
          { id: type, value: call('if', one, call('arrayElement', known, constant(1)), constant('dynamic')) },
        ],
      },
      order: [{ value: column(shown), descending: false, nulls: 'first' }],
      count: literal('UInt64', DISCOVERED_COLUMNS_LIMIT + 1),
    },
    columns: [
      { id: shown, name: 'name', type: 'string', nullable: false },
      { id: type, name: 'type', type: 'string', nullable: false },
    ],
    order: [{ value: column(shown), descending: false, nulls: 'first' }],
  };
}

/** The table with properties as columns: in place where a column of the name is replaced, otherwise behind the others. */
function withProperties({ bag, rest, prefix }: Options, properties: readonly NamedType[], context: Context): Table {
  const added: SelectColumn[] = [];
  const byName = new Map(
    properties.map(({ name, type }): readonly [string, Column] => {
      const element = pathStep(columnValue(bag), constantValue('string', name.slice(prefix.length)).sql);
      const value = convert(element, type) ?? nullOf(type);
      const id = context.session.newColumn();
      added.push({ id, value: value.sql });
      return [name, { id, name, type, nullable: value.nullable }];
    }),
  );
  const columns = rest.columns.map((entry) => {
    const replacement = byName.get(entry.name) ?? entry;
    byName.delete(entry.name);
    return replacement;
  });
  return {
    ...rest,
    relation: { kind: 'compute', input: rest.relation, columns: added },
    columns: [...columns, ...byName.values()],
  };
}

/** The columns that an output schema names and the table does not have, or whose values the bag replaces. */
function declared({ rest, conflict, prefix }: Options, schema: readonly NamedType[]): readonly NamedType[] {
  return schema.filter(
    ({ name }) => name.startsWith(prefix) && (conflict === 'replace_source' || findColumn(rest, name) === undefined),
  );
}

function unpacked(plugin: PluginCall, input: Table, context: Context): Table {
  const options = optionsOf(plugin, input);
  if (options === undefined) return input;
  const { rest, conflict } = options;
  if (plugin.outputSchema !== undefined)
    return withProperties(options, declared(options, plugin.outputSchema), context);
  const found = plugin.discover(() => probe(options, context));
  if (found === undefined) return openTable(rest, false, context);
  if (found.length > DISCOVERED_COLUMNS_LIMIT) {
    plugin.refuse(
      'GHQ027',
      `The bags have more than ${DISCOVERED_COLUMNS_LIMIT} properties; name those that are wanted in an output schema.`,
    );
    return rest;
  }
  const clash = conflict === 'error' ? found.find(({ name }) => findColumn(rest, name) !== undefined) : undefined;
  if (clash !== undefined) {
    plugin.refuse(
      'GHQ027',
      `The bags have a property '${clash.name}', and so does the table: give a prefix or columnsConflict.`,
    );
    return rest;
  }
  return openTable(withProperties(options, found, context), true, context);
}

/** `bag_unpack`: a column for each property. Source: KQL documentation, "bag_unpack plugin". */
export const bagUnpack: Plugin = {
  name: 'bag_unpack',
  summary: 'A column for each property of a bag.',
  differs:
    'Property values are JSON: a datetime inside a bag is a string. A name that no row has reads as null, where Kusto refuses it. At most 1,000 properties.',
  lower: unpacked,
  examples: [],
};
