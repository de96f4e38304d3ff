import { expect, test } from 'vitest';
import { workThrough } from './pool.ts';

/** Things with some steps each; notes the order, and that no thing ever takes two steps at once. */
function things(steps: Readonly<Record<string, number>>) {
  const left = new Map(Object.entries(steps));
  const busy = new Set<string>();
  const done: string[] = [];
  const next = (name: string) => {
    if ((left.get(name) ?? 0) === 0) return undefined;
    return async () => {
      expect(busy.has(name)).toBe(false);
      busy.add(name);
      await new Promise((resolve) => setImmediate(resolve));
      busy.delete(name);
      left.set(name, (left.get(name) ?? 0) - 1);
      done.push(name);
      return true;
    };
  };
  return { names: Object.keys(steps), next, done };
}

test.each([1, 2, 5])('with %i at once everything is done, each thing in its own order', async (atOnce) => {
  const { names, next, done } = things({ a: 3, b: 1, c: 0, d: 2 });
  expect(await workThrough(names, { limit: 100, atOnce }, next)).toEqual({ evaluated: 6, remaining: 0 });
  expect([...done].sort().join('')).toBe('aaabdd');
});

test('a thing with much to do does not hold up the others', async () => {
  const { names, next, done } = things({ long: 100, short: 1 });
  expect(await workThrough(names, { limit: 4, atOnce: 1 }, next)).toEqual({ evaluated: 4, remaining: 1 });
  expect(done).toEqual(['long', 'short', 'long', 'long']);
});

test('after an error nothing more begins, and what was under way ends first', async () => {
  let under = 0;
  const fault = new Error('broken');
  const working = workThrough(['bad', 'good', 'more'], { limit: 100, atOnce: 2 }, (name) => async () => {
    under += 1;
    await new Promise((resolve) => setTimeout(resolve, name === 'bad' ? 5 : 30));
    under -= 1;
    if (name === 'bad') throw fault;
    return false;
  });
  await expect(working).rejects.toBe(fault);
  expect(under).toBe(0);
});
