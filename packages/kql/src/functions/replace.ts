import { value, type Constant, type Value } from '../lower/value.ts';
import { splitByAny } from '../scalar/join.ts';
import { hasTerm } from '../scalar/search.ts';
import { call, cast, constant, lambda, literal, once, type Sql } from '../sql/tree.ts';
import { elementsOf, elementsText } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const isText = (item: Sql): Sql => call('startsWith', item, constant('"'));
const textOf = (item: Sql): Sql => call('JSONExtract', item, constant('String'));
const one = constant(1);
const SEGMENTS = 'Array(Tuple(String, UInt8))';

/**
 * The lookups one after the other: each splits what none before it has taken. A rewrite that is no text leaves what was
 * found as it is.
 */
function replaceStrings(of: ScalarCall): Sql {
  const lookups = elementsOf(of.arg(1));
  const start = cast(call('array', call('tuple', of.sql(0), constant(0))), SEGMENTS);
  const step = lambda((segments, lookup, rewrite) =>
    call(
      'if',
      call('or', call('not', isText(lookup)), call('equals', lookup, constant('""'))),
      segments,
      call(
        'arrayFlatten',
        call(
          'arrayMap',
          lambda((segment) => {
            const taken = cast(
              call('tuple', call('if', isText(rewrite), textOf(rewrite), textOf(lookup)), constant(1)),
              'Tuple(String, UInt8)',
            );
            const parts = splitByAny(call('tupleElement', segment, one), textOf(lookup));
            const pieces = call(
              'arrayPopBack',
              call(
                'arrayFlatten',
                call(
                  'arrayMap',
                  lambda((part) =>
                    call('array', cast(call('tuple', part, constant(0)), 'Tuple(String, UInt8)'), taken),
                  ),
                  parts,
                ),
              ),
            );
            return call('if', call('tupleElement', segment, constant(2)), call('array', segment), pieces);
          }),
          segments,
        ),
      ),
    ),
  );
  return once([lookups, elementsOf(of.arg(2))], (found, rewrites) =>
    call(
      'arrayStringConcat',
      call(
        'arrayMap',
        lambda((segment) => call('tupleElement', segment, one)),
        call('arrayFold', step, found, call('arrayResize', rewrites, call('length', found), constant('null')), start),
      ),
    ),
  );
}

/** Characters to characters; the last one stands for all that have none, and without any they go. */
function translate(of: ScalarCall): Sql | Value {
  const [from, to] = [of.arg(0).constant, of.arg(1).constant];
  if (typeof from !== 'string' || typeof to !== 'string')
    return of.refuse('GHQ020', 'The lists of characters of translate() must be constants.');
  const targets = Array.from(to);
  const pairs = new Map<string, string>();
  Array.from(from).forEach((character, index) => {
    if (!pairs.has(character)) pairs.set(character, targets[index] ?? targets.at(-1) ?? '');
  });
  if (pairs.size === 0) return of.sql(2);
  const gone = [...pairs].filter(([, target]) => target === '').map(([character]) => character);
  if (gone.length > 0)
    return call(
      'replaceRegexpAll',
      of.sql(2),
      literal('String', `[${gone.map((character) => character.replace(/[\\\]^[\-&~]/g, '\\$&')).join('')}]`),
      constant(''),
    );
  return call(
    'translateUTF8',
    of.sql(2),
    literal('String', [...pairs.keys()].join('')),
    literal('String', [...pairs.values()].join('')),
  );
}

function constantItems(json: Constant | undefined): readonly unknown[] | undefined {
  const parsed: unknown = typeof json === 'string' ? JSON.parse(json) : undefined;
  return Array.isArray(parsed) ? parsed : undefined;
}

/** The first of the terms that the text has. */
function hasAnyIndex(of: ScalarCall): Sql {
  const items = constantItems(of.arg(1).constant);
  const none = call('toInt64', constant(-1));
  if (items !== undefined && items.length <= 200) {
    const tests = items.flatMap((item, index) => {
      const text = typeof item === 'string' ? item : JSON.stringify(item);
      const term: Value = { ...value(literal('String', text), 'string', false), constant: text };
      return [hasTerm(of.arg(0), term), call('toInt64', constant(index))];
    });
    return tests.length === 0 ? none : call('multiIf', ...tests, none);
  }
  const first = call(
    'arrayFirstIndex',
    lambda((term) => hasTerm(of.arg(0), value(term, 'string', false))),
    elementsText(of.arg(1)),
  );
  return call('minus', call('toInt64', first), one);
}

/** Plain replacements, and searches for one of several texts. */
export const REPLACE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'replace_string',
    summary: 'Every occurrence of a text replaced.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('replaceAll', of.sql(0), of.sql(1), of.sql(2)),
    examples: [
      ["replace_string('A magic trick', 'magic', 'cool')", 'A cool trick'],
      ["replace_string('abc', '', 'x')", 'abc'],
    ],
  },
  {
    name: 'replace_strings',
    summary: 'Every occurrence of several texts replaced, each by its own; an earlier one has precedence.',
    takes: ['string', 'dynamic'],
    nulls: 'never',
    lower: replaceStrings,
    examples: [
      [
        "replace_strings('turn a cat into a dog', dynamic(['cat', 'dog']), dynamic(['dog', 'pigeon']))",
        'turn a dog into a pigeon',
      ],
      ["replace_strings('This is it', dynamic(['This', 'is']), dynamic(['This', 'was']))", 'This was it'],
      ["replace_strings('This is it', dynamic(['is', 'This']), dynamic(['was', 'This']))", 'Thwas was it'],
      ["replace_strings('This is it', dynamic(['This', 'is']), dynamic([12345, 'was']))", 'This was it'],
      ["replace_strings('abc', dynamic([1, 'b']), dynamic(['x', '']))", 'ac'],
      ["replace_strings('abc', dynamic(['b', 'c']), dynamic(['x']))", 'axc'],
    ],
  },
  {
    name: 'translate',
    summary: 'Characters of one list replaced by those at their place in another.',
    takes: ['string'],
    nulls: 'propagate',
    lower: translate,
    examples: [
      ["translate('krasp', 'otsku', 'spark')", 'kusto'],
      ["translate('abc', 'x', 'abc')", 'xxx'],
      ["translate('abc', '', 'ab')", ''],
      ["translate('[\"]', '', '[\"a\"]')", 'a'],
      ["translate('ä', 'a', 'bär')", 'bar'],
    ],
  },
  {
    name: 'has_any_index',
    summary: 'Position in an array of the first term that the text has; -1 where it has none.',
    takes: ['string', 'dynamic'],
    nulls: 'never',
    lower: hasAnyIndex,
    examples: [
      ["has_any_index('this is an example', dynamic(['this', 'example']))", 0],
      ["has_any_index('this is an example', dynamic(['not', 'example']))", 1],
      ["has_any_index('this is an example', dynamic(['not', 'found']))", -1],
      ["has_any_index('Example number 2', range(1, 3, 1))", 1],
      ["has_any_index('this is an example', dynamic([]))", -1],
    ],
  },
];
