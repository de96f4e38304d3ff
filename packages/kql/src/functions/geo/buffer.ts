import { constant } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { OVERLAY } from './overlay.ts';
import { formulaRow } from './rows.ts';

/**
 * Everything within a radius, as a polygon: a circle around each place and a rectangle along each edge. A circle is the polygon
 * around it whose corners are no further out than the tolerance; a rectangle is between the two, so that it crosses circles and
 * touches none. Angles, not metres, from here on.
 */
export const BUFFER = OVERLAY.with({
  'angleOf(length)': 'ifNull(length, 10) / 6371010',
  'sides(radius, tolerance)':
    'let t = least(tolerance, radius); greatest(4, toInt32(ceil(pi() / acos(greatest(-1, least(1, tan(radius) / tan(least(radius + t, 1.57))))))))',
  'outer(radius, sides)': 'atan(tan(radius) / cos(pi() / sides))',
  /** The place at a bearing and an angle from another one; `frame` is it and its east and north. */
  'frame(v)':
    'let east = L2Normalize(tuple(-v.2, v.1, abs(v.1) + abs(v.2) > 0 ? 0 : 1)); tuple(v, east, cross(v, east))',
  'reached(f, turn, angle)':
    'placeOf(tuplePlus(tupleMultiplyByNumber(f.1, cos(angle)), tupleMultiplyByNumber(tuplePlus(tupleMultiplyByNumber(f.2, cos(turn)), tupleMultiplyByNumber(f.3, sin(turn))), sin(angle))))',
  'circle(p, radius, sides)':
    'let f = frame(unit(p)); let far = outer(radius, sides); let open = arrayMap(k -> reached(f, 2 * pi() * (k + 0.381966) / sides, far), range(toUInt32(sides))); arrayPushBack(open, open[1])',
  'strip(p, q, radius)':
    'let a = unit(p); let b = unit(q); let n = L2Normalize(across(a, b));' +
    'let at = [tuple(a, -1), tuple(b, -1), tuple(b, 1), tuple(a, 1), tuple(a, -1)];' +
    'arrayMap(c -> placeOf(tuplePlus(tupleMultiplyByNumber(c.1, cos(radius)), tupleMultiplyByNumber(n, c.2 * sin(radius)))), at)',
  'around(lines, polygons, radius, tolerance)':
    'let n = sides(radius, tolerance);' +
    'let parts = arrayConcat(arrayMap(r -> r, polygons), arrayFlatten1(arrayMap(l -> arrayConcat([[circle(l[1], radius, n)]], arrayFlatten1(arrayMap((p, q) ->' +
    '[[strip(p, q, (radius + outer(radius, n)) / 2)], [circle(q, radius, n)]], arrayPopBack(l), arrayPopFront(l)))), lines)));' +
    "oriented(arrayFold((acc, r) -> empty(acc) ? [r] : united(acc, [r]), parts, CAST([], 'Array(Array(Array(Tuple(Float64, Float64))))')))",
  /** Polygons, or what is within a radius in metres around them where that is more than 0. */
  'widened(polygons, radius)':
    'radius > 0 ? around(ringsOf(polygons), polygons, angleOf(radius), angleOf(10)) : polygons',
  'okBuffer(radius, tolerance)':
    'ifNull(radius, 0) > 0 and radius < 5000000 and ifNull(tolerance, 0) >= radius * 0.000001',
});

const TOOLS = BUFFER.with({
  'pointBuffer(lng, lat, radius, tolerance)':
    'okPlace(lng, lat) and okBuffer(radius, tolerance) ? ringJson(circle(place(lng, lat), angleOf(radius), sides(angleOf(radius), angleOf(tolerance))))' +
    ": ''",
  'lineBuffer(g, radius, tolerance)':
    'let l = linesOf(g); okLines(l) and okBuffer(radius, tolerance) ? polygonsJson(around(l, [], angleOf(radius), angleOf(tolerance)))' +
    ": ''",
  'polygonBuffer(g, radius, tolerance)':
    'let p = polygonsOf(g); okPolygons(p) and okBuffer(radius, tolerance) ? polygonsJson(around(ringsOf(p), p, angleOf(radius), angleOf(tolerance)))' +
    ": ''",
});

const LINE = 'dynamic({"type":"LineString","coordinates":[[0,0],[0,1]]})';
const BOX = 'dynamic({"type":"Polygon","coordinates":[[[10,10],[0,10],[0,0],[10,10]]]})';
const DIFFERS =
  'The polygon is around the circle, and so never leaves out a place within the radius; its corners are others than there.';

/** Surroundings. Sources: KQL documentation, "geo_point_buffer()" and its neighbours. */
export const GEO_BUFFER_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(
    TOOLS,
    'pointBuffer',
    {
      name: 'geo_point_buffer',
      summary: 'The polygon of all places within a radius in metres around a place.',
      takes: ['real', 'real', 'real', 'real'],
      differs: DIFFERS,
      examples: [
        ['geo_polygon_area(geo_point_buffer(13.4, 52.5, 1000, 0.1)) between (3141592 .. 3143000)', true],
        ['geo_point_in_polygon(13.4, 52.5, geo_point_buffer(13.4, 52.5, 1))', true],
        ['geo_point_buffer(200, 1, 0.1)', null],
        ['geo_point_buffer(10, 10, -1)', null],
      ],
    },
    [constant(10)],
  ),
  formulaRow(
    TOOLS,
    'lineBuffer',
    {
      name: 'geo_line_buffer',
      summary: 'The polygon of all places within a radius in metres around a line, or several.',
      takes: ['dynamic', 'real', 'real'],
      differs: DIFFERS,
      examples: [
        [`round(geo_polygon_area(geo_line_buffer(${LINE}, 1000, 0.1)) / 1e6, 1)`, 225.5],
        [`geo_point_in_polygon(0.008, 0.5, geo_line_buffer(${LINE}, 1000))`, true],
        [`geo_point_in_polygon(0.01, 0.5, geo_line_buffer(${LINE}, 1000))`, false],
        ['geo_line_buffer(dynamic({"type":"LineString"}), 5)', null],
        [`geo_line_buffer(${LINE}, 0)`, null],
      ],
    },
    [constant(10)],
  ),
  formulaRow(
    TOOLS,
    'polygonBuffer',
    {
      name: 'geo_polygon_buffer',
      summary: 'The polygon of all places within a radius in metres around a polygon, or several.',
      takes: ['dynamic', 'real', 'real'],
      differs: DIFFERS,
      examples: [
        [`geo_point_in_polygon(3, 10.1, geo_polygon_buffer(${BOX}, 20000))`, true],
        [`geo_point_in_polygon(3, 10.3, geo_polygon_buffer(${BOX}, 20000))`, false],
        ['geo_polygon_buffer(dynamic({"type":"p"}), 1)', null],
        [`geo_polygon_buffer(${BOX}, 0)`, null],
      ],
    },
    [constant(10)],
  ),
];
