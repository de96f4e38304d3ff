import { constant } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { BUFFER } from './buffer.ts';

/** The engine is asked only where the area promises fewer cells than Kusto gives at most. */
const TOOLS = BUFFER.with({
  'plainCover(g, level)': 'h3Cover(polygonsOf(g), level)',
  /** No polygons where the radius is none. */
  'wideCover(g, level, radius)':
    'let p = polygonsOf(g); h3Cover(okPolygons(p) and ifNull(radius, -1) >= 0 and radius < 5000000 ? widened(p, ifNull(radius, 0)) : arraySlice(p, 1, 0), level)',
  'h3Cover(p, level)':
    'okPolygons(p) and ifNull(level, -1) >= 0 and level <= 15 ? (' +
    'let to = toUInt8(greatest(0, least(15, ifNull(level, 0)))); let shape = p;' +
    'let fits = solid(shape) / (4 * pi()) * h3NumHexagons(to) < 100000;' +
    "let cells = arrayDistinct(h3PolygonToCells(fits ? shape : CAST([], 'Array(Array(Array(Tuple(Float64, Float64))))'), to));" +
    `fits and length(cells) <= 61680 ? concat('[', arrayStringConcat(arrayMap(c -> concat('"', h3ToString(c), '"'), cells), ','), ']') : '') : ''`,
});

const BOX = 'dynamic({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]})';

/** H3 cells of polygons. Source: KQL documentation, "geo_polygon_to_h3cells()". */
export const H3_COVER_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_polygon_to_h3cells',
    summary:
      'The H3 cells whose middle is in a polygon, or in what is within a radius in metres around it, of level 6 unless it says which; null where they are more than 61680.',
    takes: ['dynamic', 'int', 'real'],
    nulls: 'may',
    differs: 'The cells come in another order.',
    lower: (of) => {
      const level = of.count > 1 ? of.sql(1) : constant(6);
      return of.count > 2
        ? TOOLS.apply('wideCover', of.sql(0), level, of.sql(2))
        : TOOLS.apply('plainCover', of.sql(0), level);
    },
    examples: [
      [`array_length(geo_polygon_to_h3cells(${BOX}, 3))`, 1],
      [`array_length(geo_polygon_to_h3cells(${BOX}, 3, 100000)) > 5`, true],
      [`geo_polygon_to_h3cells(${BOX}, 15)`, null],
      [`geo_polygon_to_h3cells(${BOX}, 16)`, null],
      ['geo_polygon_to_h3cells(dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1]]]}))', null],
    ],
  },
];
