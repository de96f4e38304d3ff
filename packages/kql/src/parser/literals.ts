import type { KqlType } from '../catalogue.ts';
import { TICKS_PER_DAY, TICKS_PER_MILLISECOND, TICKS_PER_SECOND } from '../storage.ts';

/**
 * Literals read from their text. The library's own values are not used: its JavaScript build loses days of a timespan,
 * hexadecimal digits and 64-bit precision.
 * Every reader answers `undefined` for what is not a literal of its type, `null` for the type's null.
 */
type Reader = (text: string) => string | number | bigint | boolean | null | undefined;

const UNIT_TICKS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      [['d', 'day', 'days'], 864_000_000_000],
      [['h', 'hr', 'hrs', 'hour', 'hours'], 36_000_000_000],
      [['m', 'min', 'minute', 'minutes'], 600_000_000],
      [['s', 'sec', 'second', 'seconds'], 10_000_000],
      [['ms', 'milli', 'millis', 'millisec', 'millisecond', 'milliseconds'], 10_000],
      [['micro', 'micros', 'microsec', 'microsecond', 'microseconds'], 10],
      [['nano', 'nanos', 'nanosec', 'nanosecond', 'nanoseconds'], 0.01],
      [['tick', 'ticks'], 1],
    ] as const
  ).flatMap(([names, ticks]) => names.map((name) => [name, ticks])),
);

/** Kusto's timespans: `1.02:03:04.5`, `12:34`, `5`(days), `1.5h`, `100 ms`. Source: KQL documentation, "The timespan data type". */
export function readTimespan(text: string): bigint | undefined {
  const clock = /^(-?)(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(text.trim());
  if (clock) {
    const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = clock;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
    const ticks = BigInt(days) * TICKS_PER_DAY + whole * TICKS_PER_SECOND + BigInt(fraction.padEnd(7, '0'));
    return sign === '-' ? -ticks : ticks;
  }
  const unit = /^(-?\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (!unit) return undefined;
  const [, amount = '0', name = ''] = unit;
  const ticks = name === '' ? UNIT_TICKS.d : UNIT_TICKS[name.toLowerCase()];
  if (ticks === undefined) return undefined;
  return amount.includes('.') || ticks < 1
    ? BigInt(Math.round(Number(amount) * ticks))
    : BigInt(amount) * BigInt(ticks);
}

const ISO =
  /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2}|GMT|UTC)?$/i;
const US =
  /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?(?:\s*(AM|PM))?)?\s*(Z)?$/i;

/** Ticks since 1970 of Kusto's datetime literals: ISO 8601 with or without parts, and month/day/year. */
export function readDatetime(text: string): bigint | undefined {
  // `datetime(2025, 6, 14)` and `datetime(2017 - 08 - 01)` are written too.
  const trimmed = text.trim().replace(/^(\d{4})\s*[-,/]\s*(\d{1,2})\s*[-,/]\s*(\d{1,2})/, '$1-$2-$3');
  const iso = ISO.exec(trimmed);
  if (iso) {
    const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone = ''] = iso;
    return ticksOf([year, month, day, hour, minute, second].map(Number), fraction, zone);
  }
  const us = US.exec(trimmed);
  if (us) {
    const [, month, day, year, hour = '0', minute = '0', second = '0', fraction = '', half = ''] = us;
    const late =
      half.toUpperCase() === 'PM' && Number(hour) < 12
        ? 12
        : half.toUpperCase() === 'AM' && Number(hour) === 12
          ? -12
          : 0;
    return ticksOf(
      [Number(year), Number(month), Number(day), Number(hour) + late, Number(minute), Number(second)],
      fraction,
      '',
    );
  }
  const rfc =
    /^(?:[a-z]{3,9},?\s+)?(\d{1,2}[\s-][a-z]{3,9}[\s-]\d{2,4}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?|[a-z]{3,9}\s+\d{1,2},?\s+\d{4}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?)\s*(?:Z|GMT|UTC)?$/i.exec(
      trimmed,
    );
  const parsed = rfc?.[1] === undefined ? NaN : Date.parse(`${rfc[1]} UTC`);
  return Number.isNaN(parsed) ? undefined : BigInt(parsed) * TICKS_PER_MILLISECOND;
}

/** Ticks since midnight of a time without a date: `8:30`, `08:30:15.25`. */
export function readClock(text: string): bigint | undefined {
  return /^\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?\s*$/.test(text) ? readTimespan(text) : undefined;
}

function ticksOf(parts: readonly number[], fraction: string, zone: string): bigint | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    return undefined;
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  const offsetMs = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000 : 0;
  return BigInt(date.getTime() - offsetMs) * TICKS_PER_MILLISECOND + BigInt(fraction.slice(0, 7).padEnd(7, '0'));
}

const INT64 = 2n ** 63n;

function readInteger(text: string): bigint | undefined {
  const match = /^(-?)(0x[0-9a-f]+|\d+)$/i.exec(text.trim());
  if (!match) return undefined;
  const size = BigInt(match[2] ?? '0');
  const number = match[1] === '-' ? -size : size;
  return number >= -INT64 && number < INT64 ? number : undefined;
}

const NOT_FINITE: Readonly<Record<string, number>> = { nan: NaN, '+inf': Infinity, inf: Infinity, '-inf': -Infinity };

function readReal(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  return NOT_FINITE[trimmed] ?? (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : undefined);
}

/** Exponents are written out: the engine's decimals have none. */
function readDecimal(text: string): string | undefined {
  const match = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d{1,2}))?$/i.exec(text.trim());
  if (!match || (match[2] === '' && match[3] === '')) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = digits
    .padStart(digits.length + Math.max(0, 1 - point), '0')
    .padEnd(Math.max(point, digits.length), '0');
  const at = Math.max(point, 1);
  return `${sign}${padded.slice(0, at)}${padded.length > at ? `.${padded.slice(at)}` : ''}`;
}

const GUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

const READERS: Readonly<Record<Exclude<KqlType, 'dynamic'>, Reader>> = {
  bool: (text) => ({ true: true, '1': true, false: false, '0': false })[text.trim().toLowerCase()],
  int: (text) => readInteger(text),
  long: (text) => readInteger(text),
  real: readReal,
  decimal: readDecimal,
  string: (text) => text,
  datetime: readDatetime,
  timespan: readTimespan,
  guid: (text) => (GUID.test(text.trim()) ? text.trim().toLowerCase() : undefined),
};

/** The value of a literal's inner text (`1.02:03:04` of `timespan(1.02:03:04)`); `undefined` where it is none. */
export function readLiteral(type: Exclude<KqlType, 'dynamic'>, text: string): ReturnType<Reader> {
  if (type !== 'string' && text.trim().toLowerCase() === 'null') return null;
  return READERS[type](text);
}
