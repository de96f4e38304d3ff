import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstRunAt, lastRunAt, runsOf, runsThatSee } from './grid.ts';
import { addRanges, clampRanges, takeFirst, type Ranges } from './ranges.ts';

const STEP = 5;
const onGrid = fc.integer({ min: 0, max: 60 }).map((k) => k * STEP);
const range = fc
  .tuple(onGrid, fc.integer({ min: 0, max: 8 }))
  .map(([fromMs, steps]) => ({ fromMs, throughMs: fromMs + steps * STEP }));

function runsIn(ranges: Ranges): number[] {
  return ranges.flatMap((one) => [...runsOf(one, STEP)]);
}

test('added ranges hold exactly the runs that were added, once and in order', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), (added) => {
      const ranges = added.reduce<Ranges>((sum, one) => addRanges(sum, [one], STEP), []);
      const expected = [...new Set(runsIn(added))].sort((a, b) => a - b);
      expect(runsIn(ranges)).toEqual(expected);
      expect(addRanges([], added, STEP)).toEqual(ranges);
    }),
  );
});

test('past the limit ranges are joined, and no run is lost', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), (added) => {
      const ranges = added.reduce<Ranges>((sum, one) => addRanges(sum, [one], STEP, 3), []);
      expect(ranges.length).toBeLessThanOrEqual(3);
      const runs = new Set(runsIn(ranges));
      expect(runsIn(added).every((run) => runs.has(run))).toBe(true);
    }),
  );
});

test('taking the first again and again gives every run in order', () => {
  let ranges: Ranges = [
    { fromMs: 0, throughMs: 10 },
    { fromMs: 30, throughMs: 30 },
  ];
  const taken: number[] = [];
  for (let next = takeFirst(ranges, STEP); next !== undefined; next = takeFirst(ranges, STEP)) {
    taken.push(next.runMs);
    ranges = next.rest;
  }
  expect(taken).toEqual([0, 5, 10, 30]);
});

test('clamping cuts both ends', () => {
  expect(
    clampRanges(
      [
        { fromMs: 0, throughMs: 10 },
        { fromMs: 20, throughMs: 40 },
      ],
      5,
      30,
    ),
  ).toEqual([
    { fromMs: 5, throughMs: 10 },
    { fromMs: 20, throughMs: 30 },
  ]);
});

test('the runs that see an event are those whose window holds it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: 5000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      (eventMs, frequency, multiple) => {
        const schedule = { frequencyMs: frequency * 10, periodMs: frequency * 10 * multiple };
        const found = [...runsOf(runsThatSee(eventMs, eventMs, schedule), schedule.frequencyMs)];
        for (
          let runMs = lastRunAt(eventMs, schedule.frequencyMs) - schedule.frequencyMs;
          runMs < eventMs + schedule.periodMs + 500;
          runMs += schedule.frequencyMs
        )
          if (runMs - schedule.periodMs < eventMs && eventMs <= runMs) expect(found).toContain(runMs);
        // At most one run too many, at the late end.
        expect(found.length).toBeLessThanOrEqual(schedule.periodMs / schedule.frequencyMs + 1);
        expect(found[0]).toBe(firstRunAt(eventMs, schedule.frequencyMs));
      },
    ),
  );
});
