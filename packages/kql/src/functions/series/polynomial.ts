import {
  bind,
  choose,
  equal,
  folded,
  less,
  mapped,
  minus,
  over,
  part,
  plus,
  range,
  real,
  size,
  slice,
  times,
  tuple,
} from '../../sql/arrays.ts';
import { value, type Value } from '../../lower/value.ts';
import { call, constant, NULL, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from '../types.ts';
import { variance } from './fit.ts';
import { dynamic, NO_SERIES, overNumbers, realsJson } from './values.ts';

const NO_REALS = call('emptyArrayFloat64');
const dot = (a: Sql, b: Sql): Sql => call('arrayDotProduct', a, b);
const scaled = (list: Sql, factor: Sql): Sql => mapped((item) => times(item, factor), list);
const sum = (a: Sql, b: Sql): Sql => mapped((x, y) => plus(x, y), a, b);
const zeros = (count: Sql): Sql => call('arrayWithConstant', count, real(0));

/**
 * The polynomial of a degree through the points (x, y) by least squares: its coefficients from the highest power down, and its
 * values. Built from polynomials that are orthogonal over the points (Forsythe), which stays exact where the powers of x do not.
 */
function polynomial(y: Sql, x: Sql, degree: Sql): Sql {
  const terms = plus(call('toInt64', degree), 1);
  const start = tuple(
    zeros(size(y)),
    mapped((item) => plus(times(item, 0), 1), x),
    real(1),
    zeros(terms),
    call('arrayResize', call('array', real(1)), terms, real(0)),
    zeros(terms),
    zeros(size(y)),
  );
  const step = (state: Sql): Sql => {
    const [before, now, normBefore, powersBefore, powers, total, fitted] = [1, 2, 3, 4, 5, 6, 7].map((index) =>
      part(state, index),
    ) as [Sql, Sql, Sql, Sql, Sql, Sql, Sql];
    return bind([dot(now, now)], (norm) =>
      bind(
        [
          choose(less(norm, 1e-200), real(0), over(dot(y, now), norm)),
          choose(
            less(norm, 1e-200),
            real(0),
            over(
              dot(
                mapped((item, at) => times(item, at), x, now),
                now,
              ),
              norm,
            ),
          ),
          over(norm, normBefore),
        ],
        (weight, shift, ratio) =>
          tuple(
            now,
            mapped((at, item, last) => minus(times(minus(at, shift), item), times(ratio, last)), x, now, before),
            choose(less(norm, 1e-200), real(1), norm),
            powers,
            mapped(
              (up, same, last) => minus(minus(up, times(shift, same)), times(ratio, last)),
              call('arrayPushFront', slice(powers, 1, minus(terms, 1)), real(0)),
              powers,
              powersBefore,
            ),
            sum(total, scaled(powers, weight)),
            sum(fitted, scaled(now, weight)),
          ),
      ),
    );
  };
  return bind([folded((state, _term) => step(state), range(0, terms), start)], (end) =>
    tuple(call('arrayReverse', part(end, 6)), part(end, 7)),
  );
}

const NAN = over(constant(0), constant(0));
const NONE = tuple(NAN, NO_REALS, NAN, NAN, NO_REALS);

/** r², coefficients, variance, residual variance, values. */
function fitted(y: Sql, x: Sql, degree: Sql): Sql {
  return bind([polynomial(y, x, degree), variance(y)], (fit, spread) =>
    bind([variance(mapped((item, on) => minus(item, on), y, part(fit, 2)))], (rest) =>
      tuple(choose(equal(spread, 0), real(0), minus(1, over(rest, spread))), part(fit, 1), spread, rest, part(fit, 2)),
    ),
  );
}

function fitPolynomial(of: ScalarCall): SeveralColumns | Value {
  const [series, points, power] = of.args;
  const degree = power?.sql ?? constant(1);
  const known = power?.constant;
  if (typeof known === 'bigint' && (known < 0n || known > 32n))
    return of.refuse('GHQ021', 'The degree of series_fit_poly() is from 0 to 32.');
  const bounded = call('least', call('greatest', call('ifNull', degree, constant(1)), constant(0)), constant(32));
  const byIndex = (y: Sql): Sql =>
    bind([mapped((item) => real(item), range(1, plus(size(y), 1)))], (x) => fitted(y, x, bounded));
  const column = (list: Sql): Value => dynamic(choose(call('empty', list), NO_SERIES, realsJson(list)));
  const number = (sql: Sql): Value => value(call('if', call('isNaN', sql), NULL, sql), 'real', true);
  return {
    shared: overNumbers(
      series ?? of.arg(0),
      (y) =>
        points === undefined || points.constant === null
          ? byIndex(y)
          : overNumbers(points, (x) => choose(equal(size(x), size(y)), fitted(y, x, bounded), NONE), NONE),
      NONE,
    ),
    columns: (fit) => [
      number(part(fit, 1)),
      column(part(fit, 2)),
      number(part(fit, 3)),
      number(part(fit, 4)),
      column(part(fit, 5)),
    ],
  };
}

export const POLYNOMIAL_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fit_poly',
    summary: 'The polynomial that fits a series best: r², coefficients, variance, residual variance, values.',
    takes: ['dynamic', 'dynamic', 'long'],
    nulls: 'may',
    lower: fitPolynomial,
    examples: [
      ['series_fit_poly(dynamic([1, 3, 5]))', [1, [2, -1], 4, 0, [1, 3, 5]]],
      ['series_fit_poly(dynamic([1, 4, 9, 16]), dynamic([1, 2, 3, 4]), int(2))', [1, [1, 0, 0], 43, 0, [1, 4, 9, 16]]],
    ],
  },
];
