import { jsonArray } from '../lower/convert.ts';
import type { Value } from '../lower/value.ts';
import { at, bind, choose, mapped, range, size, tuple } from '../sql/arrays.ts';
import { call, constant, lambda, type Sql } from '../sql/tree.ts';
import { dynamic, elementsOf, onlyArray } from './dynamic.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from './types.ts';

/** Numbers before texts (moments and spans are texts here and sort as such) before the rest. */
const sortKey = (item: Sql): readonly Sql[] => [
  choose(
    call('isNotNull', call('toFloat64OrNull', item)),
    constant(0),
    call('startsWith', item, constant('"')),
    constant(1),
    constant(2),
  ),
  call('toFloat64OrZero', item),
  choose(call('startsWith', item, constant('"')), call('JSONExtract', item, constant('String')), item),
];

/** The order of the first array's elements, as positions in it. */
function order(list: Sql, descending: boolean, nullsLast: Sql): Sql {
  const isNull = (item: Sql): Sql => call('equals', item, constant('null'));
  const rank = (item: Sql): Sql =>
    descending ? call('notEquals', isNull(item), nullsLast) : call('equals', isNull(item), nullsLast);
  const position = (index: Sql): Sql => (descending ? call('negate', call('toInt64', index)) : call('toInt64', index));
  return call(
    descending ? 'arrayReverseSort' : 'arraySort',
    lambda((index, item) => tuple(rank(item), ...sortKey(item), position(index))),
    range(1, call('plus', size(list), constant(1))),
    list,
  );
}

const sorted =
  (descending: boolean) =>
  (of: ScalarCall): Sql | SeveralColumns => {
    const arrays = of.args.filter((argument) => argument.type !== 'bool');
    const last = of.args.find((argument) => argument.type === 'bool');
    const nullsLast = last === undefined ? constant(1) : call('ifNull', last.sql, constant(1));
    const [leader, ...others] = arrays;
    if (leader === undefined) return constant('');
    const elements = (list: Sql, positions: Sql): Sql => jsonArray(mapped((index) => at(list, index), positions));
    if (others.length === 0)
      return onlyArray(
        leader,
        bind([elementsOf(leader)], (list) =>
          bind([order(list, descending, nullsLast)], (positions) => elements(list, positions)),
        ),
      );
    return {
      shared: bind([elementsOf(leader)], (list) => order(list, descending, nullsLast)),
      columns: (positions) =>
        arrays.map((array): Value => {
          const list = elementsOf(array);
          return dynamic(
            onlyArray(
              array,
              bind([list], (items) =>
                choose(
                  call('equals', call('length', items), call('length', positions)),
                  elements(items, positions),
                  constant(''),
                ),
              ),
            ),
          );
        }),
    };
  };

/** Arrays in order. */
export const SORTING_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'array_sort_asc',
    summary: 'The elements in ascending order, those of further arrays in the same order.',
    takes: ['any'],
    nulls: 'may',
    lower: sorted(false),
    examples: [
      ['array_sort_asc(dynamic([10, 9, 100]))', [9, 10, 100]],
      ['array_sort_asc(dynamic([null, "b", 2, "a", true]))', [2, 'a', 'b', true, null]],
      ['array_sort_asc(dynamic([null, "b", "a"]), false)', [null, 'a', 'b']],
      [
        'array_sort_asc(dynamic([3, 1, 2]), dynamic(["c", "a", "b"]), dynamic([1]))',
        [[1, 2, 3], ['a', 'b', 'c'], null],
      ],
      ['array_sort_asc(parse_json("{}"))', null],
    ],
  },
  {
    name: 'array_sort_desc',
    summary: 'The elements in descending order, those of further arrays in the same order.',
    takes: ['any'],
    nulls: 'may',
    lower: sorted(true),
    examples: [
      ['array_sort_desc(dynamic(["a", "c", "b"]))', ['c', 'b', 'a']],
      ['array_sort_desc(dynamic([1, null, 2]))', [2, 1, null]],
      ['array_sort_desc(dynamic([1, null, 2]), false)', [null, 2, 1]],
    ],
  },
];
