import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

const CASES: readonly (readonly [string, number | undefined])[] = [
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['14d', 1_209_600_000],
  ['30s', 30_000],
  [' 15m ', 900_000],
  ['00:05:00', 300_000],
  ['01:00:00', 3_600_000],
  ['1.00:00:00', 86_400_000],
  ['2.12:30:15', 217_815_000],
  ['PT5M', 300_000],
  ['P1D', 86_400_000],
  ['PT1H30M', 5_400_000],
  ['0m', 0],
  ['5', undefined],
  ['m', undefined],
  ['5M', undefined],
  ['5 m', undefined],
  ['-5m', undefined],
  ['1.5h', undefined],
  ['24:00:00', undefined],
  ['00:60:00', undefined],
  ['00:00:60', undefined],
  ['P', undefined],
  ['PT', undefined],
  ['', undefined],
];

test.each(CASES)('%j is read as %j ms', (text, ms) => expect(parseDuration(text)).toBe(ms));
