import type { KqlType } from '../catalogue.ts';
import type { Value } from '../lower/value.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { COMPARISONS } from './comparison.ts';
import { TEXT_SEARCH } from './search.ts';

/** How a binary operator lowers. `undefined`: the types of the two sides do not go together. */
export type BinaryLowering = (left: Value, right: Value, type: KqlType) => Value | undefined;

/** Binary operators by their spelling. */
export const BINARY_OPERATORS: Readonly<Record<string, BinaryLowering>> = {
  ...ARITHMETIC,
  ...COMPARISONS,
  ...TEXT_SEARCH,
};
