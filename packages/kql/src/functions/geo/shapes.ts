import { SPHERE } from './sphere.ts';

/**
 * GeoJSON. Lines are arrays of places, several of them; polygons are arrays of rings whose last place is the first, several of
 * them. A number that is none becomes 1000, which is no longitude.
 */
export const SHAPES = SPHERE.with({
  'kindOf(g)': "JSONExtractString(g, 'type')",
  'placesOf(l)':
    'arrayMap(p -> length(p) >= 2 ? tuple(ifNull(p[1], 1000), ifNull(p[2], 1000)) : tuple(toFloat64(1000), toFloat64(1000)), l)',
  'linesOf(g)':
    "arrayMap(l -> placesOf(l), kindOf(g) = 'LineString' ? [JSONExtract(g, 'coordinates', 'Array(Array(Nullable(Float64)))')] :" +
    "kindOf(g) = 'MultiLineString' ? JSONExtract(g, 'coordinates', 'Array(Array(Array(Nullable(Float64))))') :" +
    "CAST([], 'Array(Array(Array(Nullable(Float64))))'))",
  'polygonsOf(g)':
    "arrayMap(p -> arrayMap(l -> placesOf(l), p), kindOf(g) = 'Polygon' ? [JSONExtract(g, 'coordinates', 'Array(Array(Array(Nullable(Float64))))')] :" +
    "kindOf(g) = 'MultiPolygon' ? JSONExtract(g, 'coordinates', 'Array(Array(Array(Array(Nullable(Float64)))))') :" +
    "CAST([], 'Array(Array(Array(Array(Nullable(Float64)))))'))",
  'okPlaces(l)': 'arrayAll(p -> abs(p.1) <= 180 and abs(p.2) <= 90, l)',
  'okLines(lines)': 'notEmpty(lines) and arrayAll(l -> length(l) >= 2 and okPlaces(l), lines)',
  'okRing(l)': 'length(l) >= 4 and okPlaces(l) and l[1] = l[-1] and length(arrayDistinct(l)) = length(l) - 1',
  'okPolygons(polygons)': 'notEmpty(polygons) and arrayAll(p -> notEmpty(p) and arrayAll(l -> okRing(l), p), polygons)',

  'units(l)': 'arrayMap(p -> unit(p), l)',
  'unitLines(lines)': 'arrayMap(l -> units(l), lines)',
  'ringsOf(polygons)': "arrayReduce('groupArrayArray', polygons)",
  'starts(lines)': 'arrayFlatten(arrayMap(l -> arrayPopBack(l), lines))',
  'ends(lines)': 'arrayFlatten(arrayMap(l -> arrayPopFront(l), lines))',

  'lineJson(l)': `concat('{"type":"LineString","coordinates":', placesText(l), '}')`,
  'linesJson(lines)': `length(lines) = 1 ? lineJson(lines[1]) : concat('{"type":"MultiLineString","coordinates":[', arrayStringConcat(arrayMap(l -> placesText(l), lines), ','), ']}')`,
  'ringsText(rings)': `concat('[', arrayStringConcat(arrayMap(l -> placesText(l), rings), ','), ']')`,
  'polygonsJson(polygons)':
    `length(polygons) = 1 ? concat('{"type":"Polygon","coordinates":', ringsText(polygons[1]), '}')` +
    `: concat('{"type":"MultiPolygon","coordinates":[', arrayStringConcat(arrayMap(p -> ringsText(p), polygons), ','), ']}')`,

  /** Metres of lines. */
  'extent(lines)': 'metres(arraySum((a, b) -> apart(a, b), starts(lines), ends(lines)))',
  /** The point of lines that is nearest, as `(vector, angle)`. */
  'nearestOf(p, lines)':
    "let n = arrayMap((a, b) -> nearest(p, a, b), starts(lines), ends(lines)); let d = arrayMap(q -> apart(p, q), n); tuple(arrayReduce('argMin', n, d), arrayMin(d))",

  /** Area of the triangle with a sign: positive counterclockwise. */
  'triangle(o, a, b)': '2 * atan2(volume(o, a, b), 1 + dotProduct(o, a) + dotProduct(a, b) + dotProduct(b, o))',
  /** Area of the smaller side of a ring of vectors: positive where that is to the left. */
  'ringArea(l)':
    'let o = l[1]; let s = arraySum((a, b) -> triangle(o, a, b), arrayPopBack(l), arrayPopFront(l));' +
    's > 2 * pi() ? s - 4 * pi() : (s < -2 * pi() ? s + 4 * pi() : s)',
  'wrapped(angle)': 'angle > 180 ? angle - 360 : (angle < -180 ? angle + 360 : angle)',
  /** Does the ring go around the poles, and is the north one on its smaller side? */
  'aroundNorth(l)':
    'let w = arraySum((a, b) -> wrapped(b.1 - a.1), arrayPopBack(l), arrayPopFront(l)); abs(w) > 180 and w * ringArea(units(l)) > 0',
  /** Edges of the ring that the meridian from the place to the north pole crosses: a side of each edge belongs to it, so that neighbours share no place. */
  'crossings(q, l)':
    'let v = arrayMap(p -> tuple(sin(radians(p.1 - q.1)) * cos(radians(p.2)), cos(radians(p.1 - q.1)) * cos(radians(p.2)), sin(radians(p.2))), l);' +
    'arrayCount((a, b) -> (let m = a.2 * abs(b.1) + b.2 * abs(a.1); (a.1 < 0) != (b.1 < 0) and m > 0' +
    'and (a.3 * abs(b.1) + b.3 * abs(a.1)) * cos(radians(q.2)) > m * sin(radians(q.2))), arrayPopBack(v), arrayPopFront(v))',
  'inRing(q, l)': '(crossings(q, l) + aroundNorth(l)) % 2 = 1',
  'inPolygon(q, rings)': 'arrayCount(l -> inRing(q, l), rings) % 2 = 1',
  'inPolygons(q, polygons)': 'arrayExists(p -> inPolygon(q, p), polygons)',

  /** Is the straight line of the map further than the angle from the geodesic? Measured where S2 does. */
  'farFromMap(p, q, angle)':
    'let a = unit(p); let b = unit(q); dotProduct(a, b) < -1e-14 or arrayExists(t -> apart(between(a, b, t), unit(tuple(p.1 + (q.1 - p.1) * t, p.2 + (q.2 - p.2) * t))) > angle,' +
    '[0.31215691082248312, 0.68784308917751688])',
  'densified(l, angle)':
    'arrayFold((line, i) -> arrayPushBack(arrayFlatten(arrayMap((p, q) -> farFromMap(p, q, angle) ? [p, tuple((p.1 + q.1) / 2, (p.2 + q.2) / 2)] : [p], arrayPopBack(line), arrayPopFront(line))), line[-1]), range(18), l)',
  /** Longitudes that go on beyond 180, so that no edge is longer than half the way around. */
  'unrolled(l)':
    'let steps = arrayCumSum(arrayConcat([l[1].1], arrayMap((a, b) -> wrapped(b.1 - a.1), arrayPopBack(l), arrayPopFront(l)))); arrayMap((p, x) -> tuple(x, p.2), l, steps)',
  'rolled(l)': 'arrayMap(p -> tuple(abs(p.1) <= 180 ? p.1 : positiveModulo(p.1 + 180, 360) - 180, p.2), l)',
  'densify(l, tolerance, preserve)':
    'let angle = 0.83829992569888509 * tolerance / 6371010; ifNull(preserve, 0) ? rolled(densified(unrolled(l), angle)) : densified(l, angle)',
});
