import { toolbox } from './formula.ts';

/**
 * Geometry on the unit sphere. A place is `(longitude, latitude)` in degrees; a vector is `(x, y, z)`. The Earth is a sphere
 * of 6371010 m, as in S2, whose formulas these are where several would do. Source: S2 Geometry documentation, "Basic types".
 */
export const SPHERE = toolbox({
  'metres(angle)': 'angle * 6371010',
  'unit(place)':
    'tuple(cos(radians(place.2)) * cos(radians(place.1)), cos(radians(place.2)) * sin(radians(place.1)), sin(radians(place.2)))',
  'placeOf(v)': 'tuple(degrees(atan2(v.2, v.1)), degrees(atan2(v.3, sqrt(v.1 * v.1 + v.2 * v.2))))',
  'okPlace(lng, lat)': 'abs(ifNull(lng, 1000)) <= 180 and abs(ifNull(lat, 1000)) <= 90',
  'place(lng, lat)': 'tuple(toFloat64(ifNull(lng, 1000)), toFloat64(ifNull(lat, 1000)))',
  'cross(a, b)': 'tuple(a.2 * b.3 - a.3 * b.2, a.3 * b.1 - a.1 * b.3, a.1 * b.2 - a.2 * b.1)',
  /** Twice the cross product, exact for neighbours too. */
  'across(a, b)':
    'tuple((a.2 - b.2) * (a.3 + b.3) - (a.3 - b.3) * (a.2 + b.2), (a.3 - b.3) * (a.1 + b.1) - (a.1 - b.1) * (a.3 + b.3), (a.1 - b.1) * (a.2 + b.2) - (a.2 - b.2) * (a.1 + b.1))',
  'apart(a, b)': '2 * atan2(L2Distance(a, b), L2Norm(tuplePlus(a, b)))',
  'volume(a, b, c)':
    'a.1 * ((b.2 - a.2) * (c.3 - a.3) - (b.3 - a.3) * (c.2 - a.2)) + a.2 * ((b.3 - a.3) * (c.1 - a.1) - (b.1 - a.1) * (c.3 - a.3)) + a.3 * ((b.1 - a.1) * (c.2 - a.2) - (b.2 - a.2) * (c.1 - a.1))',
  /** On which side of the plane through a and b, as seen from n. */
  'ahead(n, a, q)': 'n.1 * (a.2 * q.3 - a.3 * q.2) + n.2 * (a.3 * q.1 - a.1 * q.3) + n.3 * (a.1 * q.2 - a.2 * q.1)',
  'midway(a, b)': 'L2Normalize(tuplePlus(a, b))',
  'opposite(a)': 'tuple(-a.1, -a.2, -a.3)',
  /** The point of the edge that is nearest. */
  'nearest(p, a, b)':
    'let n = across(a, b); let q = L2Normalize(tupleMinus(p, tupleMultiplyByNumber(n, dotProduct(p, n) / dotProduct(n, n))));' +
    'dotProduct(n, n) > 0 and ahead(n, a, q) > 0 and ahead(n, b, q) < 0 ? q : (L2Distance(p, a) <= L2Distance(p, b) ? a : b)',
  /** The point a part of the way from one to the other. */
  'between(a, b, t)':
    'let w = apart(a, b); let s = sin(w); s > 0 ? L2Normalize(tuplePlus(tupleMultiplyByNumber(a, sin((1 - t) * w) / s), tupleMultiplyByNumber(b, sin(t * w) / s))) : a',
  'turn(angle)': 'let t = angle; t < 0 ? t + 2 * pi() : t',
  'bearing(a, b)':
    'let w = radians(b.1 - a.1); let f = radians(a.2); let g = radians(b.2);' +
    'turn(atan2(sin(w) * cos(g), cos(f) * sin(g) - sin(f) * cos(g) * cos(w)))',
  'haversine(a, b)':
    'let y = sin(radians(b.2 - a.2) / 2); let x = sin(radians(b.1 - a.1) / 2);' +
    '2 * asin(sqrt(least(1, y * y + x * x * cos(radians(a.2)) * cos(radians(b.2)))))',
  /** One point, or two that are opposite, have no one line through them. */
  'distinctPlaces(a, b)': 'let d = L2Distance(unit(a), unit(b)); d > 1e-15 and d < 2 - 1e-15',
  'placeText(p)': "concat('[', toString(p.1), ',', toString(p.2), ']')",
  'placesText(l)': "concat('[', arrayStringConcat(arrayMap(p -> placeText(p), l), ','), ']')",
  'pointJson(p)': `concat('{"type":"Point","coordinates":', placeText(p), '}')`,
  'ringJson(l)': `concat('{"type":"Polygon","coordinates":[', placesText(l), ']}')`,
});
