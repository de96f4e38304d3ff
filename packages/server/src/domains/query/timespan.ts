import { DateTime, Duration, type DurationLike } from 'luxon';
import { QueryError } from './errors.ts';

/** Rows with `afterMs < TimeGenerated <= throughMs`. */
export interface Window {
  readonly afterMs: number;
  readonly throughMs: number;
}

/** A window's start is exclusive and counts whole milliseconds: the one before makes an interval's start inclusive. */
const BEFORE_START_MS = 1;

function refuse(text: string, reason: string): never {
  throw new QueryError('TIMESPAN_INVALID', {
    details: [{ field: '/timespan', reason: `${JSON.stringify(text.slice(0, 100))} ${reason}` }],
  });
}

function durationOf(text: string, whole: string): DurationLike {
  const duration = Duration.fromISO(text);
  if (!duration.isValid) refuse(whole, 'is not an ISO 8601 duration such as PT1H or P7D');
  if (duration.toMillis() <= 0) refuse(whole, 'is not a positive duration');
  return duration;
}

function instantOf(text: string, whole: string): DateTime {
  const instant = DateTime.fromISO(text, { zone: 'utc' });
  if (!instant.isValid) refuse(whole, `has ${JSON.stringify(text.slice(0, 40))}, which is not an ISO 8601 time`);
  return instant;
}

/**
 * The window a `timespan` names: a duration up to now (`PT12H`), or an interval `start/end`, `start/duration`, `duration/end`;
 * a time without an offset is UTC. Both ends belong to the window.
 * Throws `TIMESPAN_INVALID`. Source: Azure Monitor Logs query API, "timespan"; ISO 8601-1:2019, 5.5.
 */
export function windowOf(timespan: string, nowMs: number): Window {
  const text = timespan.trim();
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) refuse(text, 'has more than one slash');
  const now = DateTime.fromMillis(nowMs, { zone: 'utc' });
  if (second === undefined) return between(text, now.minus(durationOf(first, text)), now);
  if (/^[+-]?P/i.test(first)) {
    const end = instantOf(second, text);
    return between(text, end.minus(durationOf(first, text)), end);
  }
  const start = instantOf(first, text);
  return between(text, start, /^[+-]?P/i.test(second) ? start.plus(durationOf(second, text)) : instantOf(second, text));
}

function between(text: string, start: DateTime, end: DateTime): Window {
  if (!start.isValid || !end.isValid) refuse(text, 'is outside the times that can be kept');
  if (end < start) refuse(text, 'ends before it starts');
  return { afterMs: start.toMillis() - BEFORE_START_MS, throughMs: end.toMillis() };
}
