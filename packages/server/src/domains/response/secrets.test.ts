import { expect, test } from 'vitest';
import { pauseAfter } from './backoff.ts';
import { createSecretBox } from './secrets.ts';

const box = createSecretBox(Buffer.alloc(32, 1));

test('a sealed secret opens for its group, under its key, unchanged, and for nothing else', () => {
  const sealed = box.seal('group-1', 'whsec_x');
  expect(sealed).not.toContain('whsec_x');
  expect(box.open('group-1', sealed)).toBe('whsec_x');
  expect(() => box.open('group-2', sealed)).toThrow();
  expect(() => createSecretBox(Buffer.alloc(32, 2)).open('group-1', sealed)).toThrow();
  const parts = sealed.split('.');
  const changed = [...parts.slice(0, 3), Buffer.from('other').toString('base64url')].join('.');
  expect(() => box.open('group-1', changed)).toThrow();
  expect(() => box.open('group-1', 'whsec_x')).toThrow('not a sealed secret');
  expect(box.seal('group-1', 'whsec_x')).not.toBe(sealed);
});

test('pauses double from half a minute to an hour, give or take a fifth', () => {
  expect([1, 2, 3, 8, 9, 10].map((attempt) => pauseAfter(attempt, 0.5))).toEqual([
    30_000, 60_000, 120_000, 3_600_000, 3_600_000, 3_600_000,
  ]);
  expect([pauseAfter(1, 0), pauseAfter(1, 1)]).toEqual([24_000, 36_000]);
});
