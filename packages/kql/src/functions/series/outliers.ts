import { convert } from '../../lower/convert.ts';
import type { Value } from '../../lower/value.ts';
import {
  at,
  bind,
  choose,
  equal,
  less,
  mapped,
  minus,
  or,
  over,
  real,
  size,
  slice,
  times,
  tuple,
  part,
} from '../../sql/arrays.ts';
import { call, constant, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from '../types.ts';
import { NO_SERIES, nullableNumbers, presentNumbers, realsJson } from './values.ts';

/** Percentiles between which a series is ordinary. */
export type Fences = { readonly kind: 'tukey' } | { readonly kind: 'ctukey'; readonly low: Sql; readonly high: Sql };
export const CUSTOM_TUKEY: Fences = { kind: 'ctukey', low: constant(10), high: constant(90) };

const quantile = (share: string, sorted: Sql): Sql =>
  call('arrayReduce', constant(`quantileExactInclusive(${share})`), sorted);
const quartiles = (list: Sql): Sql => tuple(quantile('0.25', list), quantile('0.75', list));

/**
 * Scores by Tukey's test: how many interquartile ranges a value lies beyond the quartiles, 0 between them. `tukey` takes the
 * quartiles of all values. `ctukey` judges a low value by the quartiles of what lies above the lower percentile and a high
 * one by those of what lies below the upper, so that the tail in question does not widen its own measure: it gives the scores
 * that Microsoft's page of series_outliers() showed for [30,28,5,27,31,38,29,80,25,37,30].
 *
 * Below ten values there are no tails to leave out.
 *
 * `list` may have nulls, which score 0; the quartiles are those of `learned`.
 */
export function outlierScores(list: Sql, learned: Sql, fences: Fences): Sql {
  return bind([call('arraySort', learned)], (sorted) => {
    const share = (percent: Sql): Sql =>
      call('toInt64', call('floor', over(times(size(sorted), percent), constant(100))));
    const few = less(size(sorted), 10);
    const [low, high] =
      fences.kind === 'tukey'
        ? [sorted, sorted]
        : [
            choose(few, sorted, slice(sorted, call('plus', share(fences.low), constant(1)), size(sorted))),
            choose(few, sorted, slice(sorted, 1, share(fences.high))),
          ];
    return bind([quartiles(sorted), quartiles(low), quartiles(high)], (all, below, above) =>
      bind([spread(below, sorted), spread(above, sorted)], (belowSpread, aboveSpread) =>
        mapped(
          (item) =>
            choose(
              or(call('isNull', item), call('empty', sorted)),
              real(0),
              less(item, part(all, 1)),
              call('least', over(minus(item, part(below, 1)), belowSpread), real(0)),
              less(part(all, 2), item),
              call('greatest', over(minus(item, part(above, 2)), aboveSpread), real(0)),
              real(0),
            ),
          list,
        ),
      ),
    );
  });
}

/** The interquartile range; where half of the values are one value, a hair, so that what differs from it scores high. */
function spread(quarters: Sql, sorted: Sql): Sql {
  return bind([minus(part(quarters, 2), part(quarters, 1))], (width) =>
    choose(
      or(call('not', call('isFinite', width)), equal(width, 0)),
      times(
        call('greatest', call('abs', at(sorted, 1)), call('abs', at(sorted, -1)), constant(1e-100)),
        constant(1e-6),
      ),
      width,
    ),
  );
}

/** The kind of test that a call names, refused where there is no such one. */
export function fencesOf(kind: Value | undefined): Fences | undefined {
  const name = kind === undefined ? 'ctukey' : kind.constant;
  if (name === 'tukey') return { kind: 'tukey' };
  return name === 'ctukey' || name === '' ? CUSTOM_TUKEY : undefined;
}

function outliers(of: ScalarCall): Sql | Value {
  const [series, kind, ignored, low, high, testPoints] = of.args;
  const fences = fencesOf(kind);
  if (series === undefined || fences === undefined)
    return of.refuse('GHQ021', "The kind of test is the constant 'tukey' or 'ctukey'.");
  for (const percent of [low, high]) {
    const given = Number(percent?.constant ?? 50);
    if (given < 2 || given > 98) return of.refuse('GHQ021', 'A percentile of series_outliers() is from 2 to 98.');
  }
  const custom: Fences =
    fences.kind === 'tukey'
      ? fences
      : { kind: 'ctukey', low: number(low) ?? fences.low, high: number(high) ?? fences.high };
  const ignore = number(ignored);
  return bind([nullableNumbers(series)], (all) =>
    bind([ignore === undefined ? all : mapped((item) => call('nullIf', item, ignore), all)], (list) => {
      const head =
        testPoints === undefined
          ? list
          : slice(list, 1, call('greatest', minus(size(list), testPoints.sql), constant(0)));
      return choose(
        call('empty', list),
        NO_SERIES,
        realsJson(mapped((score) => call('assumeNotNull', score), outlierScores(list, presentNumbers(head), custom))),
      );
    }),
  );
}

function number(argument: Value | undefined): Sql | undefined {
  return argument === undefined || argument.constant === null ? undefined : convert(argument, 'real')?.sql;
}

export const OUTLIER_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_outliers',
    summary: "How far each value of a series lies outside, by Tukey's test; beyond 1.5 it is an outlier.",
    takes: ['dynamic', 'string', 'any', 'real', 'real', 'long'],
    nulls: 'may',
    differs:
      "Microsoft does not publish the formula of the custom test: ours gives the scores of their page's example. Where half of the values are equal, any other scores very high.",
    lower: outliers,
    examples: [
      ['array_length(series_outliers(dynamic([30,28,5,27,31,38,29,80,25,37,30])))', 11],
      ['round(todouble(series_outliers(dynamic([30,28,5,27,31,38,29,80,25,37,30]))[2]), 6)', -3.206897],
      ['round(todouble(series_outliers(dynamic([30,28,5,27,31,38,29,80,25,37,30]))[3]), 6)', -0.172414],
      ['round(todouble(series_outliers(dynamic([30,28,5,27,31,38,29,80,25,37,30]))[7]), 6)', 16.666667],
      ["series_outliers(dynamic([1,2,3,4,null,13]), 'tukey')", [-0.5, 0, 0, 0, 0, 4.5]],
      ["series_outliers(dynamic([1,2,3,4,-1,13]), 'tukey', -1)", [-0.5, 0, 0, 0, 0, 4.5]],
    ],
  },
];
