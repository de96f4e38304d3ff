import { afterAll, expect, test } from 'vitest';
import { EMPTY_CATALOGUE, startEngine } from '../../test/engine.ts';

const engine = startEngine();
afterAll(() => engine.close());

type Row = readonly string[];

/** A small generator with a seed, so that a failure can be repeated. */
function randomRows(seed: number, count: number): Row[] {
  let state = seed;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  return Array.from({ length: count }, () => {
    const [a, b] = [next(3), next(2)];
    // The third column follows the first, the fourth mostly the second.
    return [`a${a}`, `b${b}`, `c${a % 2}`, next(5) === 0 ? 'd' : `d${b}`, `e${next(4)}`];
  });
}

/** Closed patterns of at least a share of the rows, by trying every subset of the columns. */
function closedPatterns(rows: readonly Row[], least: number, dimensions: number): Map<string, number> {
  const found = new Map<string, number>();
  const width = rows[0]?.length ?? 0;
  for (let mask = 1; mask < 2 ** width; mask += 1) {
    const places = Array.from({ length: width }, (_, place) => place).filter((place) => mask & (1 << place));
    if (places.length > dimensions) continue;
    const groups = Map.groupBy(rows, (row) => places.map((place) => row[place]).join());
    for (const group of groups.values()) {
      if (group.length < least * rows.length) continue;
      const first = group[0] ?? [];
      const closed = first.map((text, place) => (group.every((row) => row[place] === text) ? text : ''));
      found.set(closed.join(), group.length);
    }
  }
  return found;
}

test.each([
  [1, 0.05, 5],
  [2, 0.1, 2],
  [3, 0.2, 3],
  [4, 0.05, 1],
  [5, 0.3, 5],
])('basket finds what trying all subsets finds (seed %i, share %d, %i dimensions)', (seed, least, dimensions) => {
  const rows = randomRows(seed, 80);
  const table = `datatable(a: string, b: string, c: string, d: string, e: string) [${rows.map((row) => row.map((text) => `'${text}'`).join()).join()}]`;
  const answer = engine.answer(`${table} | evaluate basket(${least}, '~', ${dimensions})`, EMPTY_CATALOGUE);
  const found = new Map(answer.rows.map(([, count, , ...texts]) => [texts.join(), count as number]));
  expect(found).toEqual(closedPatterns(rows, least, dimensions));
  expect(answer.rows.length).toBe(found.size);
});
