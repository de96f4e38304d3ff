import { jsonArray } from '../lower/convert.ts';
import type { Value } from '../lower/value.ts';
import { bind, choose, folded, mapped, part, range, tuple } from '../sql/arrays.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import { first } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** Steps of nesting that are followed: as many as the text has brackets, and no more than these. */
const DEEPEST = 100;

const wholeJson = ({ sql, path }: Value): Sql =>
  path === undefined ? call('JSONExtractRaw', sql) : call('JSONExtractRaw', path.root, ...path.steps);
const depth = (json: Sql): Sql =>
  call(
    'least',
    call('plus', call('countSubstrings', json, constant('{')), call('countSubstrings', json, constant('['))),
    constant(DEEPEST),
  );
const isObject = (json: Sql): Sql => call('startsWith', json, constant('{'));
const isArray = (json: Sql): Sql => call('startsWith', json, constant('['));
const quoted = (name: Sql): Sql => call('replaceAll', call('toJSONString', name), constant('\\/'), constant('/'));

type Piece = readonly [text: Sql, open: 0 | 1];
const piece = ([text, open]: Piece): Sql => tuple(text, call('toUInt8', constant(open)));

/** JSON with the names of its bags in order, as a list of pieces of which the open ones are still to be written out. */
function sortedJson(of: ScalarCall): Sql {
  const children = (
    items: Sql,
    prefix: (item: Sql) => Sql,
    json: (item: Sql) => Sql,
    open: string,
    close: string,
  ): Sql =>
    call(
      'arrayConcat',
      call('array', piece([constant(open), 0])),
      call(
        'arrayFlatten',
        mapped(
          (item, index) =>
            call(
              'array',
              piece([
                call('concat', choose(call('greater', index, constant(1)), constant(','), constant('')), prefix(item)),
                0,
              ]),
              piece([json(item), 1]),
            ),
          items,
          call('arrayEnumerate', items),
        ),
      ),
      call('array', piece([constant(close), 0])),
    );
  const written = (entry: Sql): Sql =>
    choose(
      call('and', part(entry, 2), isObject(part(entry, 1))),
      children(
        call('arraySort', call('JSONExtractKeysAndValuesRaw', part(entry, 1))),
        (pair) => call('concat', quoted(part(pair, 1)), constant(':')),
        (pair) => part(pair, 2),
        '{',
        '}',
      ),
      call('and', part(entry, 2), isArray(part(entry, 1))),
      children(
        call('JSONExtractArrayRaw', part(entry, 1)),
        () => constant(''),
        (item) => item,
        '[',
        ']',
      ),
      call('array', piece([part(entry, 1), 0])),
    );
  return bind([wholeJson(first(of))], (json) =>
    call(
      'arrayStringConcat',
      mapped(
        (entry) => part(entry, 1),
        folded(
          (pieces, _step) => call('arrayFlatten', mapped(written, pieces)),
          range(0, depth(json)),
          call('array', piece([json, 1])),
        ),
      ),
    ),
  );
}

/** Every path of a dynamic value in the order of the text; an array's elements share the path [0]. */
function treePaths(of: ScalarCall): Sql {
  const children = (path: Sql, json: Sql): Sql =>
    choose(
      isObject(json),
      mapped(
        (pair) =>
          tuple(
            call('concat', path, constant("['"), part(pair, 1), constant("']")),
            part(pair, 2),
            call('toUInt8', constant(1)),
          ),
        call('JSONExtractKeysAndValuesRaw', json),
      ),
      mapped(
        (item) => tuple(call('concat', path, constant('[0]')), item, call('toUInt8', constant(1))),
        call('JSONExtractArrayRaw', json),
      ),
    );
  const opened = (entry: Sql): Sql =>
    choose(
      part(entry, 3),
      call(
        'arrayPushFront',
        children(part(entry, 1), part(entry, 2)),
        tuple(part(entry, 1), part(entry, 2), call('toUInt8', constant(0))),
      ),
      call('array', entry),
    );
  return bind([wholeJson(first(of))], (json) =>
    choose(
      call('or', isObject(json), isArray(json)),
      jsonArray(
        mapped(
          (path) => quoted(path),
          call(
            'arrayDistinct',
            mapped(
              (entry) => part(entry, 1),
              folded(
                (entries, _step) => call('arrayFlatten', mapped(opened, entries)),
                range(0, depth(json)),
                children(constant(''), json),
              ),
            ),
          ),
        ),
      ),
      constant(''),
    ),
  );
}

/** What looks at all levels of a dynamic value. */
export const JSON_TREE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'dynamic_to_json',
    summary: 'JSON text of a dynamic value, the names of its bags in order.',
    takes: ['dynamic'],
    nulls: 'never',
    page: 'dynamic-to-json-function',
    lower: sortedJson,
    examples: [
      ['dynamic_to_json(dynamic([1, 2]))', '[1,2]'],
      [
        'dynamic_to_json(dynamic({"b": {"z": [], "y": {"q": 1, "p": null}}, "a": [{"d": "x,/", "c": 1.5}, {}]}))',
        '{"a":[{"c":1.5,"d":"x,/"},{}],"b":{"y":{"p":null,"q":1},"z":[]}}',
      ],
      ['dynamic_to_json(dynamic("text"))', '"text"'],
      ['dynamic_to_json(dynamic(null))', ''],
    ],
  },
  {
    name: 'treepath',
    summary: 'The paths of all that is in a dynamic value.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: treePaths,
    examples: [
      ['treepath(dynamic({"a": "b", "c": 123}))', ["['a']", "['c']"]],
      [
        'treepath(dynamic({"p": [100, {"x": "y"}], "q": {"r": 1}}))',
        ["['p']", "['p'][0]", "['p'][0]['x']", "['q']", "['q']['r']"],
      ],
      ['treepath(dynamic({}))', []],
      ['treepath(parse_json("5"))', null],
    ],
  },
];
