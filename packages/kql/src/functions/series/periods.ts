import { convert } from '../../lower/convert.ts';
import type { Value } from '../../lower/value.ts';
import {
  and,
  at,
  bind,
  choose,
  equal,
  folded,
  kept,
  less,
  lessOrEqual,
  mapped,
  minus,
  modulo,
  or,
  over,
  part,
  plus,
  range,
  real,
  size,
  slice,
  squared,
  summed,
  times,
  tuple,
  wholeOver,
} from '../../sql/arrays.ts';
import { call, constant, lambda, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from '../types.ts';
import { average, lineOf, lineValues } from './fit.ts';
import { dynamic, NO_SERIES, overNumbers, realsJson } from './values.ts';

const SHORTEST = 4;
const NO_REALS = call('emptyArrayFloat64');

/** How alike a series is to itself moved by 0, 1 … n-1 points: 1 for the same. */
function autocorrelation(y: Sql): Sql {
  return bind([size(y), average(y)], (n, mean) =>
    bind([mapped((item) => minus(item, mean), y)], (centred) =>
      bind(
        [
          over(
            summed((item) => squared(item), centred),
            n,
          ),
        ],
        (spread) =>
          mapped(
            (lag) =>
              choose(
                equal(spread, 0),
                real(0),
                over(
                  over(
                    call('arrayDotProduct', slice(centred, plus(lag, 1), n), slice(centred, 1, minus(n, lag))),
                    minus(n, lag),
                  ),
                  spread,
                ),
              ),
            range(0, n),
          ),
      ),
    ),
  );
}

/** A period's score: the series is alike after one and after two periods. 0 outside 4 points … half of the series. */
const scoreOf = (likeness: Sql, period: Sql): Sql =>
  choose(
    or(less(period, SHORTEST), lessOrEqual(size(likeness), times(period, 2))),
    real(0),
    call(
      'greatest',
      call(
        'least',
        at(likeness, plus(call('toInt64', period), 1)),
        at(likeness, plus(times(call('toInt64', period), 2), 1)),
        constant(1),
      ),
      real(0),
    ),
  );

/**
 * Periods between two bounds, best first, as (score, period). A period is where the series is more like itself than around
 * it; the multiples of a better one say nothing new.
 */
export function periodsOf(y: Sql, least: Sql, most: Sql): Sql {
  return bind([autocorrelation(y)], (likeness) =>
    bind(
      [
        range(
          call('greatest', call('ceil', real(least)), real(SHORTEST)),
          plus(call('least', call('floor', real(most)), real(wholeOver(size(likeness), 2))), 1),
        ),
      ],
      (periods) => {
        const around = (period: Sql): Sql =>
          bind([call('greatest', wholeOver(period, 8), constant(2))], (reach) =>
            call('arrayMax', slice(likeness, plus(minus(call('toInt64', period), reach), 1), plus(times(reach, 2), 1))),
          );
        const candidates = kept(
          (entry) => less(constant(0.05), part(entry, 1)),
          mapped(
            (period) => tuple(scoreOf(likeness, period), real(period)),
            kept((period) => lessOrEqual(around(period), at(likeness, plus(call('toInt64', period), 1))), periods),
          ),
        );
        const sorted = call(
          'arraySort',
          lambda((entry) => tuple(call('negate', call('round', part(entry, 1), constant(2))), part(entry, 2))),
          candidates,
        );
        return folded(
          (found, entry) =>
            choose(
              call(
                'arrayExists',
                lambda((known) => equal(modulo(part(entry, 2), part(known, 2)), 0)),
                found,
              ),
              found,
              call('arrayPushBack', found, entry),
            ),
          sorted,
          call('arrayResize', call('array', tuple(real(0), real(0))), constant(0)),
        );
      },
    ),
  );
}

/**
 * The best period of a series where its score reaches a threshold; 0 where there is none. It is looked for in what a straight
 * line leaves over, so that a trend does not hide it.
 */
export const bestPeriod = (y: Sql, threshold: Sql): Sql =>
  bind([periodsOf(withoutLine(y), constant(SHORTEST), size(y))], (found) =>
    choose(
      and(call('notEmpty', found), lessOrEqual(threshold, part(at(found, 1), 1))),
      call('toInt64', part(at(found, 1), 2)),
      call('toInt64', constant(0)),
    ),
  );

const withoutLine = (y: Sql): Sql =>
  bind([lineValues(lineOf(y), size(y))], (line) => mapped((item, on) => minus(item, on), y, line));

const NONE = tuple(NO_REALS, NO_REALS);
const twoSeries = (pair: Sql): readonly Value[] =>
  [1, 2].map((index) => dynamic(choose(call('empty', part(pair, index)), NO_SERIES, realsJson(part(pair, index)))));

function detect(of: ScalarCall): SeveralColumns {
  const [least, most, count] = [of.sql(1), of.sql(2), call('toInt64', of.sql(3))];
  const filled = (list: Sql): Sql => call('arrayResize', list, count, real(0));
  return {
    shared: overNumbers(
      of.arg(0),
      (y) =>
        bind([periodsOf(y, least, most)], (found) =>
          tuple(filled(mapped((entry) => part(entry, 2), found)), filled(mapped((entry) => part(entry, 1), found))),
        ),
      NONE,
    ),
    columns: twoSeries,
  };
}

function validate(of: ScalarCall): SeveralColumns | Value {
  const periods = of.args.slice(1).map((period) => (convert(period, 'real') ?? period).sql);
  if (periods.length > 16) return of.refuse('GHQ013', 'series_periods_validate() takes up to 16 periods.');
  return {
    shared: overNumbers(
      of.arg(0),
      (y) =>
        bind([autocorrelation(y), call('array', ...periods)], (likeness, list) =>
          tuple(
            mapped((period) => call('ifNull', period, real(0)), list),
            mapped((period) => scoreOf(likeness, call('round', call('ifNull', period, real(0)))), list),
          ),
        ),
      NONE,
    ),
    columns: twoSeries,
  };
}

const WEEK = 'dynamic([1, 2, 3, 4, 9, 9, 1, 2, 3, 4, 9, 9, 1, 2, 3, 4, 9, 9, 1, 2, 3, 4, 9, 9])';
const DIFFERS =
  "By autocorrelation: a period's score is how alike the series is after one and after two periods. Microsoft does not publish its formula; the scores of their page come out the same.";

export const PERIOD_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_periods_detect',
    summary: 'Periods that a series has between two bounds, best first, and their scores from 0 to 1.',
    takes: ['dynamic', 'real', 'real', 'long'],
    nulls: 'may',
    differs: DIFFERS,
    lower: detect,
    examples: [
      [
        `series_periods_detect(${WEEK}, 0.0, 50.0, 2)`,
        [
          [6, 0],
          [1, 0],
        ],
      ],
      ['series_periods_detect(dynamic([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 0.0, 50.0, 1)', [[0], [0]]],
    ],
  },
  {
    name: 'series_periods_validate',
    summary: 'Scores of periods that a series may have.',
    takes: ['dynamic', 'real'],
    nulls: 'may',
    differs: DIFFERS,
    lower: validate,
    examples: [
      [
        `series_periods_validate(${WEEK}, 6.0, 3.0, 20.0)`,
        [
          [6, 3, 20],
          [1, 0, 0],
        ],
      ],
    ],
  },
];
