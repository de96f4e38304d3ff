import { convert } from '../lower/convert.ts';
import type { Value } from '../lower/value.ts';
import { call, constant, literal, NULL, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** The bytes that are hashed: of a text its UTF-8, of a number its own, of what Kusto keeps as ticks eight. */
function bytesOf(source: Value): Sql {
  switch (source.type) {
    case 'string':
      return source.sql;
    case 'datetime':
      return call('reinterpretAsFixedString', (convert(source, 'long') ?? source).sql);
    case 'int':
    case 'long':
    case 'real':
    case 'timespan':
      return call('reinterpretAsFixedString', source.sql);
    case 'bool':
      return call('reinterpretAsFixedString', call('toUInt8', source.sql));
    case 'guid':
    case 'decimal':
    case 'dynamic':
      return (convert(source, 'string') ?? source).sql;
  }
}

/** The hash of a value; null for a null. */
function hashed(source: Value): Sql {
  if (!source.nullable) return call('xxHash64', bytesOf(source));
  const known: Value = { ...source, sql: call('assumeNotNull', source.sql), nullable: false };
  return call('if', call('isNull', source.sql), NULL, call('xxHash64', bytesOf(known)));
}

const signed = (sql: Sql): Sql => call('reinterpretAsInt64', sql);

/** A remainder from 0 to mod - 1; null for a mod that is not positive. */
function xxhash(of: ScalarCall): Sql {
  const hash = hashed(of.arg(0));
  if (of.count === 1) return signed(hash);
  const mod = of.arg(1);
  if (typeof mod.constant === 'bigint' && mod.constant > 0n)
    return call('toInt64', call('modulo', hash, literal('UInt64', mod.constant)));
  return call(
    'if',
    call('greater', mod.sql, constant(0)),
    call('toInt64', call('moduloOrNull', hash, call('toUInt64', call('greatest', mod.sql, constant(1))))),
    NULL,
  );
}

/** One hash of several: of their bytes one after the other. */
const combined = (hashes: readonly Sql[]): Sql =>
  signed(
    call(
      'xxHash64',
      call(
        'concat',
        ...hashes.map((hash) =>
          call('reinterpretAsString', call('toFixedString', call('reinterpretAsFixedString', hash), constant(8))),
        ),
      ),
    ),
  );

const filled = (hash: Sql, nullable: boolean): Sql =>
  nullable ? call('ifNull', hash, call('toInt64', constant(0))) : hash;

const COMBINED =
  'Hashes are combined in a way of our own, so the number is another than Kusto’s; the same values give the same number in every query.';

const digest = (name: string, engine: string, example: string): ScalarFunction => ({
  name,
  summary: `${name.replace('hash_', '').toUpperCase()} of the text of a value, as hexadecimal digits.`,
  takes: ['string'],
  nulls: 'never',
  lower: (of) => call('lower', call('hex', call(engine, of.sql(0)))),
  examples: [[`${name}('World')`, example]],
});

/** Hashes. Sources: KQL documentation, "hash()", "hash_xxhash64()", "hash_combine()", "hash_many()" and their neighbours. */
export const HASH_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'hash',
    aliases: ['hash_xxhash64'],
    summary: 'xxHash64 of a value, or its remainder by a number.',
    takes: ['any', 'long'],
    nulls: 'may',
    differs: 'Of a decimal, a GUID and a dynamic value the text is hashed.',
    lower: xxhash,
    examples: [
      ['hash("World")', '1846988464401551951'],
      ['hash("World", 100)', 51],
      ['hash(datetime(2015-01-01))', '1380966698541616202'],
      ['hash("", 10) >= 0', true],
      ['hash_xxhash64("Hello")', '753694413698530628'],
      ['hash(1) == hash(2)', false],
      ['hash(long(null))', null],
      ['hash(tolong("7")) == hash(7)', true],
    ],
  },
  {
    name: 'hash_combine',
    summary: 'One hash of several hashes.',
    takes: ['long'],
    nulls: 'never',
    differs: COMBINED,
    lower: (of) =>
      combined(of.args.map((arg) => (arg.nullable ? call('ifNull', arg.sql, call('toInt64', constant(0))) : arg.sql))),
    examples: [
      ['hash_combine(hash("Hello"), hash("World")) == hash_many("Hello", "World")', true],
      ['hash_combine(1, 2) == hash_combine(2, 1)', false],
    ],
  },
  {
    name: 'hash_many',
    summary: 'One hash of several values.',
    takes: ['any'],
    nulls: 'never',
    differs: COMBINED,
    lower: (of) => combined(of.args.map((arg) => filled(signed(hashed(arg)), arg.nullable))),
    examples: [
      ['hash_many("a", "b") == hash_many("a", "b")', true],
      ['hash_many("a", "b") == hash_many("ab", "")', false],
      ['isnotnull(hash_many("a", long(null)))', true],
    ],
  },
  digest('hash_sha256', 'SHA256', '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524'),
  digest('hash_md5', 'MD5', 'f5a7924e621e84c9280a9a27e1bcb7f6'),
  digest('hash_sha1', 'SHA1', '70c07ec18ef89c5309bbb0937f3a6342411e1fdd'),
];
