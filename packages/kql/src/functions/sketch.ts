import {
  digestJson,
  digestPairs,
  digestPercentile,
  digestRank,
  digestType,
  isDigest,
  isSketch,
  sketchCount,
  sketchHashes,
  sketchJson,
  sketchLimit,
} from '../lower/sketch.ts';
import { convert, jsonArray } from '../lower/convert.ts';
import { ticksToDatetime, value, type Value } from '../lower/value.ts';
import { and, bind, choose, mapped, over, part, times } from '../sql/arrays.ts';
import { call, constant, NULL, type Sql } from '../sql/tree.ts';
import type { KqlType } from '../catalogue.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const dynamic = (sql: Sql): Value => value(sql, 'dynamic', false);

/** The text of a digest's value as JSON of the digest's own type. */
function typedJson(text: Sql, type: Sql): Sql {
  const ticks = call('toInt64OrZero', text);
  const json = (kind: KqlType, sql: Sql): Sql => convert(value(sql, kind, false), 'dynamic')?.sql ?? sql;
  return choose(
    call('empty', text),
    constant(''),
    call('equals', type, constant('datetime')),
    json('datetime', ticksToDatetime(ticks)),
    call('equals', type, constant('timespan')),
    json('timespan', ticks),
    text,
  );
}

const WANTED: ReadonlySet<string> = new Set(['long', 'int', 'real', 'double', 'datetime', 'timespan', 'decimal']);

function percentile(of: ScalarCall): Value | Sql {
  const [digest, percent, type] = of.args as [Value, Value, Value | undefined];
  const text = choose(
    isDigest(digest),
    digestPercentile(digest, (convert(percent, 'real') ?? percent).sql),
    constant(''),
  );
  const found = dynamic(bind([text], (json) => typedJson(json, digestType(digest))));
  if (type === undefined) return found;
  if (typeof type.constant !== 'string' || !WANTED.has(type.constant))
    return of.refuse('GHQ021', 'The type of percentile_tdigest() is that of a number, a moment or a span.');
  return convert(found, of.type) ?? found;
}

function percentiles(of: ScalarCall): Sql {
  const [digest, ...percents] = of.args as [Value, ...Value[]];
  const numbers = percents.map((percent) => {
    if (percent.type !== 'dynamic')
      return call('array', call('ifNull', (convert(percent, 'real') ?? percent).sql, constant(0)));
    return choose(
      call('startsWith', percent.sql, constant('[')),
      call('JSONExtract', percent.sql, constant('Array(Float64)')),
      call('array', call('ifNull', (convert(percent, 'real') ?? percent).sql, constant(0))),
    );
  });
  return choose(
    isDigest(digest),
    bind([digestType(digest)], (type) =>
      jsonArray(
        mapped(
          (percent) =>
            bind([digestPercentile(digest, percent)], (text) =>
              choose(call('empty', text), constant('null'), typedJson(text, type)),
            ),
          call('arrayConcat', ...numbers),
        ),
      ),
    ),
    constant(''),
  );
}

const ranked =
  (body: (rank: Sql) => Sql) =>
  (of: ScalarCall): Sql =>
    choose(
      isDigest(of.arg(0)),
      bind([digestRank(of.arg(0), of.arg(1))], (rank) => call('toNullable', body(rank))),
      NULL,
    );

const mergeDigests = (of: ScalarCall): Sql =>
  choose(
    and(...of.args.map(isDigest), constant(1)),
    digestJson(call('arrayConcat', ...of.args.map(digestPairs)), digestType(of.arg(0))),
    constant(''),
  );

const mergeSketches = (of: ScalarCall): Sql =>
  choose(
    and(...of.args.map(isSketch), constant(1)),
    sketchJson(
      call('arrayConcat', ...of.args.map(sketchHashes)),
      of.args.length === 1 ? sketchLimit(of.arg(0)) : call('least', ...of.args.map(sketchLimit)),
    ),
    constant(''),
  );

const T = 'toscalar(range x from 1 to 1000 step 1 | summarize tdigest(x))';
const H = 'toscalar(range x from 1 to 10 step 1 | summarize hll(x))';

/** What is read out of summaries; see the aggregates tdigest() and hll(). */
export const SKETCH_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'percentile_tdigest',
    summary: 'Value at a percentile of a distribution.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: percentile,
    examples: [
      [`percentile_tdigest(${T}, 85)`, 850],
      [`percentile_tdigest(${T}, 100, typeof(long))`, 1000],
      ['percentile_tdigest(dynamic([1]), 50)', null],
      [
        'percentile_tdigest(toscalar(print t = datetime(2020-01-02) | summarize tdigest(t)), 50, typeof(datetime))',
        '2020-01-02T00:00:00.0000000Z',
      ],
    ],
  },
  {
    name: 'percentiles_array_tdigest',
    summary: 'Values at percentiles of a distribution, as an array.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: percentiles,
    examples: [
      [`percentiles_array_tdigest(${T}, 1, 50)`, [10, 500]],
      [`percentiles_array_tdigest(${T}, dynamic([0, 99.9]))`, [1, 999]],
    ],
  },
  {
    name: 'rank_tdigest',
    summary: 'How many values of a distribution are not larger.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: ranked((rank) => part(rank, 1)),
    examples: [[`rank_tdigest(${T}, 685)`, 685]],
  },
  {
    name: 'percentrank_tdigest',
    summary: 'What share of a distribution is not larger, in percent.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: ranked((rank) => over(times(part(rank, 1), constant(100)), part(rank, 2))),
    examples: [[`percentrank_tdigest(${T}, 250)`, 25]],
  },
  {
    name: 'tdigest_merge',
    aliases: ['merge_tdigest'],
    summary: 'Distributions as one.',
    page: 'merge-tdigest-function',
    takes: ['dynamic'],
    nulls: 'may',
    lower: mergeDigests,
    examples: [[`rank_tdigest(tdigest_merge(${T}, ${T}), 10)`, 20]],
  },
  {
    name: 'tdigest_isvalid',
    summary: 'True for a distribution that can be read.',
    takes: ['dynamic', 'any'],
    nulls: 'never',
    lower: (of) => isDigest(of.arg(0)),
    examples: [['tdigest_isvalid(dynamic([1]), 1)', false]],
  },
  {
    name: 'dcount_hll',
    summary: 'Number of distinct values.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) => sketchCount(of.arg(0)),
    examples: [
      [`dcount_hll(${H})`, 10],
      ['dcount_hll(dynamic([1]))', null],
    ],
  },
  {
    name: 'hll_merge',
    summary: 'Distinct values of several as one.',
    page: 'hll-merge-function',
    takes: ['dynamic'],
    nulls: 'may',
    lower: mergeSketches,
    examples: [[`dcount_hll(hll_merge(${H}, toscalar(range x from 6 to 15 step 1 | summarize hll(x))))`, 15]],
  },
  {
    name: 'hll_isvalid',
    summary: 'True for distinct values that can be read.',
    takes: ['dynamic', 'any'],
    nulls: 'never',
    lower: (of) => isSketch(of.arg(0)),
    examples: [['hll_isvalid(dynamic([1]), 1)', false]],
  },
];
