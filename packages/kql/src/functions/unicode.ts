import { jsonArray } from '../lower/convert.ts';
import { call, constant, lambda, literal, once, type Sql } from '../sql/tree.ts';
import { elementsOf } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** The characters of a text. */
export const charactersOf = (text: Sql): Sql => call('extractAll', text, literal('String', '(?s).'));

const byte = (character: Sql, index: number): Sql =>
  call('toUInt32', call('reinterpretAsUInt8', call('substring', character, constant(index), constant(1))));
const tail = (character: Sql, index: number): Sql => call('bitAnd', byte(character, index), constant(63));
const shifted = (number: Sql, bits: number): Sql => call('bitShiftLeft', call('toUInt32', number), constant(bits));
const joined = (...parts: readonly Sql[]): Sql => parts.reduce((left, right) => call('bitOr', left, right));

/** The number of a character, from its bytes in UTF-8. */
export const codePoint = (character: Sql): Sql =>
  call(
    'multiIf',
    call('lessOrEquals', call('length', character), constant(1)),
    byte(character, 1),
    call('equals', call('length', character), constant(2)),
    joined(shifted(call('bitAnd', byte(character, 1), constant(31)), 6), tail(character, 2)),
    call('equals', call('length', character), constant(3)),
    joined(
      shifted(call('bitAnd', byte(character, 1), constant(15)), 12),
      shifted(tail(character, 2), 6),
      tail(character, 3),
    ),
    joined(
      shifted(call('bitAnd', byte(character, 1), constant(7)), 18),
      shifted(tail(character, 2), 12),
      shifted(tail(character, 3), 6),
      tail(character, 4),
    ),
  );

/** The character of a number; empty for what is no character. */
export const characterOf = (number: Sql): Sql => {
  const bits = (shift: number, first: number): Sql =>
    call('plus', call('bitAnd', call('bitShiftRight', number, constant(shift)), constant(63)), constant(first));
  return call(
    'multiIf',
    call('or', call('less', number, constant(0)), call('greater', number, constant(0x10ffff))),
    constant(''),
    call('less', number, constant(0x80)),
    call('char', number),
    call('less', number, constant(0x800)),
    call('char', bits(6, 0xc0), bits(0, 0x80)),
    call('less', number, constant(0x10000)),
    call('char', bits(12, 0xe0), bits(6, 0x80), bits(0, 0x80)),
    call('char', bits(18, 0xf0), bits(12, 0x80), bits(6, 0x80), bits(0, 0x80)),
  );
};

/** Numbers as the arguments give them, each a number or an array of them. */
function textOf(of: ScalarCall): Sql {
  const lists = of.args.map((arg) =>
    arg.type === 'dynamic'
      ? call(
          'arrayMap',
          lambda((item) => call('toInt64OrZero', item)),
          elementsOf(arg),
        )
      : call('array', call('toInt64', arg.nullable ? call('ifNull', arg.sql, constant(-1)) : arg.sql)),
  );
  const [first = call('array'), ...rest] = lists;
  return once([rest.length === 0 ? first : call('arrayConcat', first, ...rest)], (numbers) =>
    call(
      'arrayStringConcat',
      call(
        'arrayMap',
        lambda((number) => characterOf(number)),
        numbers,
      ),
    ),
  );
}

/** Characters and their numbers. Source: KQL documentation, "unicode_codepoints_from_string()" and its neighbours. */
export const UNICODE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'unicode_codepoints_from_string',
    aliases: ['to_utf8'],
    summary: 'The numbers of the characters of a text.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) =>
      jsonArray(
        call(
          'arrayMap',
          lambda((character) => call('toString', codePoint(character))),
          charactersOf(of.sql(0)),
        ),
      ),
    examples: [
      ["unicode_codepoints_from_string('⒦A')", [9382, 65]],
      ["unicode_codepoints_from_string('é😀')", [233, 128512]],
      ["unicode_codepoints_from_string('')", []],
    ],
  },
  {
    name: 'unicode_codepoints_to_string',
    aliases: ['make_string'],
    summary: 'The text of characters by their numbers, given one by one or in arrays.',
    takes: ['any'],
    nulls: 'never',
    lower: textOf,
    examples: [
      ['unicode_codepoints_to_string(75, 117, 115, 116, 111)', 'Kusto'],
      ['unicode_codepoints_to_string(dynamic([233, 128512]), 8364)', 'é😀€'],
      ['make_string(range(65, 70), 33)', 'ABCDEF!'],
      ['make_string(int(null), 65)', 'A'],
    ],
  },
  {
    name: 'isutf8',
    summary: 'True when the bytes of a text are UTF-8.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('isValidUTF8', of.sql(0)),
    examples: [["isutf8('some ä')", true]],
  },
];
