import { constant } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { formulaRow } from './rows.ts';
import { SPHERE } from './sphere.ts';

const ALPHABET = `'0123456789bcdefghjkmnpqrstuvwxyz'`;

/** A cell is `(column, row, characters)`; 5 bits a character, longitude first. */
const TOOLS = SPHERE.with({
  'columnBits(n)': 'intDiv(5 * n + 1, 2)',
  'rowBits(n)': 'intDiv(5 * n, 2)',
  'power(bits)': 'bitShiftLeft(toInt64(1), greatest(bits, 0))',
  'bitOf(number, bits, index)': 'bitAnd(bitShiftRight(number, greatest(bits - 1 - index, 0)), 1)',
  'cellText(cell)':
    'let c = columnBits(cell.3); let r = rowBits(cell.3);' +
    `arrayStringConcat(arrayMap(i -> substring(${ALPHABET}, 1 + arraySum(b ->` +
    '(let k = 5 * i + b; (k % 2 = 0 ? bitOf(cell.1, c, intDiv(k, 2)) : bitOf(cell.2, r, intDiv(k, 2)))) * bitShiftLeft(1, 4 - b)' +
    ', range(5)), 1), range(cell.3)))',
  'cellAt(lng, lat, n)':
    'tuple(least(toInt64(floor((lng + 180) / 360 * power(columnBits(n)))), power(columnBits(n)) - 1),' +
    'least(toInt64(floor((lat + 90) / 180 * power(rowBits(n)))), power(rowBits(n)) - 1), toUInt64(n))',
  'okHash(hash)': `match(hash, '^[0-9b-hjkmnp-z]{1,18}$')`,
  'cellOf(hash)':
    'let n = length(hash);' +
    `let bits = arrayFlatten(arrayMap(i -> (let v = position(${ALPHABET}, substring(hash, i + 1, 1)) - 1; arrayMap(b -> bitAnd(bitShiftRight(v, 4 - b), 1), range(5))), range(n)));` +
    'tuple(arraySum(k -> k % 2 = 0 ? bits[k + 1] * power(columnBits(n) - 1 - intDiv(k, 2)) : 0, range(5 * n)),' +
    'arraySum(k -> k % 2 = 1 ? bits[k + 1] * power(rowBits(n) - 1 - intDiv(k, 2)) : 0, range(5 * n)), n)',
  'columnPlace(column, n)': 'column / power(columnBits(n)) * 360 - 180',
  'rowPlace(row, n)': 'row / power(rowBits(n)) * 180 - 90',
  'hash(lng, lat, accuracy)':
    'okPlace(lng, lat) and ifNull(accuracy, 0) >= 1 and accuracy <= 18 ?' +
    "cellText(cellAt(place(lng, lat).1, place(lng, lat).2, ifNull(accuracy, 1))) : ''",
  'center(hash)':
    "okHash(hash) ? (let c = cellOf(hash); pointJson(tuple(columnPlace(c.1 + 0.5, c.3), rowPlace(c.2 + 0.5, c.3)))) : ''",
  'polygon(hash)':
    'okHash(hash) ? (let c = cellOf(hash);' +
    'ringJson(arrayMap(s -> tuple(columnPlace(c.1 + s.1, c.3), rowPlace(c.2 + s.2, c.3)), [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])))' +
    ": ''",
  'neighbors(hash)':
    'okHash(hash) ? (let c = cellOf(hash); let width = power(columnBits(c.3)); let height = power(rowBits(c.3));' +
    `concat('["', arrayStringConcat(arrayMap(s -> cellText(tuple(positiveModulo(c.1 + s.1, width), c.2 + s.2, c.3)),` +
    'arrayFilter(s -> c.2 + s.2 >= 0 and c.2 + s.2 < height,' +
    `[(-1, -1), (-1, 1), (1, -1), (0, 1), (-1, 0), (1, 1), (1, 0), (0, -1)])), '","'), '"]')) : ''`,
});

/** Geohashes of up to 18 characters. Sources: KQL documentation, "geo_point_to_geohash()" and its neighbours. */
export const GEOHASH_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(
    TOOLS,
    'hash',
    {
      name: 'geo_point_to_geohash',
      summary: 'Geohash of a place, of 5 characters unless it says how many (1 to 18).',
      takes: ['real', 'real', 'int'],
      examples: [
        ['geo_point_to_geohash(-5.6, 42.6)', 'ezs42'],
        ['geo_point_to_geohash(13.4, 52.5, 18)', 'u33d8vmddtk4wm24xv'],
        ['geo_point_to_geohash(180, 90, 3)', 'zzz'],
        ['geo_point_to_geohash(181, 1)', ''],
        ['geo_point_to_geohash(1, 1, 19)', ''],
      ],
    },
    [constant(5)],
  ),
  formulaRow(TOOLS, 'center', {
    name: 'geo_geohash_to_central_point',
    summary: 'The place in the middle of a geohash.',
    takes: ['string'],
    examples: [
      ['geo_geohash_to_central_point("s").coordinates', [22.5, 22.5]],
      ['geo_geohash_to_central_point("ab")', null],
    ],
  }),
  formulaRow(TOOLS, 'polygon', {
    name: 'geo_geohash_to_polygon',
    summary: 'The rectangle of a geohash.',
    takes: ['string'],
    examples: [
      [
        'geo_geohash_to_polygon("s").coordinates[0]',
        [
          [0, 0],
          [45, 0],
          [45, 45],
          [0, 45],
          [0, 0],
        ],
      ],
      ['geo_geohash_to_polygon("")', null],
    ],
  }),
  formulaRow(TOOLS, 'neighbors', {
    name: 'geo_geohash_neighbors',
    summary: 'The geohashes around one; none beyond the poles.',
    takes: ['string'],
    examples: [
      ['geo_geohash_neighbors("s")', ['7', 'g', 'm', 'u', 'e', 'v', 't', 'k']],
      ['geo_geohash_neighbors("a")', null],
    ],
  }),
];
