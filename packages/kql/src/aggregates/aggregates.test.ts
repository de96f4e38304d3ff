import { afterAll, describe, expect, test } from 'vitest';
import { EMPTY_CATALOGUE, startEngine } from '../../test/engine.ts';
import { AGGREGATES } from './index.ts';

const engine = startEngine();
afterAll(() => engine.close());

const ROWS = `datatable(n: long, s: string, d: dynamic) [
  1, 'x', dynamic({"a": 1}),
  1, 'y', dynamic({"a": 2, "b": 3}),
  2, 'y', dynamic(null),
  3, 'x', dynamic({"c": 4}),
  5, 'z', dynamic({"b": 5}),
  long(null), 'z', dynamic({"c": 6}),
]`;

/** Examples run over these six rows; the last one's number is null. */
describe('every aggregate answers what its examples say', () => {
  const cases = AGGREGATES.flatMap((row) => row.examples.map(([expression, answer]) => ({ expression, answer })));
  test.each(cases)('$expression', ({ expression, answer }) => {
    const { rows } = engine.answer(`${ROWS} | summarize x = ${expression}`, EMPTY_CATALOGUE);
    expect(rows).toEqual([
      [typeof answer === 'number' && !Number.isInteger(answer) ? expect.closeTo(answer, 9) : answer],
    ]);
  });

  /** They give several columns; the corpus has their cases. */
  const WITHOUT = new Set(['arg_max', 'arg_min', 'percentiles', 'take_any']);
  test('every aggregate has an example', () => {
    expect(
      AGGREGATES.filter((row) => row.examples.length === 0 && !WITHOUT.has(row.name)).map((row) => row.name),
    ).toEqual([]);
  });

  test('no name is taken twice', () => {
    const names = AGGREGATES.flatMap((row) => [row.name, ...(row.aliases ?? [])]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
