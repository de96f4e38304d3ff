import type { RunRange } from './grid.ts';

/**
 * Ranges of runs that wait to be evaluated again: sorted, apart by more than one step of the grid. Adding is idempotent and
 * order does not matter, so several servers and repeated passes may add the same work.
 */
export type Ranges = readonly RunRange[];

/** Ranges one rule keeps waiting in a company; past it the nearest ones are joined, which only adds runs, never loses one. */
export const RANGES_LIMIT = 100;

/** The union of all, joined where they touch on a grid of `frequencyMs`. */
export function addRanges(
  ranges: Ranges,
  added: readonly RunRange[],
  frequencyMs: number,
  limit = RANGES_LIMIT,
): Ranges {
  const sorted = [...ranges, ...added]
    .filter(({ fromMs, throughMs }) => fromMs <= throughMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  const joined: RunRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.fromMs > last.throughMs + frequencyMs) joined.push(range);
    else joined[joined.length - 1] = { fromMs: last.fromMs, throughMs: Math.max(last.throughMs, range.throughMs) };
  }
  while (joined.length > limit) joinNearest(joined);
  return joined;
}

/** Cuts off everything before `fromMs` and after `throughMs`. */
export function clampRanges(ranges: Ranges, fromMs: number, throughMs: number): Ranges {
  return ranges.flatMap((range) => {
    const cut = { fromMs: Math.max(range.fromMs, fromMs), throughMs: Math.min(range.throughMs, throughMs) };
    return cut.throughMs < cut.fromMs ? [] : [cut];
  });
}

/** Takes the first run out; undefined where nothing waits. */
export function takeFirst(ranges: Ranges, frequencyMs: number): { runMs: number; rest: Ranges } | undefined {
  const [first, ...others] = ranges;
  if (first === undefined) return undefined;
  const rest = { fromMs: first.fromMs + frequencyMs, throughMs: first.throughMs };
  return { runMs: first.fromMs, rest: rest.throughMs < rest.fromMs ? others : [rest, ...others] };
}

function joinNearest(ranges: RunRange[]): void {
  let nearest = 1;
  const gap = (index: number): number => (ranges[index]?.fromMs ?? 0) - (ranges[index - 1]?.throughMs ?? 0);
  for (let index = 2; index < ranges.length; index += 1) if (gap(index) < gap(nearest)) nearest = index;
  const [left, right] = ranges.slice(nearest - 1, nearest + 1);
  if (left !== undefined && right !== undefined)
    ranges.splice(nearest - 1, 2, { fromMs: left.fromMs, throughMs: right.throughMs });
}
