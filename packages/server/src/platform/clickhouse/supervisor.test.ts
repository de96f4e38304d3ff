/**
 * The child dies, hangs, outlives its server: no acknowledged row is lost or doubled and the store answers again by itself. A
 * few rounds here; `bench/kill` does it dozens of times under load.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEventStore } from './index.ts';
import type { EmbeddedEventStore, SupervisorEvent } from './index.ts';

let folder: string;
const opened: EmbeddedEventStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gh-sup-'));
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(
  options: { events?: SupervisorEvent[]; hangLimit?: number; at?: string } = {},
): Promise<EmbeddedEventStore> {
  const store = await openEventStore({
    kind: 'embedded',
    folder: options.at ?? folder,
    database: 'gatehouse',
    ...(options.hangLimit === undefined ? {} : { timing: { hangLimit: options.hangLimit, pingEvery: 100 } }),
    onEvent: (event) => options.events?.push(event),
  });
  opened.push(store);
  return store;
}

const CREATE = `CREATE TABLE IF NOT EXISTS events (Batch UInt32, Id UInt32) ENGINE = MergeTree ORDER BY (Batch, Id)
  SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1`;

function kill(store: EmbeddedEventStore, signal: NodeJS.Signals): void {
  const pid = store.childPid();
  if (pid !== undefined) process.kill(pid, signal);
}

const alive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

describe('a child that is killed', () => {
  it('loses and doubles nothing that was acknowledged, and is back by itself', async () => {
    const store = await open();
    await store.command(CREATE);
    const acknowledged: number[] = [];
    let batch = 0;
    let stop = false;
    const writer = async () => {
      while (!stop) {
        const own = batch++;
        const rows = Array.from({ length: 50 }, (_, id) => JSON.stringify({ Batch: own, Id: id })).join('\n');
        await store.insert('events', rows, { token: `batch-${own}` });
        acknowledged.push(own);
      }
    };
    const writers = [writer(), writer(), writer()];
    for (let round = 0; round < 5; round++) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(before + 5);
      await sleep(round * 13);
      kill(store, 'SIGKILL');
      await expect.poll(() => store.ping(), { timeout: 10_000 }).toBe(true);
    }
    stop = true;
    await Promise.all(writers);
    expect(acknowledged.length).toBeGreaterThan(20);
    const answer = await store.read('SELECT Batch, count(), uniqExact(Id) FROM events GROUP BY Batch', {
      limits: { maxResultRows: 1e6 },
    });
    const counts = new Map(answer.rows.map(([own, count, ids]) => [Number(own), [count, ids].join()]));
    for (const own of acknowledged) expect(`${own}: ${counts.get(own)}`).toBe(`${own}: 50,50`);
  });

  it('fails a query under way with a code that invites a retry, and holds back calls until it is back', async () => {
    const events: SupervisorEvent[] = [];
    const store = await open({ events });
    const query = store
      .read('SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1')
      .catch((error: unknown) => error);
    await sleep(200);
    kill(store, 'SIGKILL');
    expect(await query).toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503, retryable: true });
    expect((await store.read('SELECT 1')).rows).toEqual([[1]]);
    expect(events.map((event) => event.kind)).toEqual(['started', 'ended', 'started']);
  });
});

it('kills and restarts a child that hangs', async () => {
  const events: SupervisorEvent[] = [];
  const store = await open({ events, hangLimit: 600 });
  const before = store.childPid();
  kill(store, 'SIGSTOP');
  await expect
    .poll(() => events.map((event) => event.kind), { timeout: 10_000 })
    .toEqual(['started', 'hung', 'ended', 'started']);
  expect((await store.read('SELECT 1')).rows).toEqual([[1]]);
  expect(store.childPid()).not.toBe(before);
});

describe('a server that is killed', () => {
  const server = (at: string) =>
    new Promise<{ serverPid: number; childPid: number }>((resolve, reject) => {
      const started = fork(new URL('./testing/server-process.ts', import.meta.url), [at], { silent: true });
      started.once('message', (message) => resolve({ serverPid: started.pid ?? 0, childPid: Number(message) }));
      started.once('exit', () => reject(new Error('the server ended')));
    });

  it('takes its child with it, and the next server opens the same data', async () => {
    const { serverPid, childPid } = await server(folder);
    process.kill(serverPid, 'SIGKILL');
    await expect.poll(() => alive(childPid), { timeout: 10_000 }).toBe(false);
    expect((await (await open()).read('SELECT count() FROM kept')).rows).toEqual([['1']]);
  });

  it('leaves a hanging child that the next server ends', async () => {
    const { serverPid, childPid } = await server(folder);
    process.kill(childPid, 'SIGSTOP');
    process.kill(serverPid, 'SIGKILL');
    expect((await (await open()).read('SELECT count() FROM kept')).rows).toEqual([['1']]);
    expect(alive(childPid)).toBe(false);
  });
});

it('refuses a folder that another server uses', async () => {
  await open();
  await expect(open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
});

it('works in a folder whose path is too long for a socket', async () => {
  const at = path.join(folder, 'x'.repeat(120));
  mkdirSync(at);
  const store = await open({ at });
  expect((await store.read('SELECT 1')).rows).toEqual([[1]]);
});

it('finishes what is under way when it is closed, and then says that it is closed', async () => {
  const store = await open();
  const query = store.read('SELECT sleepEachRow(0.1) FROM numbers(10)', { settings: { max_block_size: 1 } });
  await sleep(200);
  await store.close();
  expect((await query).rows).toHaveLength(10);
  await expect(store.read('SELECT 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(existsSync(path.join(folder, 'child.json'))).toBe(false);
});
