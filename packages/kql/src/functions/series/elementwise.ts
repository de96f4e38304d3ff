import { bind, choose, mapped } from '../../sql/arrays.ts';
import { convert, jsonArray } from '../../lower/convert.ts';
import type { Value } from '../../lower/value.ts';
import { call, constant, NULL, type Sql } from '../../sql/tree.ts';
import type { Example, ScalarCall, ScalarFunction } from '../types.ts';
import { isWhole, NO_SERIES, nullableNumbers, numbersJson } from './values.ts';

const isSeries = (argument: Value): boolean => argument.type === 'dynamic';
const isWholeArgument = (argument: Value): Sql =>
  isSeries(argument) ? isWhole(argument) : constant(argument.type === 'long' || argument.type === 'int' ? 1 : 0);

/** Two series in step, the shorter one filled with nulls; a number stands for a series of it. */
function inStep(of: ScalarCall, body: (left: Sql, right: Sql) => Sql): Sql {
  const [left, right] = [of.arg(0), of.arg(1)];
  const raw = (argument: Value): Sql =>
    isSeries(argument)
      ? nullableNumbers(argument)
      : call('array', call('toNullable', convert(argument, 'real')?.sql ?? argument.sql));
  return bind([raw(left), raw(right)], (a, b) => {
    const length = isSeries(left)
      ? isSeries(right)
        ? call('greatest', call('length', a), call('length', b))
        : call('length', a)
      : call('length', b);
    const filled = (list: Sql, argument: Value): Sql =>
      call('arrayResize', list, length, isSeries(argument) ? NULL : call('arrayElement', list, constant(1)));
    return choose(call('equals', length, constant(0)), NO_SERIES, body(filled(a, left), filled(b, right)));
  });
}

const arithmetic = (
  word: string,
  engine: string,
  summary: string,
  examples: readonly Example[],
  keepsWhole = true,
): ScalarFunction => ({
  name: `series_${word}`,
  summary,
  takes: ['any'],
  nulls: 'may',
  lower: (of) =>
    inStep(of, (a, b) =>
      numbersJson(
        mapped((x, y) => call(engine, x, y), a, b),
        keepsWhole ? call('and', isWholeArgument(of.arg(0)), isWholeArgument(of.arg(1))) : undefined,
      ),
    ),
  examples,
});

const comparison = (word: string, engine: string, summary: string, examples: readonly Example[]): ScalarFunction => ({
  name: `series_${word}`,
  summary,
  takes: ['any'],
  nulls: 'may',
  lower: (of) =>
    inStep(of, (a, b) =>
      jsonArray(
        mapped(
          (x, y) =>
            bind([call(engine, x, y)], (holds) =>
              choose(call('isNull', holds), constant('null'), holds, constant('true'), constant('false')),
            ),
          a,
          b,
        ),
      ),
    ),
  examples,
});

const single = (
  word: string,
  body: (item: Sql) => Sql,
  summary: string,
  examples: readonly Example[],
  keepsWhole = false,
): ScalarFunction => ({
  name: `series_${word}`,
  summary,
  takes: ['dynamic'],
  nulls: 'may',
  lower: (of) =>
    bind([nullableNumbers(of.arg(0))], (list) =>
      choose(
        call('empty', list),
        NO_SERIES,
        numbersJson(mapped(body, list), keepsWhole ? isWhole(of.arg(0)) : undefined),
      ),
    ),
  examples,
});
const engine =
  (name: string) =>
  (item: Sql): Sql =>
    call(name, item);

/** Functions that work on each element of one or two series. What is no number gives a null. */
export const ELEMENTWISE_FUNCTIONS: readonly ScalarFunction[] = [
  arithmetic('add', 'plus', 'Sums, element by element.', [
    ['series_add(dynamic([1, 2, 4]), dynamic([4, 2.5]))', [5, 4.5, null]],
    ['tostring(series_add(dynamic([1, 2]), 3))', '[4,5]'],
  ]),
  arithmetic('subtract', 'minus', 'Differences, element by element.', [
    ['series_subtract(dynamic([1, "x"]), dynamic([4, 2]))', [-3, null]],
    ['series_subtract(10, dynamic([1, 2]))', [9, 8]],
  ]),
  arithmetic('multiply', 'multiply', 'Products, element by element.', [
    ['tostring(series_multiply(dynamic([1, 2]), dynamic([4, 2])))', '[4,4]'],
  ]),
  arithmetic(
    'divide',
    'divide',
    'Quotients, element by element.',
    [['series_divide(dynamic([1, 2]), dynamic([4, 2]))', [0.25, 1]]],
    false,
  ),
  arithmetic(
    'pow',
    'pow',
    'Powers, element by element.',
    [['series_pow(dynamic([1, 2, 3]), dynamic([3, 2]))', [1, 4, null]]],
    false,
  ),
  comparison('equals', 'equals', 'Equal, element by element.', [
    ['series_equals(dynamic([1, 2]), dynamic([1, 3]))', [true, false]],
    ['series_equals(dynamic([1, 2]), 1)', [true, false]],
  ]),
  comparison('not_equals', 'notEquals', 'Different, element by element.', [
    ['series_not_equals(dynamic([1, 2]), dynamic([1, 3]))', [false, true]],
  ]),
  comparison('less', 'less', 'Less, element by element.', [
    ['series_less(dynamic([1, 2, null]), dynamic([1, 3, 4]))', [false, true, null]],
  ]),
  comparison('less_equals', 'lessOrEquals', 'Less or equal, element by element.', [
    ['series_less_equals(dynamic([1, 4]), dynamic([1, 3]))', [true, false]],
  ]),
  comparison('greater', 'greater', 'Greater, element by element.', [
    ['series_greater(dynamic([1, 4]), dynamic([1, 3]))', [false, true]],
  ]),
  comparison('greater_equals', 'greaterOrEquals', 'Greater or equal, element by element.', [
    ['series_greater_equals(dynamic([1, 2]), dynamic([1, 3]))', [true, false]],
  ]),
  single('abs', engine('abs'), 'Without signs.', [['series_abs(dynamic([-6.5, 0, null]))', [6.5, 0, null]]], true),
  single(
    'sign',
    engine('sign'),
    '-1, 0 or 1 each.',
    [['tostring(series_sign(dynamic([-6, 0, 8])))', '[-1,0,1]']],
    true,
  ),
  single('ceiling', engine('ceil'), 'Rounded up.', [['series_ceiling(dynamic([-1.5, 1.2]))', [-1, 2]]]),
  single('floor', engine('floor'), 'Rounded down.', [['series_floor(dynamic([-1.5, 1.2]))', [-2, 1]]]),
  single('exp', engine('exp'), 'e to the power of each.', [['series_exp(dynamic([0, 1]))', [1, Math.E]]]),
  single('log', engine('log'), 'Natural logarithms.', [['series_log(dynamic([1]))', [0]]]),
  single('sin', engine('sin'), 'Sines.', [['series_sin(dynamic([0]))', [0]]]),
  single('cos', engine('cos'), 'Cosines.', [['series_cos(dynamic([0]))', [1]]]),
  single('tan', engine('tan'), 'Tangents.', [['series_tan(dynamic([0]))', [0]]]),
  single('asin', engine('asin'), 'Arc sines.', [['series_asin(dynamic([0]))', [0]]]),
  single('acos', engine('acos'), 'Arc cosines.', [['series_acos(dynamic([1]))', [0]]]),
  single('atan', engine('atan'), 'Arc tangents.', [['series_atan(dynamic([0]))', [0]]]),
];
