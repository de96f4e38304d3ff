import { expect, it } from 'vitest';
import { stateOfKey } from './keys.ts';

it.each([
  [null, null, 'Active'],
  [null, 1001, 'Active'],
  [null, 1000, 'Expired'],
  [500, null, 'Revoked'],
  [500, 600, 'Revoked'],
] as const)('revoked at %s, expiring at %s: %s', (revokedAt, expiresAt, state) => {
  expect(stateOfKey({ revokedAt, expiresAt }, 1000)).toBe(state);
});
