import { expect, it } from 'vitest';
import { initialCompany } from './company.tsx';

const company = (number: number) => ({
  id: `id-${number}`,
  number,
  name: `Company ${number}`,
  timeZone: 'UTC',
  role: 'User',
  permissions: [],
});

it('a user of one company has chosen it, whatever was stored', () => {
  expect(initialCompany([company(7)], '3')?.number).toBe(7);
});

it('a stored choice holds only while the company is still one of theirs', () => {
  expect(initialCompany([company(1), company(2)], '2')?.number).toBe(2);
  expect(initialCompany([company(1), company(2)], '3')).toBeUndefined();
  expect(initialCompany([company(1), company(2)], null)).toBeUndefined();
  expect(initialCompany([], null)).toBeUndefined();
});
