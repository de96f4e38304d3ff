import { jsonArray, jsonElement } from '../lower/convert.ts';
import { call, constant, lambda, NULL, type Sql } from '../sql/tree.ts';
import { bind, choose, over, real } from '../sql/arrays.ts';
import { elementsOf, first, onlyArray, typeOfJson } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** Elements by which a set is one: their canonical JSON. */
const setOperation =
  (combine: (lists: readonly Sql[]) => Sql) =>
  (of: ScalarCall): Sql => {
    const lists = of.args.map(elementsOf);
    return of.args.reduceRight<Sql>((inner, source) => onlyArray(source, inner), jsonArray(combine(lists)));
  };

/** What is said of two sets; null where one of them is no array. */
const ofTwoSets =
  (body: (left: Sql, right: Sql) => Sql) =>
  (of: ScalarCall): Sql =>
    choose(
      call(
        'and',
        call('equals', typeOfJson(of.arg(0)), constant('Array')),
        call('equals', typeOfJson(of.arg(1)), constant('Array')),
      ),
      bind(
        [call('arrayDistinct', elementsOf(of.arg(0))), call('arrayDistinct', elementsOf(of.arg(1)))],
        (left, right) => call('toNullable', body(left, right)),
      ),
      NULL,
    );
const common = (left: Sql, right: Sql): Sql => call('length', call('arrayIntersect', left, right));

/** Sets: arrays in which an element counts once. */
export const SET_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'set_union',
    summary: 'Elements of any of the arrays, once each.',
    takes: ['dynamic'],
    nulls: 'may',
    differs: 'The order of the elements is theirs at their first place.',
    lower: setOperation((lists) => call('arrayDistinct', call('arrayConcat', ...lists))),
    examples: [['array_sort_asc(set_union(dynamic([1,2]), dynamic([2,3])))', [1, 2, 3]]],
  },
  {
    name: 'set_intersect',
    summary: 'Elements of all the arrays.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: setOperation((lists) => call('arrayIntersect', ...lists)),
    examples: [['array_sort_asc(set_intersect(dynamic([1,2,3]), dynamic([2,3,4])))', [2, 3]]],
  },
  {
    name: 'set_difference',
    summary: 'Elements of the first array that no other has.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: setOperation(([head = constant(''), ...tail]) => {
      const others = tail.length === 1 && tail[0] !== undefined ? tail[0] : call('arrayConcat', ...tail);
      return call(
        'arrayDistinct',
        call(
          'arrayFilter',
          lambda((item) => call('not', call('has', others, item))),
          head,
        ),
      );
    }),
    examples: [['set_difference(dynamic([1,2,3]), dynamic([2]))', [1, 3]]],
  },
  {
    name: 'set_has_element',
    summary: 'True when an array has the value.',
    takes: ['dynamic', 'any'],
    nulls: 'never',
    lower: (of) => call('has', elementsOf(first(of)), jsonElement(of.arg(1))),
    examples: [['set_has_element(dynamic(["a", "b"]), "b")', true]],
  },
  {
    name: 'set_equals',
    summary: 'True when two arrays have the same elements.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: ofTwoSets((left, right) =>
      call(
        'and',
        call('equals', call('length', left), call('length', right)),
        call('equals', common(left, right), call('length', left)),
      ),
    ),
    examples: [
      ['set_equals(dynamic([1, 2, 2]), dynamic([2, 1]))', true],
      ['set_equals(dynamic([1]), dynamic([2, 1]))', false],
      ['set_equals(dynamic([1]), parse_json("{}"))', null],
    ],
  },
  {
    name: 'jaccard_index',
    summary: 'Common elements of two sets, as a share of all their elements.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: ofTwoSets((left, right) =>
      bind([common(left, right)], (both) =>
        over(real(both), call('minus', call('plus', call('length', left), call('length', right)), both)),
      ),
    ),
    examples: [
      ['jaccard_index(dynamic([1, 2, 3]), dynamic([1, 2, 3, 4]))', 0.75],
      ['jaccard_index(dynamic([1, 2, 2]), dynamic([3]))', 0],
    ],
  },
];
