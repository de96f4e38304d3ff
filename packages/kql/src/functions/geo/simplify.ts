import { constant } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { OVERLAY } from './overlay.ts';
import { formulaRow } from './rows.ts';

/** Places that stay: far enough from the one before; then the longest edges that pass near all that they leave out. */
const TOOLS = OVERLAY.with({
  'apartPlaces(l, angle)':
    "arrayFold((acc, p) -> notEmpty(acc) and apart(unit(acc[-1]), unit(p)) < angle ? acc : arrayPushBack(acc, p), l, CAST([], 'Array(Tuple(Float64, Float64))'))",
  'thinned(l, angle)':
    "let none = CAST([], 'Array(Tuple(Float64, Float64))');" +
    'let end = arrayFold((acc, p) -> (let skipped = arrayPushBack(acc.2, acc.3); let from = unit(acc.1[-1]); let to = unit(p);' +
    'arrayAll(s -> apart(unit(s), nearest(unit(s), from, to)) <= angle, skipped)' +
    '? tuple(acc.1, skipped, p) : tuple(arrayPushBack(acc.1, acc.3), none, p)), arraySlice(l, 3), tuple([l[1]], none, l[2]));' +
    'arrayPushBack(end.1, end.3)',
  'thinLine(l, angle)': 'let s = apartPlaces(l, angle); length(s) < 2 ? s : thinned(s, angle)',
  'thinRing(l, angle)':
    'let s = apartPlaces(arrayPopBack(l), angle); let t = length(s) > 1 and apart(unit(s[-1]), unit(s[1])) < angle ? arrayPopBack(s) : s;' +
    "length(t) < 3 ? CAST([], 'Array(Tuple(Float64, Float64))') : thinned(arrayPushBack(t, t[1]), angle)",
  'okTolerance(t)': 'ifNull(t, -1) >= 0 and t < 7800000',
  'simplifyLine(g, tolerance)':
    'let l = linesOf(g); okLines(l) and okTolerance(tolerance) ? (let s = arrayFilter(x -> length(x) > 1, arrayMap(x -> thinLine(x, ifNull(tolerance, 0) / 6371010), separate(l)));' +
    "notEmpty(s) ? linesJson(s) : '') : ''",
  'thinPolygons(p, tolerance)':
    'let s = arrayFilter(r -> notEmpty(r), arrayMap(r -> (let t = arrayMap(x -> thinRing(x, tolerance / 6371010), r); length(t[1]) < 4 ? arraySlice(t, 1, 0) : arrayFilter(x -> length(x) > 3, t)), p));' +
    "notEmpty(s) ? polygonsJson(s) : ''",
  'simplifyPolygon(g, tolerance)':
    "let p = polygonsOf(g); okPolygons(p) and okTolerance(tolerance) ? thinPolygons(merged(p), ifNull(tolerance, 0)) : ''",
  'simplifyPolygons(list, tolerance)':
    'let each = arrayMap(g -> polygonsOf(g), JSONExtractArrayRaw(list));' +
    "notEmpty(each) and arrayAll(p -> okPolygons(p), each) and okTolerance(tolerance) ? thinPolygons(merged(arrayFlatten1(each)), ifNull(tolerance, 0)) : ''",
});

const LINE = 'dynamic({"type":"LineString","coordinates":[[0,0],[0.00001,0.5],[0,1]]})';
const BOX = 'dynamic({"type":"Polygon","coordinates":[[[5,48],[0,50],[0,47],[4,47],[5,48]]]})';
const BAD = 'dynamic({"type":"Polygon","coordinates":[[[5,48],[5,48]]]})';
const DIFFERS = 'S2 can keep other places of the shape, as near to it.';

/** Simpler shapes. Sources: KQL documentation, "geo_line_simplify()" and its neighbours. */
export const GEO_SIMPLIFY_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(
    TOOLS,
    'simplifyLine',
    {
      name: 'geo_line_simplify',
      summary: 'A line of fewer places, within so many metres (10 unless it says) of it; null where none is left.',
      takes: ['dynamic', 'real'],
      differs: DIFFERS,
      examples: [
        [
          `geo_line_simplify(${LINE}).coordinates`,
          [
            [0, 0],
            [0, 1],
          ],
        ],
        [`array_length(geo_line_simplify(${LINE}, 0.5).coordinates)`, 3],
        [`geo_line_simplify(${LINE}, 1000000)`, null],
        [`geo_line_simplify(${LINE}, -1)`, null],
      ],
    },
    [constant(10)],
  ),
  formulaRow(
    TOOLS,
    'simplifyPolygon',
    {
      name: 'geo_polygon_simplify',
      summary: 'A polygon of fewer places, within so many metres (10 unless it says) of it; null where none is left.',
      takes: ['dynamic', 'real'],
      differs: DIFFERS,
      examples: [
        [
          `geo_polygon_simplify(${BOX}).coordinates`,
          [
            [
              [5, 48],
              [0, 50],
              [0, 47],
              [4, 47],
              [5, 48],
            ],
          ],
        ],
        [`geo_polygon_simplify(${BOX}, 1000000)`, null],
        [`geo_polygon_simplify(${BOX}, -0.1)`, null],
        [`geo_polygon_simplify(${BAD})`, null],
      ],
    },
    [constant(10)],
  ),
  formulaRow(
    TOOLS,
    'simplifyPolygons',
    {
      name: 'geo_simplify_polygons_array',
      summary: 'The polygons of an array together, of fewer places.',
      takes: ['dynamic', 'real'],
      differs: DIFFERS,
      examples: [
        [`array_length(geo_simplify_polygons_array(pack_array(${BOX})).coordinates[0])`, 5],
        [`geo_simplify_polygons_array(pack_array(${BOX}, ${BAD}))`, null],
        [`geo_simplify_polygons_array(pack_array(${BOX}), -1)`, null],
      ],
    },
    [constant(10)],
  ),
];
