import { ARGUMENT_AGGREGATES } from './argument.ts';
import { COLLECTION_AGGREGATES } from './collection.ts';
import { COUNT_AGGREGATES } from './count.ts';
import { NUMBER_AGGREGATES } from './number.ts';
import { PERCENTILE_AGGREGATES } from './percentile.ts';
import { SKETCH_AGGREGATES } from './sketch.ts';
import type { Aggregate } from './types.ts';

/** Every aggregate, by family. A new one is a row in its family's file. */
export const AGGREGATES: readonly Aggregate[] = [
  ...ARGUMENT_AGGREGATES,
  ...COLLECTION_AGGREGATES,
  ...COUNT_AGGREGATES,
  ...NUMBER_AGGREGATES,
  ...PERCENTILE_AGGREGATES,
  ...SKETCH_AGGREGATES,
];

const BY_NAME: ReadonlyMap<string, Aggregate> = new Map(
  AGGREGATES.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
);

export function aggregate(name: string): Aggregate | undefined {
  return BY_NAME.get(name);
}
