import { afterAll, describe, expect, test } from 'vitest';
import { EMPTY_CATALOGUE, startEngine } from '../../test/engine.ts';
import { SCALAR_FUNCTIONS } from './index.ts';

const engine = startEngine();
afterAll(() => engine.close());

const near = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(near) : typeof value === 'number' ? expect.closeTo(value, 9) : value;

/** What the rows say of themselves is run on the engine: an example that is wrong, or a row that has none, fails. */
describe('every scalar function answers what its examples say', () => {
  const cases = SCALAR_FUNCTIONS.flatMap((row) =>
    row.examples.map(([expression, answer]) => ({ name: row.name, expression, answer })),
  );
  test.each(cases)('$expression', ({ expression, answer }) => {
    const { columns, rows } = engine.answer(`print x = ${expression}`, EMPTY_CATALOGUE);
    const values = columns.length === 1 ? [answer] : (answer as readonly unknown[]);
    expect(rows).toEqual([values.map(near)]);
  });

  /** Reads other rows or the row's table and so cannot be shown by print; the corpus has its cases. */
  const WITHOUT = new Set([
    'cursor_after',
    'cursor_before_or_at',
    'estimate_data_size',
    'geo_info_from_ip_address',
    'ingestion_time',
    'datetime',
    'timespan',
    'prev',
    'next',
    'row_window_session',
  ]);
  test('every function has an example', () => {
    expect(
      SCALAR_FUNCTIONS.filter((row) => row.examples.length === 0 && !WITHOUT.has(row.name)).map((row) => row.name),
    ).toEqual([]);
  });

  test('no name is taken twice', () => {
    const names = SCALAR_FUNCTIONS.flatMap((row) => [row.name, ...(row.aliases ?? [])]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
