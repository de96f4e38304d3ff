import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../platform/clock.ts';
import { StoreError, type EventStore } from '../../../platform/clickhouse/index.ts';
import { createStoredUids } from '../store.ts';
import { storeTime } from '../time/index.ts';
import { createEventsHarness, type EventsHarness } from '../testing.ts';
import { keyOf, type PreparedEvent } from './prepared.ts';
import { Writer, type WriterOptions } from './writer.ts';

let harness: EventsHarness;
let folder: string;
const writers: Writer[] = [];

beforeAll(async () => {
  harness = await createEventsHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-writer-'));
});
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.stop();
  rmSync(folder, { recursive: true, force: true });
});

const TIME_MS = Date.UTC(2026, 2, 2, 8, 30);
const TABLE = 'SignInEvents_CL';

function event(user: string, more: Partial<PreparedEvent> = {}): PreparedEvent {
  const uid = more.uid ?? user;
  const time = `"TimeGenerated":"${storeTime(more.timeMs ?? TIME_MS)}"`;
  return {
    company: 1,
    table: TABLE,
    uid,
    key: keyOf({ company: 1, table: TABLE, uid }),
    identity: 'unique',
    retry: 0,
    timeMs: TIME_MS,
    lookbackMs: 0,
    tail: `${time},"Type":"${TABLE}","EventType":"Sign-In","UserName":"${user}"}`,
    authenticationTail: `${time},"Type":"Authentication","EventType":"Logon","TargetSimpleUsername":"${user}"}`,
    ...more,
  };
}

/** A writer on the harness's store; `insert` stands in for its inserts where a failure is wanted. */
function writerOf(more: Partial<WriterOptions> = {}, insert?: EventStore['insert']): Writer {
  const { store } = harness.platform;
  const writer = new Writer({
    store: insert === undefined ? store : Object.assign(Object.create(store) as EventStore, { insert }),
    log: pino({ level: 'silent' }),
    clock: new ManualClock(Date.UTC(2026, 2, 2, 9)),
    folder,
    queueLimitBytes: 1_000_000,
    gatherMs: 5,
    storedUids: createStoredUids(store),
    loadKnown: async (known) => known.loadedSince(Infinity),
    onVisible: () => undefined,
    onBadRow: async () => undefined,
    ...more,
  });
  writers.push(writer);
  return writer;
}

async function counts(user: string): Promise<[native: number, authentication: number]> {
  const [row] = (
    await harness.platform.store.read(
      `SELECT (SELECT count() FROM ${harness.platform.store.database}.SignInEvents_CL WHERE UserName = {user:String}),
              (SELECT count() FROM ${harness.platform.store.database}.Authentication WHERE TargetSimpleUsername = {user:String})`,
      { params: { user } },
    )
  ).rows;
  return [Number(row?.[0]), Number(row?.[1])];
}

/** Copies the journal as a kill at this moment would leave it, for a next process. */
function leftBehind(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'gatehouse-left-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe('durability', () => {
  it('heals a kill between the two inserts: each row is there once', async () => {
    const { store } = harness.platform;
    const native = { done: false };
    const writer = writerOf({}, async (table, rows, options) => {
      if (table === 'Authentication') return await new Promise(() => undefined);
      const result = await store.insert(table, rows, options);
      native.done = true;
      return result;
    });
    expect(await writer.submit([event('killed-between')])).toEqual(['stored']);
    while (!native.done) await sleep(5);
    expect(await counts('killed-between')).toEqual([1, 0]);
    const left = leftBehind();
    writers.length = 0; // That writer is dead: its insert never ends.
    const next = writerOf({ folder: left });
    await next.prepare();
    expect(await counts('killed-between')).toEqual([1, 1]);
    expect(readdirSync(left)).toEqual([]);
    expect(await next.submit([event('killed-between')], { visible: true })).toEqual(['duplicate']);
    expect(await counts('killed-between')).toEqual([1, 1]);
    rmSync(left, { recursive: true, force: true });
  });

  it('keeps what was acknowledged while the store was away, and tells so', async () => {
    const { store } = harness.platform;
    let away = true;
    const writer = writerOf({}, async (table, rows, options) => {
      if (away) throw new StoreError('STORE_UNAVAILABLE');
      return await store.insert(table, rows, options);
    });
    expect(await writer.submit([event('away')])).toEqual(['stored']);
    expect(await counts('away')).toEqual([0, 0]);
    const before = writer.settledThroughMs();
    expect(before).toBeLessThan(Date.UTC(2026, 2, 2, 9));
    away = false;
    await writer.settle();
    expect(await counts('away')).toEqual([1, 1]);
    expect(writer.settledThroughMs()).toBeGreaterThanOrEqual(Date.UTC(2026, 2, 2, 9));
  });

  it('takes a row that the store refuses apart from the others', async () => {
    const bad: string[] = [];
    const writer = writerOf({
      onBadRow: async ({ table, json }) =>
        void bad.push(`${table} ${(JSON.parse(json) as { EventUid: string }).EventUid}`),
    });
    const broken = event('refused', {
      tail: `"TimeGenerated":"${storeTime(TIME_MS)}","Type":"${TABLE}","Retry":"many"}`,
      authenticationTail: undefined,
    });
    const good = Array.from({ length: 20 }, (_, index) => event(`beside-${index}`));
    await writer.submit([...good.slice(0, 7), broken, ...good.slice(7)], { visible: true });
    expect(bad).toEqual([`${TABLE} refused`]);
    for (const index of [0, 6, 7, 19]) expect(await counts(`beside-${index}`)).toEqual([1, 1]);
  });

  it('acknowledges nothing that the journal could not take', async () => {
    const writer = writerOf({ folder: path.join(folder, 'deep') });
    await writer.prepare();
    rmSync(path.join(folder, 'deep'), { recursive: true });
    await expect(writer.submit([event('no-disk')])).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
      status: 503,
      retryAfterSeconds: 5,
    });
    expect(await counts('no-disk')).toEqual([0, 0]);
  });
});

describe('back-pressure', () => {
  it('answers 429 with Retry-After while too much waits, or holds the call, and takes events again afterwards', async () => {
    const { store } = harness.platform;
    let away = true;
    const writer = writerOf({ queueLimitBytes: 500 }, async (table, rows, options) => {
      while (away) await sleep(5);
      return await store.insert(table, rows, options);
    });
    await writer.submit([event('fills-1'), event('fills-2')]);
    expect(writer.waitingBytes).toBeGreaterThan(500);
    await expect(writer.submit([event('too-much')])).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      status: 429,
      retryAfterSeconds: 1,
    });
    const held = writer.submit([event('held')], { wait: true });
    away = false;
    expect(await held).toEqual(['stored']);
    await writer.settle();
    expect([await counts('too-much'), await counts('held')]).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(writer.waitingBytes).toBe(0);
  });

  it('takes nothing once it stops, and leaves nothing behind', async () => {
    const writer = writerOf();
    await writer.submit([event('last')]);
    await writer.stop();
    expect(await counts('last')).toEqual([1, 1]);
    expect(existsSync(folder) && readdirSync(folder)).toEqual([]);
    await expect(writer.submit([event('too-late')])).rejects.toMatchObject({ code: 'STOPPING' });
  });
});

describe('what is stored once', () => {
  it('asks the store where its memory does not reach', async () => {
    const first = writerOf();
    await first.submit([event('asked')], { visible: true });
    await first.stop();
    const second = writerOf();
    expect(await second.submit([event('asked'), event('asked-new')], { visible: true })).toEqual([
      'duplicate',
      'stored',
    ]);
    expect(await counts('asked')).toEqual([1, 1]);
  });

  it('gives equal first copies different ids, whether the equal one is waiting or stored', async () => {
    const writer = writerOf();
    const same = { identity: 'content', uid: 'hash-of-equal' } as const;
    await writer.submit([event('equal', same), event('equal', same)], { visible: true });
    await writer.submit([event('equal', same)], { visible: true });
    expect(await writer.submit([event('equal', { ...same, retry: 1 })], { visible: true })).toEqual(['duplicate']);
    expect(await counts('equal')).toEqual([3, 3]);
  });

  it('finds the first copy of an event without a time by when it could have arrived', async () => {
    const writer = writerOf();
    const arrival = { identity: 'content', uid: 'hash-no-time', lookbackMs: 86_400_000 } as const;
    await writer.submit([event('no-time', { ...arrival, timeMs: TIME_MS })], { visible: true });
    expect(
      await writer.submit([event('no-time', { ...arrival, retry: 1, timeMs: TIME_MS + 3_600_000 })], { visible: true }),
    ).toEqual(['duplicate']);
  });
});

describe('the arrival watermark', () => {
  it('never covers a row that cannot be seen, and never goes back', async () => {
    const clock = new ManualClock(Date.UTC(2026, 2, 2, 10));
    const writer = writerOf({ clock });
    await writer.prepare();
    let latest = 0;
    for (let round = 0; round < 15; round += 1) {
      if (round % 3 === 0) clock.advance(7);
      // A clock that is set back does not take the watermark with it.
      if (round === 9) clock.set(Date.UTC(2026, 2, 2, 9, 59));
      await writer.submit([event(`mark-${round}`)]);
      const settled = writer.settledThroughMs();
      expect(settled).toBeGreaterThanOrEqual(latest);
      latest = settled;
      const covered = await harness.platform.store.read(
        `SELECT count() FROM ${harness.platform.store.database}.${TABLE} WHERE UserName LIKE 'mark-%' AND IngestedAt <= {at:DateTime64(7, 'UTC')}`,
        { params: { at: storeTime(settled) } },
      );
      await writer.settle();
      const later = await harness.platform.store.read(
        `SELECT count() FROM ${harness.platform.store.database}.${TABLE} WHERE UserName LIKE 'mark-%' AND IngestedAt <= {at:DateTime64(7, 'UTC')}`,
        { params: { at: storeTime(settled) } },
      );
      expect(later.rows).toEqual(covered.rows);
    }
  });
});
