import type { ScalarFunction } from '../types.ts';
import { OVERLAY } from './overlay.ts';
import { formulaRow } from './rows.ts';

const TOOLS = OVERLAY.with({
  'intersects2Lines(g, h)':
    'let l = linesOf(g); let m = linesOf(h); okLines(l) and okLines(m) ? linesTouch(l, m) : null',
  'intersectsLine(g, h)':
    'let l = linesOf(g); let p = polygonsOf(h); okLines(l) and okPolygons(p) ? lineTouches(l, p) : null',
  'intersects2Polygons(g, h)':
    'let p = polygonsOf(g); let q = polygonsOf(h); okPolygons(p) and okPolygons(q) ? polygonsTouch(p, q) : null',
  'intersection2Lines(g, h)':
    "let l = linesOf(g); let m = linesOf(h); okLines(l) and okLines(m) ? (let s = arrayMap(x -> separate(x), [l, m]); linesCommon(s[1], s[2])) : ''",
  'intersectionLine(g, h)':
    "let l = linesOf(g); let p = polygonsOf(h); okLines(l) and okPolygons(p) ? lineCommon(separate(l), p) : ''",
  'intersection2Polygons(g, h)':
    "let p = polygonsOf(g); let q = polygonsOf(h); okPolygons(p) and okPolygons(q) ? (let m = arrayMap(x -> merged(x), [p, q]); polygonsCommon(m[1], m[2])) : ''",
  'unionLines(list)':
    'let each = arrayMap(g -> linesOf(g), JSONExtractArrayRaw(list));' +
    "notEmpty(each) and arrayAll(l -> okLines(l), each) ? linesJson(joined(arrayFlatten1(each))) : ''",
  'unionPolygons(list)':
    'let each = arrayMap(g -> polygonsOf(g), JSONExtractArrayRaw(list));' +
    "notEmpty(each) and arrayAll(p -> okPolygons(p), each) ? polygonsJson(unionOf(arrayMap(p -> [p], arrayFlatten1(each)))) : ''",
});

const line = (coordinates: string): string => `dynamic({"type":"LineString","coordinates":${coordinates}})`;
const polygon = (coordinates: string): string => `dynamic({"type":"Polygon","coordinates":[${coordinates}]})`;
const BOX = polygon('[[0,0],[2,0],[2,2],[0,2],[0,0]]');
const FAR = polygon('[[5,5],[6,5],[6,6],[5,5]]');
const BAD = polygon('[[0,0],[1,1]]');
const EQUATOR = line('[[-1,0],[1,0]]');
const MERIDIAN = line('[[0,-1],[0,1]]');
const EMPTY = { type: 'GeometryCollection', geometries: [] };

const EXACT = 'Several points are a MultiPoint. A polygon around a pole, or one whose edges cross, can come out wrong.';

/** What shapes have in common. Sources: KQL documentation, "geo_intersects_2lines()" and its neighbours. */
export const GEO_RELATION_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(TOOLS, 'intersects2Lines', {
    name: 'geo_intersects_2lines',
    summary: 'True when two lines have a point in common.',
    takes: ['dynamic'],
    examples: [
      [`geo_intersects_2lines(${EQUATOR}, ${MERIDIAN})`, true],
      [`geo_intersects_2lines(${EQUATOR}, ${line('[[1,0],[1,5]]')})`, true],
      [`geo_intersects_2lines(${EQUATOR}, ${line('[[0,1],[0,5]]')})`, false],
      [`geo_intersects_2lines(${EQUATOR}, ${line('[[0,1]]')})`, null],
    ],
  }),
  formulaRow(TOOLS, 'intersectsLine', {
    name: 'geo_intersects_line_with_polygon',
    summary: 'True when a line has a point in common with a polygon.',
    takes: ['dynamic'],
    examples: [
      [`geo_intersects_line_with_polygon(${line('[[0.5,0.5],[1,1]]')}, ${BOX})`, true],
      [`geo_intersects_line_with_polygon(${line('[[-1,1],[3,1]]')}, ${BOX})`, true],
      [`geo_intersects_line_with_polygon(${line('[[-1,5],[3,5]]')}, ${BOX})`, false],
      [`geo_intersects_line_with_polygon(${EQUATOR}, ${BAD})`, null],
    ],
  }),
  formulaRow(TOOLS, 'intersects2Polygons', {
    name: 'geo_intersects_2polygons',
    summary: 'True when two polygons have a point in common.',
    takes: ['dynamic'],
    examples: [
      [`geo_intersects_2polygons(${BOX}, ${polygon('[[1,1],[3,1],[3,3],[1,3],[1,1]]')})`, true],
      [`geo_intersects_2polygons(${BOX}, ${polygon('[[0.5,0.5],[1,0.5],[1,1],[0.5,0.5]]')})`, true],
      [`geo_intersects_2polygons(${BOX}, ${polygon('[[2,2],[3,2],[3,3],[2,2]]')})`, true],
      [`geo_intersects_2polygons(${BOX}, ${FAR})`, false],
      [`geo_intersects_2polygons(${BOX}, ${BAD})`, null],
    ],
  }),
  formulaRow(TOOLS, 'intersection2Lines', {
    name: 'geo_intersection_2lines',
    summary: 'What two lines have in common.',
    takes: ['dynamic'],
    differs: 'Several points are a MultiPoint. Edges that overlap in part have nothing in common but their ends.',
    examples: [
      [`geo_intersection_2lines(${EQUATOR}, ${MERIDIAN})`, { type: 'Point', coordinates: [0, 0] }],
      [
        `geo_intersection_2lines(${EQUATOR}, ${EQUATOR})`,
        {
          type: 'LineString',
          coordinates: [
            [-1, 0],
            [1, 0],
          ],
        },
      ],
      [`geo_intersection_2lines(${EQUATOR}, ${line('[[0,1],[0,5]]')})`, EMPTY],
      [`geo_intersection_2lines(${EQUATOR}, ${line('[[0,1]]')})`, null],
    ],
  }),
  formulaRow(TOOLS, 'intersectionLine', {
    name: 'geo_intersection_line_with_polygon',
    summary: 'The part of a line that is in a polygon.',
    takes: ['dynamic'],
    differs: EXACT,
    examples: [
      [
        `geo_intersection_line_with_polygon(${line('[[0,1],[0.5,1]]')}, ${BOX})`,
        {
          type: 'LineString',
          coordinates: [
            [0, 1],
            [0.5, 1],
          ],
        },
      ],
      [
        `array_length(geo_intersection_line_with_polygon(${line('[[-1,1],[3,1],[3,0.5],[-1,0.5]]')}, ${BOX}).coordinates)`,
        2,
      ],
      [`geo_intersection_line_with_polygon(${EQUATOR}, ${FAR})`, EMPTY],
      [`geo_intersection_line_with_polygon(${EQUATOR}, ${BAD})`, null],
    ],
  }),
  formulaRow(TOOLS, 'intersection2Polygons', {
    name: 'geo_intersection_2polygons',
    summary: 'What two polygons have in common.',
    takes: ['dynamic'],
    differs: EXACT,
    examples: [
      [
        `geo_intersection_2polygons(${BOX}, ${polygon('[[2,2],[3,2],[3,3],[2,2]]')})`,
        { type: 'Point', coordinates: [2, 2] },
      ],
      [
        `geo_intersection_2polygons(${BOX}, ${polygon('[[2,0],[4,0],[4,2],[2,2],[2,0]]')})`,
        {
          type: 'LineString',
          coordinates: [
            [2, 0],
            [2, 2],
          ],
        },
      ],
      [`geo_intersection_2polygons(${BOX}, ${FAR})`, EMPTY],
      [`geo_intersection_2polygons(${BOX}, ${BAD})`, null],
    ],
  }),
  formulaRow(TOOLS, 'unionLines', {
    name: 'geo_union_lines_array',
    summary: 'The lines of an array together; an edge that several share is there once.',
    takes: ['dynamic'],
    differs: 'Edges that overlap in part stay two.',
    examples: [
      [
        `geo_union_lines_array(pack_array(${EQUATOR}, ${line('[[-1,0],[1,0],[2,1]]')}))`,
        {
          type: 'LineString',
          coordinates: [
            [-1, 0],
            [1, 0],
            [2, 1],
          ],
        },
      ],
      [`geo_union_lines_array(pack_array(${EQUATOR}, ${line('[[0,1]]')}))`, null],
      ['geo_union_lines_array(dynamic([]))', null],
    ],
  }),
  formulaRow(TOOLS, 'unionPolygons', {
    name: 'geo_union_polygons_array',
    summary: 'The polygons of an array together.',
    takes: ['dynamic'],
    differs: EXACT,
    examples: [
      [`array_length(geo_union_polygons_array(pack_array(${BOX}, ${FAR})).coordinates)`, 2],
      [
        `round(geo_polygon_area(geo_union_polygons_array(pack_array(${BOX}, ${BOX}))) / geo_polygon_area(${BOX}), 9)`,
        1,
      ],
      [`geo_union_polygons_array(pack_array(${BOX}, ${BAD}))`, null],
    ],
  }),
];
