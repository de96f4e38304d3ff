/** Offsets change on quarter hours in every zone since 1975, so one answer holds for a quarter of an hour of wall time. */
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const CACHE_LIMIT = 20_000;

/** How a wall time was mapped: plainly, or by the rule for the hour that a clock change skips (`gap`) or repeats (`overlap`). */
export type WallReading = 'plain' | 'gap' | 'overlap';

export interface WallInstant {
  /** Milliseconds to subtract from the wall time (taken as if it were UTC) to get UTC. */
  readonly offsetMs: number;
  readonly reading: WallReading;
}

/**
 * An IANA time zone as a table of offsets, filled as it is asked.
 *
 * A wall time that a clock change skips is read with the offset before the change (so 02:30 becomes 03:30 summer time); one
 * that it repeats is read as the first of the two. Source: RFC 5545 section 3.3.5 says the same of both.
 */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #byWall = new Map<number, WallInstant>();

  /** @throws RangeError when the runtime knows no such zone. */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset', era: 'short' });
  }

  /** Milliseconds that the zone is ahead of UTC at an instant. */
  offsetAt(utcMs: number): number {
    const text = this.#format.formatToParts(utcMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text);
    if (match === null) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return (match[1] === '-' ? -1 : 1) * seconds * 1000;
  }

  /** `wallMs`: the wall time's milliseconds since 1970 as if it were UTC. */
  readWall(wallMs: number): WallInstant {
    const quarter = Math.floor(wallMs / QUARTER_MS);
    const known = this.#byWall.get(quarter);
    if (known !== undefined) return known;
    const found = this.#findWall(wallMs);
    if (this.#byWall.size >= CACHE_LIMIT) this.#byWall.clear();
    this.#byWall.set(quarter, found);
    return found;
  }

  #findWall(wallMs: number): WallInstant {
    const before = this.offsetAt(wallMs - DAY_MS);
    const after = this.offsetAt(wallMs + DAY_MS);
    const beforeHolds = this.offsetAt(wallMs - before) === before;
    if (before === after && beforeHolds) return { offsetMs: before, reading: 'plain' };
    const afterHolds = this.offsetAt(wallMs - after) === after;
    if (beforeHolds && afterHolds) return { offsetMs: Math.max(before, after), reading: 'overlap' };
    if (afterHolds) return { offsetMs: after, reading: 'plain' };
    return { offsetMs: before, reading: beforeHolds ? 'plain' : 'gap' };
  }
}

const zones = new Map<string, Zone>();

/** The zone of that name, made once. @throws RangeError when there is none. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) zones.set(name, (zone = new Zone(name)));
  return zone;
}
