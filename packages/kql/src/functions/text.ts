import { call, constant, lambda, literal, type Sql } from '../sql/tree.ts';
import { convert, jsonArray } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { engineRegex, groupsOf } from '../scalar/regex.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const one = constant(1);
const long = (sql: Sql): Sql => call('toInt64', sql);
const jsonStrings = (list: Sql): Sql =>
  jsonArray(
    call(
      'arrayMap',
      lambda((item) => call('replaceAll', call('toJSONString', item), constant('\\/'), constant('/'))),
      list,
    ),
  );

/** Kusto counts from 0 and takes a negative start from the end. */
function substring(call_: ScalarCall): Sql {
  const start = call_.sql(1);
  const from = call(
    'if',
    call('less', start, constant(0)),
    call('greatest', call('plus', call('lengthUTF8', call_.sql(0)), start, one), one),
    call('plus', start, one),
  );
  return call_.count === 2
    ? call('substringUTF8', call_.sql(0), from)
    : call('substringUTF8', call_.sql(0), from, call('greatest', call_.sql(2), constant(0)));
}

function extract(call_: ScalarCall): Sql | ReturnType<ScalarCall['refuse']> {
  const [pattern, group] = call_.args;
  if (pattern === undefined || group === undefined || typeof pattern.constant !== 'string')
    return call_.refuse('GHQ020', 'The regular expression of extract() must be a constant.');
  const regex = engineRegex(pattern.constant);
  if (regex === undefined) return call_.refuse('GHQ023', 'RE2 does not accept this regular expression.');
  // The engine's extract() answers the first group and looks for the pattern's fixed text first: the fastest way.
  const groups = BigInt(groupsOf(pattern.constant));
  const text = (sql: Sql): Sql | Value =>
    call_.type === 'string' ? sql : (convert(value(sql, 'string', false), call_.type) ?? sql);
  if (group.constant === 1n && groups >= 1n) return text(call('extract', call_.sql(2), literal('String', regex)));
  if (typeof group.constant === 'bigint' && group.constant > groups) return text(constant(''));
  return text(call('regexpExtract', call_.sql(2), literal('String', regex), group.sql));
}

/** extract_all(pattern, [groups,] text). */
function extractAll(of: ScalarCall): Sql | Value {
  const pattern = of.args[0]?.constant;
  const regex = typeof pattern === 'string' ? engineRegex(pattern) : undefined;
  if (typeof pattern !== 'string' || regex === undefined)
    return of.refuse('GHQ020', 'The regular expression of extract_all() must be a constant.');
  const groups = groupsOf(pattern);
  if (groups === 0) return of.refuse('GHQ021', 'The regular expression of extract_all() needs a group.');
  const source = of.arg(of.count - 1);
  const text = (convert(source, 'string') ?? source).sql;
  const chosen =
    of.count > 2 ? chosenGroups(of.arg(1), groups) : Array.from({ length: groups }, (_, index) => index + 1);
  if (chosen === undefined)
    return of.refuse('GHQ021', `The groups of extract_all() are numbers from 1 to ${groups}, as a constant.`);
  if (groups === 1) return jsonStrings(call('extractAll', text, literal('String', regex)));
  const picked = (match: Sql): readonly Sql[] => chosen.map((group) => call('arrayElement', match, constant(group)));
  const matches = call('extractAllGroupsVertical', text, literal('String', regex));
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1)
    return jsonStrings(
      call(
        'arrayMap',
        lambda((match) => call('arrayElement', match, constant(only))),
        matches,
      ),
    );
  return jsonArray(
    call(
      'arrayMap',
      lambda((match) => jsonStrings(call('array', ...picked(match)))),
      matches,
    ),
  );
}

function chosenGroups(choice: Value, groups: number): readonly number[] | undefined {
  const parsed: unknown = typeof choice.constant === 'string' ? JSON.parse(choice.constant) : undefined;
  if (!Array.isArray(parsed) || parsed.length === 0) return undefined;
  const numbers = parsed.map(Number);
  return numbers.every((group) => Number.isInteger(group) && group >= 1 && group <= groups) ? numbers : undefined;
}

const trimming =
  (before: string, after: string) =>
  (call_: ScalarCall): Sql | ReturnType<ScalarCall['refuse']> => {
    const pattern = call_.args[0]?.constant;
    const regex = typeof pattern === 'string' ? engineRegex(pattern) : undefined;
    if (regex === undefined) return call_.refuse('GHQ020', 'The pattern must be a constant regular expression.');
    return call(
      'replaceRegexpAll',
      call_.sql(1),
      literal(
        'String',
        [before === '' ? '' : `^(?:${regex})`, after === '' ? '' : `(?:${regex})$`]
          .filter((part) => part !== '')
          .join('|'),
      ),
      constant(''),
    );
  };

/** `indexof(text, what, start, length, occurrence)`: the first occurrence from `start`; -1 where there is none. */
function indexof(call_: ScalarCall): Sql | ReturnType<ScalarCall['refuse']> {
  if (call_.count > 3) return call_.refuse('GHQ013', 'indexof() with a length or an occurrence is not supported.');
  const start = call_.count > 2 ? call('plus', call_.sql(2), one) : one;
  return call('minus', long(call('positionUTF8', call_.sql(0), call_.sql(1), call('toUInt64', start))), one);
}

/** Text functions. */
export const TEXT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'strlen',
    summary: 'Number of characters.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => long(call('lengthUTF8', of.sql(0))),
    examples: [
      ["strlen('hello')", 5],
      ["strlen('⒦⒰⒮⒯⒪')", 5],
    ],
  },
  {
    name: 'string_size',
    summary: 'Number of bytes in UTF-8.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => long(call('length', of.sql(0))),
    examples: [["string_size('aä')", 3]],
  },
  {
    name: 'tolower',
    summary: 'Lower case.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('lowerUTF8', of.sql(0)),
    examples: [["tolower('HELLO Ä')", 'hello ä']],
  },
  {
    name: 'toupper',
    summary: 'Upper case.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('upperUTF8', of.sql(0)),
    examples: [["toupper('hello')", 'HELLO']],
  },
  {
    name: 'strcat',
    summary: 'Joins the texts of its arguments.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) => (of.count === 1 ? of.sql(0) : call('concat', ...of.args.map((arg) => arg.sql))),
    examples: [
      ["strcat('a', 1, 'b')", 'a1b'],
      ["strcat('x', dynamic({'a':1}).a)", 'x1'],
      ["strcat('x', int(null))", 'x'],
    ],
  },
  {
    name: 'strcat_delim',
    summary: 'Joins the texts of its arguments with a delimiter between.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) => call('arrayStringConcat', call('array', ...of.args.slice(1).map((arg) => arg.sql)), of.sql(0)),
    examples: [["strcat_delim('-', 1, '2', 'A')", '1-2-A']],
  },
  {
    name: 'strrep',
    summary: 'The text repeated.',
    takes: ['string', 'long', 'string'],
    nulls: 'propagate',
    lower: (of) =>
      of.count === 2
        ? call('repeat', of.sql(0), of.sql(1))
        : call('arrayStringConcat', call('arrayWithConstant', of.sql(1), of.sql(0)), of.sql(2)),
    examples: [
      ["strrep('ABC', 2)", 'ABCABC'],
      ["strrep('a', 3, '-')", 'a-a-a'],
    ],
  },
  {
    name: 'substring',
    summary: 'Part of a text; the first character is 0, a negative start counts from the end.',
    takes: ['string', 'long', 'long'],
    nulls: 'propagate',
    lower: substring,
    examples: [
      ["substring('123456', 1)", '23456'],
      ["substring('123456', 2, 2)", '34'],
      ["substring('123456', -2, 2)", '56'],
      ["substring('ABCD', 0, 2)", 'AB'],
    ],
  },
  {
    name: 'replace_string',
    aliases: [],
    summary: 'Every occurrence of a text replaced.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('replaceAll', of.sql(0), of.sql(1), of.sql(2)),
    examples: [["replace_string('A magic trick', 'magic', 'cool')", 'A cool trick']],
  },
  {
    name: 'replace_regex',
    aliases: [],
    summary: 'Every match of a regular expression replaced; \\1 is the first group.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => {
      const pattern = of.args[1]?.constant;
      const regex = typeof pattern === 'string' ? engineRegex(pattern) : undefined;
      return regex === undefined
        ? of.refuse('GHQ020', 'The pattern of replace_regex() must be a constant regular expression.')
        : call('replaceRegexpAll', of.sql(0), literal('String', regex), of.sql(2));
    },
    examples: [["replace_regex('Number is 1.00', @'is (\\d+)', @'was: \\1')", 'Number was: 1.00']],
  },
  {
    name: 'replace',
    summary:
      'Every match of a regular expression replaced (older spelling of replace_regex, other order of arguments).',
    takes: ['string'],
    nulls: 'propagate',
    page: 'replace-regex-function',
    lower: (of) => {
      const pattern = of.args[0]?.constant;
      const regex = typeof pattern === 'string' ? engineRegex(pattern) : undefined;
      return regex === undefined
        ? of.refuse('GHQ020', 'The pattern of replace() must be a constant regular expression.')
        : call('replaceRegexpAll', of.sql(2), literal('String', regex), of.sql(1));
    },
    examples: [["replace('a+', 'b', 'caat')", 'cbt']],
  },
  {
    name: 'split',
    summary: 'Parts of a text between delimiters, or one of them as an array of one.',
    takes: ['string', 'string', 'long'],
    nulls: 'never',
    lower: (of) => {
      const parts = call('splitByString', of.sql(1), of.sql(0));
      if (of.count === 2) return jsonStrings(parts);
      const index = of.sql(2);
      return jsonStrings(
        call('arraySlice', parts, call('if', call('less', index, constant(0)), index, call('plus', index, one)), one),
      );
    },
    examples: [
      ["split('aaa_bbb_ccc', '_')", ['aaa', 'bbb', 'ccc']],
      ["split('a__b', '_')", ['a', '', 'b']],
      ["split('aaa_bbb', '_', 1)", ['bbb']],
      ["split('', '_')", ['']],
    ],
  },
  {
    name: 'extract',
    summary: 'A group of the first match of a regular expression; empty where nothing matches.',
    takes: ['string', 'long', 'string', 'any'],
    nulls: 'may',
    lower: extract,
    examples: [
      ["extract('x=([0-9.]+)', 1, 'hello x=45.6|wo')", '45.6'],
      ["extract('(a)(b)', 2, 'xaby')", 'b'],
      ["extract('a.c', 0, 'xabcy')", 'abc'],
      ["extract('q', 0, 'abc')", ''],
      ["extract('x=([0-9.]+)', 1, 'x=45.5', typeof(real))", 45.5],
    ],
  },
  {
    name: 'extract_all',
    summary: 'Every match of a regular expression: the group, or an array of groups where there are several.',
    takes: ['string', 'any', 'any'],
    nulls: 'may',
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
    ],
  },
  {
    name: 'trim',
    summary: 'Matches of a regular expression removed from both ends.',
    takes: ['string'],
    nulls: 'propagate',
    lower: trimming('^', '$'),
    examples: [
      ["trim('--', '--hello--')", 'hello'],
      ["trim(@'[^\\w]+', '  te st!')", 'te st'],
    ],
  },
  {
    name: 'trim_start',
    summary: 'Match of a regular expression removed from the beginning.',
    takes: ['string'],
    nulls: 'propagate',
    lower: trimming('^', ''),
    examples: [["trim_start('--', '--hello--')", 'hello--']],
  },
  {
    name: 'trim_end',
    summary: 'Match of a regular expression removed from the end.',
    takes: ['string'],
    nulls: 'propagate',
    lower: trimming('', '$'),
    examples: [["trim_end('--', '--hello--')", '--hello']],
  },
  {
    name: 'indexof',
    summary: 'Position of a text from 0; -1 where there is none.',
    takes: ['string', 'string', 'long'],
    nulls: 'propagate',
    lower: indexof,
    examples: [
      ["indexof('abcdefg', 'cde')", 2],
      ["indexof('abcdefg', 'x')", -1],
      ["indexof('abcabc', 'b', 2)", 4],
    ],
  },
  {
    name: 'countof',
    summary: 'How often a text occurs.',
    takes: ['string', 'string', 'string'],
    nulls: 'propagate',
    lower: (of) => {
      const kind = of.count > 2 ? of.args[2]?.constant : 'normal';
      const pattern = of.args[1]?.constant;
      if (kind === 'normal') return long(call('countSubstrings', of.sql(0), of.sql(1)));
      const regex = typeof pattern === 'string' ? engineRegex(pattern) : undefined;
      return kind !== 'regex' || regex === undefined
        ? of.refuse('GHQ013', "countof() knows the kinds 'normal' and 'regex', as constants.")
        : long(call('countMatches', of.sql(0), literal('String', regex)));
    },
    examples: [
      ["countof('The cat sat on the mat', 'at')", 3],
      ["countof('abcabc', 'a.c', 'regex')", 2],
    ],
  },
  {
    name: 'reverse',
    summary: 'The characters in the other order.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('reverseUTF8', of.sql(0)),
    examples: [["reverse('macrohard')", 'drahorcam']],
  },
  {
    name: 'strcmp',
    summary: '-1, 0 or 1: how two texts compare.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) =>
      long(
        call(
          'sign',
          call(
            'minus',
            call('toInt8', call('greater', of.sql(0), of.sql(1))),
            call('toInt8', call('less', of.sql(0), of.sql(1))),
          ),
        ),
      ),
    examples: [
      ["strcmp('ABC', 'abc')", -1],
      ["strcmp('a', 'a')", 0],
    ],
  },
];
