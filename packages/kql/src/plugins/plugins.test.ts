import { afterAll, describe, expect, test } from 'vitest';
import { EMPTY_CATALOGUE, startEngine } from '../../test/engine.ts';
import { FORBIDDEN_PLUGINS, PLUGINS } from './index.ts';

const engine = startEngine();
afterAll(() => engine.close());

const canonical = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

describe('every plugin answers what its examples say', () => {
  const cases = PLUGINS.flatMap((row) => row.examples.map(([query, rows]) => ({ name: row.name, query, rows })));
  test.each(cases)('$query', ({ query, rows }) => {
    const answer = engine.answer(query, EMPTY_CATALOGUE);
    if (answer.query.ordered) expect(answer.rows).toEqual(rows);
    else expect(canonical(answer.rows)).toEqual(canonical(rows));
  });

  test('no name is taken twice, and none is forbidden', () => {
    const names = [...PLUGINS.map((row) => row.name), ...Object.keys(FORBIDDEN_PLUGINS)];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('what is no plugin of ours is refused with its reason', () => {
  test.each([
    ["T | evaluate python(typeof(*), 'result = df')", /runs code/],
    ["T | evaluate http_request('https://example.org')", /opens connections/],
    ["T | evaluate sql_request('Server=x', 'select 1')", /opens connections/],
    ['T | evaluate azure_digital_twins_query_request("x", "y")', /opens connections/],
  ])('%s', (query, reason) => {
    expect(() => engine.answer(query.replace('T', 'print x = 1'), EMPTY_CATALOGUE)).toThrow(reason);
  });

  test('hints are passed over', () => {
    const { rows } = engine.answer(
      'print x = 1 | evaluate hint.distribution=single hint.pass_filters=true identity()',
      EMPTY_CATALOGUE,
    );
    expect(rows).toEqual([[1]]);
  });

  test('an output schema shapes the answer', () => {
    const { columns, rows } = engine.answer(
      "print x = 1, y = 'a' | evaluate identity() : (y: string, x: string, z: long)",
      EMPTY_CATALOGUE,
    );
    expect([columns, rows]).toEqual([['y', 'x', 'z'], [['a', '1', null]]]);
  });
});
