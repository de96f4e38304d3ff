import { convert, jsonArray, jsonElement } from '../lower/convert.ts';
import { type Value } from '../lower/value.ts';
import { bind, choose, equal, less, mapped, minus, plus, size, slice } from '../sql/arrays.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import { elementsOf, onlyArray, typeOfJson } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const JSON_NULL = constant('null');
const isArray = (source: Value): Sql => equal(typeOfJson(source), constant('Array'));
const long = (sql: Sql): Sql => call('toInt64', sql);

/** Elements moved round by so many places; below zero the other way. */
const rotated =
  (sign: 1 | -1) =>
  (of: ScalarCall): Sql =>
    onlyArray(
      of.arg(0),
      bind([elementsOf(of.arg(0)), call('ifNull', of.sql(1), constant(0))], (list, places) =>
        bind(
          [
            call(
              'positiveModulo',
              sign === 1 ? places : call('negate', places),
              call('greatest', size(list), constant(1)),
            ),
          ],
          (count) => jsonArray(call('arrayRotateLeft', list, count)),
        ),
      ),
    );

/** Elements moved by so many places; what comes in from the end is null or what the call says. */
const shifted =
  (engine: 'arrayShiftLeft' | 'arrayShiftRight') =>
  (of: ScalarCall): Sql =>
    onlyArray(
      of.arg(0),
      jsonArray(
        call(
          engine,
          elementsOf(of.arg(0)),
          call('ifNull', of.sql(1), constant(0)),
          of.count > 2 ? jsonElement(of.arg(2)) : JSON_NULL,
        ),
      ),
    );

/** An array cut before some positions. */
function arraySplit(of: ScalarCall): Sql {
  const [, where] = of.args;
  const given =
    where?.type === 'dynamic'
      ? choose(
          isArray(where),
          call('JSONExtract', where.sql, constant('Array(Int64)')),
          call('array', call('ifNull', convert(where, 'long')?.sql ?? constant(0), constant(0))),
        )
      : call('array', long(call('ifNull', of.sql(1), constant(0))));
  return onlyArray(
    of.arg(0),
    bind([elementsOf(of.arg(0))], (list) =>
      bind([size(list)], (count) => {
        const inside = (position: Sql): Sql =>
          call(
            'least',
            call('greatest', choose(less(position, 0), plus(position, count), position), long(constant(0))),
            count,
          );
        return bind([mapped(inside, given)], (cuts) =>
          jsonArray(
            mapped(
              (from, to) => jsonArray(slice(list, plus(from, 1), call('greatest', minus(to, from), constant(0)))),
              call('arrayPushFront', cuts, long(constant(0))),
              call('arrayPushBack', cuts, count),
            ),
          ),
        );
      }),
    ),
  );
}

/** Arrays with their elements moved or parted. */
export const ARRAY_MOVE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'array_rotate_left',
    summary: 'Elements moved left, round the end.',
    takes: ['dynamic', 'long'],
    nulls: 'may',
    lower: rotated(1),
    examples: [
      ['array_rotate_left(dynamic([1,2,3,4,5]), 2)', [3, 4, 5, 1, 2]],
      ['array_rotate_left(dynamic([1,2,3,4,5]), -7)', [4, 5, 1, 2, 3]],
      ['array_rotate_left(dynamic([]), 1)', []],
    ],
  },
  {
    name: 'array_rotate_right',
    summary: 'Elements moved right, round the end.',
    takes: ['dynamic', 'long'],
    nulls: 'may',
    lower: rotated(-1),
    examples: [
      ['array_rotate_right(dynamic([1,2,3,4,5]), 2)', [4, 5, 1, 2, 3]],
      ['array_rotate_right(dynamic([1,2,3,4,5]), -2)', [3, 4, 5, 1, 2]],
    ],
  },
  {
    name: 'array_shift_left',
    summary: 'Elements moved left; nulls or a value come in.',
    takes: ['dynamic', 'long', 'any'],
    nulls: 'may',
    lower: shifted('arrayShiftLeft'),
    examples: [
      ['array_shift_left(dynamic([1,2,3]), 2)', [3, null, null]],
      ['array_shift_left(dynamic([1,2,3]), -2, "x")', ['x', 'x', 1]],
      ['array_shift_left(dynamic([1,2]), 5)', [null, null]],
    ],
  },
  {
    name: 'array_shift_right',
    summary: 'Elements moved right; nulls or a value come in.',
    takes: ['dynamic', 'long', 'any'],
    nulls: 'may',
    lower: shifted('arrayShiftRight'),
    examples: [
      ['array_shift_right(dynamic([1,2,3]), 2)', [null, null, 1]],
      ['array_shift_right(dynamic([1,2,3]), -2, -1)', [3, -1, -1]],
    ],
  },
  {
    name: 'array_split',
    summary: 'An array cut before some positions.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: arraySplit,
    examples: [
      [
        'array_split(dynamic([1,2,3,4,5]), 2)',
        [
          [1, 2],
          [3, 4, 5],
        ],
      ],
      ['array_split(dynamic([1,2,3,4,5]), dynamic([1,3]))', [[1], [2, 3], [4, 5]]],
      ['array_split(dynamic([1,2,3]), dynamic([-1, 9]))', [[1, 2], [3], []]],
      ['array_split(parse_json("5"), 1)', null],
    ],
  },
];
