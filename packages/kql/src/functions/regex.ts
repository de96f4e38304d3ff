import { convert, jsonArray, jsonString, jsonStrings } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { engineRegex, groupNames, groupsOf } from '../scalar/regex.ts';
import { call, constant, lambda, literal, once, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const one = constant(1);
const none = constant('');
const long = (sql: Sql): Sql => call('toInt64', sql);

/** What the engine's RE2 and Kusto's regular expressions differ in. */
export const REGEX_DIFFERS =
  'The engine is RE2: \\d, \\w, \\s and \\b know ASCII only, and repetitions go to 1,000. Class operations (&&, --, ~~) and the x flag are refused.';

/** The constant pattern of an argument as the engine takes it, or the refusal. */
export function patternOf(
  of: ScalarCall,
  index: number,
  name: string,
): { readonly text: string; readonly regex: string } | Value {
  const text = of.arg(index).constant;
  if (typeof text !== 'string') return of.refuse('GHQ020', `The regular expression of ${name}() must be a constant.`);
  const regex = engineRegex(text);
  return regex === undefined ? of.refuse('GHQ023', 'RE2 does not accept this regular expression.') : { text, regex };
}

function extract(of: ScalarCall): Sql | Value {
  const pattern = patternOf(of, 0, 'extract');
  if (!('regex' in pattern)) return pattern;
  const group = of.arg(1);
  const typed = (sql: Sql): Sql | Value =>
    of.type === 'string' ? sql : (convert(value(sql, 'string', false), of.type) ?? sql);
  const groups = BigInt(groupsOf(pattern.text));
  // The engine's extract() answers the first group and looks for the pattern's fixed text first: the fastest way.
  if (group.constant === 1n && groups >= 1n) return typed(call('extract', of.sql(2), literal('String', pattern.regex)));
  if (group.constant === 0n && groups === 0n)
    return typed(call('extract', of.sql(2), literal('String', pattern.regex)));
  if (typeof group.constant === 'bigint' && (group.constant > groups || group.constant < 0n)) return typed(none);
  return typed(call('regexpExtract', of.sql(2), literal('String', pattern.regex), group.sql));
}

/** extract_all(pattern, [groups,] text). */
function extractAll(of: ScalarCall): Sql | Value {
  const pattern = patternOf(of, 0, 'extract_all');
  if (!('regex' in pattern)) return pattern;
  const names = groupNames(pattern.text);
  if (names.length === 0) return of.refuse('GHQ021', 'The regular expression of extract_all() needs a group.');
  const source = of.arg(of.count - 1);
  const text = (convert(source, 'string') ?? source).sql;
  const chosen = of.count > 2 ? chosenGroups(of.arg(1), names) : names.map((_, index) => index + 1);
  if (chosen === undefined)
    return of.refuse(
      'GHQ021',
      `The groups of extract_all() are names, or numbers from 1 to ${names.length}, as a constant array.`,
    );
  const [only = 1] = chosen;
  const found =
    names.length === 1
      ? call('extractAll', text, literal('String', pattern.regex))
      : call('extractAllGroupsVertical', text, literal('String', pattern.regex));
  const part = (match: Sql, group: number): Sql => jsonString(call('arrayElement', match, constant(group)));
  const json = (matches: Sql): Sql =>
    names.length === 1
      ? jsonStrings(matches)
      : jsonArray(
          call(
            'arrayMap',
            lambda((match) =>
              chosen.length === 1
                ? part(match, only)
                : jsonArray(call('array', ...chosen.map((group) => part(match, group)))),
            ),
            matches,
          ),
        );
  return once([found], (matches) => call('if', call('empty', matches), none, json(matches)));
}

function chosenGroups(choice: Value, names: readonly (string | undefined)[]): readonly number[] | undefined {
  const parsed: unknown = typeof choice.constant === 'string' ? JSON.parse(choice.constant) : undefined;
  if (!Array.isArray(parsed) || parsed.length === 0) return undefined;
  const numbers = parsed.map((group) =>
    typeof group === 'string' && names.includes(group) ? names.indexOf(group) + 1 : Number(group),
  );
  return numbers.every((group) => Number.isInteger(group) && group >= 1 && group <= names.length) ? numbers : undefined;
}

const trimming =
  (name: string, ends: (regex: string) => string) =>
  (of: ScalarCall): Sql | Value => {
    const pattern = patternOf(of, 0, name);
    return 'regex' in pattern
      ? call('replaceRegexpAll', of.sql(1), literal('String', ends(`(?:${pattern.regex})`)), none)
      : pattern;
  };

const replacing =
  (name: string, [text, pattern, rewrite]: readonly [number, number, number]) =>
  (of: ScalarCall): Sql | Value => {
    const regex = patternOf(of, pattern, name);
    if (!('regex' in regex)) return regex;
    const groups = groupsOf(regex.text);
    const written = of.arg(rewrite).constant;
    const highest =
      typeof written === 'string'
        ? Math.max(0, ...[...written.matchAll(/\\\\|\\(\d)/g)].map(([, digit]) => Number(digit ?? 0)))
        : 0;
    if (highest > groups)
      return of.refuse('GHQ021', `The rewrite names group ${highest}, and the regular expression has ${groups}.`);
    return call('replaceRegexpAll', of.sql(text), literal('String', regex.regex), of.sql(rewrite));
  };

/** Whether a text can overlap itself: `aa`, `aba`. */
function overlapsItself(text: string): boolean {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => index + 1).some((size) =>
    text.endsWith(text.slice(0, size)),
  );
}

/** Plain texts are counted where they overlap too, matches of a regular expression are not. */
function countOf(of: ScalarCall): Sql | Value {
  const kind = of.count > 2 ? of.arg(2).constant : 'normal';
  if (kind === 'regex') {
    const pattern = patternOf(of, 1, 'countof');
    return 'regex' in pattern ? long(call('countMatches', of.sql(0), literal('String', pattern.regex))) : pattern;
  }
  if (kind !== 'normal') return of.refuse('GHQ021', "countof() knows the kinds 'normal' and 'regex', as constants.");
  const wanted = of.arg(1).constant;
  if (typeof wanted === 'string' && !overlapsItself(wanted))
    return long(wanted === '' ? constant(0) : call('countSubstrings', of.sql(0), of.sql(1)));
  return once([of.sql(0), of.sql(1)], (text, part) =>
    long(
      call(
        'arrayCount',
        lambda((start, text_, part_) => call('equals', call('substring', text_, start, call('length', part_)), part_)),
        call('range', one, call('plus', call('if', call('empty', part), constant(0), call('length', text)), one)),
        call('arrayWithConstant', call('if', call('empty', part), constant(0), call('length', text)), text),
        call('arrayWithConstant', call('if', call('empty', part), constant(0), call('length', text)), part),
      ),
    ),
  );
}

/** Searches and replacements, most of them by regular expressions. */
export const REGEX_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'replace_regex',
    summary: 'Every match of a regular expression replaced; \\1 is the first group.',
    takes: ['string'],
    nulls: 'propagate',
    differs: REGEX_DIFFERS,
    lower: replacing('replace_regex', [0, 1, 2]),
    examples: [
      ["replace_regex('Number is 1.00', @'is (\\d+)', @'was: \\1')", 'Number was: 1.00'],
      ["replace_regex('a.b\\nc', '.', 'x')", 'xxx\nx'],
      ["replace_regex('abc', '(b)', @'[\\0\\1]')", 'a[bb]c'],
    ],
  },
  {
    name: 'replace',
    summary:
      'Every match of a regular expression replaced (older spelling of replace_regex, other order of arguments).',
    takes: ['string'],
    nulls: 'propagate',
    page: 'replace-regex-function',
    differs: REGEX_DIFFERS,
    lower: replacing('replace', [2, 0, 1]),
    examples: [["replace('a+', 'b', 'caat')", 'cbt']],
  },
  {
    name: 'extract',
    summary: 'A group of the first match of a regular expression; empty where nothing matches.',
    takes: ['string', 'long', 'string', 'any'],
    nulls: 'may',
    differs: REGEX_DIFFERS,
    lower: extract,
    examples: [
      ["extract('x=([0-9.]+)', 1, 'hello x=45.6|wo')", '45.6'],
      ["extract('(a)(b)', 2, 'xaby')", 'b'],
      ["extract('a.c', 0, 'xabcy')", 'abc'],
      ["extract('(a).c', 0, 'xabcy')", 'abc'],
      ["extract('q', 0, 'abc')", ''],
      ["extract('(a)', 2, 'abc')", ''],
      ["extract('x=([0-9.]+)', 1, 'x=45.5', typeof(real))", 45.5],
      ["extract('x=(\\\\w+)', 1, 'x=y', typeof(long))", null],
    ],
  },
  {
    name: 'extract_all',
    aliases: ['extractall'],
    summary:
      'Every match of a regular expression: the group, or an array of groups where there are several; null without a match.',
    takes: ['string', 'any', 'any'],
    nulls: 'may',
    differs: REGEX_DIFFERS,
    lower: extractAll,
    examples: [
      ["extract_all(@'(\\d+)', 'a1b22')", ['1', '22']],
      ["extract_all(@'(\\w)(\\w)', dynamic([2]), 'abcd')", ['b', 'd']],
      [
        "extract_all(@'(\\w)(\\d)', 'a1b2')",
        [
          ['a', '1'],
          ['b', '2'],
        ],
      ],
      [
        "extract_all(@'(?P<first>\\w)(\\w)(?P<last>\\w)', dynamic(['last', 1]), 'abcdef')",
        [
          ['c', 'a'],
          ['f', 'd'],
        ],
      ],
      ["isnull(extract_all('(x)', 'abc'))", true],
    ],
  },
  {
    name: 'trim',
    summary: 'Matches of a regular expression removed from both ends.',
    takes: ['string'],
    nulls: 'propagate',
    differs: REGEX_DIFFERS,
    lower: trimming('trim', (regex) => `^${regex}|${regex}$`),
    examples: [
      ["trim('--', '--hello--')", 'hello'],
      ["trim(@'[^\\w]+', '  te st!')", 'te st'],
      ["trim('a|b', 'axb')", 'x'],
    ],
  },
  {
    name: 'trim_start',
    summary: 'Match of a regular expression removed from the beginning.',
    takes: ['string'],
    nulls: 'propagate',
    differs: REGEX_DIFFERS,
    lower: trimming('trim_start', (regex) => `^${regex}`),
    examples: [["trim_start('--', '--hello--')", 'hello--']],
  },
  {
    name: 'trim_end',
    summary: 'Match of a regular expression removed from the end.',
    takes: ['string'],
    nulls: 'propagate',
    differs: REGEX_DIFFERS,
    lower: trimming('trim_end', (regex) => `${regex}$`),
    examples: [["trim_end('.com', 'bing.com')", 'bing']],
  },
  {
    name: 'regex_quote',
    summary: 'A text as a regular expression that matches it and nothing else.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('regexpQuoteMeta', of.sql(0)),
    examples: [["regex_quote('(so$me.Te^xt)')", '\\(so\\$me\\.Te\\^xt\\)']],
  },
  {
    name: 'countof',
    summary: 'How often a text occurs, overlaps too, or how often a regular expression matches.',
    takes: ['string', 'string', 'string'],
    nulls: 'propagate',
    lower: countOf,
    examples: [
      ["countof('The cat sat on the mat', 'at')", 3],
      ["countof('aaaa', 'aa')", 3],
      ["countof('ababa', 'aba')", 2],
      ["countof('ababa', 'aba', 'regex')", 1],
      ["countof('abcabc', 'a.c', 'regex')", 2],
      ["countof('abc', '')", 0],
      ["countof('aaa', substring('aa', 0, 2))", 2],
    ],
  },
];
