import { NUMBER_PATTERN, readNumber, TEXT_FORMATS, type FormatContext, type Written } from './formats.ts';
import { isStorable } from './instant.ts';
import type { Zone } from './zone.ts';

export interface TimeContext extends FormatContext {
  /** The company's zone, for times that name none. */
  readonly zone: Zone;
}

/** Why a time is doubtful; it is kept as it was read. */
export type TimeFlag = '' | 'future' | 'ancient' | 'unreadable';

export interface ReadTime {
  /** Milliseconds since 1970, UTC: the event's, or its arrival where it gave none or none that can be read. */
  readonly ms: number;
  /** 100-ns ticks within the millisecond, 0 to 9999. */
  readonly ticks: number;
  /** How it was written and which zone was assumed, e.g. `RFC 3339, zone America/New_York`. Few distinct values. */
  readonly reading: string;
  readonly flag: TimeFlag;
}

/** A clock may be this much ahead of ours before its times are flagged. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;
/** No sign-in that anybody watches is older; such a time is a default value or a dead battery. */
export const ANCIENT_BEFORE_MS = Date.UTC(2000, 0, 1);

/**
 * Reads a time in any of the forms of `formats.ts`. Never throws: what cannot be read, or lies outside the years 1900 to 2299
 * that the store can hold, is the arrival time flagged `unreadable`; no time at all is the arrival time without a flag.
 */
export function readTime(value: unknown, context: TimeContext): ReadTime {
  if (value === undefined || value === null || value === '')
    return { ms: context.arrivalMs, ticks: 0, reading: 'arrival: none given', flag: '' };
  const found = readWritten(value, context);
  if (found === undefined) return unreadable(context);
  const { wall } = found;
  let ms = wall.ms;
  let reading = found.reading;
  if (found.offsetMs !== undefined) ms -= found.offsetMs;
  else {
    // Far outside the store's years the zone tables have nothing to say, and the answer is `unreadable` anyway.
    if (!isStorable(wall.ms)) return unreadable(context);
    const local = context.zone.readWall(wall.ms);
    ms -= local.offsetMs;
    reading = `${reading}, zone ${context.zone.name}`;
    if (local.reading !== 'plain')
      reading += local.reading === 'gap' ? ', in the skipped hour' : ', in the repeated hour (first)';
  }
  if (!isStorable(ms)) return unreadable(context);
  return { ms, ticks: wall.ticks, reading, flag: flagOf(ms, context.arrivalMs) };
}

function unreadable(context: TimeContext): ReadTime {
  return { ms: context.arrivalMs, ticks: 0, reading: 'arrival: unreadable', flag: 'unreadable' };
}

function flagOf(ms: number, arrivalMs: number): TimeFlag {
  if (ms > arrivalMs + FUTURE_TOLERANCE_MS) return 'future';
  return ms < ANCIENT_BEFORE_MS ? 'ancient' : '';
}

function readWritten(value: unknown, context: FormatContext): Written | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? readNumberValue(value) : undefined;
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  for (const format of TEXT_FORMATS) {
    const match = format.pattern.exec(text);
    if (match !== null) return format.read(match, context);
  }
  const match = NUMBER_PATTERN.exec(text);
  return match === null ? undefined : readNumber(match[1] ?? '', match[2] ?? '');
}

/** A JSON number: digits as written, without an exponent (a double prints none below 10^21). */
function readNumberValue(value: number): Written | undefined {
  const match = NUMBER_PATTERN.exec(String(value));
  return match === null ? undefined : readNumber(match[1] ?? '', match[2] ?? '');
}
