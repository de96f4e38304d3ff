import { constant } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { SPHERE } from './sphere.ts';

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const PLACE = String.raw`${NUMBER}\s+${NUMBER}`;
const list = (item: string): string => String.raw`\(\s*${item}(?:\s*,\s*${item})*\s*\)`;
const PLACES = list(PLACE);
const SHAPE = `(?:${[
  String.raw`POINT\s*\(\s*${PLACE}\s*\)`,
  String.raw`(?:LINESTRING|MULTIPOINT)\s*${PLACES}`,
  String.raw`MULTIPOINT\s*${list(String.raw`\(\s*${PLACE}\s*\)`)}`,
  String.raw`(?:POLYGON|MULTILINESTRING)\s*${list(PLACES)}`,
  String.raw`MULTIPOLYGON\s*${list(list(PLACES))}`,
].join('|')})`;

/** Patterns are arguments of the formulas: a formula's own texts have no backslashes. */
const PATTERNS = [
  `(?i)${SHAPE}`,
  String.raw`(?i)^\s*${SHAPE}\s*$`,
  String.raw`(?i)^\s*GEOMETRYCOLLECTION\s*${list(SHAPE)}\s*$`,
  `${NUMBER}|[(),]`,
].map(constant);

const TOOLS = SPHERE.with({
  'isNumber(token)': "not has(['(', ')', ','], token) and notEmpty(token)",
  /** Tokens as JSON: two numbers in a row are a place. */
  'coordinates(tokens)':
    'arrayStringConcat(arrayMap((token, before, after) -> isNumber(token)' +
    "? concat(isNumber(after) ? '[' : '', toString(toFloat64OrZero(token)), isNumber(after) ? ',' : '', isNumber(before) ? ']' : '')" +
    ": translate(token, '()', '[]'), tokens, arrayPushFront(arrayPopBack(tokens), ''), arrayPushBack(arrayPopFront(tokens), '')))",
  'shapeOf(text, token)':
    "let word = upper(trimBoth(splitByChar('(', text)[1])); let tokens = extractAll(text, token);" +
    "let bare = coordinates(word = 'POINT' or word = 'MULTIPOINT' ? arrayFilter(t -> t = ',' or isNumber(t), tokens) : tokens);" +
    `concat('{"type":"', transform(word, ['POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON'],` +
    `['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon'], ''), '","coordinates":', word = 'MULTIPOINT' ? concat('[', bare, ']') : bare, '}')`,
  'fromWkt(text, shape, one, several, token)':
    `match(text, one) ? shapeOf(text, token) : (match(text, several) ? concat('{"type":"GeometryCollection","geometries":[', ` +
    `arrayStringConcat(arrayMap(s -> shapeOf(s, token), extractAll(text, shape)), ','), ']}') : '')`,
});

/** Well-known text. Source: KQL documentation, "geo_from_wkt()". */
export const WKT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_from_wkt',
    summary: 'GeoJSON of a well-known text; null where it is none.',
    takes: ['string'],
    nulls: 'may',
    differs: 'Places have two numbers; EMPTY shapes, collections in collections and places with a height are null.',
    lower: (of) => TOOLS.apply('fromWkt', of.sql(0), ...PATTERNS),
    examples: [
      ['geo_from_wkt("POINT (1 -2.5)")', { type: 'Point', coordinates: [1, -2.5] }],
      [
        'geo_from_wkt("linestring(1 2,3 4)")',
        {
          type: 'LineString',
          coordinates: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      [
        'geo_from_wkt("POLYGON ((0 0, 2 0, 2 2, 0 0))").coordinates',
        [
          [
            [0, 0],
            [2, 0],
            [2, 2],
            [0, 0],
          ],
        ],
      ],
      [
        'geo_from_wkt("MULTIPOINT (1 1, 2 2)")',
        {
          type: 'MultiPoint',
          coordinates: [
            [1, 1],
            [2, 2],
          ],
        },
      ],
      [
        'geo_from_wkt("MULTIPOINT ((1 1), (+2 .5))")',
        {
          type: 'MultiPoint',
          coordinates: [
            [1, 1],
            [2, 0.5],
          ],
        },
      ],
      [
        'geo_from_wkt("MULTILINESTRING ((1 1, 2 2), (4 4, 5e0 5.))").coordinates',
        [
          [
            [1, 1],
            [2, 2],
          ],
          [
            [4, 4],
            [5, 5],
          ],
        ],
      ],
      [
        'geo_from_wkt("GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (2 2, 3 3))")',
        {
          type: 'GeometryCollection',
          geometries: [
            { type: 'Point', coordinates: [1, 1] },
            {
              type: 'LineString',
              coordinates: [
                [2, 2],
                [3, 3],
              ],
            },
          ],
        },
      ],
      ['geo_from_wkt("LINESTRING")', null],
      ['geo_from_wkt("POINT (1)")', null],
    ],
  },
];
