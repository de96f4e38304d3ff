import { jsonArray } from '../lower/convert.ts';
import { call, constant, lambda, literal, NULL, once, type Sql } from '../sql/tree.ts';
import { elementsOf } from './dynamic.ts';
import type { ScalarFunction } from './types.ts';

const none = constant('');

/** Base64 with its padding; what has anything else in it is none. */
const isBase64 = (text: Sql): Sql =>
  call(
    'and',
    call('equals', call('modulo', call('length', text), constant(4)), constant(0)),
    call('match', text, literal('String', '^[A-Za-z0-9+/]*={0,2}$')),
  );
export const decodedBytes = (text: Sql): Sql => call('if', isBase64(text), call('tryBase64Decode', text), none);

/** The bytes of a text as numbers. */
const bytesOf = (text: Sql): Sql =>
  call(
    'arrayMap',
    lambda((pair) => call('toString', call('reinterpretAsUInt8', call('unhex', pair)))),
    call('extractAll', call('hex', text), literal('String', '..')),
  );

/** A GUID's bytes stand as .NET keeps them: the first three parts from their last byte on. */
const ORDER = [7, 5, 3, 1, 11, 9, 15, 13, 17, 19, 21, 23, 25, 27, 29, 31];
const reordered = (hex: Sql): Sql =>
  call('concat', ...ORDER.map((start) => call('substring', hex, constant(start), constant(2))));

/** Base64. Source: KQL documentation, "base64_encode_tostring()" and its neighbours. */
export const BASE64_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'base64_encode_tostring',
    aliases: ['base64_encodestring'],
    summary: 'Base64 of a text.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => call('base64Encode', of.sql(0)),
    examples: [
      ["base64_encode_tostring('Kusto')", 'S3VzdG8='],
      ["base64_encode_tostring('')", ''],
    ],
  },
  {
    name: 'base64_decode_tostring',
    aliases: ['base64_decodestring'],
    summary: 'Text of a base64; empty where it is none, or where its bytes are no UTF-8.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => once([decodedBytes(of.sql(0))], (text) => call('if', call('isValidUTF8', text), text, none)),
    examples: [
      ["base64_decode_tostring('S3VzdG8=')", 'Kusto'],
      ["base64_decode_tostring('U3RyaW5n0KHR0tGA0L7Rh9C60LA=')", ''],
      ["base64_decode_tostring('S3VzdG8')", ''],
      ["base64_decode_tostring('no base64!')", ''],
    ],
  },
  {
    name: 'base64_decode_toarray',
    summary: 'Bytes of a base64 as numbers; null where it is none.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) =>
      call(
        'if',
        call('and', isBase64(of.sql(0)), call('notEmpty', of.sql(0))),
        jsonArray(bytesOf(call('tryBase64Decode', of.sql(0)))),
        none,
      ),
    examples: [
      ["base64_decode_toarray('S3VzdG8=')", [75, 117, 115, 116, 111]],
      ["base64_decode_toarray('/wA=')", [255, 0]],
      ["isnull(base64_decode_toarray('x'))", true],
    ],
  },
  {
    name: 'base64_encode_fromarray',
    summary: 'Base64 of bytes given as numbers; empty where one is no byte.',
    takes: ['dynamic'],
    nulls: 'never',
    lower: (of) =>
      once(
        [
          call(
            'arrayMap',
            lambda((item) => call('toUInt8OrNull', item)),
            elementsOf(of.arg(0)),
          ),
        ],
        (numbers) =>
          call(
            'if',
            call(
              'arrayExists',
              lambda((number) => call('isNull', number)),
              numbers,
            ),
            none,
            call(
              'base64Encode',
              call(
                'arrayStringConcat',
                call(
                  'arrayMap',
                  lambda((number) => call('char', call('assumeNotNull', number))),
                  numbers,
                ),
              ),
            ),
          ),
      ),
    examples: [
      ['base64_encode_fromarray(dynamic([75, 117, 115, 116, 111]))', 'S3VzdG8='],
      ['base64_encode_fromarray(dynamic([255, 0]))', '/wA='],
      ['base64_encode_fromarray(dynamic([256]))', ''],
      ["base64_encode_fromarray(base64_decode_toarray('x'))", ''],
    ],
  },
  {
    name: 'base64_decode_toguid',
    summary: 'GUID of a base64 of its 16 bytes; null where it is none.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) =>
      once([decodedBytes(of.sql(0))], (bytes) =>
        call(
          'if',
          call('equals', call('length', bytes), constant(16)),
          call(
            'toUUIDOrNull',
            call(
              'replaceRegexpOne',
              reordered(call('lower', call('hex', bytes))),
              literal('String', '^(.{8})(.{4})(.{4})(.{4})(.{12})$'),
              constant('\\1-\\2-\\3-\\4-\\5'),
            ),
          ),
          NULL,
        ),
      ),
    examples: [
      ["base64_decode_toguid('8jMxriJurkmwahbmqbIS6w==')", 'ae3133f2-6e22-49ae-b06a-16e6a9b212eb'],
      ["base64_decode_toguid('abcd1231')", null],
    ],
  },
  {
    name: 'base64_encode_fromguid',
    summary: 'Base64 of the 16 bytes of a GUID.',
    takes: ['guid'],
    nulls: 'propagate',
    lower: (of) =>
      call(
        'base64Encode',
        call(
          'unhex',
          reordered(call('replaceAll', call('toString', call('assumeNotNull', of.sql(0))), constant('-'), none)),
        ),
      ),
    examples: [["base64_encode_fromguid(toguid('ae3133f2-6e22-49ae-b06a-16e6a9b212eb'))", '8jMxriJurkmwahbmqbIS6w==']],
  },
];
