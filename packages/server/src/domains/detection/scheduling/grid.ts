/**
 * The grid of event time that runs stand on: T_k = k × frequency, counted from 1970-01-01T00:00:00Z. A run at T sees the
 * events with T − period < TimeGenerated ≤ T. All times in milliseconds.
 */
export interface Schedule {
  readonly frequencyMs: number;
  readonly periodMs: number;
}

/** The last run at or before the given time. */
export function lastRunAt(ms: number, frequencyMs: number): number {
  return Math.floor(ms / frequencyMs) * frequencyMs;
}

/** The first run at or after the given time. */
export function firstRunAt(ms: number, frequencyMs: number): number {
  return Math.ceil(ms / frequencyMs) * frequencyMs;
}

/** Runs from `fromMs` through `throughMs`, both on the grid; empty where `throughMs` is the smaller. */
export interface RunRange {
  readonly fromMs: number;
  readonly throughMs: number;
}

/**
 * The runs whose window holds an event between `firstMs` and `lastMs`. The times are event times rounded down to
 * milliseconds (the store keeps 100 ns), so the later bound is taken one millisecond generously: a run too many changes nothing.
 */
export function runsThatSee(firstMs: number, lastMs: number, { frequencyMs, periodMs }: Schedule): RunRange {
  return { fromMs: firstRunAt(firstMs, frequencyMs), throughMs: lastRunAt(lastMs + periodMs, frequencyMs) };
}

/** The runs of the range in their order. */
export function* runsOf({ fromMs, throughMs }: RunRange, frequencyMs: number): Generator<number> {
  for (let runMs = fromMs; runMs <= throughMs; runMs += frequencyMs) yield runMs;
}
