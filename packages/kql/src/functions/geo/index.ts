import type { ScalarFunction } from '../types.ts';
import { GEO_BUFFER_FUNCTIONS } from './buffer.ts';
import { GEOHASH_FUNCTIONS } from './geohash.ts';
import { H3_COVER_FUNCTIONS } from './h3-cover.ts';
import { H3_FUNCTIONS } from './h3.ts';
import { GEO_LINE_FUNCTIONS } from './lines.ts';
import { GEO_POINT_FUNCTIONS } from './points.ts';
import { GEO_POLYGON_FUNCTIONS } from './polygons.ts';
import { GEO_RELATION_FUNCTIONS } from './relations.ts';
import { S2_FUNCTIONS } from './s2.ts';
import { GEO_SIMPLIFY_FUNCTIONS } from './simplify.ts';
import { WKT_FUNCTIONS } from './wkt.ts';

/** Geography, by family. */
export const GEO_FUNCTIONS: readonly ScalarFunction[] = [
  ...GEO_LINE_FUNCTIONS,
  ...GEO_POLYGON_FUNCTIONS,
  ...GEO_RELATION_FUNCTIONS,
  ...GEO_POINT_FUNCTIONS,
  ...GEOHASH_FUNCTIONS,
  ...S2_FUNCTIONS,
  ...GEO_SIMPLIFY_FUNCTIONS,
  ...WKT_FUNCTIONS,
  ...GEO_BUFFER_FUNCTIONS,
  ...H3_COVER_FUNCTIONS,
  ...H3_FUNCTIONS,
];
