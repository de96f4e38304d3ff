import type { ScalarFunction } from '../types.ts';
import { GEOHASH_FUNCTIONS } from './geohash.ts';
import { H3_FUNCTIONS } from './h3.ts';
import { GEO_POINT_FUNCTIONS } from './points.ts';

/** Geography, by family. */
export const GEO_FUNCTIONS: readonly ScalarFunction[] = [...GEO_POINT_FUNCTIONS, ...GEOHASH_FUNCTIONS, ...H3_FUNCTIONS];
