import { convert, jsonArray } from '../lower/convert.ts';
import { ticksToDatetime, value, type Value } from '../lower/value.ts';
import { call, constant, parametric, type Sql } from '../sql/tree.ts';
import type { Aggregate, AggregateCall } from './types.ts';

const REFUSAL = 'A percentile is a constant from 0 to 100.';

function shareOf(given: unknown): number | undefined {
  const percent = typeof given === 'bigint' ? Number(given) : typeof given === 'number' ? given : NaN;
  return percent >= 0 && percent <= 100 ? percent / 100 : undefined;
}

/** The shares that a call asks for: constants, or one constant array of them. */
function sharesOf(of: AggregateCall, first: number): readonly number[] | undefined {
  const given = of.args.slice(first).flatMap((argument): readonly unknown[] => {
    if (argument.type !== 'dynamic' || typeof argument.constant !== 'string') return [argument.constant];
    const parsed: unknown = JSON.parse(argument.constant);
    return Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
  });
  const shares = given.map(shareOf).filter((share) => share !== undefined);
  return shares.length === given.length && shares.length > 0 ? shares : undefined;
}

/** What is ranked: numbers as they are, moments by their ticks, dynamic values as numbers. */
function ranked(of: AggregateCall): { readonly source: Value; readonly sql: Sql } {
  const [argument] = of.args as [Value];
  const source =
    argument.type === 'dynamic' ? (convert(argument, of.type === 'dynamic' ? 'real' : of.type) ?? argument) : argument;
  return { source, sql: source.type === 'datetime' ? call('reinterpretAsInt64', source.sql) : source.sql };
}

/** A value of the source's own type out of its rank. */
function valueAt(source: Value, sql: Sql): Value {
  switch (source.type) {
    case 'datetime':
      return value(ticksToDatetime(call('toInt64', sql)), 'datetime', true);
    case 'int':
      return value(call('toInt32', sql), 'int', true);
    case 'long':
    case 'timespan':
      return value(call('toInt64', sql), source.type, true);
    default:
      return value(sql, source.type, true);
  }
}

/**
 * Nearest rank: the smallest value that so many percent of the values do not exceed. The engine takes the element at the
 * whole part of share × count: a hair less makes that the nearest rank where the product is whole.
 */
const plainRank = (share: number, sql: Sql): Sql =>
  parametric('quantileExactOrNull', [Math.max(0, share - 1e-12)], sql);

/** The same where each value stands for as many as its weight says; one without a weight, or below zero, for none. */
const weightedRank = (share: number, sql: Sql, weight: Value): Sql => {
  const count = call(
    'toUInt64',
    call('greatest', call('ifNull', convert(weight, 'long')?.sql ?? weight.sql, constant(0)), constant(0)),
  );
  return parametric('quantileExactWeightedOrNull', [share], sql, count);
};

function percentilesOf(of: AggregateCall, weighted: boolean): readonly Value[] | undefined {
  const shares = sharesOf(of, weighted ? 2 : 1);
  const { source, sql } = ranked(of);
  return shares?.map((share) =>
    valueAt(source, weighted ? weightedRank(share, sql, of.arg(1)) : plainRank(share, sql)),
  );
}

const columns =
  (weighted: boolean) =>
  (of: AggregateCall): readonly Value[] | Value =>
    percentilesOf(of, weighted) ?? of.refuse('GHQ020', REFUSAL);

const single =
  (weighted: boolean) =>
  (of: AggregateCall): Value =>
    percentilesOf(of, weighted)?.[0] ?? of.refuse('GHQ020', REFUSAL);

const array =
  (weighted: boolean) =>
  (of: AggregateCall): Value => {
    const all = percentilesOf(of, weighted);
    if (all === undefined) return of.refuse('GHQ020', REFUSAL);
    const texts = all.map((entry) =>
      call('ifNull', convert(entry, 'dynamic')?.sql ?? call('toString', entry.sql), constant('null')),
    );
    return value(jsonArray(call('array', ...texts)), 'dynamic', false);
  };

const PAGE = 'percentiles-aggregation-function';
const WEIGHTED_PAGE = 'percentilesw-aggregation-function';
const EXACT = 'Exact, where Kusto estimates.';

/** Values at percentiles, by nearest rank. */
export const PERCENTILE_AGGREGATES: readonly Aggregate[] = [
  {
    name: 'percentile',
    summary: 'Value at a percentile, by nearest rank.',
    page: PAGE,
    differs: EXACT,
    lower: single(false),
    examples: [['percentile(n, 50)', 2]],
  },
  {
    name: 'percentiles',
    summary: 'Values at percentiles, a column each.',
    page: PAGE,
    differs: EXACT,
    lower: columns(false),
    examples: [['percentiles(n, 50)', 2]],
  },
  {
    name: 'percentiles_array',
    summary: 'Values at percentiles, as an array.',
    page: PAGE,
    differs: EXACT,
    lower: array(false),
    examples: [
      ['percentiles_array(n, 50, 100)', [2, 5]],
      ['percentiles_array(n, dynamic([0, 99.5]))', [1, 5]],
    ],
  },
  {
    name: 'percentilew',
    summary: 'Value at a percentile of values that stand for several each.',
    page: WEIGHTED_PAGE,
    differs: EXACT,
    lower: single(true),
    examples: [
      ['percentilew(n, 7 - n, 50)', 1],
      ['percentilew(n, n, 50)', 3],
    ],
  },
  {
    name: 'percentilesw',
    summary: 'Values at percentiles of values that stand for several each, a column each.',
    page: WEIGHTED_PAGE,
    differs: EXACT,
    lower: columns(true),
    examples: [['percentilesw(n, n, 100)', 5]],
  },
  {
    name: 'percentilesw_array',
    summary: 'Values at percentiles of values that stand for several each, as an array.',
    page: WEIGHTED_PAGE,
    differs: EXACT,
    lower: array(true),
    examples: [['percentilesw_array(n, n, dynamic([10, 50, 100]))', [1, 3, 5]]],
  },
];
