import { describe, expect, it } from 'vitest';
import { formatAgo, formatTime, formatUtc, toEpochMs, usableZone } from './time.ts';

const noon = Date.UTC(2026, 2, 29, 12, 0, 0, 7);

describe('toEpochMs', () => {
  it.each([
    [noon, noon],
    ['2026-03-29T12:00:00.0070000Z', noon],
    ['2026-03-29T12:00:00.007', noon],
    ['2026-03-29 12:00:00.007', noon],
    ['2026-03-29T14:00:00.007+02:00', noon],
    ['2026', undefined],
    ['12:00', undefined],
    ['2026-99-99T12:00:00Z', undefined],
    [Number.NaN, undefined],
    [null, undefined],
  ])('%j is %j', (value, epochMs) => {
    expect(toEpochMs(value)).toBe(epochMs);
  });
});

describe('formatTime', () => {
  it.each([
    ['UTC', '2026-03-29 12:00:00'],
    ['Europe/London', '2026-03-29 13:00:00'],
    ['America/New_York', '2026-03-29 08:00:00'],
    ['Asia/Kolkata', '2026-03-29 17:30:00'],
  ])('in %s', (zone, shown) => {
    expect(formatTime(noon, zone)).toBe(shown);
  });

  it('does not throw beyond the calendar', () => {
    expect(formatTime(9e15, 'UTC')).toBe('9000000000000000');
    expect(formatUtc(9e15)).toBe('9000000000000000');
  });

  it('tells the exact instant in UTC', () => {
    expect(formatUtc(noon)).toBe('2026-03-29 12:00:00.007 UTC');
  });
});

describe('formatAgo', () => {
  it.each([
    [noon - 30_000, 'just now'],
    [noon - 61_000, '1 minute ago'],
    [noon - 7_200_000, '2 hours ago'],
    [noon - 86_400_000, 'yesterday'],
    [noon + 3_600_000, 'in 1 hour'],
  ])('%j is %j', (epochMs, shown) => {
    expect(formatAgo(epochMs, noon)).toBe(shown);
  });
});

describe('usableZone', () => {
  it('falls back to UTC for a zone that this browser does not know', () => {
    expect(usableZone('Europe/Paris')).toBe('Europe/Paris');
    expect(usableZone('Mars/Olympus')).toBe('UTC');
    expect(usableZone(undefined)).toBe('UTC');
  });
});
