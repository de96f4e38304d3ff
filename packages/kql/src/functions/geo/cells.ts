import { OVERLAY } from './overlay.ts';

/**
 * S2 cells: the six faces of a cube around the sphere, each cut in four again and again, numbered along a Hilbert curve. A cell
 * is `(face, i, j, level)`. Source: S2 Geometry documentation, "S2 Cells"; its quadratic projection.
 */
export const CELLS = OVERLAY.with({
  'places4(i, j)': 'toUInt64(2 * i + j)',
  'curve(row, index)': 'toUInt64(row[index + 1])',
  /** Position of a quarter by its place, and place by its position, for each way that the curve can lie. */
  'positionOf(way, quarter)': '[[0, 1, 3, 2], [0, 3, 1, 2], [2, 3, 1, 0], [2, 1, 3, 0]][way + 1][quarter + 1]',
  'quarterAt(way, position)': '[[0, 1, 3, 2], [0, 2, 3, 1], [3, 2, 0, 1], [3, 1, 0, 2]][way + 1][position + 1]',
  'wayAfter(way, position)': 'bitXor(way, [1, 0, 0, 3][position + 1])',

  'faceOf(v)':
    'let x = abs(v.1); let y = abs(v.2); let z = abs(v.3);' +
    'x > y ? (x > z ? (v.1 < 0 ? 3 : 0) : (v.3 < 0 ? 5 : 2)) : (y > z ? (v.2 < 0 ? 4 : 1) : (v.3 < 0 ? 5 : 2))',
  'faceU(face, v)': '[v.2 / v.1, -v.1 / v.2, -v.1 / v.3, v.3 / v.1, v.3 / v.2, -v.2 / v.3][face + 1]',
  'faceV(face, v)': '[v.3 / v.1, v.3 / v.2, -v.2 / v.3, v.2 / v.1, -v.1 / v.2, -v.1 / v.3][face + 1]',
  'faceVector(face, u, v)':
    'let one = toFloat64(1); [tuple(one, u, v), tuple(-u, one, v), tuple(-u, -v, one), tuple(-one, -v, -u), tuple(v, -one, -u), tuple(v, u, -one)][face + 1]',
  'toLength(u)': 'u >= 0 ? 0.5 * sqrt(1 + 3 * u) : 1 - 0.5 * sqrt(1 - 3 * u)',
  'fromLength(s)': 's >= 0.5 ? (4 * s * s - 1) / 3 : (1 - 4 * (1 - s) * (1 - s)) / 3',
  'side(level)': 'bitShiftLeft(toInt64(1), greatest(level, 0))',
  'step(s, level)': 'greatest(toInt64(0), least(side(level) - 1, toInt64(floor(s * side(level)))))',
  'cellAt(v, level)':
    'let f = faceOf(v); tuple(toInt64(f), step(toLength(faceU(f, v)), level), step(toLength(faceV(f, v)), level), toInt64(level))',

  'curveOf(cell)':
    'arrayFold((acc, k) -> (let p = positionOf(acc.2, bitAnd(bitShiftRight(cell.2, cell.4 - 1 - k), 1) * 2 + bitAnd(bitShiftRight(cell.3, cell.4 - 1 - k), 1));' +
    'tuple(acc.1 * 4 + toUInt64(p), toUInt64(wayAfter(acc.2, p)))), range(toUInt64(cell.4)), tuple(toUInt64(0), toUInt64(bitAnd(cell.1, 1)))).1',
  'idOf(cell)':
    'toUInt64(bitShiftLeft(toUInt64(cell.1), 61) + bitShiftLeft(curveOf(cell), 61 - 2 * cell.4) + bitShiftLeft(toUInt64(1), 60 - 2 * cell.4))',
  'tokenOf(cell)': "trimRight(lower(hex(idOf(cell))), '0')",
  'lowBits(id)': "length(bin(id)) - length(trimRight(bin(id), '0'))",
  'idFrom(token)':
    "match(token, '^[0-9a-fA-F]{1,16}$') ? reinterpretAsUInt64(reverse(unhex(rightPad(token, 16, '0')))) : toUInt64(0)",
  'okId(id)': 'id != 0 and bitShiftRight(id, 61) < 6 and lowBits(id) % 2 = 0',
  'cellFrom(id)':
    'let level = 30 - intDiv(lowBits(id), 2);' +
    'let path = arrayFold((acc, k) -> (let p = bitAnd(bitShiftRight(id, 59 - 2 * k), 3); let q = quarterAt(acc.3, p);' +
    'tuple(acc.1 * 2 + toInt64(intDiv(q, 2)), acc.2 * 2 + toInt64(q % 2), toUInt64(wayAfter(acc.3, p)))), range(toUInt64(greatest(level, 0))),' +
    'tuple(toInt64(0), toInt64(0), toUInt64(bitAnd(bitShiftRight(id, 61), 1))));' +
    'tuple(toInt64(bitShiftRight(id, 61)), path.1, path.2, toInt64(level))',
  'pointIn(cell, a, b)':
    'L2Normalize(faceVector(cell.1, fromLength((cell.2 + a) / side(cell.4)), fromLength((cell.3 + b) / side(cell.4))))',
  'borderOf(cell)': 'arrayMap(s -> pointIn(cell, s.1, s.2), [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])',
  'middleOf(cell)': 'pointIn(cell, 0.5, 0.5)',
  /** The cell there, also where that is beyond the face. */
  'cellAround(face, i, j, level)':
    'let n = side(level); i >= 0 and j >= 0 and i < n and j < n ? tuple(toInt64(face), toInt64(i), toInt64(j), toInt64(level)) : (' +
    'let edge = 1.0000000000000002;' +
    'let v = faceVector(face, greatest(-edge, least(edge, (2 * i + 1) / n - 1)), greatest(-edge, least(edge, (2 * j + 1) / n - 1)));' +
    'let f = faceOf(v); tuple(toInt64(f), step((faceU(f, v) + 1) / 2, level), step((faceV(f, v) + 1) / 2, level), toInt64(level)))',
  'tokensText(tokens)': `concat('[', arrayStringConcat(arrayMap(t -> concat('"', t, '"'), tokens), ','), ']')`,

  'roundCell(cell)':
    'let v = borderOf(cell); arrayMap((a, b) -> tuple(a, b, across(a, b)), arrayPopBack(v), arrayPopFront(v))',
  /** Does the edge have anything in common with the cell, whose sides belong to it? As two cones, which a plane parts or not. */
  'hits(round, e)':
    'not arrayExists(c -> (let least = -3e-15 * L2Norm(c.3); dotProduct(c.3, e.1) < least and dotProduct(c.3, e.2) < least), round)' +
    'and (let most = 3e-15 * L2Norm(e.3); arrayExists(c -> dotProduct(e.3, c.1) <= most, round) and arrayExists(c -> dotProduct(e.3, c.1) >= -most, round))',
  /** 0: they have nothing in common, 1: some of the cell is in the shape, 2: all of it. `radius` is an angle, 0 for none. */
  'meets(cell, edges, polygons, radius)':
    'let round = roundCell(cell);' +
    'arrayExists(e -> hits(round, e), edges)' +
    'or (radius > 0 and arrayExists(e -> arrayExists(c -> apart(c.1, nearest(c.1, e.1, e.2)) <= radius or apart(e.1, nearest(e.1, c.1, c.2)) <= radius or apart(e.2, nearest(e.2, c.1, c.2)) <= radius, round), edges))' +
    '? 1 : (notEmpty(polygons) and inPolygons(placeOf(middleOf(cell)), polygons) ? 2 : 0)',
  /** Cells of the level that have something in common with the shape; cells that are all inside are counted before they are cut. */
  'tried(cells, edges, polygons, radius)':
    'arrayFilter(c -> c.2 > 0, arrayMap(c -> tuple(c.1, c.2 = 2 ? toUInt8(2) : toUInt8(meets(c.1, edges, polygons, radius))), cells))',
  'countAt(cells, level)': 'arraySum(c -> pow(4, c.2 = 2 ? level - c.1.4 : 0), cells)',
  'covering(edges, polygons, radius, level)':
    'arrayFold((acc, k) -> countAt(acc, level) > 65536 ? acc : tried(arrayFlatten(arrayMap(c -> c.2 = 2 ? [c] :' +
    "arrayMap(q -> tuple(tuple(c.1.1, c.1.2 * 2 + intDiv(q, 2), c.1.3 * 2 + q % 2, c.1.4 + 1), c.2), CAST([0, 1, 2, 3], 'Array(Int64)')), acc)), edges, polygons, radius)," +
    'range(toUInt64(level)), tried(arrayMap(f -> tuple(tuple(toInt64(f), toInt64(0), toInt64(0), toInt64(0)), toUInt8(1)), range(6)), edges, polygons, radius))',
  'quarters(cell, level)':
    'let d = level - cell.4; arrayMap(k -> tuple(cell.1, bitShiftLeft(cell.2, d) + toInt64(k % side(d)), bitShiftLeft(cell.3, d) + toInt64(intDiv(k, side(d))), toInt64(level)), range(toUInt64(least(65536, side(2 * least(d, 9))))))',
  'coveringText(cells, level)':
    "countAt(cells, level) > 65536 ? '' : tokensText(arraySort(arrayFlatten(arrayMap(c -> arrayMap(q -> tokenOf(q), quarters(c.1, toInt64(level))), cells))))",
});
