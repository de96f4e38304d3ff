import type { SortKey, Sql } from './tree.ts';

/** A value over the rows of its partition: all of them without an order, those up to this one with an order. */
export function over(call: Sql, partition: readonly Sql[], order: readonly SortKey[] = [], frame?: string): Sql {
  return { kind: 'window', call, partition: [...partition], order, ...(frame === undefined ? {} : { frame }) };
}

/** Ascending, nulls first. */
export function ascending(value: Sql): SortKey {
  return { value, descending: false, nulls: 'first' };
}

/** Descending, nulls last. */
export function descending(value: Sql): SortKey {
  return { value, descending: true, nulls: 'last' };
}
