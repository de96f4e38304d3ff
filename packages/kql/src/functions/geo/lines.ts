import { constant, NULL } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { OVERLAY } from './overlay.ts';
import { formulaRow } from './rows.ts';

const TOOLS = OVERLAY.with({
  'lineLength(g)': 'let l = linesOf(g); okLines(l) ? extent(unitLines(separate(l))) : null',
  'lineCentroid(g)':
    'let l = linesOf(g); okLines(l) ? (let v = unitLines(separate(l));' +
    'let sum = arrayFold((s, e) -> tuplePlus(s, e), arrayMap((a, b) -> (let t = tuplePlus(a, b); tupleMultiplyByNumber(t, L2Distance(a, b) / L2Norm(t))), starts(v), ends(v)), tuple(toFloat64(0), toFloat64(0), toFloat64(0)));' +
    "pointJson(placeOf(sum))) : ''",
  'lineDensify(g, tolerance, preserve)':
    'let l = linesOf(g); okLines(l) and ifNull(tolerance, 0) >= 0.1 and tolerance <= 10000' +
    "? linesJson(arrayMap(x -> densify(x, ifNull(tolerance, 10), preserve), l)) : ''",
  'interpolate(g, part)':
    'let l = linesOf(g); okLines(l) and length(l) = 1 and ifNull(part, -1) >= 0 and part <= 1 ? (let v = units(l[1]);' +
    'let s = arrayMap((a, b) -> apart(a, b), arrayPopBack(v), arrayPopFront(v)); let c = arrayCumSum(s); let want = ifNull(part, 0) * c[-1];' +
    'let i = greatest(1, arrayFirstIndex(x -> x >= want, c));' +
    "pointJson(part = 0 ? l[1][1] : (part = 1 ? l[1][-1] : placeOf(between(v[i], v[i + 1], (want - (c[i] - s[i])) / s[i]))))) : ''",
  'locate(g, lng, lat)':
    'let l = linesOf(g); okLines(l) and length(l) = 1 and okPlace(lng, lat) ? (let v = units(l[1]); let p = unit(place(lng, lat));' +
    'let s = arrayMap((a, b) -> apart(a, b), arrayPopBack(v), arrayPopFront(v)); let c = arrayCumSum(s);' +
    'let n = arrayMap((a, b) -> nearest(p, a, b), arrayPopBack(v), arrayPopFront(v)); let d = arrayMap(q -> apart(p, q), n);' +
    'let i = indexOf(d, arrayMin(d)); least(1, (c[i] - s[i] + apart(v[i], n[i])) / c[-1])) : null',
  'distance(lng, lat, g)':
    'let l = linesOf(g); okLines(l) and okPlace(lng, lat) ? metres(nearestOf(unit(place(lng, lat)), unitLines(l)).2) : null',
  'closest(lng, lat, g)':
    "let l = linesOf(g); okLines(l) and okPlace(lng, lat) ? pointJson(placeOf(nearestOf(unit(place(lng, lat)), unitLines(l)).1)) : ''",
});

const LINE = 'dynamic({"type":"LineString","coordinates":[[0,0],[0,1],[1,1]]})';
const SHORT = 'dynamic({"type":"LineString","coordinates":[[1,1]]})';

/** Lines. Sources: KQL documentation, "geo_line_length()" and its neighbours. */
export const GEO_LINE_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(TOOLS, 'lineLength', {
    name: 'geo_line_length',
    summary: 'Metres of a line, or of several; an edge that several share counts once.',
    takes: ['dynamic'],
    differs: 'Edges of several lines that overlap in part count twice there.',
    examples: [
      [`round(geo_line_length(${LINE}), 3)`, 222373.266],
      [`geo_line_length(${SHORT})`, null],
      ['geo_line_length(dynamic(null))', null],
    ],
  }),
  formulaRow(TOOLS, 'lineCentroid', {
    name: 'geo_line_centroid',
    summary: 'The middle of a line, or of several.',
    takes: ['dynamic'],
    differs: 'Edges of several lines that overlap in part count twice there.',
    examples: [
      ['geo_line_centroid(dynamic({"type":"LineString","coordinates":[[0,0],[0,10]]})).coordinates[0]', 0],
      [`geo_line_centroid(${SHORT})`, null],
    ],
  }),
  formulaRow(
    TOOLS,
    'lineDensify',
    {
      name: 'geo_line_densify',
      summary: 'A line of the map as geodesics that are within so many metres (10 unless it says) of it.',
      takes: ['dynamic', 'real', 'bool'],
      examples: [
        [
          'array_length(geo_line_densify(dynamic({"type":"LineString","coordinates":[[50,50],[51,51]]})).coordinates)',
          9,
        ],
        [`geo_line_densify(${LINE}, 0)`, null],
        [`geo_line_densify(${SHORT})`, null],
        [
          'geo_line_densify(dynamic({"type":"LineString","coordinates":[[179,0],[-179,0]]}), 10000, true).coordinates',
          [
            [179, 0],
            [-179, 0],
          ],
        ],
      ],
    },
    [constant(10), NULL],
  ),
  formulaRow(TOOLS, 'interpolate', {
    name: 'geo_line_interpolate_point',
    summary: 'The place after a part (0 to 1) of a line.',
    takes: ['dynamic', 'real'],
    examples: [
      [`geo_line_interpolate_point(${LINE}, 0).coordinates`, [0, 0]],
      [`geo_line_interpolate_point(${LINE}, 1.5)`, null],
      [`geo_line_interpolate_point(${SHORT}, 0.5)`, null],
    ],
  }),
  {
    ...formulaRow(TOOLS, 'locate', {
      name: 'geo_line_locate_point',
      summary: 'The part (0 to 1) of a line before the point of it that is nearest to a place.',
      takes: ['dynamic', 'real', 'real', 'bool'],
      examples: [
        [`round(geo_line_locate_point(${LINE}, -0.5, 1), 3)`, 0.5],
        [`geo_line_locate_point(${LINE}, 0, 0, false)`, 0],
        [`geo_line_locate_point(${SHORT}, 1, 1)`, null],
      ],
    }),
    differs: 'Measured on the sphere only: use_spheroid = true is refused.',
    lower: (of) =>
      of.count > 3 && of.arg(3).constant !== false
        ? of.refuse('GHQ013', 'geo_line_locate_point() measures on the sphere only.')
        : TOOLS.apply('locate', of.sql(0), of.sql(1), of.sql(2)),
  },
  formulaRow(TOOLS, 'distance', {
    name: 'geo_distance_point_to_line',
    summary: 'Metres between a place and a line, or several.',
    takes: ['real', 'real', 'dynamic'],
    examples: [
      [`round(geo_distance_point_to_line(-1, 0.5, ${LINE}), 3)`, 111190.867],
      [`geo_distance_point_to_line(-1, 100, ${LINE})`, null],
      [`geo_distance_point_to_line(1, 1, ${SHORT})`, null],
    ],
  }),
  formulaRow(TOOLS, 'closest', {
    name: 'geo_closest_point_on_line',
    summary: 'The point of a line, or of several, that is nearest to a place.',
    takes: ['real', 'real', 'dynamic'],
    examples: [
      [`round(todouble(geo_closest_point_on_line(-1, 0.5, ${LINE}).coordinates[1]), 3)`, 0.5],
      [`geo_closest_point_on_line(1, 1, ${SHORT})`, null],
    ],
  }),
];
