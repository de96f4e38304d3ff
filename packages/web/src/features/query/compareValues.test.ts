import { describe, expect, it } from 'vitest';
import { compareValues } from './compareValues.ts';

describe('compareValues', () => {
  it.each([
    ['long', ['9007199254740993', '9007199254740992', 3, '-1'], ['-1', 3, '9007199254740992', '9007199254740993']],
    ['long', [10, 9, 100], [9, 10, 100]],
    ['real', [0.5, '-Infinity', 2], ['-Infinity', 0.5, 2]],
    [
      'timespan',
      ['1.00:00:00', '-00:00:01', '23:59:59', '23:59:58.9999999'],
      ['-00:00:01', '23:59:58.9999999', '23:59:59', '1.00:00:00'],
    ],
    ['string', ['b', '10', '9', 'B'], ['10', '9', 'B', 'b']],
    [
      'datetime',
      ['2026-01-02T00:00:00Z', '2025-12-31T23:59:59.9999999Z'],
      ['2025-12-31T23:59:59.9999999Z', '2026-01-02T00:00:00Z'],
    ],
    ['string', ['a', null, ''], [null, '', 'a']],
    ['dynamic', [{ b: 1 }, [1], null], [null, [1], { b: 1 }]],
  ])('%s %j', (type, values, sorted) => {
    expect((values as unknown[]).toSorted((a, b) => compareValues(a, b, type))).toEqual(sorted);
  });
});
