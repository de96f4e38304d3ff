import { convert } from '../../lower/convert.ts';
import type { Value } from '../../lower/value.ts';
import {
  at,
  bind,
  choose,
  equal,
  kept,
  less,
  lessOrEqual,
  mapped,
  minus,
  modulo,
  or,
  part,
  plus,
  range,
  real,
  size,
  slice,
  times,
  tuple,
} from '../../sql/arrays.ts';
import { call, constant, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from '../types.ts';
import { average, lineOf, lineValues } from './fit.ts';
import { fencesOf, outlierScores } from './outliers.ts';
import { bestPeriod } from './periods.ts';
import { dynamic, longsJson, NO_SERIES, overNumbers, realsJson } from './values.ts';

const NO_REALS = call('emptyArrayFloat64');
const TRENDS = ['avg', 'linefit', 'none'] as const;
type Trend = (typeof TRENDS)[number];

/** How a series is to be taken apart. */
interface Plan {
  /** Points a period; 0 for none, below 0 to look for one. */
  readonly period: Value | undefined;
  readonly trend: Trend;
  readonly testPoints: Sql;
  readonly threshold: Sql;
}

function planOf(
  [period, trend, testPoints, threshold]: readonly (Value | undefined)[],
  usual: number,
): Plan | undefined {
  const name = trend === undefined || trend.constant === '' ? 'avg' : trend.constant;
  const known = TRENDS.find((entry) => entry === name);
  if (known === undefined) return undefined;
  return {
    period,
    trend: known,
    testPoints: testPoints?.sql ?? constant(0),
    threshold: threshold?.sql ?? constant(usual),
  };
}

/** The period: what the call says, or what the series shows. */
function periodOf(learned: Sql, { period, threshold }: Pick<Plan, 'period' | 'threshold'>): Sql {
  if (period === undefined) return bestPeriod(learned, threshold);
  const { constant: known } = period;
  const given = call('toInt64', call('ifNull', period.sql, constant(-1)));
  if (typeof known === 'bigint') return known < 0n ? bestPeriod(learned, threshold) : given;
  return choose(less(given, 0), bestPeriod(learned, threshold), given);
}

/** The seasonal component over n points: each point has the median of the points that were learned from in its phase. */
function seasonalOf(learned: Sql, period: Sql, n: Sql): Sql {
  const phase = (index: Sql): Sql =>
    call(
      'arrayReduce',
      constant('quantileExactInclusive(0.5)'),
      kept((_, at_) => equal(modulo(at_, period), index), learned, range(0, size(learned))),
    );
  return choose(
    or(lessOrEqual(period, 0), less(size(learned), period)),
    call('arrayWithConstant', n, real(0)),
    bind([mapped(phase, range(0, call('greatest', period, constant(1))))], (phases) =>
      mapped((index) => at(phases, plus(modulo(index, call('greatest', period, constant(1))), 1)), range(0, n)),
    ),
  );
}

const difference = (a: Sql, b: Sql): Sql => mapped((x, y) => minus(x, y), a, b);

function trendOf(trend: Trend, learned: Sql, n: Sql): Sql {
  switch (trend) {
    case 'none':
      return call('arrayWithConstant', n, real(0));
    case 'avg':
      return call('arrayWithConstant', n, average(learned));
    case 'linefit':
      return lineValues(lineOf(learned), n);
  }
}

/** Baseline, seasonal, trend, residual. What is left over by rounding alone is nothing. */
function decompose(y: Sql, plan: Plan): Sql {
  return bind([size(y), slice(y, 1, call('greatest', minus(size(y), plan.testPoints), constant(1)))], (n, learned) =>
    bind([bind([periodOf(learned, plan)], (period) => seasonalOf(learned, period, n))], (seasonal) =>
      bind([trendOf(plan.trend, difference(learned, slice(seasonal, 1, size(learned))), n)], (trend) =>
        bind([mapped((a, b) => plus(a, b), seasonal, trend)], (baseline) =>
          bind(
            [
              times(
                call(
                  'arrayMax',
                  mapped((item) => call('abs', item), y),
                ),
                constant(1e-12),
              ),
            ],
            (hair) =>
              tuple(
                baseline,
                seasonal,
                trend,
                mapped((a, b) => choose(less(call('abs', minus(a, b)), hair), real(0), minus(a, b)), y, baseline),
              ),
          ),
        ),
      ),
    ),
  );
}

const NONE = tuple(NO_REALS, NO_REALS, NO_REALS, NO_REALS);
const column = (list: Sql): Value => dynamic(choose(call('empty', list), NO_SERIES, realsJson(list)));

/** A value read as a number where it is a dynamic or a text. */
const whole = (argument: Value | undefined): Value | undefined =>
  argument === undefined ? undefined : (convert(argument, 'long') ?? argument);

const refuseTrend = (of: ScalarCall): Value =>
  of.refuse('GHQ021', "The trend is the constant 'avg', 'linefit' or 'none'.");

const decomposing =
  (order: 'decompose' | 'forecast') =>
  (of: ScalarCall): SeveralColumns | Value => {
    const [series, first, second, third, fourth] = of.args;
    const plan =
      order === 'decompose'
        ? planOf([whole(first), second, third, fourth], 0.6)
        : planOf([whole(second), third, first, fourth], 0.6);
    if (series === undefined || plan === undefined) return refuseTrend(of);
    return {
      shared: overNumbers(series, (y) => decompose(y, plan), NONE),
      columns: (parts) => [1, 2, 3, 4].map((index) => column(part(parts, index))),
    };
  };

function anomalies(of: ScalarCall): SeveralColumns | Value {
  const [series, threshold, period, trend, testPoints, method, seasonality] = of.args;
  const plan = planOf([whole(period), trend, testPoints, seasonality], 0.6);
  if (series === undefined || plan === undefined) return refuseTrend(of);
  const fences = fencesOf(method);
  if (fences === undefined) return of.refuse('GHQ021', "The method is the constant 'ctukey' or 'tukey'.");
  const limit = threshold?.sql ?? constant(1.5);
  const flag = (score: Sql): Sql =>
    choose(less(limit, score), constant(1), less(score, call('negate', limit)), constant(-1), constant(0));
  return {
    shared: overNumbers(
      series,
      (y) =>
        bind([decompose(y, plan)], (parts) => {
          const residual = part(parts, 4);
          const learned = slice(residual, 1, call('greatest', minus(size(residual), plan.testPoints), constant(1)));
          return bind([outlierScores(residual, learned, fences)], (scores) =>
            tuple(
              mapped((score) => call('toInt64', flag(score)), scores),
              scores,
              part(parts, 1),
            ),
          );
        }),
      tuple(call('emptyArrayInt64'), NO_REALS, NO_REALS),
    ),
    columns: (found) => [
      dynamic(choose(call('empty', part(found, 1)), NO_SERIES, longsJson(part(found, 1)))),
      column(part(found, 2)),
      column(part(found, 3)),
    ],
  };
}

function seasonal(of: ScalarCall): Sql {
  const [series, period, testPoints] = of.args;
  return overNumbers(
    series ?? of.arg(0),
    (y) =>
      bind([slice(y, 1, call('greatest', minus(size(y), testPoints?.sql ?? constant(0)), constant(1)))], (learned) =>
        bind([periodOf(learned, { period, threshold: constant(0.7) }), size(y)], (points, n) =>
          realsJson(seasonalOf(learned, points, n)),
        ),
      ),
    NO_SERIES,
  );
}

const DIFFERS =
  'Periods and scores are ours where Microsoft does not publish a formula: see series_periods_detect() and series_outliers().';
const SAW = '[1,2,3,4,3,2,1,2,3,4,3,2,1,2,3,4,3,2,1,2,3,4,3,2]';

export const DECOMPOSE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_decompose',
    summary: 'A series as baseline, seasonal part, trend and what is left over.',
    takes: ['dynamic', 'any', 'string', 'long', 'real'],
    nulls: 'may',
    differs: DIFFERS,
    lower: decomposing('decompose'),
    examples: [
      [
        'series_decompose(dynamic([1,5,1,5,1,9]), 2)',
        [
          [1, 5, 1, 5, 1, 5].map((v) => v + 4 / 6),
          [1, 5, 1, 5, 1, 5],
          Array(6).fill(4 / 6),
          [-2 / 3, -2 / 3, -2 / 3, -2 / 3, -2 / 3, 10 / 3],
        ],
      ],
      [
        "series_decompose(dynamic([1,2,3,10]), 0, 'linefit', 1)",
        [
          [1, 2, 3, 4],
          [0, 0, 0, 0],
          [1, 2, 3, 4],
          [0, 0, 0, 6],
        ],
      ],
      [
        "series_decompose(dynamic([1,2]), 0, 'none')",
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [1, 2],
        ],
      ],
    ],
  },
  {
    name: 'series_decompose_forecast',
    summary: 'A series as its seasonal part and trend foretell it, learned without its last points.',
    takes: ['dynamic', 'long', 'any', 'string', 'real'],
    nulls: 'may',
    differs: DIFFERS,
    lower: decomposing('forecast'),
    examples: [
      [
        "series_decompose_forecast(dynamic([1,2,3,0,0]), 2, 0, 'linefit')",
        [
          [1, 2, 3, 4, 5],
          [0, 0, 0, 0, 0],
          [1, 2, 3, 4, 5],
          [0, 0, 0, -4, -5],
        ],
      ],
    ],
  },
  {
    name: 'series_decompose_anomalies',
    summary: 'Points of a series that its seasonal part and trend do not explain: flags, scores, baseline.',
    takes: ['dynamic', 'real', 'any', 'string', 'long', 'string', 'real'],
    nulls: 'may',
    differs: DIFFERS,
    lower: anomalies,
    examples: [
      [
        "series_decompose_anomalies(dynamic([1,2,3,4,5,6,14,8,9]), 1.5, 0, 'none', 0, 'tukey')",
        [
          [0, 0, 0, 0, 0, 0, 0, 0, 0],
          [-0.4, -0.2, 0, 0, 0, 0, 1.2, 0, 0.2],
          [0, 0, 0, 0, 0, 0, 0, 0, 0],
        ],
      ],
    ],
  },
  {
    name: 'series_seasonal',
    summary: 'The seasonal part of a series: the median of each phase.',
    takes: ['dynamic', 'long'],
    nulls: 'may',
    differs: DIFFERS,
    lower: seasonal,
    examples: [
      ['series_seasonal(dynamic([1,3,5,2,4,6]), 3)', [1.5, 3.5, 5.5, 1.5, 3.5, 5.5]],
      [`series_seasonal(dynamic(${SAW}))`, JSON.parse(SAW)],
      ['series_seasonal(dynamic([1,3,5,2,4,6,1,3,5,2,4,6]))', Array(12).fill(0)],
    ],
  },
];
