/** Which clock the times of the console are told by. */
export const ZONE_CHOICES = ['browser', 'company', 'utc'] as const;
export type ZoneChoice = (typeof ZONE_CHOICES)[number];

export function isZoneChoice(value: unknown): value is ZoneChoice {
  return (ZONE_CHOICES as readonly unknown[]).includes(value);
}

/** Milliseconds since 1970 of a wire value: epoch milliseconds, or RFC 3339 text with up to 7 digits of a second. */
export function toEpochMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return undefined;
  const withZone = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`;
  const epochMs = Date.parse(withZone.replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(zone, made);
  return made;
}

/** `2026-03-29 09:15:02` in the zone: the same order of parts for every reader, whatever the browser's language. */
export function formatTime(epochMs: number, zone: string): string {
  if (Math.abs(epochMs) > 8.64e15) return String(epochMs);
  return formatterFor(zone).format(epochMs).replace('T', ' ');
}

/** The exact instant in UTC with milliseconds, for tooltips. */
export function formatUtc(epochMs: number): string {
  if (Math.abs(epochMs) > 8.64e15) return String(epochMs);
  return `${new Date(epochMs).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago, in one unit: `3 minutes ago`; `just now` under a minute either way. */
export function formatAgo(epochMs: number, nowMs: number): string {
  const differenceMs = epochMs - nowMs;
  for (const [unit, lengthMs] of STEPS)
    if (Math.abs(differenceMs) >= lengthMs) return relative.format(Math.trunc(differenceMs / lengthMs), unit);
  return 'just now';
}

/** The zone a browser would show, or UTC where it names one that it does not know itself. */
export function usableZone(zone: string | undefined): string {
  if (zone === undefined) return 'UTC';
  try {
    formatterFor(zone);
    return zone;
  } catch {
    return 'UTC';
  }
}
