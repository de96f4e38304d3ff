/** Attempts at a delivery before it is given up and shown as failed; with the pauses below that is about four hours. */
export const MAX_ATTEMPTS = 10;

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Part of a pause that chance may add or take, so that many deliveries to one dead server do not come back as one wave. */
const JITTER = 0.2;

/**
 * Milliseconds until the attempt after the given one (1: after the first): doubled each time from 30 seconds to an hour, give or
 * take a fifth. `random`: 0 to 1.
 */
export function pauseAfter(attempt: number, random: number): number {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return Math.round(pauseMs * (1 - JITTER + 2 * JITTER * random));
}
