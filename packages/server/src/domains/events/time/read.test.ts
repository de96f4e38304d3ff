import fc from 'fast-check';
import { DateTime, FixedOffsetZone } from 'luxon';
import { describe, expect, it } from 'vitest';
import { isoFromStore, storeTime } from './instant.ts';
import { readTime } from './read.ts';
import { zoneOf } from './zone.ts';

const ARRIVAL_MS = Date.UTC(2026, 0, 15, 12);

/** Written time, zone of the company, order of ambiguous dates → UTC, how it was read, flag. */
const CASES: readonly [value: unknown, zone: string, utc: string, reading: string, flag?: string][] = [
  ['2025-05-25T14:30:00Z', 'Europe/London', '2025-05-25T14:30:00.0000000Z', 'RFC 3339'],
  ['2025-05-25t14:30:00z', 'Europe/London', '2025-05-25T14:30:00.0000000Z', 'RFC 3339'],
  ['2025-05-25T14:30:00.1234567Z', 'UTC', '2025-05-25T14:30:00.1234567Z', 'RFC 3339'],
  ['2025-05-25T14:30:00.123456789+02:00', 'UTC', '2025-05-25T12:30:00.1234567Z', 'RFC 3339'],
  ['2025-05-25 14:30:00-0400', 'UTC', '2025-05-25T18:30:00.0000000Z', 'RFC 3339'],
  ['2025-05-25T14:30:00', 'America/New_York', '2025-05-25T18:30:00.0000000Z', 'RFC 3339, zone America/New_York'],
  ['2020-09-04 03:07:18', 'America/New_York', '2020-09-04T07:07:18.0000000Z', 'RFC 3339, zone America/New_York'],
  ['2025-05-25', 'Europe/Berlin', '2025-05-24T22:00:00.0000000Z', 'RFC 3339, zone Europe/Berlin'],
  ['2016-12-31T23:59:60Z', 'UTC', '2017-01-01T00:00:00.0000000Z', 'RFC 3339'],
  [
    '2025-03-09T02:30:00',
    'America/New_York',
    '2025-03-09T07:30:00.0000000Z',
    'RFC 3339, zone America/New_York, in the skipped hour',
  ],
  [
    '2025-11-02T01:30:00',
    'America/New_York',
    '2025-11-02T05:30:00.0000000Z',
    'RFC 3339, zone America/New_York, in the repeated hour (first)',
  ],
  [1748183400, 'UTC', '2025-05-25T14:30:00.0000000Z', 'epoch seconds'],
  [1748183400.25, 'UTC', '2025-05-25T14:30:00.2500000Z', 'epoch seconds'],
  ['1748183400', 'UTC', '2025-05-25T14:30:00.0000000Z', 'epoch seconds'],
  [1748183400123, 'UTC', '2025-05-25T14:30:00.1230000Z', 'epoch milliseconds'],
  ['1748183400123456', 'UTC', '2025-05-25T14:30:00.1234560Z', 'epoch microseconds'],
  ['1748183400123456789', 'UTC', '2025-05-25T14:30:00.1234567Z', 'epoch nanoseconds'],
  ['133926570001234567', 'UTC', '2025-05-25T14:30:00.1234567Z', 'FILETIME'],
  ['/Date(1748183400123)/', 'UTC', '2025-05-25T14:30:00.1230000Z', '/Date(ms)/'],
  ['/Date(1748183400123+0200)/', 'UTC', '2025-05-25T14:30:00.1230000Z', '/Date(ms)/'],
  ['25/05/2025 14:30', 'Europe/London', '2025-05-25T13:30:00.0000000Z', 'day/month/year, zone Europe/London'],
  ['5/25/2025 2:30:05 PM', 'UTC', '2025-05-25T14:30:05.0000000Z', 'month/day/year, zone UTC'],
  ['04/05/2025 00:00:00', 'UTC', '2025-05-04T00:00:00.0000000Z', 'day/month/year, zone UTC'],
  ['25.05.2025 14:30:00', 'UTC', '2025-05-25T14:30:00.0000000Z', 'day/month/year, zone UTC'],
  ['25.05.2025 12:30:00 am', 'UTC', '2025-05-25T00:30:00.0000000Z', 'day/month/year, zone UTC'],
  ['Jan  5 07:08:09', 'UTC', '2026-01-05T07:08:09.0000000Z', 'RFC 3164, year inferred, zone UTC'],
  ['Dec 31 23:59:59', 'UTC', '2025-12-31T23:59:59.0000000Z', 'RFC 3164, year inferred, zone UTC'],
  ['Feb 29 10:00:00', 'UTC', '2024-02-29T10:00:00.0000000Z', 'RFC 3164, year inferred, zone UTC'],
  ['Fri, 04 Sep 2020 07:06:11 GMT', 'UTC', '2020-09-04T07:06:11.0000000Z', 'day month-name year'],
  ['04/Sep/2020:07:06:11 +0200', 'UTC', '2020-09-04T05:06:11.0000000Z', 'day month-name year'],
  ['20200904070611', 'UTC', '2020-09-04T07:06:11.0000000Z', 'yyyymmddhhmmss, zone UTC'],
  ['2026-01-15T12:05:00Z', 'UTC', '2026-01-15T12:05:00.0000000Z', 'RFC 3339'],
  ['2026-01-15T12:05:01Z', 'UTC', '2026-01-15T12:05:01.0000000Z', 'RFC 3339', 'future'],
  ['1999-12-31T23:59:59Z', 'UTC', '1999-12-31T23:59:59.0000000Z', 'RFC 3339', 'ancient'],
  [0, 'UTC', '1970-01-01T00:00:00.0000000Z', 'epoch seconds', 'ancient'],
  [undefined, 'UTC', '2026-01-15T12:00:00.0000000Z', 'arrival: none given'],
  ['', 'UTC', '2026-01-15T12:00:00.0000000Z', 'arrival: none given'],
];

const UNREADABLE: readonly unknown[] = [
  'yesterday',
  '2025-02-30T00:00:00Z',
  '2025-13-01',
  '2025-05-25T25:00:00Z',
  '2025-05-25T14:30:00+99:00',
  '31/02/2025',
  '13:00 pm 1/1/2025',
  '1/1/2025 13:00 pm',
  '1601-01-01T00:00:00Z',
  '9999-12-31T23:59:59',
  '99999999999999999999',
  Number.NaN,
  {},
  true,
  'x'.repeat(10_000),
];

describe('readTime', () => {
  it.each(CASES)('%s in %s is %s', (value, zone, utc, reading, flag = '') => {
    const found = readTime(value, { zone: zoneOf(zone), order: 'day-first', arrivalMs: ARRIVAL_MS });
    expect({ utc: isoFromStore(storeTime(found.ms, found.ticks)), reading: found.reading, flag: found.flag }).toEqual({
      utc,
      reading,
      flag,
    });
  });

  it('takes the company’s order only where both readings are possible', () => {
    const context = { zone: zoneOf('UTC'), order: 'month-first', arrivalMs: ARRIVAL_MS } as const;
    expect(readTime('04/05/2025', context).ms).toBe(Date.UTC(2025, 3, 5));
    expect(readTime('25/05/2025', context).ms).toBe(Date.UTC(2025, 4, 25));
    expect(readTime('04.05.2025', context).ms).toBe(Date.UTC(2025, 4, 4));
  });

  it.each(UNREADABLE)('value %# is kept at its arrival and flagged', (value) => {
    expect(readTime(value, { zone: zoneOf('UTC'), order: 'day-first', arrivalMs: ARRIVAL_MS })).toEqual({
      ms: ARRIVAL_MS,
      ticks: 0,
      reading: 'arrival: unreadable',
      flag: 'unreadable',
    });
  });

  it('reads every form of any instant back to it', () => {
    const instants = fc.integer({ min: Date.UTC(2002, 0, 1), max: Date.UTC(2100, 0, 1) });
    const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(instants, offsets, fc.integer({ min: 0, max: 9999 }), (ms, offsetMinutes, ticks) => {
        const context = { zone: zoneOf('UTC'), order: 'day-first', arrivalMs: ARRIVAL_MS } as const;
        const iso = DateTime.fromMillis(ms, { zone: FixedOffsetZone.instance(offsetMinutes) }).toISO() ?? '';
        const nanoseconds = String(BigInt(ms) * 1_000_000n + BigInt(ticks) * 100n);
        const fileTime = String((BigInt(ms) + 11_644_473_600_000n) * 10_000n + BigInt(ticks));
        expect(readTime(iso, context).ms).toBe(ms);
        expect(readTime(`/Date(${ms})/`, context).ms).toBe(ms);
        expect(readTime(nanoseconds, context)).toMatchObject({ ms, ticks });
        expect(readTime(fileTime, context)).toMatchObject({ ms, ticks });
      }),
    );
  });

  it('maps wall times as the zone database does, outside skipped and repeated hours', () => {
    const zones = [
      'America/New_York',
      'Europe/London',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
      'Asia/Tokyo',
    ];
    const instants = fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (ms, zone) => {
        const local = DateTime.fromMillis(ms, { zone });
        const found = readTime(local.toFormat('yyyy-MM-dd HH:mm:ss.SSS'), {
          zone: zoneOf(zone),
          order: 'day-first',
          arrivalMs: ARRIVAL_MS,
        });
        if (found.reading.includes('repeated')) expect([0, 1_800_000, 3_600_000]).toContain(ms - found.ms);
        else expect(found.ms).toBe(ms);
      }),
      { numRuns: 300 },
    );
  });
});
