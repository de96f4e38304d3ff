import { convert } from '../lower/convert.ts';
import { joinWith } from '../scalar/join.ts';
import { convert, jsonArray, jsonElement } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { call, constant, lambda, literal, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** The elements of a dynamic array, each as JSON text; none where it is no array. */
export function elementsOf(source: Value): Sql {
  const { path } = source;
  return path === undefined
    ? call('JSONExtractArrayRaw', source.sql)
    : call('JSONExtractArrayRaw', path.root, ...path.steps);
}

export const dynamic = (sql: Sql): Value => value(sql, 'dynamic', false);
export const first = (of: ScalarCall): Value => of.arg(0);
export const typeOfJson = (source: Value): Sql => {
  const { path } = source;
  return call(
    'toString',
    path === undefined ? call('JSONType', source.sql) : call('JSONType', path.root, ...path.steps),
  );
};
export const onlyArray = (source: Value, sql: Sql): Sql =>
  call('if', call('equals', typeOfJson(source), constant('Array')), sql, constant(''));

/** A text as JSON: what is no JSON is kept as a text, as Kusto does. */
export function parseJson(of: ScalarCall): Value {
  const source = first(of);
  if (source.type === 'dynamic') return source;
  if (source.type !== 'string') return convert(source, 'dynamic') ?? dynamic(source.sql);
  const whole = call(
    'if',
    call('or', call('isValidJSON', source.sql), call('empty', source.sql)),
    source.sql,
    call('toJSONString', source.sql),
  );
  return { ...dynamic(whole), path: { root: source.sql, steps: [] } };
}

/** The elements as texts. */
export const elementsText = (source: Value): Sql =>
  call(
    'arrayMap',
    lambda((item) => call('JSONExtract', item, constant('String'))),
    elementsOf(source),
  );

const KINDS: readonly (readonly [engine: string, kusto: string])[] = [
  ['Array', 'array'],
  ['Object', 'dictionary'],
  ['Int64', 'long'],
  ['UInt64', 'long'],
  ['Double', 'double'],
  ['String', 'string'],
  ['Bool', 'bool'],
];

function getType(of: ScalarCall): Value | Sql {
  const source = first(of);
  if (source.type !== 'dynamic') return literal('String', source.type === 'real' ? 'real' : source.type);
  return call(
    'transform',
    typeOfJson(source),
    literal(
      'Array(String)',
      KINDS.map(([engine]) => engine),
    ),
    literal(
      'Array(String)',
      KINDS.map(([, kusto]) => kusto),
    ),
    constant('null'),
  );
}

/** `$.a.b[0]['c']` as steps of a path; `undefined` for what is more than names and numbers. */
export function pathSteps(path: string): readonly Sql[] | undefined {
  const steps = path.replace(/^\$/, '');
  if (!/^(?:\.\w+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*$/.test(steps)) return undefined;
  return [...steps.matchAll(/\.(\w+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g)].map(([, name, index, single, double]) =>
    index === undefined ? literal('String', name ?? single ?? double ?? '') : literal('Int64', BigInt(index) + 1n),
  );
}

/** extractjson(path, text [, typeof(type)]). */
function extractJson(of: ScalarCall): Value {
  const path = of.args[0]?.constant;
  const steps = typeof path === 'string' ? pathSteps(path) : undefined;
  if (steps === undefined)
    return of.refuse('GHQ021', 'The path of extract_json() is a constant of names and numbers, such as $.a.b[0].');
  const found: Value = { ...dynamic(call('JSONExtractRaw', of.sql(1), ...steps)), path: { root: of.sql(1), steps } };
  return convert(found, of.type) ?? found;
}

/** JSON and dynamic values. */
export const DYNAMIC_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_json',
    aliases: ['todynamic', 'parsejson', 'toobject'],
    summary: 'JSON text as a dynamic value; other text stays a text.',
    takes: ['any'],
    nulls: 'never',
    lower: parseJson,
    examples: [
      ['parse_json(\'{"a":[1,2]}\').a[1]', 2],
      ["parse_json('hello')", 'hello'],
      ['parse_json(\'{"a":123.5}\').a', 123.5],
    ],
  },
  {
    name: 'extract_json',
    aliases: ['extractjson'],
    summary: 'A value of a JSON text by its path; a text unless a type is given.',
    takes: ['string', 'string', 'any'],
    nulls: 'may',
    lower: extractJson,
    examples: [
      [`extract_json("$.a[1].b", '{"a":[1,{"b":"x"}]}')`, 'x'],
      [`extract_json("$['a']", '{"a":5}', typeof(long))`, 5],
    ],
  },
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
    name: 'array_sort_asc',
    summary: 'The elements in ascending order.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: sorted(false),
    examples: [['array_sort_asc(dynamic([10, 9, 100]))', [9, 10, 100]]],
  },
  {
    name: 'array_sort_desc',
    summary: 'The elements in descending order.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: sorted(true),
    examples: [['array_sort_desc(dynamic(["a", "c", "b"]))', ['c', 'b', 'a']]],
  },
  {
    name: 'array_sum',
    summary: 'Sum of the numbers.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) =>
      call(
        'arraySum',
        call(
          'arrayMap',
          lambda((item) => call('toFloat64OrZero', item)),
          elementsOf(first(of)),
        ),
      ),
    examples: [['array_sum(dynamic([1, 2, 3.5]))', 6.5]],
  },
  {
    name: 'array_index_of',
    summary: 'Position of an element from 0; -1 where there is none.',
    takes: ['dynamic', 'any'],
    nulls: 'may',
    lower: arrayIndexOf,
    examples: [
      ['array_index_of(dynamic(["a","b"]), "b")', 1],
      ['array_index_of(dynamic([1,2]), 5)', -1],
    ],
  },
  {
    name: 'strcat_array',
    summary: 'Elements of an array joined by a delimiter.',
    takes: ['dynamic', 'string'],
    nulls: 'never',
    lower: (of) => joinWith(elementsText(first(of)), of.arg(1)),
    examples: [['strcat_array(dynamic([1, "a", 3]), "->")', '1->a->3']],
  },
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
    name: 'range',
    summary: 'Whole numbers from a start to an end by a step, as an array.',
    takes: ['any'],
    nulls: 'never',
    lower: numberRange,
    examples: [['range(1, 8, 3)', [1, 4, 7]]],
    page: 'range-function',
  },
  {
    name: 'gettype',
    summary: 'Name of the type of the value.',
    takes: ['any'],
    nulls: 'never',
    lower: getType,
    examples: [
      ["gettype('John')", 'string'],
      ['gettype(dynamic([1]))', 'array'],
      ['gettype(dynamic({"a":1}))', 'dictionary'],
      ['gettype(parse_json("5"))', 'long'],
    ],
  },
];
