import { convert } from '../../lower/convert.ts';
import type { Value } from '../../lower/value.ts';
import { and, at, bind, choose, equal, mapped, minus, or, over, plus, range, size, times } from '../../sql/arrays.ts';
import { call, constant, lambda, NULL, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from '../types.ts';
import { isWhole, NO_SERIES, nullableNumbers, numbersJson } from './values.ts';

/** A number of the call, or none where it is left out or null. */
const given = (argument: Value | undefined): Value | undefined =>
  argument === undefined || argument.constant === null ? undefined : convert(argument, 'real');

/** True for a value that stands for a missing one: null, or what the call says. */
const missing =
  (placeholder: Value | undefined) =>
  (item: Sql): Sql => {
    if (placeholder === undefined) return call('isNull', item);
    const same = call('ifNull', equal(item, placeholder.sql), constant(0));
    return placeholder.nullable ? choose(call('isNull', placeholder.sql), call('isNull', item), same) : same;
  };

function filled(of: ScalarCall, fill: (list: Sql) => Sql, whole?: Sql): Sql {
  const series = of.arg(0);
  return bind([nullableNumbers(series)], (list) =>
    choose(call('empty', list), NO_SERIES, numbersJson(fill(list), whole ?? isWhole(series))),
  );
}

const carried =
  (engine: 'arrayFill' | 'arrayReverseFill') =>
  (of: ScalarCall): Sql => {
    const placeholder = given(of.args[1]);
    const isMissing = missing(placeholder);
    return filled(of, (list) =>
      call(
        engine,
        lambda((item) => call('not', isMissing(item))),
        list,
      ),
    );
  };

function fillConst(of: ScalarCall): Sql {
  const [series, constantValue, third] = of.args;
  const value = given(constantValue);
  const placeholder = given(third);
  const isMissing = missing(placeholder);
  const isWholeValue = constantValue?.type === 'long' || constantValue?.type === 'int' || value === undefined;
  const whole = series !== undefined && isWholeValue ? isWhole(series) : constant(0);
  return filled(of, (list) => mapped((item) => choose(isMissing(item), value?.sql ?? NULL, item), list), whole);
}

/** Between two known values on the line through them; before the first and after the last one as they are. */
function fillLinear(of: ScalarCall): Sql {
  const [series, second, edges, fourth] = of.args;
  const placeholder = given(second);
  const isMissing = missing(placeholder);
  const otherwise = fourth === undefined ? constant(0) : (given(fourth)?.sql ?? NULL);
  const fillEdges = edges?.sql ?? constant(1);
  const whole = series === undefined ? constant(0) : isWhole(series);
  return bind([nullableNumbers(series ?? of.arg(0))], (list) =>
    bind(
      [mapped((item, index) => choose(isMissing(item), constant(0), index), list, range(1, plus(size(list), 1)))],
      (known) => {
        const isKnown = lambda((index) => call('notEquals', index, constant(0)));
        const between = (index: Sql, left: Sql, right: Sql): Sql => {
          const [a, b] = [at(list, left), at(list, right)];
          const exact = plus(a, over(times(minus(b, a), minus(index, left)), minus(right, left)));
          return choose(whole, call('trunc', exact), exact);
        };
        const value = (item: Sql, index: Sql, left: Sql, right: Sql): Sql =>
          choose(
            equal(left, index),
            item,
            and(equal(left, 0), equal(right, 0)),
            otherwise,
            or(equal(left, 0), equal(right, 0)),
            choose(fillEdges, at(list, plus(left, right)), item),
            between(index, left, right),
          );
        return choose(
          call('empty', list),
          NO_SERIES,
          numbersJson(
            mapped(
              value,
              list,
              range(1, plus(size(list), 1)),
              call('arrayFill', isKnown, known),
              call('arrayReverseFill', isKnown, known),
            ),
            and(whole, call('notEmpty', call('arrayFilter', isKnown, known))),
          ),
        );
      },
    ),
  );
}

const GAPS = 'dynamic([null, 4, null, null, 10, null])';

/** Missing values of series. */
export const FILL_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fill_forward',
    summary: 'Missing values as the one before them.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: carried('arrayFill'),
    examples: [
      [`series_fill_forward(${GAPS})`, [null, 4, 4, 4, 10, 10]],
      ['series_fill_forward(dynamic([1.5, -1, 3]), -1)', [1.5, 1.5, 3]],
      ['series_fill_forward(dynamic([]))', null],
    ],
  },
  {
    name: 'series_fill_backward',
    summary: 'Missing values as the one after them.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: carried('arrayReverseFill'),
    examples: [[`series_fill_backward(${GAPS})`, [4, 4, 10, 10, 10, null]]],
  },
  {
    name: 'series_fill_const',
    summary: 'Missing values as a constant.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: fillConst,
    examples: [
      [`series_fill_const(${GAPS}, 0)`, [0, 4, 0, 0, 10, 0]],
      ['series_fill_const(dynamic([1, -1, null]), 7.5, -1)', [1, 7.5, null]],
    ],
  },
  {
    name: 'series_fill_linear',
    summary: 'Missing values on the line between their neighbours.',
    takes: ['dynamic', 'any', 'bool', 'any'],
    nulls: 'may',
    lower: fillLinear,
    examples: [
      [`series_fill_linear(${GAPS})`, [4, 4, 6, 8, 10, 10]],
      [`series_fill_linear(${GAPS}, double(null), false)`, [null, 4, 6, 8, 10, null]],
      ['series_fill_linear(dynamic([1, null, 2]))', [1, 1, 2]],
      ['series_fill_linear(dynamic([1.0, null, 2]))', [1, 1.5, 2]],
      ['series_fill_linear(dynamic([null, null]), double(null), true, 2.5)', [2.5, 2.5]],
    ],
  },
];
