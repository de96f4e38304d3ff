import { convert } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';
import type { BinaryLowering } from './binary.ts';
import { engineRegex, quoteRegex } from './regex.ts';

/**
 * The text operators. A term is a run of letters and digits; `has` finds its right side where no letter or digit stands
 * beside it. Source: KQL documentation, "String operators", "What is a term?".
 */
interface SearchKind {
  /** Where the found text must begin and end. */
  readonly boundary: { readonly before: boolean; readonly after: boolean };
  readonly caseSensitive: boolean;
}

const BEFORE = '(?:^|[^\\pL\\pN])';
const AFTER = '(?:$|[^\\pL\\pN])';
const ASCII = /^\p{ASCII}*$/u;

/** Position of a text, as cheap as its letters and its case allow. */
function found(haystack: Sql, needle: Value, caseSensitive: boolean): Sql {
  if (caseSensitive) return call('greater', call('position', haystack, needle.sql), constant(0));
  const ascii = typeof needle.constant === 'string' && ASCII.test(needle.constant);
  return call(
    'greater',
    call(ascii ? 'positionCaseInsensitive' : 'positionCaseInsensitiveUTF8', haystack, needle.sql),
    constant(0),
  );
}

function pattern(needle: Value, kind: SearchKind): Sql {
  const flags = kind.caseSensitive ? '(?s)' : '(?is)';
  const { before, after } = kind.boundary;
  if (typeof needle.constant === 'string') {
    const [start, end] = [before && STARTS.test(needle.constant), after && ENDS.test(needle.constant)];
    return literal('String', `${flags}${start ? BEFORE : ''}${quoteRegex(needle.constant)}${end ? AFTER : ''}`);
  }
  const border = (wanted: boolean, text: string, test: string): Sql =>
    wanted ? call('if', call('match', needle.sql, constant(test)), constant(text), constant('')) : constant('');
  const quoted = call('regexpQuoteMeta', needle.sql);
  return call(
    'concat',
    constant(flags),
    border(before, BEFORE, '^[\\pL\\pN]'),
    quoted,
    border(after, AFTER, '[\\pL\\pN]$'),
  );
}

/** An end of the needle that is no letter or digit is its own border. */
const STARTS = /^[\p{L}\p{N}]/u;
const ENDS = /[\p{L}\p{N}]$/u;

/**
 * The plain search first: it is fast and rejects nearly every row. Then the engine's token search, which is right wherever
 * it finds the term; only what it does not find (a neighbour beyond ASCII) is left to the regular expression.
 */
function search(haystack: Value, needle: Value, kind: SearchKind): Sql {
  if (needle.constant === '') return constant(1);
  const anywhere = found(haystack.sql, needle, kind.caseSensitive);
  const { before, after } = kind.boundary;
  if (!before && !after) return anywhere;
  const bordered = call('match', haystack.sql, pattern(needle, kind));
  const isTerm = before && after && typeof needle.constant === 'string' && TERM.test(needle.constant);
  const token = call(kind.caseSensitive ? 'hasToken' : 'hasTokenCaseInsensitive', haystack.sql, needle.sql);
  return call('and', anywhere, isTerm ? call('or', token, bordered) : bordered);
}

const TERM = /^[A-Za-z0-9]+$/;

const KINDS = {
  has: { before: true, after: true },
  hasprefix: { before: true, after: false },
  hassuffix: { before: false, after: true },
  contains: { before: false, after: false },
} as const;

const texts = (left: Value, right: Value): [Value, Value] | undefined => {
  const [a, b] = [convert(left, 'string'), convert(right, 'string')];
  return a && b && [a, b];
};

const bool = (sql: Sql): Value => value(sql, 'bool', false);

const searching =
  (kind: SearchKind, negated: boolean): BinaryLowering =>
  (left, right) => {
    const sides = texts(left, right);
    if (sides === undefined) return undefined;
    const sql = search(sides[0], sides[1], kind);
    return bool(negated ? call('not', sql) : sql);
  };

type Affix = 'startsWith' | 'endsWith';
const affix =
  (engine: Affix, caseSensitive: boolean, negated: boolean): BinaryLowering =>
  (left, right) => {
    const sides = texts(left, right);
    if (sides === undefined) return undefined;
    const [a, b] = sides;
    const sql = caseSensitive
      ? call(engine, a.sql, b.sql)
      : typeof b.constant === 'string' && ASCII.test(b.constant)
        ? call(`${engine}CaseInsensitive`, a.sql, b.sql)
        : call(engine, call('lowerUTF8', a.sql), call('lowerUTF8', b.sql));
    return bool(negated ? call('not', sql) : sql);
  };

const matches =
  (negated: boolean): BinaryLowering =>
  (left, right) => {
    const sides = texts(left, right);
    if (sides === undefined) return undefined;
    const [text, regex] = sides;
    const ready = typeof regex.constant === 'string' ? engineRegex(regex.constant) : undefined;
    const sql = call('match', text.sql, ready === undefined ? regex.sql : literal('String', ready));
    return bool(negated ? call('not', sql) : sql);
  };

const AFFIXES = { startswith: 'startsWith', endswith: 'endsWith' } as const satisfies Record<string, Affix>;

/** `has`, `!has`, `has_cs`, `!has_cs` and so on for every kind. */
function spellings(
  name: string,
  make: (caseSensitive: boolean, negated: boolean) => BinaryLowering,
): [string, BinaryLowering][] {
  return [
    [name, make(false, false)],
    [`!${name}`, make(false, true)],
    [`${name}_cs`, make(true, false)],
    [`!${name}_cs`, make(true, true)],
  ];
}

export const TEXT_SEARCH: Readonly<Record<string, BinaryLowering>> = Object.fromEntries([
  ...Object.entries(KINDS).flatMap(([name, boundary]) =>
    spellings(name, (caseSensitive, negated) => searching({ boundary, caseSensitive }, negated)),
  ),
  ...Object.entries(AFFIXES).flatMap(([name, engine]) =>
    spellings(name, (caseSensitive, negated) => affix(engine, caseSensitive, negated)),
  ),
  ['notcontains', searching({ boundary: KINDS.contains, caseSensitive: false }, true)],
  ['containscs', searching({ boundary: KINDS.contains, caseSensitive: true }, false)],
  ['notcontainscs', searching({ boundary: KINDS.contains, caseSensitive: true }, true)],
  ['matches regex', matches(false)],
]);

/** `has` of one term. */
export function hasTerm(haystack: Value, needle: Value): Sql {
  return search(haystack, needle, { boundary: KINDS.has, caseSensitive: false });
}

/** `has_any (…)` and `has_all (…)` over texts of the query: many words take one pass for the words and one for the borders. */
export function hasSeveral(subject: Value, needles: readonly Value[], all: boolean): Value | undefined {
  const haystack = convert(subject, 'string');
  const words = needles.map((needle) => convert(needle, 'string'));
  if (haystack === undefined || words.some((word) => word === undefined)) return undefined;
  const known = words.filter((word): word is Value => word !== undefined);
  if (known.length === 0) return bool(constant(all ? 1 : 0));
  const kind: SearchKind = { boundary: KINDS.has, caseSensitive: false };
  const constants = known.map((word) => word.constant);
  if (
    !all &&
    known.length > 1 &&
    known.length <= 255 &&
    constants.every(
      (word): word is string => typeof word === 'string' && STARTS.test(word) && ENDS.test(word) && ASCII.test(word),
    )
  ) {
    const anywhere = call('multiSearchAnyCaseInsensitive', haystack.sql, literal('Array(String)', constants));
    const bordered = literal('String', `(?is)${BEFORE}(?:${constants.map(quoteRegex).join('|')})${AFTER}`);
    return bool(call('and', anywhere, call('match', haystack.sql, bordered)));
  }
  const [first, ...rest] = known.map((word) => search(haystack, word, kind));
  if (first === undefined) return undefined;
  return bool(rest.length === 0 ? first : call(all ? 'and' : 'or', first, ...rest));
}
