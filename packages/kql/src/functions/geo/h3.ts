import { constant, NULL } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { formulaRow } from './rows.ts';
import { SPHERE } from './sphere.ts';

/** Which of its arguments the server takes for the longitude is a setting of it: a known cell tells. */
const TOOLS = SPHERE.with({
  'h3At(place, level)':
    'h3GetBaseCell(geoToH3(toFloat64(20), toFloat64(60), 0)) = 33 ? geoToH3(place.2, place.1, toUInt8(level)) : geoToH3(place.1, place.2, toUInt8(level))',
  'h3Number(cell)':
    "match(cell, '^[0-9a-fA-F]{1,16}$') ? reinterpretAsUInt64(reverse(unhex(leftPad(cell, 16, '0')))) : toUInt64(0)",
  /** A number that is a cell in any case, so that the engine does not fail on a row that has none. */
  'h3Or(number)': "h3IsValid(number) ? number : stringToH3('8001fffffffffff')",
  'h3List(cells)': `concat('["', arrayStringConcat(arrayMap(c -> h3ToString(c), cells), '","'), '"]')`,
  'pointCell(lng, lat, level)':
    "okPlace(lng, lat) and ifNull(level, -1) >= 0 and level <= 15 ? h3ToString(h3At(okPlace(lng, lat) ? place(lng, lat) : (toFloat64(0), toFloat64(0)), greatest(0, least(15, ifNull(level, 0))))) : ''",
  'center(cell)': "let h = h3Number(cell); h3IsValid(h) ? (let p = h3ToGeo(h3Or(h)); pointJson(tuple(p.2, p.1))) : ''",
  'polygon(cell)':
    "let h = h3Number(cell); h3IsValid(h) ? (let b = arrayMap(p -> tuple(p.2, p.1), h3ToGeoBoundary(h3Or(h))); ringJson(arrayPushBack(b, b[1]))) : ''",
  'level(cell)': 'let h = h3Number(cell); h3IsValid(h) ? toInt32(h3GetResolution(h3Or(h))) : null',
  'parent(cell, to)':
    'let h = h3Number(cell); let g = h3Or(h); let own = toInt32(h3GetResolution(g)); let level = toInt32(ifNull(to, own - 1));' +
    "h3IsValid(h) and level >= 0 and level <= own ? h3ToString(h3ToParent(g, toUInt8(greatest(0, least(level, own))))) : ''",
  'children(cell, to)':
    'let h = h3Number(cell); let g = h3Or(h); let own = toInt32(h3GetResolution(g)); let level = toInt32(ifNull(to, own + 1));' +
    'h3IsValid(h) and level > own and level <= 15 and level - own <= 5' +
    "? h3List(h3ToChildren(g, toUInt8(greatest(own, least(level, own + 5, 15))))) : ''",
  'neighbors(cell)':
    "let h = h3Number(cell); h3IsValid(h) ? h3List(arrayFilter(c -> c != h, h3kRing(h3Or(h), toUInt16(1)))) : ''",
  'rings(cell, distance)':
    'let h = h3Number(cell); let far = toInt32(ifNull(distance, -1));' +
    'h3IsValid(h) and far >= 0 and far <= 142 ? (let all = arrayMap(c -> tuple(toInt64(h3Distance(h3Or(h), c)), c), h3kRing(h3Or(h), toUInt16(greatest(0, least(far, 142)))));' +
    `concat('[', arrayStringConcat(arrayMap(d -> h3List(arrayMap(c -> c.2, arrayFilter(c -> c.1 = d, all))), range(far + 1)), ','), ']')) : ''`,
});

/** Hexagonal cells. Sources: KQL documentation, "geo_point_to_h3cell()" and its neighbours; H3 documentation. */
export const H3_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(
    TOOLS,
    'pointCell',
    {
      name: 'geo_point_to_h3cell',
      summary: 'H3 cell of a place, of level 6 unless it says which (0 to 15).',
      takes: ['real', 'real', 'int'],
      nulls: 'never',
      examples: [
        ['geo_point_to_h3cell(13.4, 52.5)', '861f18b27ffffff'],
        ['geo_point_to_h3cell(13.4, 52.5, 16)', ''],
        ['geo_point_to_h3cell(13.4, 152.5, 6)', ''],
      ],
    },
    [constant(6)],
  ),
  formulaRow(TOOLS, 'center', {
    name: 'geo_h3cell_to_central_point',
    summary: 'The place in the middle of an H3 cell.',
    takes: ['string'],
    examples: [
      ['round(todouble(geo_h3cell_to_central_point("862a1072fffffff").coordinates[0]), 9)', -74.01600848],
      ['geo_h3cell_to_central_point("zz")', null],
    ],
  }),
  formulaRow(TOOLS, 'polygon', {
    name: 'geo_h3cell_to_polygon',
    summary: 'The border of an H3 cell.',
    takes: ['string'],
    examples: [
      ['array_length(geo_h3cell_to_polygon("862a1072fffffff").coordinates[0])', 7],
      ['geo_h3cell_to_polygon("")', null],
    ],
  }),
  formulaRow(TOOLS, 'level', {
    name: 'geo_h3cell_level',
    summary: 'The level of an H3 cell.',
    takes: ['string'],
    examples: [
      ['geo_h3cell_level("862a1072fffffff")', 6],
      ['geo_h3cell_level("abc")', null],
    ],
  }),
  formulaRow(
    TOOLS,
    'parent',
    {
      name: 'geo_h3cell_parent',
      summary: 'The H3 cell around an H3 cell, one level up unless it says which.',
      takes: ['string', 'int'],
      nulls: 'never',
      examples: [
        ['geo_h3cell_parent("862a1072fffffff")', '852a1073fffffff'],
        ['geo_h3cell_parent("862a1072fffffff", 7)', ''],
        ['geo_h3cell_parent("123")', ''],
      ],
    },
    [NULL],
  ),
  formulaRow(
    TOOLS,
    'children',
    {
      name: 'geo_h3cell_children',
      summary: 'The H3 cells inside an H3 cell, one level down unless it says which (5 at most).',
      takes: ['string', 'int'],
      examples: [
        ['array_length(geo_h3cell_children("862a1072fffffff", 8))', 49],
        ['geo_h3cell_children("862a1072fffffff", 6)', null],
        ['geo_h3cell_children("862a1072fffffff", 12)', null],
      ],
    },
    [NULL],
  ),
  formulaRow(TOOLS, 'neighbors', {
    name: 'geo_h3cell_neighbors',
    summary: 'The H3 cells around one.',
    takes: ['string'],
    examples: [
      ['array_length(geo_h3cell_neighbors("862a1072fffffff"))', 6],
      ['geo_h3cell_neighbors("abc")', null],
    ],
  }),
  formulaRow(TOOLS, 'rings', {
    name: 'geo_h3cell_rings',
    summary: 'The H3 cells around one, by distance up to 142.',
    takes: ['string', 'int'],
    examples: [
      ['geo_h3cell_rings("861f8894fffffff", 0)', [['861f8894fffffff']]],
      ['array_length(geo_h3cell_rings("861f8894fffffff", 2)[2])', 12],
      ['geo_h3cell_rings("861f8894fffffff", 143)', null],
    ],
  }),
];
