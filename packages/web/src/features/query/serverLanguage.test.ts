import { expect, it } from 'vitest';
import { toCompletion, toDiagnostics } from './serverLanguage.ts';

const problem = (start: number, end: number) => ({
  severity: 'error' as const,
  code: 'KS142',
  message: 'The name is not known.',
  span: { start, end },
  line: 1,
  column: start + 1,
  frame: '',
});

it.each([
  [problem(2, 5), 10, 2, 5],
  [problem(2, 2), 10, 2, 3],
  [problem(10, 10), 10, 9, 10],
  [problem(40, 50), 10, 9, 10],
  [problem(0, 3), 1, 0, 1],
])('a mark lies inside the text as it is now and is wide enough to be seen: %j in %i', (one, length, from, to) => {
  expect(toDiagnostics([one], length)).toMatchObject([{ from, to, severity: 'error', source: 'KS142' }]);
});

it('says what may have been meant', () => {
  expect(
    toDiagnostics([{ ...problem(0, 1), severity: 'suggestion' as const, suggestion: 'Account' }], 5),
  ).toMatchObject([{ severity: 'hint', message: 'The name is not known. Did you mean Account?' }]);
});

it('names a proposal as the server does', () => {
  expect(
    toCompletion({ label: 'count()', match: 'count', kind: 'Function', before: 'count(', after: ')' }),
  ).toMatchObject({
    label: 'count()',
    type: 'function',
  });
});
