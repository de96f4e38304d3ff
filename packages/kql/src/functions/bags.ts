import { convert, jsonArray, jsonElement } from '../lower/convert.ts';
import { type Value } from '../lower/value.ts';
import { call, constant, lambda, type Sql } from '../sql/tree.ts';
import { dynamic, elementsText, first, typeOfJson } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** Pairs of names and values as a bag; null values stay as JSON's null. */
function pack(of: ScalarCall): Value | Sql {
  if (of.count % 2 !== 0) return of.refuse('GHQ013', 'A bag is packed from pairs of a name and a value.');
  const parts: Sql[] = [constant('{')];
  of.args.forEach((arg, index) => {
    if (index % 2 === 1) return void parts.push(constant(':'), jsonElement(arg));
    if (index > 0) parts.push(constant(','));
    const name = convert(arg, 'string') ?? arg;
    parts.push(convert(name, 'dynamic')?.sql ?? name.sql);
  });
  return dynamic(call('concat', ...parts, constant('}')));
}

const keysOf = (source: Value): Sql =>
  source.path === undefined
    ? call('JSONExtractKeys', source.sql)
    : call('JSONExtractKeys', source.path.root, ...source.path.steps);
const pairsOf = (source: Value): Sql =>
  source.path === undefined
    ? call('JSONExtractKeysAndValuesRaw', source.sql)
    : call('JSONExtractKeysAndValuesRaw', source.path.root, ...source.path.steps);
const pairText = (pair: Sql): Sql =>
  call(
    'concat',
    call('replaceAll', call('toJSONString', call('tupleElement', pair, constant(1))), constant('\\/'), constant('/')),
    constant(':'),
    call('tupleElement', pair, constant(2)),
  );
const bag = (pairs: Sql): Sql =>
  call(
    'concat',
    constant('{'),
    call(
      'arrayStringConcat',
      call(
        'arrayMap',
        lambda((pair) => pairText(pair)),
        pairs,
      ),
      constant(','),
    ),
    constant('}'),
  );

/** Keys of the first bag win. */
function bagMerge(of: ScalarCall): Sql {
  return bag(
    of.args.map(pairsOf).reduce((left, right) =>
      call(
        'arrayConcat',
        left,
        call(
          'arrayFilter',
          lambda((pair) =>
            call(
              'not',
              call(
                'has',
                call(
                  'arrayMap',
                  lambda((known) => call('tupleElement', known, constant(1))),
                  left,
                ),
                call('tupleElement', pair, constant(1)),
              ),
            ),
          ),
          right,
        ),
      ),
    ),
  );
}

/** Bags: names with values. */
export const BAG_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'bag_keys',
    summary: 'Names of a bag.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) =>
      call(
        'if',
        call('equals', typeOfJson(first(of)), constant('Object')),
        jsonArray(
          call(
            'arrayMap',
            lambda((name) => call('toJSONString', name)),
            keysOf(first(of)),
          ),
        ),
        constant(''),
      ),
    examples: [
      ['bag_keys(dynamic({"a":1,"b":2}))', ['a', 'b']],
      ['bag_keys(parse_json("[1]"))', null],
    ],
  },
  {
    name: 'bag_has_key',
    summary: 'True when a bag has the name.',
    takes: ['dynamic', 'string'],
    nulls: 'never',
    lower: (of) => call('has', keysOf(first(of)), of.sql(1)),
    examples: [
      ['bag_has_key(dynamic({"a":1}), "a")', true],
      ['bag_has_key(dynamic({"a":1}), "b")', false],
    ],
  },
  {
    name: 'bag_pack',
    aliases: ['pack', 'pack_dictionary'],
    summary: 'A bag of names and values.',
    takes: ['any'],
    nulls: 'never',
    lower: pack,
    examples: [["bag_pack('Level', 'Info', 'Id', 1, 'None', int(null))", { Level: 'Info', Id: 1, None: null }]],
  },
  {
    name: 'bag_merge',
    summary: 'Bags as one; the first value of a name stays.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: bagMerge,
    examples: [['bag_merge(dynamic({"a":1,"b":2}), dynamic({"b":3,"c":4}))', { a: 1, b: 2, c: 4 }]],
  },
  {
    name: 'bag_remove_keys',
    summary: 'A bag without some names.',
    takes: ['dynamic'],
    nulls: 'may',
    differs: 'Names of nested bags are not followed.',
    lower: (of) =>
      bag(
        call(
          'arrayFilter',
          lambda((pair) => call('not', call('has', elementsText(of.arg(1)), call('tupleElement', pair, constant(1))))),
          pairsOf(first(of)),
        ),
      ),
    examples: [['bag_remove_keys(dynamic({"a":1,"b":2}), dynamic(["a"]))', { b: 2 }]],
  },
];
