import { convert } from '../lower/convert.ts';
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
