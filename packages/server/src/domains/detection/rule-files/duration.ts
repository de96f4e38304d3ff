/** Milliseconds of each unit letter that a rule's durations may end in. Sentinel documents m, h and d; s is ours, for short grids. */
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const SHORT = /^(\d{1,6})([smhd])$/;
const CLOCK = /^(?:(\d{1,4})\.)?(\d{1,2}):(\d{2}):(\d{2})$/;
const ISO = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/;

/**
 * Reads a rule's duration into milliseconds: `5m`, `1h`, `14d`, `30s`; `hh:mm:ss` and `d.hh:mm:ss`; the ARM form `PT5M`.
 * Undefined where it is none of them, or where a clock part is out of range (minutes and seconds below 60, hours below 24).
 * Source: Sentinel analytics-rule template schema (ScheduledTemplateInternalModel and its timespan converter).
 */
export function parseDuration(text: string): number | undefined {
  const short = SHORT.exec(text.trim());
  if (short !== null) return Number(short[1]) * (UNIT_MS[short[2] ?? ''] ?? Number.NaN);
  const clock = CLOCK.exec(text.trim());
  if (clock !== null) {
    const [days, hours, minutes, seconds] = clock.slice(1).map((part: string | undefined) => Number(part ?? 0));
    if (hours === undefined || minutes === undefined || seconds === undefined) return undefined;
    if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
    return (((days ?? 0) * 24 + hours) * 3600 + minutes * 60 + seconds) * 1000;
  }
  const iso = ISO.exec(text.trim());
  if (iso === null) return undefined;
  const parts = iso.slice(1) as (string | undefined)[];
  if (parts.every((part) => part === undefined)) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
