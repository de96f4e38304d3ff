import { convert, jsonArray, jsonElement } from '../lower/convert.ts';
import { type Value } from '../lower/value.ts';
import { bind, choose, mapped } from '../sql/arrays.ts';
import { call, constant, lambda, literal, type Sql } from '../sql/tree.ts';
import { dynamic, elementsOf, elementsText, first, pathSteps, typeOfJson } from './dynamic.ts';
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

const onlyBag = (source: Value, sql: Sql): Sql =>
  call('if', call('equals', typeOfJson(source), constant('Object')), sql, constant(''));

/** Names under a bag, each with the names under it; an empty node ends a path. */
interface Names {
  readonly [name: string]: Names;
}

/** `a` is a name of the bag; `$.a.b` and `$['a']['b']` one further down. */
function namesOf(key: string): readonly string[] | undefined {
  if (!key.startsWith('$')) return [key];
  const steps = pathSteps(key)?.map((step) => (step.kind === 'literal' ? step.value : undefined));
  return steps === undefined || steps.length === 0 || !steps.every((step) => typeof step === 'string')
    ? undefined
    : steps;
}

/** The pairs of a bag without some names, at every level that the names reach. */
function without(pairs: Sql, names: Names): Sql {
  const entries = Object.entries(names);
  const gone = entries.filter(([, below]) => Object.keys(below).length === 0).map(([name]) => name);
  const inner = entries.filter(([, below]) => Object.keys(below).length > 0);
  const kept =
    gone.length === 0
      ? pairs
      : call(
          'arrayFilter',
          lambda((pair) =>
            call('not', call('has', literal('Array(String)', gone), call('tupleElement', pair, constant(1)))),
          ),
          pairs,
        );
  if (inner.length === 0) return kept;
  return mapped((pair) => {
    const [name, json] = [call('tupleElement', pair, constant(1)), call('tupleElement', pair, constant(2))];
    const branches = inner.flatMap(([wanted, below]) => [
      call('and', call('equals', name, literal('String', wanted)), call('startsWith', json, constant('{'))),
      bag(without(call('JSONExtractKeysAndValuesRaw', json), below)),
    ]);
    return call('tuple', name, call('multiIf', ...branches, json));
  }, kept);
}

function removeKeys(of: ScalarCall): Sql {
  const { constant: known } = of.arg(1);
  const keys: unknown = typeof known === 'string' ? JSON.parse(known) : undefined;
  if (!Array.isArray(keys))
    return bag(
      call(
        'arrayFilter',
        lambda((pair) => call('not', call('has', elementsText(of.arg(1)), call('tupleElement', pair, constant(1))))),
        pairsOf(first(of)),
      ),
    );
  const tree: Record<string, Names> = Object.create(null) as Record<string, Names>;
  for (const key of keys) {
    const names = typeof key === 'string' ? namesOf(key) : undefined;
    let level: Record<string, Names> = tree;
    names?.forEach((name, index) => {
      const isLast = index === names.length - 1;
      const known = level[name];
      // A shorter path takes the longer ones with it.
      const below = isLast || (known !== undefined && Object.keys(known).length === 0) ? {} : (known ?? {});
      level[name] = below;
      level = below;
    });
  }
  return bag(without(pairsOf(first(of)), tree));
}

/** The bag with a value at the end of a path; what is no bag on the way becomes one. */
function withKey(json: Sql, [name, ...rest]: readonly Sql[], set: Sql): Sql {
  if (name === undefined) return set;
  return bind([call('JSONExtractKeysAndValuesRaw', json)], (pairs) =>
    bind([rest.length === 0 ? set : withKey(call('JSONExtractRaw', json, name), rest, set)], (replaced) =>
      choose(
        call(
          'has',
          mapped((pair) => call('tupleElement', pair, constant(1)), pairs),
          name,
        ),
        bag(
          mapped(
            (pair) =>
              choose(
                call('equals', call('tupleElement', pair, constant(1)), name),
                call('tuple', name, replaced),
                pair,
              ),
            pairs,
          ),
        ),
        bag(call('arrayPushBack', pairs, call('tuple', name, replaced))),
      ),
    ),
  );
}

function setKey(of: ScalarCall): Sql | Value {
  const [source, key, set] = of.args as [Value, Value, Value];
  const names = typeof key.constant === 'string' ? namesOf(key.constant) : undefined;
  if (typeof key.constant === 'string' && names === undefined)
    return of.refuse('GHQ021', 'The path of bag_set_key() has names only, such as $.a.b.');
  const path = names?.map((name) => literal('String', name)) ?? [key.sql];
  const { path: from } = source;
  const json = from === undefined ? source.sql : call('JSONExtractRaw', from.root, ...from.steps);
  return onlyBag(
    source,
    bind([json, jsonElement(set)], (bagJson, setJson) => withKey(bagJson, path, setJson)),
  );
}

/** Names that are no texts are left out with their values; values that are missing are null. */
function zipBag(of: ScalarCall): Sql {
  const [names, values] = of.args as [Value, Value];
  return choose(
    call(
      'and',
      call('equals', typeOfJson(names), constant('Array')),
      call('equals', typeOfJson(values), constant('Array')),
    ),
    bind([elementsOf(names), elementsOf(values)], (keys, items) =>
      bag(
        mapped(
          (pair) =>
            call(
              'tuple',
              call('JSONExtract', call('tupleElement', pair, constant(1)), constant('String')),
              call('tupleElement', pair, constant(2)),
            ),
          call(
            'arrayFilter',
            lambda((pair) => call('startsWith', call('tupleElement', pair, constant(1)), constant('"'))),
            call('arrayZip', keys, call('arrayResize', items, call('length', keys), constant('null'))),
          ),
        ),
      ),
    ),
    constant(''),
  );
}

/** Columns of the query as a bag: their names are its own text, so they are bound. */
function packed(columns: readonly (readonly [name: string, value: Value])[], withoutEmpty?: Sql): Value {
  const entries = columns.map(([name, entry]) =>
    call('concat', literal('String', `${JSON.stringify(name)}:`), jsonElement(entry)),
  );
  const all = call('array', ...entries, ...(entries.length === 0 ? [constant('')] : []));
  const shown = columns.map(([, entry]) =>
    withoutEmpty === undefined
      ? constant(1)
      : call(
          'not',
          call('and', withoutEmpty, call('in', jsonElement(entry), call('tuple', constant('null'), constant('""')))),
        ),
  );
  const kept =
    withoutEmpty === undefined
      ? all
      : call(
          'arrayFilter',
          lambda((_entry, isShown) => isShown),
          all,
          call('array', ...shown, ...(entries.length === 0 ? [constant(0)] : [])),
        );
  return dynamic(call('concat', constant('{'), call('arrayStringConcat', kept, constant(',')), constant('}')));
}

function packAll(of: ScalarCall): Value {
  const [ignoring] = of.args;
  const columns = of.columns.map((column) => [column.name, column] as const);
  if (ignoring === undefined || ignoring.constant === false) return packed(columns);
  return packed(columns, call('ifNull', ignoring.sql, constant(0)));
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
    summary: 'A bag without some names; $.a.b removes a name of a bag inside it.',
    takes: ['dynamic'],
    nulls: 'may',
    differs: 'Paths are followed where the names are constants.',
    lower: (of) => onlyBag(first(of), removeKeys(of)),
    examples: [
      ['bag_remove_keys(dynamic({"a":1,"b":2}), dynamic(["a"]))', { b: 2 }],
      [
        'bag_remove_keys(dynamic({"a":1,"b":{"c":2,"d":{"e":3,"f":4}},"g":5}), dynamic(["$.b.d.e", "a", "$.g", "$.x.y"]))',
        { b: { c: 2, d: { f: 4 } } },
      ],
      ['bag_remove_keys(parse_json("[1]"), dynamic(["a"]))', null],
    ],
  },
  {
    name: 'bag_set_key',
    summary: 'A bag with a value under a name, or under a path such as $.a.b.',
    takes: ['dynamic', 'string', 'any'],
    nulls: 'may',
    differs: 'A path is followed where it is a constant.',
    lower: setKey,
    examples: [
      ['bag_set_key(dynamic({"a":1,"b":2}), "b", "x")', { a: 1, b: 'x' }],
      ['bag_set_key(dynamic({"a":1}), "$.b.c", 2.5)', { a: 1, b: { c: 2.5 } }],
      ['bag_set_key(dynamic({"a":{"x":1,"y":2}}), "$.a.y", int(null))', { a: { x: 1, y: null } }],
      ['bag_set_key(parse_json("[1]"), "a", 1)', null],
    ],
  },
  {
    name: 'bag_zip',
    summary: 'A bag of an array of names and an array of values.',
    takes: ['dynamic'],
    nulls: 'may',
    page: 'bag-zip',
    lower: zipBag,
    examples: [
      ['bag_zip(dynamic(["a","b","c"]), dynamic([1, "2"]))', { a: 1, b: '2', c: null }],
      ['bag_zip(dynamic(["a", 8, "b"]), dynamic([1, 2, 3, 4]))', { a: 1, b: 3 }],
      ['bag_zip(dynamic(["a"]), parse_json("5"))', null],
    ],
  },
  {
    name: 'bag_pack_columns',
    summary: 'A bag of columns under their names.',
    takes: ['any'],
    nulls: 'never',
    page: 'bag-pack-columns-function',
    lower: (of) => packed(of.args.map((argument, index) => [of.names[index] ?? '', argument])),
    examples: [['toscalar(print a = 1, b = "x" | project bag_pack_columns(a, b))', { a: 1, b: 'x' }]],
  },
  {
    name: 'pack_all',
    summary: 'A bag of all columns of the row, without the empty ones where it says so.',
    takes: ['bool'],
    nulls: 'never',
    lower: packAll,
    examples: [
      ['toscalar(print a = 1, b = "", c = long(null) | project pack_all())', { a: 1, b: '', c: null }],
      ['toscalar(print a = 1, b = "", c = long(null), d = "x" | project pack_all(true))', { a: 1, d: 'x' }],
    ],
  },
];
