import type { ScalarFunction } from '../types.ts';
import { DECOMPOSE_FUNCTIONS } from './decompose.ts';
import { ELEMENTWISE_FUNCTIONS } from './elementwise.ts';
import { FILL_FUNCTIONS } from './fill.ts';
import { FILTER_FUNCTIONS } from './filter.ts';
import { FIT_FUNCTIONS } from './fit.ts';
import { OUTLIER_FUNCTIONS } from './outliers.ts';
import { PERIOD_FUNCTIONS } from './periods.ts';
import { POLYNOMIAL_FUNCTIONS } from './polynomial.ts';
import { STATISTICS_FUNCTIONS } from './statistics.ts';

/** Functions over series: dynamic arrays of numbers. */
export const SERIES_FUNCTIONS: readonly ScalarFunction[] = [
  ...DECOMPOSE_FUNCTIONS,
  ...ELEMENTWISE_FUNCTIONS,
  ...FILL_FUNCTIONS,
  ...FILTER_FUNCTIONS,
  ...FIT_FUNCTIONS,
  ...OUTLIER_FUNCTIONS,
  ...PERIOD_FUNCTIONS,
  ...POLYNOMIAL_FUNCTIONS,
  ...STATISTICS_FUNCTIONS,
];
