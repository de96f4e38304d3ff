import { wallInstant, type Instant, type WallParts } from './instant.ts';

/** What a format needs besides the text. */
export interface FormatContext {
  /** Order of day and month where both readings are possible. */
  readonly order: 'day-first' | 'month-first';
  readonly arrivalMs: number;
}

/** A written time, before the zone: `offsetMs` is undefined where the text names none. */
export interface Written {
  readonly wall: Instant;
  readonly offsetMs: number | undefined;
  /** How it was read, in words; few distinct values. */
  readonly reading: string;
}

export interface TextFormat {
  readonly name: string;
  readonly pattern: RegExp;
  /** Undefined: the text has the shape but is no time (the 30th of February). */
  read(match: RegExpExecArray, context: FormatContext): Written | undefined;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?`;
const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const DAY_MS = 86_400_000;

/** `+02:00`, `-0400`, `+02`, `Z`: milliseconds ahead of UTC; undefined without a zone, NaN where it is none. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  if (/^[A-Z]/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0;
  return hours > 23 || minutes > 59 ? Number.NaN : (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

type Texts = readonly (string | undefined)[];

function clockParts(texts: Texts): Pick<WallParts, 'hour' | 'minute' | 'second' | 'fraction'> {
  const [hour = '0', minute = '0', second = '0', fraction = ''] = texts;
  return { hour: Number(hour), minute: Number(minute), second: Number(second), fraction };
}

function written(parts: WallParts, zone: string | undefined, reading: string): Written | undefined {
  const wall = wallInstant(parts);
  const offsetMs = offsetOf(zone);
  return wall === undefined || Number.isNaN(offsetMs) ? undefined : { wall, offsetMs, reading };
}

/** A 12-hour clock's hour as a 24-hour one; NaN (no such time) for 13 pm. */
function hour24(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return 99;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function readSlashed(match: RegExpExecArray, context: FormatContext): Written | undefined {
  const [, first = '', separator, second = '', year = '', hour, minute, seconds, fraction, half, zone] = match;
  const [a, b] = [Number(first), Number(second)];
  const dayFirst = a > 12 || separator === '.' || (b <= 12 && context.order === 'day-first');
  const clock = clockParts([hour, minute, seconds, fraction]);
  const [day, month] = dayFirst ? [a, b] : [b, a];
  return written(
    { year: Number(year), month, day, ...clock, hour: hour24(clock.hour, half) },
    zone,
    dayFirst ? 'day/month/year' : 'month/day/year',
  );
}

/** RFC 3164 names no year: the latest one that puts the time at most a day after its arrival. */
function readSyslog(match: RegExpExecArray, context: FormatContext): Written | undefined {
  const [, monthName = '', day = '', givenYear, hour, minute, second, fraction] = match;
  const month = MONTHS.indexOf(monthName.toLowerCase()) + 1;
  const parts = { month, day: Number(day), ...clockParts([hour, minute, second, fraction]) };
  if (givenYear !== undefined) return written({ year: Number(givenYear), ...parts }, undefined, 'RFC 3164 with year');
  const arrivalYear = new Date(context.arrivalMs).getUTCFullYear();
  for (let year = arrivalYear + 1; year >= arrivalYear - 8; year -= 1) {
    const found = written({ year, ...parts }, undefined, 'RFC 3164, year inferred');
    if (found !== undefined && found.wall.ms <= context.arrivalMs + DAY_MS) return found;
  }
  return undefined;
}

/** Every text form that is understood, tried in this order; the first whose pattern fits decides. */
export const TEXT_FORMATS: readonly TextFormat[] = [
  {
    name: 'RFC 3339',
    pattern: new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})(?:[T ]${CLOCK})?${ZONE}$`, 'i'),
    read: ([, year, month, day, hour, minute, second, fraction, zone]) =>
      written(
        { year: Number(year), month: Number(month), day: Number(day), ...clockParts([hour, minute, second, fraction]) },
        zone,
        'RFC 3339',
      ),
  },
  {
    name: '/Date(ms)/',
    pattern: /^\\?\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\\?\/$/i,
    read: ([, ms]) => ({ wall: { ms: Number(ms), ticks: 0 }, offsetMs: 0, reading: '/Date(ms)/' }),
  },
  {
    name: 'day/month/year or month/day/year',
    pattern: new RegExp(String.raw`^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ ,T]+${CLOCK}\s*(am|pm)?)?${ZONE}$`, 'i'),
    read: readSlashed,
  },
  {
    name: 'RFC 3164',
    pattern: new RegExp(String.raw`^(${MONTHS.join('|')}) +(\d{1,2})(?: +(\d{4}))? +${CLOCK}$`, 'i'),
    read: readSyslog,
  },
  {
    name: 'RFC 5322 or common log format',
    pattern: new RegExp(
      String.raw`^(?:[a-z]{3}, *)?(\d{1,2})[ /-](${MONTHS.join('|')})[ /-](\d{4})[ :]${CLOCK}${ZONE}$`,
      'i',
    ),
    read: ([, day, month = '', year, hour, minute, second, fraction, zone]) =>
      written(
        {
          year: Number(year),
          month: MONTHS.indexOf(month.toLowerCase()) + 1,
          day: Number(day),
          ...clockParts([hour, minute, second, fraction]),
        },
        zone,
        'day month-name year',
      ),
  },
  {
    name: 'yyyymmddhhmmss',
    pattern: /^((?:19|20)\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/,
    read: ([, year, month, day, hour, minute, second]) =>
      written(
        { year: Number(year), month: Number(month), day: Number(day), ...clockParts([hour, minute, second]) },
        undefined,
        'yyyymmddhhmmss',
      ),
  },
];

/** A number's unit by its size. `perSecond` units make a second; `originMs` is the unit's zero. */
interface NumberUnit {
  readonly name: string;
  /** Absolute values below this are of the unit. */
  readonly below: number;
  readonly ticksPerUnit: bigint;
  readonly originMs: number;
}

/**
 * Sizes that no other unit's present has: seconds reach 10^11 in the year 5138, milliseconds and microseconds pass it in
 * 1973, FILETIME is between 10^17 (1917) and 10^18 (4770), nanoseconds pass 10^18 in September 2001.
 */
export const NUMBER_UNITS: readonly NumberUnit[] = [
  { name: 'epoch seconds', below: 1e11, ticksPerUnit: 10_000_000n, originMs: 0 },
  { name: 'epoch milliseconds', below: 1e14, ticksPerUnit: 10_000n, originMs: 0 },
  { name: 'epoch microseconds', below: 1e17, ticksPerUnit: 10n, originMs: 0 },
  { name: 'FILETIME', below: 1e18, ticksPerUnit: 1n, originMs: Date.UTC(1601, 0, 1) },
  { name: 'epoch nanoseconds', below: 1e20, ticksPerUnit: 0n, originMs: 0 },
];

export const NUMBER_PATTERN = /^(-?\d{1,20})(?:\.(\d{1,12}))?$/;

/** Reads `digits[.fraction]`; undefined past the last unit. Text keeps all digits, so FILETIME and nanoseconds stay exact. */
export function readNumber(digits: string, fraction: string): Written | undefined {
  const unit = NUMBER_UNITS.find(({ below }) => Math.abs(Number(digits)) < below);
  if (unit === undefined) return undefined;
  const negative = digits.startsWith('-');
  let ticks = unit.ticksPerUnit === 0n ? BigInt(digits) / 100n : BigInt(digits) * unit.ticksPerUnit;
  if (fraction !== '') {
    const part = (BigInt(fraction.padEnd(12, '0')) * unit.ticksPerUnit) / 1_000_000_000_000n;
    ticks += negative ? -part : part;
  }
  const rest = ((ticks % 10_000n) + 10_000n) % 10_000n;
  const wall = { ms: Number((ticks - rest) / 10_000n) + unit.originMs, ticks: Number(rest) };
  return { wall, offsetMs: 0, reading: unit.name };
}
