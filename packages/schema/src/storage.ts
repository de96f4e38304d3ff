import type { ColumnStorage } from './types.ts';

/** Enumerations and names: a few distinct values, up to some 10,000. */
export const DICTIONARY = { lowCardinality: true } as const satisfies ColumnStorage;

/** Users, addresses, machines, ids: many distinct values, asked for by equality. */
export const BLOOM = { index: 'bloom' } as const satisfies ColumnStorage;

/** Long free text, asked for by term or part. */
export const TEXT = { index: 'text' } as const satisfies ColumnStorage;
