import { constantValue, type Value } from '../lower/value.ts';
import { inflateBase64 } from '../scalar/inflate.ts';
import { call, constant, lambda, literal, once, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const one = constant(1);
/** Most bytes of one stored block. */
const BLOCK = 65_535;

const little = (number: Sql, bytes: 2 | 4): Sql =>
  call('unhex', call('hex', call('reinterpretAsFixedString', call(bytes === 2 ? 'toUInt16' : 'toUInt32', number))));
const bytesOf = (hex: string): Sql => call('unhex', literal('String', hex));

/** The data in blocks that are stored as they are: the shortest form of short texts, and one that every reader takes. */
const stored = (text: Sql): Sql =>
  once(
    [
      text,
      call('greatest', call('intDiv', call('plus', call('length', text), constant(BLOCK - 1)), constant(BLOCK)), one),
    ],
    (data, count) =>
      call(
        'arrayStringConcat',
        call(
          'arrayMap',
          lambda((number, part, last) =>
            call(
              'concat',
              call('if', call('equals', number, last), bytesOf('01'), bytesOf('00')),
              little(call('length', part), 2),
              little(call('minus', constant(BLOCK), call('length', part)), 2),
              part,
            ),
          ),
          call('range', one, call('plus', count, one)),
          call(
            'arrayMap',
            lambda((number) =>
              call(
                'substring',
                data,
                call('plus', call('multiply', call('minus', number, one), constant(BLOCK)), one),
                constant(BLOCK),
              ),
            ),
            call('range', one, call('plus', count, one)),
          ),
          call('arrayWithConstant', count, count),
        ),
      ),
  );

/** Adler-32, most significant byte first. */
const adler = (text: Sql): Sql => {
  const bytes = call(
    'arrayMap',
    lambda((pair) => call('toUInt64', call('reinterpretAsUInt8', call('unhex', pair)))),
    call('extractAll', call('hex', text), literal('String', '..')),
  );
  return once([bytes], (list) => {
    const size = call('length', list);
    const sum = call('modulo', call('plus', call('arraySum', list), one), constant(65_521));
    const weighted = call(
      'arraySum',
      lambda((byte, left) => call('multiply', byte, left)),
      list,
      call('arrayReverse', call('arrayEnumerate', list)),
    );
    const second = call('modulo', call('plus', weighted, size), constant(65_521));
    return call('reverse', little(call('plus', call('multiply', second, constant(65_536)), sum), 4));
  });
};

const decompressing =
  (name: string, format: 'gzip' | 'zlib') =>
  (of: ScalarCall): Value => {
    const text = of.arg(0).constant;
    if (typeof text !== 'string')
      return of.refuse(
        'GHQ020',
        `The argument of ${name}() must be a constant: the engine has no function that decompresses a column's texts.`,
      );
    return constantValue('string', inflateBase64(text, format) ?? '');
  };

const SHORT = 'Texts are stored, not made smaller.';

/** Compressed texts in base64. Source: KQL documentation, "gzip_compress_to_base64_string()" and its neighbours. */
export const COMPRESSION_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'gzip_compress_to_base64_string',
    summary: 'A text as gzip, in base64.',
    takes: ['string'],
    nulls: 'propagate',
    page: 'gzip-base64-compress',
    differs: SHORT,
    lower: (of) =>
      call(
        'base64Encode',
        call(
          'concat',
          bytesOf('1f8b08000000000000ff'),
          stored(of.sql(0)),
          little(call('CRC32', of.sql(0)), 4),
          little(call('length', of.sql(0)), 4),
        ),
      ),
    examples: [
      [
        "gzip_decompress_from_base64_string('H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==')",
        '1234567890qwertyuiop',
      ],
      [
        "gzip_compress_to_base64_string('1234567890qwertyuiop')",
        'H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==',
      ],
    ],
  },
  {
    name: 'zlib_compress_to_base64_string',
    summary: 'A text as zlib, in base64.',
    takes: ['string'],
    nulls: 'propagate',
    page: 'zlib-base64-compress-function',
    differs: SHORT,
    lower: (of) => call('base64Encode', call('concat', bytesOf('789c'), stored(of.sql(0)), adler(of.sql(0)))),
    examples: [
      ["zlib_compress_to_base64_string('1234567890qwertyuiop')", 'eJwBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw=='],
    ],
  },
  {
    name: 'gzip_decompress_from_base64_string',
    summary: 'The text of a gzip in base64, as a constant; empty where it is none.',
    takes: ['string'],
    nulls: 'propagate',
    page: 'gzip-base64-decompress',
    differs: 'The argument is a constant.',
    lower: decompressing('gzip_decompress_from_base64_string', 'gzip'),
    examples: [["gzip_decompress_from_base64_string('eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4=')", '']],
  },
  {
    name: 'zlib_decompress_from_base64_string',
    summary: 'The text of a zlib in base64, as a constant; empty where it is none.',
    takes: ['string'],
    nulls: 'propagate',
    page: 'zlib-base64-decompress-function',
    differs: 'The argument is a constant.',
    lower: decompressing('zlib_decompress_from_base64_string', 'zlib'),
    examples: [
      ["zlib_decompress_from_base64_string('eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4=')", 'Test string 123'],
      ["zlib_decompress_from_base64_string('x')", ''],
    ],
  },
];
