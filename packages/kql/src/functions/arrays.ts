import { jsonArray, jsonElement } from '../lower/convert.ts';
import { type Value } from '../lower/value.ts';
import { joinWith } from '../scalar/join.ts';
import { at, bind, choose, equal, kept, less, mapped, or, plus, range, size, summed } from '../sql/arrays.ts';
import { call, constant, lambda, NULL, type Sql } from '../sql/tree.ts';
import { dynamic, elementsOf, elementsText, first, onlyArray, typeOfJson } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const JSON_NULL = constant('null');
const isArray = (source: Value): Sql => equal(typeOfJson(source), constant('Array'));
const long = (sql: Sql): Sql => call('toInt64', sql);

function arraySlice(of: ScalarCall): Sql {
  const list = elementsOf(first(of));
  const size = long(call('length', list));
  const from = (position: Sql): Sql =>
    call(
      'greatest',
      call('if', call('less', position, constant(0)), call('plus', position, size), position),
      constant(0),
    );
  const start = from(of.sql(1));
  const end = call('if', call('less', of.sql(2), constant(0)), call('plus', of.sql(2), size), of.sql(2));
  return onlyArray(
    first(of),
    jsonArray(
      call(
        'arraySlice',
        list,
        call('plus', start, constant(1)),
        call('greatest', call('plus', call('minus', end, start), constant(1)), constant(0)),
      ),
    ),
  );
}

/** One of two values for each element of an array of conditions. */
function arrayIff(of: ScalarCall): Sql {
  const [conditions, ...branches] = of.args as [Value, Value, Value];
  const list = (branch: Value, count: Sql): Sql => {
    const repeated = call('arrayWithConstant', count, jsonElement(branch));
    if (branch.type !== 'dynamic') return repeated;
    return choose(isArray(branch), call('arrayResize', elementsOf(branch), count, JSON_NULL), repeated);
  };
  const isTrue = (item: Sql): Sql =>
    choose(
      equal(item, constant('true')),
      constant(1),
      equal(item, constant('false')),
      constant(0),
      bind([call('toFloat64OrNull', item)], (number) => call('notEquals', number, constant(0))),
    );
  return onlyArray(
    conditions,
    bind([elementsOf(conditions)], (tests) =>
      jsonArray(
        mapped(
          (item, yes, no) => bind([isTrue(item)], (holds) => choose(call('isNull', holds), JSON_NULL, holds, yes, no)),
          tests,
          list(branches[0], size(tests)),
          list(branches[1], size(tests)),
        ),
      ),
    ),
  );
}

/** Position of an element within a range, or of its n-th occurrence there. */
function arrayIndexOf(of: ScalarCall): Sql {
  const [source, wanted, from, count, which] = of.args;
  if (source === undefined || wanted === undefined) return NULL;
  const argument = (given: Value | undefined, usual: number): Sql =>
    given === undefined ? long(constant(usual)) : long(call('ifNull', given.sql, constant(usual)));
  return choose(
    isArray(source),
    bind(
      [elementsOf(source), argument(from, 0), argument(count, -1), argument(which, 1), jsonElement(wanted)],
      (list, start, length, occurrence, item) =>
        bind([choose(less(start, 0), call('greatest', plus(size(list), start), constant(0)), start)], (begin) =>
          choose(
            or(less(occurrence, 0), less(length, -1)),
            NULL,
            bind(
              [
                kept(
                  (index, element) =>
                    call(
                      'and',
                      equal(element, item),
                      call('greaterOrEquals', index, begin),
                      or(less(length, 0), less(index, plus(begin, length))),
                    ),
                  range(0, size(list)),
                  list,
                ),
              ],
              (found) =>
                choose(
                  call('or', less(occurrence, 1), less(size(found), occurrence)),
                  call('toNullable', long(constant(-1))),
                  at(found, call('greatest', occurrence, constant(1))),
                ),
            ),
          ),
        ),
    ),
    NULL,
  );
}

/** Sum of the numbers; null where an element is none. */
const arraySum = (of: ScalarCall): Sql =>
  bind([elementsOf(of.arg(0))], (list) =>
    choose(
      call(
        'or',
        call('not', isArray(of.arg(0))),
        call(
          'arrayExists',
          lambda((item) => call('isNull', call('toFloat64OrNull', item))),
          list,
        ),
      ),
      NULL,
      call(
        'toNullable',
        summed((item) => call('toFloat64OrZero', item), list),
      ),
    ),
  );

/** Arrays. */
export const ARRAY_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'array_length',
    aliases: ['arraylength'],
    summary: 'Number of elements; null where the value is no array.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) =>
      call(
        'if',
        call('equals', typeOfJson(first(of)), constant('Array')),
        long(call('length', elementsOf(first(of)))),
        { kind: 'constant', value: null },
      ),
    examples: [
      ['array_length(dynamic([1, 2, 3]))', 3],
      ['array_length(parse_json("5"))', null],
      ['array_length(dynamic([]))', 0],
    ],
  },
  {
    name: 'pack_array',
    summary: 'Its arguments as an array.',
    takes: ['any'],
    nulls: 'never',
    lower: (of) => dynamic(jsonArray(call('array', ...of.args.map(jsonElement)))),
    examples: [["pack_array(1, 'a', 2.5, int(null))", [1, 'a', 2.5, null]]],
  },
  {
    name: 'array_concat',
    summary: 'Arrays one after the other.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) => jsonArray(call('arrayConcat', ...of.args.map(elementsOf))),
    examples: [['array_concat(dynamic([1]), dynamic([2, "x"]))', [1, 2, 'x']]],
  },
  {
    name: 'array_slice',
    summary: 'Elements from a start to an end, both included; negative counts from the end.',
    takes: ['dynamic', 'long'],
    nulls: 'may',
    lower: arraySlice,
    examples: [
      ['array_slice(dynamic([1,2,3,4,5]), 2, 3)', [3, 4]],
      ['array_slice(dynamic([1,2,3,4,5]), -3, -2)', [3, 4]],
    ],
  },
  {
    name: 'array_reverse',
    summary: 'The elements in the other order.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) => onlyArray(first(of), jsonArray(call('reverse', elementsOf(first(of))))),
    examples: [['array_reverse(dynamic([1,2,3]))', [3, 2, 1]]],
  },
  {
    name: 'strcat_array',
    aliases: ['array_strcat'],
    summary: 'Elements of an array joined by a delimiter.',
    takes: ['dynamic', 'string'],
    nulls: 'never',
    lower: (of) => joinWith(elementsText(first(of)), of.arg(1)),
    examples: [['strcat_array(dynamic([1, "a", 3]), "->")', '1->a->3']],
  },
  {
    name: 'array_sum',
    summary: 'Sum of the numbers; null where an element is none.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: arraySum,
    examples: [
      ['array_sum(dynamic([1, 2, 3.5]))', 6.5],
      ['array_sum(dynamic([1, "a"]))', null],
      ['array_sum(parse_json("{}"))', null],
    ],
  },
  {
    name: 'array_index_of',
    summary: 'Position of an element from 0, in a range where one is given; -1 where there is none.',
    takes: ['dynamic', 'any', 'long'],
    nulls: 'may',
    lower: arrayIndexOf,
    examples: [
      ['array_index_of(dynamic(["a","b"]), "b")', 1],
      ['array_index_of(dynamic([1,2]), 5)', -1],
      ['array_index_of(dynamic([7,8,7,8,7]), 7, 1)', 2],
      ['array_index_of(dynamic([7,8,7,8,7]), 8, 0, 1)', -1],
      ['array_index_of(dynamic([7,8,7,8,7]), 7, 1, -1, 2)', 4],
      ['array_index_of(dynamic([7,8,7,8,7]), 8, -2)', 3],
      ['array_index_of(dynamic([7,8]), 8, 0, -2)', null],
      ['array_index_of(parse_json("{}"), 8)', null],
    ],
  },
  {
    name: 'array_iff',
    aliases: ['array_iif'],
    summary: 'One of two values for each element of an array of conditions.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: arrayIff,
    examples: [
      ['array_iff(dynamic([true, false, 5, 0]), dynamic([1, 2, 3]), dynamic([4, 5, 6, 7]))', [1, 5, 3, 7]],
      ['array_iff(dynamic([true, "x", null]), "yes", "no")', ['yes', null, null]],
      ['array_iff(parse_json("{}"), 1, 2)', null],
    ],
  },
];
