import { SHAPES } from './shapes.ts';

/**
 * What shapes have in common and what they are together. Edges are `(start, end, their cross product)` of vectors. Rings begin
 * where S2 lets them begin: after the last piece of the edge that came last.
 */
export const OVERLAY = SHAPES.with({
  'edgesOf(lines)': 'arrayMap((a, b) -> tuple(a, b, across(a, b)), starts(unitLines(lines)), ends(unitLines(lines)))',
  'meet(e, f)':
    'let c = dotProduct(e.3, f.1); let d = dotProduct(e.3, f.2); let a = dotProduct(f.3, e.1); let b = dotProduct(f.3, e.2);' +
    '(c < 0 and d > 0 and b < 0 and a > 0) or (c > 0 and d < 0 and b > 0 and a < 0)',
  'meeting(e, f)': 'let x = L2Normalize(cross(e.3, f.3)); dotProduct(x, tuplePlus(e.1, e.2)) < 0 ? opposite(x) : x',
  'anyMeet(e, f)': 'arrayExists(x -> arrayExists(y -> meet(x, y), f), e)',
  'corners(lines)': 'arrayDistinct(arrayFlatten(lines))',

  'linesTouch(l, m)': 'hasAny(corners(l), corners(m)) or anyMeet(edgesOf(l), edgesOf(m))',
  'lineTouches(l, polygons)': 'arrayExists(x -> inPolygons(x[1], polygons), l) or linesTouch(l, ringsOf(polygons))',
  'polygonsTouch(p, q)':
    'arrayExists(r -> inPolygons(r[1][1], q), p) or arrayExists(r -> inPolygons(r[1][1], p), q) or linesTouch(ringsOf(p), ringsOf(q))',

  'turned(l)': 'let v = arrayReverse(arrayPopBack(l)); arrayPushBack(v, v[1])',
  /** Shells counterclockwise, holes clockwise. */
  'oriented(polygons)':
    'arrayMap(r -> arrayMap((l, i) -> (ringArea(units(l)) > 0) = (i = 1) ? l : turned(l), r, arrayEnumerate(r)), polygons)',
  'within(m, a, b)':
    'let d = tupleMinus(b, a); let w = tupleMinus(m, a); let t = dotProduct(w, d) / dotProduct(d, d);' +
    't > 0 and t < 1 and L2Distance(w, tupleMultiplyByNumber(d, t)) < 1e-12 + dotProduct(d, d) / 4',
  'onEdge(p, q, e)':
    'let m = midway(p, q); dotProduct(tupleMinus(q, p), tupleMinus(e.2, e.1)) > 0 and abs(dotProduct(m, e.3)) < 1e-11 * L2Norm(e.3) and within(m, e.1, e.2)',
  'begun(l, edges)':
    'let v = units(l); let ids = arrayMap((p, q) -> arrayFirstIndex(e -> onEdge(p, q, e), edges), arrayPopBack(v), arrayPopFront(v));' +
    'let top = arrayMax(ids); let k = arrayFirstIndex((i, n) -> i = top and n != top, ids, arrayPushBack(arrayPopFront(ids), ids[1]));' +
    'k <= 1 and k = 0 ? l : (let open = arrayRotateLeft(arrayPopBack(l), k); arrayPushBack(open, open[1]))',
  /** The ring without a place twice. */
  'plain(l)':
    'let v = arrayPopBack(l); let w = arrayFilter((p, q) -> L2Distance(unit(p), unit(q)) > 5e-15, v, arrayRotateRight(v, 1)); arrayPushBack(w, w[1])',
  /** The ring with the corners that lie on its edges, which the engine leaves out. */
  'restored(l, spots)':
    'arrayPushBack(arrayFlatten(arrayMap((p, q) -> (let a = unit(p); let b = unit(q); let n = across(a, b);' +
    'arrayPushFront(arrayMap(s -> s.1, arraySort(s -> L2Distance(s.2, a), arrayFilter(s -> abs(dotProduct(s.2, n)) < 1e-13 * L2Norm(n) and within(s.2, a, b), spots))), p)' +
    '), arrayPopBack(l), arrayPopFront(l))), l[-1])',
  'settled(result, p, q)':
    'let o = arrayFilter(r -> notEmpty(r), oriented(result)); let e = edgesOf(arrayConcat(ringsOf(p), ringsOf(q)));' +
    'length(e) * length(arrayFlatten(o)) > 1000000 ? o : (let spots = arrayMap(c -> tuple(c, unit(c)), arrayConcat(corners(ringsOf(p)), corners(ringsOf(q)))); arrayMap(r -> arrayMap(l -> begun(plain(restored(l, spots)), e), r), o))',
  'ringsSize(rings)': 'let a = arrayMap(l -> abs(ringArea(units(l))), rings); 2 * a[1] - arraySum(a)',
  'solid(polygons)': 'arraySum(r -> ringsSize(r), polygons)',
  /**
   * The engine's union fails for some shapes that nearly touch. What two have together and in common are as large as both: where
   * that is not so the other way around is tried, and otherwise the shapes stay side by side.
   */
  'sound(sizes, u, common)':
    'abs(sizes[u] + sizes[common] - sizes[1] - sizes[2]) <= 1e-7 * (sizes[1] + sizes[2]) and sizes[u] >= greatest(sizes[1], sizes[2]) * 0.9999999 and sizes[common] <= least(sizes[1], sizes[2]) * 1.0000001',
  /** Two shapes, together and in common, both ways around, and which of those hold. */
  'tries(p, q)':
    'let all = [p, q, polygonsUnionSpherical(p, q), polygonsUnionSpherical(q, p), polygonsIntersectionSpherical(p, q), polygonsIntersectionSpherical(q, p)];' +
    'let sizes = arrayMap(x -> solid(x), all);' +
    'tuple(all, arrayFirst(t -> sound(sizes, t.1, t.2), [(3, 5), (3, 6), (4, 5), (4, 6)]))',
  'united(p, q)': 'let t = tries(p, q); t.2.1 = 0 ? arrayConcat(p, q) : t.1[t.2.1]',
  'overlap(p, q)': 'let t = tries(p, q); t.1[greatest(5, t.2.2)]',
  'both(p, q)': 'settled(united(p, q), p, q)',
  'sizeOf(p)': 'length(arrayFlatten(p)) - length(ringsOf(p))',
  /** Always the two with the fewest places first, as S2 does. */
  'unionOf(shapes)':
    'let queue = arraySort(x -> tuple(x.1, x.2), arrayMap((p, i) -> tuple(toUInt64(sizeOf(p)), toUInt64(i), oriented(p)), shapes, arrayEnumerate(shapes)));' +
    'arrayFold((acc, i) -> arraySort(x -> tuple(x.1, x.2), arrayPushBack(arraySlice(acc, 3), tuple(acc[1].1 + acc[2].1, toUInt64(i), both(acc[1].3, acc[2].3)))),' +
    'range(length(shapes) + 1, greatest(length(shapes) * 2, length(shapes) + 1)), queue)[1].3',
  'merged(polygons)': 'length(polygons) = 1 ? polygons : unionOf(arrayMap(p -> [p], polygons))',

  /** Edges as lines, as long as they go. */
  'chained(edges)':
    'arrayFold((acc, e) -> (' +
    'let i = arrayFirstIndex(l -> l[-1] = e.1, acc); let j = arrayFirstIndex(l -> l[1] = e.2, acc);' +
    'i > 0 and j > 0 and i != j ? arrayPushBack(arrayMap(x -> x.1, arrayFilter(x -> x.2 != i and x.2 != j, arrayZip(acc, arrayEnumerate(acc)))), arrayConcat(acc[i], acc[j]))' +
    ': (i > 0 ? arrayMap((l, k) -> k = i ? arrayPushBack(l, e.2) : l, acc, arrayEnumerate(acc))' +
    ': (j > 0 ? arrayMap((l, k) -> k = j ? arrayPushFront(l, e.1) : l, acc, arrayEnumerate(acc)) : arrayPushBack(acc, [e.1, e.2])))' +
    "), edges, CAST([], 'Array(Array(Tuple(Float64, Float64)))'))",
  'placeEdges(lines)': 'arrayMap((a, b) -> tuple(a, b), starts(lines), ends(lines))',
  /** Every edge once, whichever way. */
  'uniqueEdges(edges)': 'arrayMap(x -> x[1], arrayMap(x -> [x], arrayDistinct(edges)))',
  'joined(lines)':
    "chained(arrayFold((acc, e) -> has(acc, e) or has(acc, tuple(e.2, e.1)) ? acc : arrayPushBack(acc, e), placeEdges(lines), CAST([], 'Array(Tuple(Tuple(Float64, Float64), Tuple(Float64, Float64)))')))",
  'separate(lines)': 'length(lines) = 1 ? lines : joined(lines)',

  /** Points, lines and polygons as one shape. */
  'shapeJson(points, lines, polygons)':
    `let parts = arrayConcat(empty(points) ? [] : [length(points) = 1 ? pointJson(points[1]) : concat('{"type":"MultiPoint","coordinates":', placesText(points), '}')],` +
    'empty(lines) ? [] : [linesJson(lines)], empty(polygons) ? [] : [polygonsJson(polygons)]);' +
    `length(parts) = 1 ? parts[1] : concat('{"type":"GeometryCollection","geometries":[', arrayStringConcat(parts, ','), ']}')`,

  /** Lines cut where they meet the edges. */
  'cut(l, edges)':
    'arrayPushBack(arrayFlatten(arrayMap((p, q) -> (let e = tuple(unit(p), unit(q), across(unit(p), unit(q)));' +
    'arrayPushFront(arrayMap(x -> placeOf(x), arraySort(x -> L2Distance(x, e.1), arrayMap(f -> meeting(e, f), arrayFilter(f -> meet(e, f), edges)))), p)' +
    '), arrayPopBack(l), arrayPopFront(l))), l[-1])',
  'insideOf(l, polygons)':
    'let c = cut(l, edgesOf(ringsOf(polygons)));' +
    'chained(arrayFilter(e -> inPolygons(placeOf(midway(unit(e.1), unit(e.2))), polygons), arrayMap((p, q) -> tuple(p, q), arrayPopBack(c), arrayPopFront(c))))',
  'without(points, lines)': 'let c = corners(lines); arrayFilter(p -> not has(c, p), points)',
  'shared(l, m)': 'arrayIntersect(corners(l), corners(m))',

  'linesCommon(l, m)':
    'let f = placeEdges(m); let same = chained(arrayFilter(e -> has(f, e) or has(f, tuple(e.2, e.1)), placeEdges(l)));' +
    'let e = edgesOf(l); let g = edgesOf(m);' +
    'shapeJson(arrayConcat(without(shared(l, m), same), arrayFlatten(arrayMap(x -> arrayMap(y -> placeOf(meeting(x, y)), arrayFilter(y -> meet(x, y), g)), e))), same,' +
    "CAST([], 'Array(Array(Array(Tuple(Float64, Float64))))'))",
  'lineCommon(l, polygons)':
    'let inside = arrayFlatten1(arrayMap(x -> insideOf(x, polygons), l));' +
    "shapeJson(without(shared(l, ringsOf(polygons)), inside), inside, CAST([], 'Array(Array(Array(Tuple(Float64, Float64))))'))",
  'arrayFlatten1(list)': "arrayReduce('groupArrayArray', list)",
  'polygonsCommon(p, q)':
    'let a = oriented(p); let b = oriented(q); let area = settled(overlap(a, b), a, b);' +
    'let f = placeEdges(ringsOf(b)); let edge = chained(arrayFilter(e -> has(f, tuple(e.2, e.1)), placeEdges(ringsOf(a))));' +
    'shapeJson(without(without(shared(ringsOf(a), ringsOf(b)), ringsOf(area)), edge), edge, area)',
});
