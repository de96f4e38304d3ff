import { jsonStrings } from '../lower/convert.ts';
import { joinWith, splitBy } from '../scalar/join.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const one = constant(1);
const long = (sql: Sql): Sql => call('toInt64', sql);

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
    lower: (of) => joinWith(call('array', ...of.args.slice(1).map((arg) => arg.sql)), of.arg(0)),
    examples: [
      ["strcat_delim('-', 1, '2', 'A')", '1-2-A'],
      ["strcat_delim(substring('a--', 1), 'x', '', 'y')", 'x----y'],
    ],
  },
  {
    name: 'strrep',
    summary: 'The text repeated.',
    takes: ['string', 'long', 'string'],
    nulls: 'propagate',
    lower: (of) =>
      of.count === 2
        ? call('repeat', of.sql(0), of.sql(1))
        : joinWith(call('arrayWithConstant', call('greatest', of.sql(1), constant(0)), of.sql(0)), of.arg(2)),
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
    name: 'split',
    summary: 'Parts of a text between delimiters, or one of them as an array of one.',
    takes: ['string', 'string', 'long'],
    nulls: 'never',
    lower: (of) => {
      const parts = splitBy(of.sql(0), of.arg(1));
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
      ["split('a__b', substring('x__', 1))", ['a', 'b']],
      ["split('aaa_bbb', '_', 5)", []],
      ["split('aaa_bbb', '_', -1)", ['bbb']],
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
