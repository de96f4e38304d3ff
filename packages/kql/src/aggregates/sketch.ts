import { convert } from '../lower/convert.ts';
import {
  digestJson,
  digestNumber,
  digestPairs,
  digestType,
  hashOf,
  isDigest,
  isSketch,
  sketchHashes,
  sketchJson,
  sketchLimit,
  sketchSize,
} from '../lower/sketch.ts';
import { value, type Value } from '../lower/value.ts';
import { and, choose, mapped, part, tuple } from '../sql/arrays.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import type { Aggregate, AggregateCall } from './types.ts';

const dynamic = (sql: Sql): Value => value(sql, 'dynamic', false);

/** Values with how often they are there. */
function digest(of: AggregateCall): Value {
  const [source] = of.args as [Value];
  const number = digestNumber(source);
  const weight = of.args[1];
  const count =
    weight === undefined
      ? call('toInt64', constant(1))
      : call('ifNull', (convert(weight, 'long') ?? weight).sql, constant(0));
  const [name, tests] = number.nullable ? ['sumMapIf', [call('isNotNull', number.sql)]] : ['sumMap', []];
  const gathered = call(
    name,
    call('array', call('assumeNotNull', number.sql)),
    call('array', call('toInt64', count)),
    ...tests,
  );
  const pairs = mapped((item, sum) => tuple(call('toString', item), sum), part(gathered, 1), part(gathered, 2));
  return dynamic(digestJson(pairs, constant(source.type)));
}

const mergeDigests = (of: AggregateCall): Value => {
  const source = of.arg(0);
  return dynamic(
    digestJson(
      call('arrayFlatten', call('groupArrayIf', digestPairs(source), isDigest(source))),
      call('anyIf', digestType(source), isDigest(source)),
    ),
  );
};

const sketch =
  (conditionAt?: number) =>
  (of: AggregateCall): Value => {
    const [source] = of.args as [Value];
    const size = sketchSize(of.args[conditionAt === undefined ? 1 : 2]?.constant);
    if (size === undefined) return of.refuse('GHQ021', 'The accuracy is a constant from 0 to 4.');
    const given = conditionAt === undefined ? undefined : of.args[conditionAt];
    const tests: Sql[] = given === undefined ? [] : [(convert(given, 'bool') ?? given).sql];
    if (source.nullable) tests.push(call('isNotNull', source.sql));
    const hashes =
      tests.length === 0
        ? call('groupUniqArray', hashOf(source))
        : call(
            'groupUniqArrayIf',
            call('assumeNotNull', hashOf(source)),
            tests.length === 1 && tests[0] !== undefined ? tests[0] : and(...tests),
          );
    return dynamic(sketchJson(hashes, call('toInt64', constant(size))));
  };

const mergeSketches = (of: AggregateCall): Value => {
  const source = of.arg(0);
  const least = call('minIf', sketchLimit(source), isSketch(source));
  return dynamic(
    sketchJson(
      call('groupUniqArrayArray', choose(isSketch(source), sketchHashes(source), call('emptyArrayUInt64'))),
      choose(call('equals', least, constant(0)), call('toInt64', constant(4096)), least),
    ),
  );
};

const OWN = 'What is between is JSON of our own: Kusto cannot read it, and we cannot read that of Kusto.';

/** Summaries that can be kept and merged: of the distribution of values, and of distinct values. */
export const SKETCH_AGGREGATES: readonly Aggregate[] = [
  {
    name: 'tdigest',
    summary: 'The distribution of values, for percentile_tdigest().',
    differs: `Exact up to 2,000 different values. ${OWN}`,
    lower: digest,
    examples: [
      ['percentile_tdigest(tdigest(n), 50)', 2],
      ['percentile_tdigest(tdigest(n, n), 50)', 3],
    ],
  },
  {
    name: 'tdigest_merge',
    aliases: ['merge_tdigest'],
    summary: 'Distributions as one.',
    page: 'tdigest-merge-aggregation-function',
    differs: OWN,
    lower: mergeDigests,
    examples: [['array_length(tdigest_merge(d))', 4]],
  },
  {
    name: 'hll',
    summary: 'The distinct values, for dcount_hll().',
    differs: `Exact below 4,096 values (1,024 to 32,768 by accuracy), then within some 1.6 %. ${OWN}`,
    lower: sketch(),
    examples: [
      ['dcount_hll(hll(s))', 3],
      ['dcount_hll(hll(n, 4))', 4],
    ],
  },
  {
    name: 'hll_if',
    summary: 'The distinct values of rows where a condition holds.',
    differs: OWN,
    lower: sketch(1),
    examples: [['dcount_hll(hll_if(s, n > 2))', 2]],
  },
  {
    name: 'hll_merge',
    summary: 'Distinct values of several as one.',
    page: 'hll-merge-aggregation-function',
    differs: OWN,
    lower: mergeSketches,
    examples: [['dcount_hll(hll_merge(d))', 0]],
  },
];
