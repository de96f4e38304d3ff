import { call, constant, lambda, literal, type Sql } from '../sql/tree.ts';
import type { ScalarFunction } from './types.ts';

const long = (sql: Sql): Sql => call('toInt64', sql);

/** Kusto writes the digits small. */
function percentEncoded(text: Sql): Sql {
  const parts = call('extractAll', call('encodeURLComponent', text), literal('String', '%[0-9A-F]{2}|[^%]+'));
  const small = lambda((part) => call('if', call('startsWith', part, constant('%')), call('lower', part), part));
  return call('arrayStringConcat', call('arrayMap', small, parts));
}

/** Texts in other spellings. */
export const ENCODING_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'url_encode',
    summary: 'Characters that a URL does not hold, as %xx; a space as a plus.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('replaceAll', percentEncoded(of.sql(0)), constant('%20'), constant('+')),
    examples: [["url_encode('a b/c')", 'a+b%2fc']],
  },
  {
    name: 'url_encode_component',
    summary: 'Characters that a URL does not hold, as %xx.',
    takes: ['string'],
    nulls: 'propagate',
    page: 'url-encode-component-function',
    lower: (of) => percentEncoded(of.sql(0)),
    examples: [["url_encode_component('a b/c')", 'a%20b%2fc']],
  },
  {
    name: 'url_decode',
    summary: '%XX of a URL as characters.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('decodeURLComponent', of.sql(0)),
    examples: [["url_decode('https%3a%2f%2fa')", 'https://a']],
  },
  {
    name: 'tohex',
    summary: 'Hexadecimal digits of a number, at least so many.',
    takes: ['long'],
    nulls: 'propagate',
    lower: (of) => {
      const digits = call('lower', call('hex', of.sql(0)));
      const short = call(
        'if',
        call('equals', of.sql(0), constant(0)),
        constant('0'),
        call('replaceRegexpOne', digits, literal('String', '^0+'), constant('')),
      );
      return of.count === 1
        ? short
        : call('leftPad', short, call('greatest', of.sql(1), long(call('length', short))), constant('0'));
    },
    examples: [
      ['tohex(256)', '100'],
      ['tohex(-256)', 'ffffffffffffff00'],
      ['tohex(256, 8)', '00000100'],
    ],
  },
  {
    name: 'isascii',
    summary: 'True when every character is ASCII.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('equals', call('length', of.sql(0)), call('lengthUTF8', of.sql(0))),
    examples: [
      ["isascii('abc')", true],
      ["isascii('ä')", false],
    ],
  },
];
