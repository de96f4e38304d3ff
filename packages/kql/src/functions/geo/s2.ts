import { constant } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { CELLS } from './cells.ts';
import { formulaRow } from './rows.ts';

const TOOLS = CELLS.with({
  'pointCell(lng, lat, level)':
    "okPlace(lng, lat) and ifNull(level, -1) >= 0 and level <= 30 ? tokenOf(cellAt(unit(place(lng, lat)), greatest(0, least(30, ifNull(level, 0))))) : ''",
  'center(token)': "let id = idFrom(token); okId(id) ? pointJson(placeOf(middleOf(cellFrom(id)))) : ''",
  'polygon(token)':
    "let id = idFrom(token); okId(id) ? ringJson(arrayMap(v -> placeOf(v), borderOf(cellFrom(id)))) : ''",
  'neighbors(token)':
    'let id = idFrom(token); okId(id) ? (let c = cellFrom(id);' +
    'tokensText(arrayDistinct(arrayMap(s -> tokenOf(cellAround(c.1, c.2 + s.1, c.3 + s.2, c.4)),' +
    "[(1, 1), (-1, -1), (1, -1), (0, -1), (0, 1), (1, 0), (-1, 0), (-1, 1)])))) : ''",
  'angle(radius)': 'ifNull(radius, -1) / 6371010',
  'polygonCells(g, level, angle)':
    'let p = polygonsOf(g); let to = greatest(0, least(30, ifNull(level, 0))); okPolygons(p) and ifNull(level, -1) >= 0 and level <= 30 and angle >= 0' +
    "? coveringText(covering(edgesOf(ringsOf(p)), p, angle, to), to) : ''",
  'lineCells(g, level, angle)':
    'let l = linesOf(g); let to = greatest(0, least(30, ifNull(level, 0))); okLines(l) and ifNull(level, -1) >= 0 and level <= 30 and angle >= 0' +
    "? coveringText(covering(edgesOf(l), CAST([], 'Array(Array(Array(Tuple(Float64, Float64))))'), angle, to), to) : ''",
});

const BOX = 'dynamic({"type":"Polygon","coordinates":[[[0,0],[0,50],[100,50],[0,0]]]})';
const LINE = 'dynamic({"type":"LineString","coordinates":[[-0.087152,51.509596],[-0.08834,51.50611]]})';

/** Without a radius the formula has a constant there, so that nothing is measured. */
const covered =
  (formula: string): ScalarFunction['lower'] =>
  (of) =>
    TOOLS.apply(
      formula,
      of.sql(0),
      of.count > 1 ? of.sql(1) : constant(11),
      of.count > 2 ? TOOLS.apply('angle', of.sql(2)) : constant(0),
    );

/** S2 cells. Sources: KQL documentation, "geo_point_to_s2cell()" and its neighbours. */
export const S2_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(
    TOOLS,
    'pointCell',
    {
      name: 'geo_point_to_s2cell',
      summary: 'S2 cell of a place, of level 11 unless it says which (0 to 30).',
      takes: ['real', 'real', 'int'],
      nulls: 'never',
      examples: [
        ['geo_point_to_s2cell(-80.195829, 25.802215, 8)', '88d9b'],
        ['geo_point_to_s2cell(0, 0, 30)', '1000000000000001'],
        ['geo_point_to_s2cell(0, 90, 0)', '5'],
        ['geo_point_to_s2cell(300, 1, 8)', ''],
        ['geo_point_to_s2cell(1, 1, 31)', ''],
        ['geo_point_to_s2cell(1, 1, int(null))', ''],
      ],
    },
    [constant(11)],
  ),
  formulaRow(TOOLS, 'center', {
    name: 'geo_s2cell_to_central_point',
    summary: 'The place in the middle of an S2 cell.',
    takes: ['string'],
    examples: [
      ['round(todouble(geo_s2cell_to_central_point("1234567").coordinates[0]), 9)', 9.868307319],
      ['geo_s2cell_to_central_point("a")', null],
      ['geo_s2cell_to_central_point("")', null],
    ],
  }),
  formulaRow(TOOLS, 'polygon', {
    name: 'geo_s2cell_to_polygon',
    summary: 'The border of an S2 cell.',
    takes: ['string'],
    examples: [
      ['round(todouble(geo_s2cell_to_polygon("89c259").coordinates[0][0][1]), 9)', 40.801268434],
      ['geo_s2cell_to_polygon("a")', null],
    ],
  }),
  formulaRow(TOOLS, 'neighbors', {
    name: 'geo_s2cell_neighbors',
    summary: 'The S2 cells around one.',
    takes: ['string'],
    examples: [
      ['array_length(geo_s2cell_neighbors("89c259"))', 8],
      ['array_length(geo_s2cell_neighbors("1"))', 4],
      ['geo_s2cell_neighbors("a")', null],
    ],
  }),
  {
    name: 'geo_polygon_to_s2cells',
    summary:
      'The S2 cells that cover a polygon, or what is within a radius in metres around it, of level 11 unless it says which; null where they are more than 65536.',
    takes: ['dynamic', 'int', 'real'],
    nulls: 'may',
    lower: covered('polygonCells'),
    examples: [
      [`array_length(geo_polygon_to_s2cells(${BOX}, 3))`, 31],
      [`geo_polygon_to_s2cells(${BOX}, 31)`, null],
    ],
  },
  {
    name: 'geo_line_to_s2cells',
    summary:
      'The S2 cells that cover a line, or what is within a radius in metres around it, of level 11 unless it says which; null where they are more than 65536.',
    takes: ['dynamic', 'int', 'real'],
    nulls: 'may',
    lower: covered('lineCells'),
    examples: [
      [`geo_line_to_s2cells(${LINE})`, ['4876034']],
      [`array_length(geo_line_to_s2cells(${LINE}, 12, 500))`, 2],
      [`geo_line_to_s2cells(${LINE}, 14, -1)`, null],
    ],
  },
];
