import { expect, it } from 'vitest';
import { readKqlErrors } from './kqlErrors.ts';

const place = { field: '/query', reason: 'm', code: 'KS005', message: 'm', line: 1, column: 3, frame: '1 | x\n  | ^' };

it('reads the places that an error answer names', () => {
  const body = { error: { code: 'KQL_ERROR', details: [place, { ...place, suggestion: 'where' }] } };
  expect(readKqlErrors(body)).toEqual([
    { code: 'KS005', message: 'm', line: 1, column: 3, frame: '1 | x\n  | ^', suggestion: undefined },
    { code: 'KS005', message: 'm', line: 1, column: 3, frame: '1 | x\n  | ^', suggestion: 'where' },
  ]);
});

it.each([
  undefined,
  null,
  'x',
  {},
  { error: { details: 'x' } },
  { error: { details: [null, { field: 'a', reason: 'b' }] } },
])('finds none in %j', (body) => {
  expect(readKqlErrors(body)).toEqual([]);
});
