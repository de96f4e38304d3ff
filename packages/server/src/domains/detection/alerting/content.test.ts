import { expect, test } from 'vitest';
import type { Rule } from '../rule-files/rule.ts';
import { RULE } from '../../response/test/setting.ts';
import { hitsOf, missingColumns, SAMPLE, type RunResult } from './content.ts';

const RUN_MS = Date.UTC(2026, 2, 2, 9);
const COLUMNS = [
  { name: 'user', type: 'string' },
  { name: 'address', type: 'string' },
  { name: 'count_', type: 'long' },
  { name: 'First', type: 'datetime' },
  { name: 'level', type: 'string' },
];
const ROWS = [
  ['ann', '192.0.2.1', 3, '2026-03-02T08:50:00.0000000Z', 'Low'],
  ['bob', '192.0.2.2', 5, '2026-03-02T08:55:00.0000000Z', 'High'],
  ['ann', '192.0.2.3', 7, '2026-03-02T08:58:30.0000000Z', 'Medium'],
];

function hits(changes: Partial<Rule>, rows: RunResult['rows'] = ROWS, ordered = true) {
  return hitsOf({ ...RULE, ...changes }, { columns: COLUMNS, rows, ordered }, RUN_MS);
}

test('rows of one entity are one group, with the words of its first row', () => {
  expect(hits({ customDetails: { Addresses: 'address' } })).toMatchObject([
    {
      title: 'ann asked 3 times',
      rowCount: 2,
      entities: [{ type: 'Account', identifiers: { FullName: 'ann' } }],
      customDetails: { Addresses: ['192.0.2.1', '192.0.2.3'] },
      firstEventMs: RUN_MS - 600_000,
      lastEventMs: RUN_MS - 90_000,
      groupValues: [{ name: 'user', value: 'ann' }],
    },
    { title: 'bob asked 5 times', rowCount: 1 },
  ]);
});

test.each([
  ['single', 1],
  ['entities', 2],
  ['columns', 3],
] as const)('grouping %s makes %i groups of them', (grouping, count) => {
  expect(hits({ grouping })).toHaveLength(count);
});

test('a group’s key follows its values, and nothing else', () => {
  const [ann] = hits({});
  const [again] = hits({ name: 'Another name' }, [ROWS[2]!]);
  const [other] = hits({}, [ROWS[1]!]);
  expect(again?.groupHash).toBe(ann?.groupHash);
  expect(other?.groupHash).not.toBe(ann?.groupHash);
});

test('rows without an order give the same whatever order they come in', () => {
  const [forward] = hits({ grouping: 'single' }, ROWS, false);
  const [backward] = hits({ grouping: 'single' }, [...ROWS].reverse(), false);
  expect(backward).toEqual(forward);
});

test('the severity comes from the column where it names one, the highest of the group', () => {
  const alertDetails = { severityColumn: 'level' };
  expect(hits({ grouping: 'single', alertDetails })[0]?.severity).toBe('High');
  const unknown = [['ann', '', 1, null, 'Critical']];
  expect(hits({ grouping: 'single', alertDetails }, unknown)[0]?.severity).toBe(RULE.severity);
});

test('rows without a time lie in the run’s window', () => {
  const [hit] = hits({}, [['ann', '', 1, null, '']]);
  expect([hit?.firstEventMs, hit?.lastEventMs]).toEqual([RUN_MS - RULE.periodMs, RUN_MS]);
});

test('an empty identifier names nobody', () => {
  expect(hits({}, [['', '', 1, null, '']])[0]?.entities).toEqual([]);
});

test('a trigger that holds without rows has one group', () => {
  expect(hits({}, [])).toMatchObject([
    { rowCount: 0, rows: [], entities: [], groupValues: [], title: ' asked  times' },
  ]);
});

test('what is kept is bounded, the count is not', () => {
  const many = Array.from({ length: 5_000 }, (_, index) => ['ann', `192.0.2.${index}`, index, null, '']);
  const [hit] = hits({ customDetails: { Addresses: 'address' } }, many);
  expect(hit?.rowCount).toBe(5_000);
  expect(hit?.rows).toHaveLength(SAMPLE.rows);
  expect(hit?.customDetails.Addresses).toHaveLength(SAMPLE.details);
  const huge = Array.from({ length: 10 }, () => ['x'.repeat(1_000_000), '', 1, null, '']);
  const [large] = hits({ grouping: 'single' }, huge);
  expect(JSON.stringify(large).length).toBeLessThan(10_000);
});

test('columns that the rule maps and the result lacks are named', () => {
  const rule = { ...RULE, customDetails: { A: 'gone' }, alertDetails: { displayNameFormat: '{{ user }} {{ lost }}' } };
  expect(missingColumns(rule, COLUMNS)).toEqual(['gone', 'lost']);
});
