import {
  bind,
  minus,
  over,
  part,
  plus,
  range,
  choose,
  size,
  slice,
  squared,
  summed,
  times,
  tuple,
  mapped,
  less,
  equal,
  real,
} from '../../sql/arrays.ts';
import { call, constant, lambda, type Sql } from '../../sql/tree.ts';
import { value, type Value } from '../../lower/value.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from '../types.ts';
import { bagJson, dynamic, NO_SERIES, overNumbers, realsJson, realValueJson } from './values.ts';

export const average = (list: Sql): Sql => call('arrayAvg', list);
const NAN = over(constant(0), constant(0));

/** The sample's variance; 0 for one value. */
export const variance = (list: Sql): Sql =>
  bind([list], (y) =>
    bind([average(y)], (mean) =>
      choose(
        less(size(y), 2),
        real(0),
        over(
          summed((item) => squared(minus(item, mean)), y),
          minus(size(y), 1),
        ),
      ),
    ),
  );

/** Slope and value at 0 of the line through the points (1, y₁) … (n, yₙ), by least squares. */
export function lineOf(y: Sql): Sql {
  return bind([size(y), average(y)], (n, mean) =>
    bind([over(plus(n, 1), 2)], (middle) =>
      bind(
        [
          choose(
            less(n, 2),
            real(0),
            over(
              summed((item, x) => times(item, minus(x, middle)), y, range(1, plus(n, 1))),
              over(times(n, minus(times(n, n), 1)), 12),
            ),
          ),
        ],
        (slope) => tuple(slope, minus(mean, times(slope, middle))),
      ),
    ),
  );
}

/** The line's values at 1 … n. */
export const lineValues = (line: Sql, n: Sql): Sql =>
  mapped((x) => plus(part(line, 2), times(part(line, 1), x)), range(1, plus(n, 1)));

/** r², slope, variance, residual variance, interception and the line's values. */
export function fitLine(y: Sql): Sql {
  return bind([lineOf(y), size(y), variance(y)], (line, n, spread) =>
    bind([lineValues(line, n)], (fitted) =>
      bind([variance(mapped((item, on) => minus(item, on), y, fitted))], (rest) =>
        tuple(
          choose(equal(spread, 0), real(0), minus(1, over(rest, spread))),
          part(line, 1),
          spread,
          rest,
          part(line, 2),
          fitted,
        ),
      ),
    ),
  );
}

const NO_LINE = tuple(NAN, NAN, NAN, NAN, NAN, call('emptyArrayFloat64'));
const realColumn = (sql: Sql): Value =>
  value(call('if', call('isNaN', sql), { kind: 'constant', value: null }, sql), 'real', true);
const seriesColumn = (sql: Sql): Value => dynamic(choose(call('empty', sql), NO_SERIES, realsJson(sql)));

function fitLineColumns(of: ScalarCall): SeveralColumns {
  return {
    shared: overNumbers(of.arg(0), fitLine, NO_LINE),
    columns: (fit) => [...[1, 2, 3, 4, 5].map((index) => realColumn(part(fit, index))), seriesColumn(part(fit, 6))],
  };
}

const LINE_NAMES = ['rsquare', 'slope', 'variance', 'rvariance', 'interception'] as const;
const lineBag = (fit: Sql): (readonly [string, Sql])[] =>
  LINE_NAMES.map((name, index) => [name, realValueJson(part(fit, index + 1))] as const);

/**
 * Two lines: r², split, variance, residual variance, the lines' values, and the fits of the right and the left side. The
 * split is where the squares that are left over are fewest; sums from the start give every segment's in one step.
 */
export function fitTwoLines(y: Sql): Sql {
  const running = (list: Sql): Sql => call('arrayPushFront', call('arrayCumSum', list), real(0));
  const left = (sums: readonly Sql[], from: Sql, to: Sql): Sql => {
    // Squares left over on the points from+1 … to, with x counted as it stands: only its spread matters.
    const [sumY, sumXY, sumYY] = sums.map((list) =>
      minus(call('arrayElement', list, plus(to, 1)), call('arrayElement', list, plus(from, 1))),
    ) as [Sql, Sql, Sql];
    return bind([minus(to, from), sumY, sumXY, sumYY], (n, a, b, c) =>
      bind([over(plus(plus(from, to), 1), 2), over(times(n, minus(times(n, n), 1)), 12)], (middle, spread) =>
        minus(
          minus(c, over(times(a, a), n)),
          choose(equal(spread, 0), real(0), over(squared(minus(b, times(middle, a))), spread)),
        ),
      ),
    );
  };
  return bind(
    [
      size(y),
      running(y),
      running(mapped((item, x) => times(item, x), y, range(1, plus(size(y), 1)))),
      running(mapped((item) => times(item, item), y)),
    ],
    (n, sumY, sumXY, sumYY) =>
      bind(
        [
          call(
            'arrayElement',
            call(
              'arraySort',
              lambda((split) =>
                plus(
                  left([sumY, sumXY, sumYY], call('toInt64', constant(0)), split),
                  left([sumY, sumXY, sumYY], split, n),
                ),
              ),
              choose(
                less(n, 4),
                range(call('greatest', minus(n, 1), constant(1)), call('greatest', n, constant(2))),
                range(2, minus(n, 1)),
              ),
            ),
            constant(1),
          ),
        ],
        (split) =>
          bind(
            [fitLine(slice(y, plus(split, 1), n)), fitLine(slice(y, 1, split)), variance(y)],
            (rightFit, leftFit, spread) =>
              bind([call('arrayConcat', part(leftFit, 6), part(rightFit, 6))], (fitted) =>
                bind(
                  [
                    over(
                      summed((item, on) => squared(minus(item, on)), y, fitted),
                      call('greatest', minus(n, 1), constant(1)),
                    ),
                  ],
                  (rest) =>
                    tuple(
                      choose(equal(spread, 0), real(0), minus(1, over(rest, spread))),
                      split,
                      spread,
                      rest,
                      fitted,
                      rightFit,
                      leftFit,
                    ),
                ),
              ),
          ),
      ),
  );
}

const NO_LINES = tuple(NAN, call('toInt64', constant(0)), NAN, NAN, call('emptyArrayFloat64'), NO_LINE, NO_LINE);
const SIDE = [1, 2, 5, 3, 4] as const;

function fitTwoLinesColumns(of: ScalarCall): SeveralColumns {
  return {
    shared: overNumbers(of.arg(0), fitTwoLines, NO_LINES),
    columns: (fit) => [
      realColumn(part(fit, 1)),
      value(call('if', call('empty', part(fit, 5)), { kind: 'constant', value: null }, part(fit, 2)), 'long', true),
      realColumn(part(fit, 3)),
      realColumn(part(fit, 4)),
      seriesColumn(part(fit, 5)),
      ...SIDE.map((index) => realColumn(part(part(fit, 6), index))),
      ...SIDE.map((index) => realColumn(part(part(fit, 7), index))),
    ],
  };
}

const Y = 'dynamic([2, 5, 6, 8, 11, 15, 17, 18, 25, 26, 30, 30])';

/** Lines through series. */
export const FIT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fit_line',
    summary: 'The line through a series: r², slope, variance, residual variance, interception, values.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: fitLineColumns,
    examples: [
      ['series_fit_line(dynamic([1, 3, 5]))', [1, 2, 4, 0, -1, [1, 3, 5]]],
      ['series_fit_line(dynamic([1, null]))', [null, null, null, null, null, null]],
    ],
  },
  {
    name: 'series_fit_line_dynamic',
    summary: 'The line through a series, as a bag.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) =>
      overNumbers(
        of.arg(0),
        (y) => bind([fitLine(y)], (fit) => bagJson([...lineBag(fit), ['line_fit', realsJson(part(fit, 6))] as const])),
        NO_SERIES,
      ),
    examples: [
      [`round(todouble(series_fit_line_dynamic(${Y}).rsquare), 3)`, 0.983],
      [`round(todouble(series_fit_line_dynamic(${Y}).variance), 3)`, 98.629],
      [`round(todouble(series_fit_line_dynamic(${Y}).interception), 3)`, -1.667],
    ],
  },
  {
    name: 'series_fit_2lines',
    summary: 'The two lines that fit a series best, left and right of a split.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: fitTwoLinesColumns,
    examples: [
      [
        'series_fit_2lines(dynamic([1, 2, 3, 9, 7, 5]))',
        [1, 3, 9.5, 0, [1, 2, 3, 9, 7, 5], 1, -2, 11, 4, 0, 1, 1, 0, 1, 0],
      ],
    ],
  },
  {
    name: 'series_fit_2lines_dynamic',
    summary: 'The two lines that fit a series best, as a bag.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) =>
      overNumbers(
        of.arg(0),
        (y) =>
          bind([fitTwoLines(y)], (fit) =>
            bagJson([
              ['rsquare', realValueJson(part(fit, 1))],
              ['split_idx', call('toString', part(fit, 2))],
              ['variance', realValueJson(part(fit, 3))],
              ['rvariance', realValueJson(part(fit, 4))],
              ['line_fit', realsJson(part(fit, 5))],
              ['right', bagJson(lineBag(part(fit, 6)))],
              ['left', bagJson(lineBag(part(fit, 7)))],
            ]),
          ),
        NO_SERIES,
      ),
    examples: [['series_fit_2lines_dynamic(dynamic([1, 2, 3, 9, 7, 5])).right.slope', -2]],
  },
];
