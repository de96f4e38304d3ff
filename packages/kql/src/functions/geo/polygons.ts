import { constant, NULL } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { OVERLAY } from './overlay.ts';
import { formulaRow } from './rows.ts';

const TOOLS = OVERLAY.with({
  'area(g)': 'let p = polygonsOf(g); okPolygons(p) ? solid(merged(p)) * 6371010 * 6371010 : null',
  'perimeter(g)': 'let p = polygonsOf(g); okPolygons(p) ? arraySum(r -> extent(unitLines(r)), merged(p)) : null',
  'sine(angle)': 'angle = 0 ? 1 : angle / sin(angle)',
  /** Centroid of a triangle, times its area with a sign: S2's way, which is exact for small ones. */
  'heavy(a, b, c)':
    'let ra = sine(apart(b, c)); let rb = sine(apart(c, a)); let rc = sine(apart(a, b));' +
    'let x = tuple(a.1, b.1 - a.1, c.1 - a.1); let y = tuple(a.2, b.2 - a.2, c.2 - a.2); let z = tuple(a.3, b.3 - a.3, c.3 - a.3);' +
    'let r = tuple(ra, rb - ra, rc - ra);' +
    'tuple(dotProduct(cross(y, z), r) / 2, dotProduct(cross(z, x), r) / 2, dotProduct(cross(x, y), r) / 2)',
  'ringWeight(l)':
    'let o = l[1]; let s = sign(ringArea(l));' +
    'let h = arrayMap((a, b) -> heavy(o, a, b), arrayPopBack(l), arrayPopFront(l));' +
    'tuple(s * arraySum(v -> v.1, h), s * arraySum(v -> v.2, h), s * arraySum(v -> v.3, h))',
  'centroid(g)':
    'let p = polygonsOf(g); okPolygons(p) ? (let w = arrayFlatten(arrayMap(r -> arrayMap((l, i) -> tupleMultiplyByNumber(ringWeight(units(l)), i = 1 ? 1 : -1), r, arrayEnumerate(r)), merged(p)));' +
    "pointJson(placeOf(tuple(arraySum(v -> v.1, w), arraySum(v -> v.2, w), arraySum(v -> v.3, w))))) : ''",
  'polygonDensify(g, tolerance, preserve)':
    'let p = polygonsOf(g); okPolygons(p) and ifNull(tolerance, 0) >= 0.1 and tolerance <= 10000' +
    "? polygonsJson(arrayMap(r -> arrayMap(l -> densify(l, ifNull(tolerance, 10), preserve), r), p)) : ''",
  'contains(lng, lat, g)':
    'let p = polygonsOf(g); okPolygons(p) and okPlace(lng, lat) ? inPolygons(place(lng, lat), p) : null',
  'distance(lng, lat, g)':
    'let p = polygonsOf(g); okPolygons(p) and okPlace(lng, lat) ? (inPolygons(place(lng, lat), p) ? 0 : metres(nearestOf(unit(place(lng, lat)), unitLines(ringsOf(p))).2)) : null',
  'closest(lng, lat, g)':
    'let p = polygonsOf(g); okPolygons(p) and okPlace(lng, lat) ? pointJson(inPolygons(place(lng, lat), p) ? place(lng, lat) : placeOf(nearestOf(unit(place(lng, lat)), unitLines(ringsOf(p))).1))' +
    ": ''",
});

const BOX = 'dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]})';
const HOLED =
  'dynamic({"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[2,2],[2,7],[7,7],[7,2],[2,2]]]})';
const BAD = 'dynamic({"type":"Polygon","coordinates":[[[0,0],[10,10],[10,10],[0,0]]]})';

const CROSSING = 'A polygon whose edges cross is taken as it is; Kusto answers null.';

/** Polygons. Sources: KQL documentation, "geo_polygon_area()" and its neighbours. */
export const GEO_POLYGON_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(TOOLS, 'area', {
    name: 'geo_polygon_area',
    summary: 'Square metres of a polygon, or of several together.',
    takes: ['dynamic'],
    differs: CROSSING,
    examples: [
      [`round(geo_polygon_area(${BOX}) / 1e6, 3)`, 49452.374],
      [`geo_polygon_area(${BAD})`, null],
    ],
  }),
  formulaRow(TOOLS, 'perimeter', {
    name: 'geo_polygon_perimeter',
    summary: 'Metres around a polygon, or around several together.',
    takes: ['dynamic'],
    differs: CROSSING,
    examples: [
      [`round(geo_polygon_perimeter(${BOX}), 3)`, 889425.322],
      [`geo_polygon_perimeter(${BAD})`, null],
    ],
  }),
  formulaRow(TOOLS, 'centroid', {
    name: 'geo_polygon_centroid',
    summary: 'The middle of a polygon, or of several together.',
    takes: ['dynamic'],
    differs: CROSSING,
    examples: [
      [`round(todouble(geo_polygon_centroid(${BOX}).coordinates[0]), 6)`, 1],
      [`geo_polygon_centroid(${BAD})`, null],
    ],
  }),
  formulaRow(
    TOOLS,
    'polygonDensify',
    {
      name: 'geo_polygon_densify',
      summary: 'A polygon of the map as geodesics that are within so many metres (10 unless it says) of it.',
      takes: ['dynamic', 'real', 'bool'],
      examples: [
        [
          `geo_polygon_densify(${BOX}, 10000).coordinates`,
          [
            [
              [0, 0],
              [2, 0],
              [2, 2],
              [0, 2],
              [0, 0],
            ],
          ],
        ],
        [`geo_polygon_densify(${BOX}, 0)`, null],
        [`geo_polygon_densify(${BAD})`, null],
      ],
    },
    [constant(10), NULL],
  ),
  formulaRow(TOOLS, 'contains', {
    name: 'geo_point_in_polygon',
    summary: 'True when a place is in a polygon, or in one of several.',
    takes: ['real', 'real', 'dynamic'],
    differs: CROSSING,
    examples: [
      [`geo_point_in_polygon(1, 1, ${BOX})`, true],
      [`geo_point_in_polygon(1, 2.0003, ${BOX})`, true],
      [`geo_point_in_polygon(1, 2.0004, ${BOX})`, false],
      [`geo_point_in_polygon(5, 5, ${HOLED})`, false],
      [`geo_point_in_polygon(8, 5, ${HOLED})`, true],
      [
        'geo_point_in_polygon(77, 85, dynamic({"type":"Polygon","coordinates":[[[0,70],[120,70],[-120,70],[0,70]]]}))',
        true,
      ],
      [
        'geo_point_in_polygon(77, -85, dynamic({"type":"Polygon","coordinates":[[[0,70],[120,70],[-120,70],[0,70]]]}))',
        false,
      ],
      [
        'geo_point_in_polygon(0, -85, dynamic({"type":"Polygon","coordinates":[[[0,-70],[120,-70],[-120,-70],[0,-70]]]}))',
        true,
      ],
      [
        'geo_point_in_polygon(180, 0, dynamic({"type":"Polygon","coordinates":[[[179,-1],[-179,-1],[-179,1],[179,1],[179,-1]]]}))',
        true,
      ],
      [`geo_point_in_polygon(1, 1, ${BAD})`, null],
      [`geo_point_in_polygon(1, 91, ${BOX})`, null],
    ],
  }),
  formulaRow(TOOLS, 'distance', {
    name: 'geo_distance_point_to_polygon',
    summary: 'Metres between a place and a polygon, or several; 0 inside.',
    takes: ['real', 'real', 'dynamic'],
    differs: CROSSING,
    examples: [
      [`geo_distance_point_to_polygon(1, 1, ${BOX})`, 0],
      [`round(geo_distance_point_to_polygon(1, -1, ${BOX}), 3)`, 111195.101],
      [`geo_distance_point_to_polygon(500, 1, ${BOX})`, null],
    ],
  }),
  formulaRow(TOOLS, 'closest', {
    name: 'geo_closest_point_on_polygon',
    summary: 'The point of a polygon that is nearest to a place; the place itself inside.',
    takes: ['real', 'real', 'dynamic'],
    differs: CROSSING,
    examples: [
      [`geo_closest_point_on_polygon(1, 1, ${BOX}).coordinates`, [1, 1]],
      [`geo_closest_point_on_polygon(1, -1, ${BOX}).coordinates[1]`, 0],
      [`geo_closest_point_on_polygon(1, 1, ${BAD})`, null],
    ],
  }),
];
