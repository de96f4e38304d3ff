/** A point in time with the engine's precision: whole milliseconds since 1970 (UTC) and 100-ns ticks within the millisecond. */
export interface Instant {
  readonly ms: number;
  /** 0 to 9999. */
  readonly ticks: number;
}

/** What `DateTime64(7)` can hold: the years 1900 to 2299. */
export const EARLIEST_MS = Date.UTC(1900, 0, 1);
export const LATEST_MS = Date.UTC(2300, 0, 1) - 1;

export function isStorable(ms: number): boolean {
  return ms >= EARLIEST_MS && ms <= LATEST_MS;
}

let cachedSecond = Number.NaN;
let cachedText = '';

/** `2023-01-02 03:04:05.1234567`, as the engine reads a DateTime64(7). The last second's text is kept: events come in order. */
export function storeTime(ms: number, ticks = 0): string {
  const second = Math.floor(ms / 1000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedText = new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');
  }
  const fraction = (ms - second * 1000) * 10_000 + ticks;
  return `${cachedText}.${String(fraction).padStart(7, '0')}`;
}

/** ISO text of what `storeTime` wrote: `2023-01-02T03:04:05.1234567Z`. */
export function isoFromStore(text: string): string {
  return `${text.replace(' ', 'T')}Z`;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
}

/** The parts of a written time, month 1 to 12; `fraction` is the digits after the point. */
export interface WallParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction: string;
}

/**
 * The parts as if they were UTC; undefined where the calendar or the clock has no such time. A leap second (`:60`) is the
 * first moment of the next minute, as POSIX counts. Digits past 100 ns are cut.
 */
export function wallInstant(parts: WallParts): Instant | undefined {
  const { year, month, day, hour, minute, second } = parts;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const whole = new Date(0);
  whole.setUTCFullYear(year, month - 1, day);
  const base = whole.getTime() + hour * 3_600_000 + minute * 60_000 + second * 1000;
  if (parts.fraction === '' || second === 60) return { ms: base, ticks: 0 };
  const fraction = Number(parts.fraction.slice(0, 7).padEnd(7, '0'));
  return { ms: base + Math.floor(fraction / 10_000), ticks: fraction % 10_000 };
}
