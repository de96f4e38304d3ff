import { describe, expect, it } from 'vitest';
import { windowOf } from './timespan.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const at = (text: string) => Date.parse(text);

describe('windowOf', () => {
  it.each([
    ['PT1H', '2026-03-02T08:00:00Z', '2026-03-02T09:00:00Z'],
    ['P1D', '2026-03-01T09:00:00Z', '2026-03-02T09:00:00Z'],
    ['P1M', '2026-02-02T09:00:00Z', '2026-03-02T09:00:00Z'],
    ['2026-03-01/2026-03-02', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['2026-03-01T10:00:00+02:00/PT30M', '2026-03-01T08:00:00Z', '2026-03-01T08:30:00Z'],
    ['P2D/2026-03-01T00:00:00Z', '2026-02-27T00:00:00Z', '2026-03-01T00:00:00Z'],
    [' PT15M ', '2026-03-02T08:45:00Z', '2026-03-02T09:00:00Z'],
  ])('reads %s with both ends inside', (text, start, end) => {
    const window = windowOf(text, NOW);
    expect(window).toEqual({ afterMs: at(start) - 1, throughMs: at(end) });
  });

  it.each([
    ['', 'is not an ISO 8601 duration'],
    ['1h', 'is not an ISO 8601 duration'],
    ['P0D', 'is not a positive duration'],
    ['-PT1H', 'is not'],
    ['2026-03-02/2026-03-01', 'ends before it starts'],
    ['2026-03-01', 'is not an ISO 8601 duration'],
    ['2026-13-01/P1D', 'is not an ISO 8601 time'],
    ['a/b/c', 'more than one slash'],
    ["PT1H'; DROP TABLE x", 'is not an ISO 8601 duration'],
    ['P999999999Y', 'is outside the times'],
  ])('refuses %j and says why', (text, reason) => {
    expect(() => windowOf(text, NOW)).toThrow(
      expect.objectContaining({
        code: 'TIMESPAN_INVALID',
        status: 400,
        details: [{ field: '/timespan', reason: expect.stringContaining(reason) }],
      }),
    );
  });
});
