import type { ScalarFunction } from './types.ts';
import { BAG_FUNCTIONS } from './bags.ts';
import { CALENDAR_FUNCTIONS } from './calendar.ts';
import { CONVERSION_FUNCTIONS } from './conversion.ts';
import { DATETIME_FUNCTIONS } from './datetime.ts';
import { DYNAMIC_FUNCTIONS } from './dynamic.ts';
import { ENCODING_FUNCTIONS } from './encoding.ts';
import { GEO_FUNCTIONS } from './geo/index.ts';
import { LOGIC_FUNCTIONS } from './logic.ts';
import { MATH_FUNCTIONS } from './math.ts';
import { NETWORK_FUNCTIONS } from './network.ts';
import { SERIES_FUNCTIONS } from './series/index.ts';
import { TEXT_FUNCTIONS } from './text.ts';
import { WINDOW_FUNCTIONS } from './windows.ts';
import { XML_FUNCTIONS } from './xml.ts';

/** Every scalar function, by family. A new one is a row in its family's file. */
export const SCALAR_FUNCTIONS: readonly ScalarFunction[] = [
  ...BAG_FUNCTIONS,
  ...CALENDAR_FUNCTIONS,
  ...CONVERSION_FUNCTIONS,
  ...DATETIME_FUNCTIONS,
  ...DYNAMIC_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
  ...GEO_FUNCTIONS,
  ...LOGIC_FUNCTIONS,
  ...MATH_FUNCTIONS,
  ...NETWORK_FUNCTIONS,
  ...SERIES_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...WINDOW_FUNCTIONS,
  ...XML_FUNCTIONS,
];

const BY_NAME: ReadonlyMap<string, ScalarFunction> = new Map(
  SCALAR_FUNCTIONS.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
);

export function scalarFunction(name: string): ScalarFunction | undefined {
  return BY_NAME.get(name);
}
