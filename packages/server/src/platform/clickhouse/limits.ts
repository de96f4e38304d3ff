import type { QueryLimits } from './types.ts';

/** What a reading query gets where the caller names no limit, and the most that a caller may name. */
export const LIMIT_BOUNDS = {
  /** Seconds of execution. */
  maxSeconds: { default: 30, max: 600 },
  /** Bytes of memory of one query. */
  maxMemoryBytes: { default: 1_000_000_000, max: 16_000_000_000 },
  /** Rows of the result. */
  maxResultRows: { default: 500_000, max: 10_000_000 },
} as const satisfies Record<keyof QueryLimits, { default: number; max: number }>;

/** Part of a query's memory after which grouping and sorting go on in files. */
const EXTERNAL_SHARE = 0.4;

function bounded(name: keyof QueryLimits, value: number | undefined): number {
  const { default: byDefault, max } = LIMIT_BOUNDS[name];
  if (value === undefined) return byDefault;
  if (!Number.isFinite(value) || value <= 0) throw new TypeError(`limit ${name} is a positive number, not ${value}`);
  return Math.min(value, max);
}

/**
 * The engine's settings for the limits; more than the maximum of `LIMIT_BOUNDS` counts as the maximum.
 * Source: ClickHouse documentation, "Restrictions on query complexity".
 */
export function limitSettings(limits: QueryLimits = {}): Record<string, string> {
  const memory = Math.floor(bounded('maxMemoryBytes', limits.maxMemoryBytes));
  const external = String(Math.floor(memory * EXTERNAL_SHARE));
  return {
    max_execution_time: String(bounded('maxSeconds', limits.maxSeconds)),
    timeout_overflow_mode: 'throw',
    max_memory_usage: String(memory),
    max_bytes_before_external_group_by: external,
    max_bytes_before_external_sort: external,
    max_result_rows: String(Math.floor(bounded('maxResultRows', limits.maxResultRows))),
    result_overflow_mode: 'throw',
  };
}
