import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KQL_ERROR_CODES, locate, nearest } from './errors.ts';

test('every code of the table is used, and every code used is in the table', () => {
  const files = globSync('**/*.ts', { cwd: import.meta.dirname }).filter(
    (file) => !file.endsWith('.test.ts') && file !== 'errors.ts',
  );
  const used = new Set(
    files.flatMap((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8').match(/\bGHQ\d{3}\b/g) ?? []),
  );
  expect([...used].sort()).toEqual(Object.keys(KQL_ERROR_CODES).sort());
});

test('a frame shows the part of a long line where the fault is', () => {
  const text = `${'a'.repeat(500)} fault ${'b'.repeat(500)}`;
  const { frame, column } = locate(text, { code: 'GHQ020', message: 'x', span: { start: 501, end: 506 } });
  const [shown = '', carets = ''] = frame.split('\n');
  expect(column).toBe(502);
  expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('fault');
});

test('a span beyond the text stays inside it', () => {
  expect(locate('', { code: 'GHQ003', message: 'x', span: { start: 5, end: 9 } })).toMatchObject({
    span: { start: 0, end: 0 },
    line: 1,
    column: 1,
  });
});

test.each([
  ['Usr', 'User'],
  ['TimeGenrated', 'TimeGenerated'],
  ['Zebra', undefined],
  ['x', undefined],
])('the nearest name to %s', (name, expected) => {
  expect(nearest(name, ['User', 'TimeGenerated', 'Address'])).toBe(expected);
});
