import { describe, expect, it } from 'vitest';
import { FairQueue } from './queue.ts';

/** A task that ends when it is told to. */
function task() {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { run: () => promise, end: () => resolve(undefined) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('FairQueue', () => {
  it('runs no more than the bounds at once, in all and of one lane', async () => {
    const queue = new FairQueue({ total: 3, perLane: 2, waitingPerLane: 10 });
    let running = 0;
    let most = 0;
    const mostOfLane: Record<string, number> = {};
    const ofLane: Record<string, number> = {};
    const work = (lane: string) =>
      queue.run(lane, async () => {
        running += 1;
        ofLane[lane] = (ofLane[lane] ?? 0) + 1;
        most = Math.max(most, running);
        mostOfLane[lane] = Math.max(mostOfLane[lane] ?? 0, ofLane[lane]);
        await settle();
        running -= 1;
        ofLane[lane] -= 1;
      });
    await Promise.all(['a', 'a', 'a', 'a', 'b', 'b', 'c'].map(work));
    expect(most).toBe(3);
    expect(mostOfLane).toEqual({ a: 2, b: 2, c: 1 });
    expect(queue.load).toEqual({ running: 0, waiting: 0 });
  });

  it('gives a lane with one task its turn before the second of a full lane', async () => {
    const queue = new FairQueue({ total: 1, perLane: 1, waitingPerLane: 100 });
    const order: string[] = [];
    const first = task();
    const all: Promise<unknown>[] = [queue.run('busy', first.run)];
    for (let number = 0; number < 20; number += 1)
      all.push(
        queue.run('busy', async () => {
          order.push('busy');
        }),
      );
    all.push(
      queue.run('quiet', async () => {
        order.push('quiet');
      }),
    );
    first.end();
    await Promise.all(all);
    expect(order.indexOf('quiet')).toBeLessThanOrEqual(1);
    expect(order).toHaveLength(21);
  });

  it('refuses what would wait past the bound, and goes on', async () => {
    const queue = new FairQueue({ total: 1, perLane: 1, waitingPerLane: 1 });
    const first = task();
    const running = queue.run('a', first.run);
    const waiting = queue.run('a', async () => 'second');
    await expect(queue.run('a', async () => 'third')).rejects.toMatchObject({ code: 'QUERY_BUSY', status: 429 });
    first.end();
    await running;
    expect(await waiting).toBe('second');
  });

  it('ends a wait at an abort, without running the task', async () => {
    const queue = new FairQueue({ total: 1, perLane: 1, waitingPerLane: 5 });
    const first = task();
    const running = queue.run('a', first.run);
    const controller = new AbortController();
    let ran = false;
    const waiting = queue.run('a', async () => void (ran = true), controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'QUERY_CANCELLED' });
    first.end();
    await running;
    await settle();
    expect(ran).toBe(false);
    expect(queue.load).toEqual({ running: 0, waiting: 0 });
  });

  it('frees the place of a task that fails', async () => {
    const queue = new FairQueue({ total: 1, perLane: 1, waitingPerLane: 1 });
    await expect(queue.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run('a', async () => 'next')).toBe('next');
  });
});
