import {
  at,
  bind,
  choose,
  folded,
  less,
  mapped,
  minus,
  modulo,
  over,
  part,
  plus,
  range,
  real,
  size,
  slice,
  summed,
  times,
  tuple,
  equal,
} from '../../sql/arrays.ts';
import { call, constant, lambda, type Sql } from '../../sql/tree.ts';
import type { Value } from '../../lower/value.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from '../types.ts';
import { dynamic, NO_SERIES, overNumbers, realsJson } from './values.ts';

const zeros = (count: Sql): Sql => call('arrayWithConstant', count, real(0));

/** Each point as the sum of its predecessors by their weights; what lies outside the series counts as 0. */
function weighted(series: Sql, weights: Sql, ahead: Sql): Sql {
  return bind(
    [call('arrayConcat', zeros(size(weights)), series, zeros(size(weights))), call('arrayReverse', weights)],
    (padded, reversed) =>
      mapped(
        (index) => call('arrayDotProduct', reversed, slice(padded, plus(index, ahead, 1), size(weights))),
        range(1, plus(size(series), 1)),
      ),
  );
}

function fir(of: ScalarCall): Sql {
  const [, , normalise, center] = of.args;
  const ahead = (weights: Sql): Sql => {
    const half = call('intDiv', minus(size(weights), 1), constant(2));
    return center === undefined ? constant(0) : choose(call('ifNull', center.sql, constant(0)), half, constant(0));
  };
  return overNumbers(
    of.arg(1),
    (weights) =>
      bind(
        [
          call(
            'arrayExists',
            lambda((weight) => less(weight, 0)),
            weights,
          ),
        ],
        (hasNegative) => {
          const wanted =
            normalise === undefined
              ? call('not', hasNegative)
              : call('ifNull', normalise.sql, call('not', hasNegative));
          const scaled = choose(
            wanted,
            bind([call('arraySum', weights)], (sum) => mapped((weight) => over(weight, sum), weights)),
            weights,
          );
          return choose(
            call('and', wanted, hasNegative),
            NO_SERIES,
            overNumbers(
              of.arg(0),
              (series) => bind([scaled], (ready) => realsJson(weighted(series, ready, ahead(ready)))),
              NO_SERIES,
            ),
          );
        },
      ),
    NO_SERIES,
  );
}

/** The recursive filter: what its numerators give, less what its denominators take of the answers before. */
function iir(of: ScalarCall): Sql {
  return overNumbers(
    of.arg(1),
    (numerators) =>
      overNumbers(
        of.arg(2),
        (denominators) =>
          overNumbers(
            of.arg(0),
            (series) =>
              bind([call('arrayPopFront', denominators), at(denominators, 1)], (tail, first) =>
                realsJson(
                  slice(
                    folded(
                      (answers, direct) =>
                        call(
                          'arrayPushBack',
                          answers,
                          over(
                            minus(
                              direct,
                              choose(
                                call('empty', tail),
                                real(0),
                                call(
                                  'arrayDotProduct',
                                  tail,
                                  call('arrayReverse', slice(answers, call('negate', size(tail)), size(tail))),
                                ),
                              ),
                            ),
                            first,
                          ),
                        ),
                      weighted(series, numerators, constant(0)),
                      zeros(size(tail)),
                    ),
                    plus(size(tail), 1),
                    size(series),
                  ),
                ),
              ),
            NO_SERIES,
          ),
        NO_SERIES,
      ),
    NO_SERIES,
  );
}

const NONE = tuple(call('emptyArrayFloat64'), call('emptyArrayFloat64'));

/** The discrete Fourier transform of any length, term by term. */
function transform(realPart: Sql, imaginary: Sql, inverse: boolean): Sql {
  return bind([size(realPart)], (n) =>
    bind([mapped((k) => times(over(times(call('pi'), constant(inverse ? 2 : -2)), n), k), range(0, n))], (angles) =>
      bind(
        [mapped((angle) => call('cos', angle), angles), mapped((angle) => call('sin', angle), angles)],
        (cosines, sines) => {
          const turn = (list: Sql, k: Sql, i: Sql): Sql => at(list, plus(modulo(times(k, i), n), 1));
          const scale = (term: Sql): Sql => (inverse ? over(term, n) : term);
          const sum = (combine: (re: Sql, im: Sql, cos: Sql, sin: Sql) => Sql): Sql =>
            mapped(
              (k) =>
                scale(
                  summed(
                    (re, im, i) => combine(re, im, turn(cosines, k, i), turn(sines, k, i)),
                    realPart,
                    imaginary,
                    range(0, n),
                  ),
                ),
              range(0, n),
            );
          return tuple(
            sum((re, im, cos, sin) => minus(times(re, cos), times(im, sin))),
            sum((re, im, cos, sin) => plus(times(re, sin), times(im, cos))),
          );
        },
      ),
    ),
  );
}

const fourier =
  (inverse: boolean) =>
  (of: ScalarCall): SeveralColumns => {
    const [, second] = of.args;
    const body = (realPart: Sql): Sql =>
      second === undefined
        ? transform(realPart, zeros(size(realPart)), inverse)
        : overNumbers(
            second,
            (imaginary) =>
              choose(equal(size(imaginary), size(realPart)), transform(realPart, imaginary, inverse), NONE),
            NONE,
          );
    const column = (list: Sql): Value => dynamic(choose(call('empty', list), NO_SERIES, realsJson(list)));
    return {
      shared: overNumbers(of.arg(0), body, NONE),
      columns: (both) => [column(part(both, 1)), column(part(both, 2))],
    };
  };

/** Filters and transforms of series. */
export const FILTER_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fir',
    summary: 'A series through a finite impulse response filter, such as a moving average.',
    takes: ['dynamic', 'dynamic', 'bool'],
    nulls: 'may',
    lower: fir,
    examples: [
      ['series_fir(dynamic([3, 6, 9]), dynamic([1, 1, 1]))', [1, 3, 6]],
      ['series_fir(dynamic([3, 6, 9]), dynamic([1, 1, 1]), true, true)', [3, 6, 5]],
      ['series_fir(dynamic([0, 2, 5]), dynamic([1, -1]))', [0, 2, 3]],
      ['series_fir(dynamic([0, 2, 5]), dynamic([1, -1]), true)', null],
      ['series_fir(dynamic([1, null]), dynamic([1]))', null],
    ],
  },
  {
    name: 'series_iir',
    summary: 'A series through an infinite impulse response filter.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: iir,
    examples: [
      ['series_iir(dynamic([1, 2, 3, 4]), dynamic([1]), dynamic([1, -1]))', [1, 3, 6, 10]],
      ['series_iir(dynamic([1, 2, 3]), dynamic([1, 1]), dynamic([2]))', [0.5, 1.5, 2.5]],
    ],
  },
  {
    name: 'series_fft',
    summary: 'The Fourier transform of a series: real and imaginary parts.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: fourier(false),
    examples: [
      [
        'series_fft(dynamic([1, 0, 0, 0]))',
        [
          [1, 1, 1, 1],
          [0, 0, 0, 0],
        ],
      ],
    ],
  },
  {
    name: 'series_ifft',
    summary: 'The inverse Fourier transform: real and imaginary parts.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: fourier(true),
    examples: [
      [
        'series_ifft(dynamic([4, 0, 0, 0]), dynamic([0, 0, 0, 0]))',
        [
          [1, 1, 1, 1],
          [0, 0, 0, 0],
        ],
      ],
    ],
  },
];
