import type { ScalarFunction } from './types.ts';
import { ARRAY_MOVE_FUNCTIONS } from './array-moves.ts';
import { ARRAY_RANGE_FUNCTIONS } from './array-ranges.ts';
import { ARRAY_FUNCTIONS } from './arrays.ts';
import { BAG_FUNCTIONS } from './bags.ts';
import { BASE64_FUNCTIONS } from './base64.ts';
import { BIT_FUNCTIONS } from './bits.ts';
import { CALENDAR_FUNCTIONS } from './calendar.ts';
import { COMPRESSION_FUNCTIONS } from './compression.ts';
import { CONVERSION_FUNCTIONS } from './conversion.ts';
import { DATETIME_FUNCTIONS } from './datetime.ts';
import { DYNAMIC_FUNCTIONS } from './dynamic.ts';
import { ENCODING_FUNCTIONS } from './encoding.ts';
import { FORMAT_FUNCTIONS } from './formats/index.ts';
import { GEO_FUNCTIONS } from './geo/index.ts';
import { HASH_FUNCTIONS } from './hash.ts';
import { JSON_TREE_FUNCTIONS } from './json-tree.ts';
import { LOGIC_FUNCTIONS } from './logic.ts';
import { MATH_FUNCTIONS } from './math.ts';
import { NETWORK_FUNCTIONS } from './network/index.ts';
import { POSITION_FUNCTIONS } from './positions.ts';
import { PUNYCODE_FUNCTIONS } from './punycode.ts';
import { REGEX_FUNCTIONS } from './regex.ts';
import { REPLACE_FUNCTIONS } from './replace.ts';
import { SESSION_FUNCTIONS } from './session.ts';
import { SERIES_FUNCTIONS } from './series/index.ts';
import { SET_FUNCTIONS } from './sets.ts';
import { SKETCH_FUNCTIONS } from './sketch.ts';
import { SORTING_FUNCTIONS } from './sorting.ts';
import { STATISTICS_FUNCTIONS } from './statistics.ts';
import { TEXT_FUNCTIONS } from './text.ts';
import { TIMEZONE_FUNCTIONS } from './timezone.ts';
import { UNICODE_FUNCTIONS } from './unicode.ts';
import { UNIT_FUNCTIONS } from './units.ts';
import { WINDOW_FUNCTIONS } from './windows.ts';

/** The families of scalar functions with their titles in the documentation. A new function is a row in its family's file. */
export const FUNCTION_FAMILIES: readonly { readonly title: string; readonly rows: readonly ScalarFunction[] }[] = [
  {
    title: 'Array',
    rows: [...ARRAY_FUNCTIONS, ...ARRAY_MOVE_FUNCTIONS, ...ARRAY_RANGE_FUNCTIONS, ...SORTING_FUNCTIONS],
  },
  { title: 'Bag', rows: BAG_FUNCTIONS },
  { title: 'Calendar', rows: CALENDAR_FUNCTIONS },
  { title: 'Conversion', rows: CONVERSION_FUNCTIONS },
  { title: 'Date and time', rows: [...DATETIME_FUNCTIONS, ...TIMEZONE_FUNCTIONS] },
  { title: 'Dynamic', rows: [...DYNAMIC_FUNCTIONS, ...JSON_TREE_FUNCTIONS] },
  {
    title: 'Encoding',
    rows: [
      ...ENCODING_FUNCTIONS,
      ...BASE64_FUNCTIONS,
      ...COMPRESSION_FUNCTIONS,
      ...PUNYCODE_FUNCTIONS,
      ...UNICODE_FUNCTIONS,
    ],
  },
  { title: 'Formats', rows: FORMAT_FUNCTIONS },
  { title: 'Geospatial', rows: GEO_FUNCTIONS },
  { title: 'Hash', rows: HASH_FUNCTIONS },
  { title: 'Logic', rows: LOGIC_FUNCTIONS },
  { title: 'Mathematical', rows: [...MATH_FUNCTIONS, ...BIT_FUNCTIONS] },
  { title: 'Network', rows: NETWORK_FUNCTIONS },
  { title: 'Series', rows: SERIES_FUNCTIONS },
  { title: 'Session', rows: SESSION_FUNCTIONS },
  { title: 'Set', rows: SET_FUNCTIONS },
  { title: 'Distribution', rows: SKETCH_FUNCTIONS },
  { title: 'Statistics', rows: STATISTICS_FUNCTIONS },
  { title: 'Text', rows: [...TEXT_FUNCTIONS, ...POSITION_FUNCTIONS, ...REGEX_FUNCTIONS, ...REPLACE_FUNCTIONS] },
  { title: 'Units', rows: UNIT_FUNCTIONS },
  { title: 'Window', rows: WINDOW_FUNCTIONS },
];

/** Every scalar function. */
export const SCALAR_FUNCTIONS: readonly ScalarFunction[] = FUNCTION_FAMILIES.flatMap((family) => family.rows);

const BY_NAME: ReadonlyMap<string, ScalarFunction> = new Map(
  SCALAR_FUNCTIONS.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
);

export function scalarFunction(name: string): ScalarFunction | undefined {
  return BY_NAME.get(name);
}
