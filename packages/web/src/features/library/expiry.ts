/** The beginning of a day as a date field gives it, UTC; null for none. */
export function expiryOf(day: string): number | null {
  return day === '' ? null : Date.parse(`${day}T00:00:00Z`);
}

/** The day of an expiry, for a date field. */
export function dayOf(expiresAt: number | null): string {
  return expiresAt === null ? '' : new Date(expiresAt).toISOString().slice(0, 10);
}
