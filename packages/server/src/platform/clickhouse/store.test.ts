/**
 * The event store against the real engine: what every other part relies on. One child for the whole file, killed on purpose in
 * its own file (`supervisor.test.ts`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventStore, quoteIdentifier, StoreError } from './index.ts';
import type { EmbeddedEventStore, StoreErrorCode } from './index.ts';

const SLOW = 'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1';

let folder: string;
let store: EmbeddedEventStore;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gh-store-'));
  store = await openEventStore({ kind: 'embedded', folder, database: 'gatehouse' });
  await store.command(
    `CREATE TABLE events (Id UInt32, Text String, At DateTime64(7, 'UTC'), Note Nullable(String)) ENGINE = MergeTree ORDER BY Id
     SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1`,
  );
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const row = (id: number, more: object = {}) =>
  JSON.stringify({ Id: id, Text: `text ${id}`, At: '2026-01-02 03:04:05.1234567', ...more });

async function failure(work: Promise<unknown>): Promise<StoreError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

const engineWords = (error: StoreError) => (error.cause as Error).message;

const idsWhere = async (from: number) =>
  (
    await store.read('SELECT Id FROM events WHERE intDiv(Id, 1000) = {from:UInt32} ORDER BY Id', { params: { from } })
  ).rows.map((each) => each[0]);

describe('reading', () => {
  it('binds values of every shape without a trace of them in the SQL', async () => {
    const text = 'a\'b"`\\\t\n\r;--/*é😀{x:String}\\N';
    const answer = await store.read(
      'SELECT {text:String}, {list:Array(String)}, {number:Int64}, {nothing:Nullable(String)}, {flag:Bool}',
      { params: { text, list: [text, 'x'], number: 9007199254740993n, nothing: null, flag: true } },
    );
    expect(answer.rows).toEqual([[text, [text, 'x'], '9007199254740993', null, true]]);
    expect(answer.columns.map((column) => column.type)).toEqual([
      'String',
      'Array(String)',
      'Int64',
      'Nullable(String)',
      'Bool',
    ]);
  });

  it('takes parameters of a megabyte', async () => {
    const list = Array.from({ length: 40_000 }, (_, index) => `user-${index}-with-a-long-name`);
    const answer = await store.read('SELECT length({list:Array(String)}), {list:Array(String)}[40000]', {
      params: { list },
    });
    expect(answer.rows).toEqual([['40000', 'user-39999-with-a-long-name']]);
  });

  it('gives 64-bit integers, decimals and reals without loss', async () => {
    const answer = await store.read(
      "SELECT toInt64(9007199254740993), toDecimal128('1.000000000000000001', 18), nan, -inf, 0.1",
    );
    expect(answer.rows).toEqual([['9007199254740993', '1.000000000000000001', 'nan', '-inf', 0.1]]);
  });

  const limits: readonly [StoreErrorCode, string, object][] = [
    ['TIME_LIMIT', SLOW, { maxSeconds: 0.3 }],
    ['ROW_LIMIT', 'SELECT number FROM numbers(11)', { maxResultRows: 10 }],
    ['MEMORY_LIMIT', 'SELECT length(groupArray(number)) FROM numbers(20000000)', { maxMemoryBytes: 20_000_000 }],
  ];
  it.each(limits)('stops at the limit: %s', async (code, sql, given) => {
    expect((await failure(store.read(sql, { limits: given }))).code).toBe(code);
  });

  it('refuses a limit that is none', async () => {
    expect(() => store.read('SELECT 1', { limits: { maxSeconds: -1 } })).toThrow('limit maxSeconds');
  });

  it('writes nothing', async () => {
    const error = await failure(store.read('CREATE TABLE written (a UInt8) ENGINE = Memory'));
    expect(error.code).toBe('STORE_ERROR');
    expect(engineWords(error)).toContain('readonly');
  });

  it('stops the query in the engine when the caller gives up', async () => {
    const controller = new AbortController();
    const begun = performance.now();
    setTimeout(() => controller.abort(), 200);
    expect((await failure(store.read(SLOW, { signal: controller.signal }))).code).toBe('CANCELLED');
    expect(performance.now() - begun).toBeLessThan(2_000);
    await expect.poll(async () => running('sipHash64'), { timeout: 5_000 }).toBe(0);
  });

  it('lets INSERTs through while more queries run than there are lanes', async () => {
    const controller = new AbortController();
    const queries = Array.from({ length: 20 }, () =>
      store.read(SLOW, { signal: controller.signal }).catch(() => undefined),
    );
    await sleep(300);
    const begun = performance.now();
    await store.insert('events', row(9_001), { token: 'through' });
    expect(performance.now() - begun).toBeLessThan(5_000);
    controller.abort();
    await Promise.all(queries);
    await expect.poll(async () => running('sipHash64'), { timeout: 10_000 }).toBe(0);
  });
});

async function running(part: string): Promise<number> {
  const answer = await store.read(
    'SELECT count() FROM system.processes WHERE position(query, {part:String}) > 0 AND position(query, {not:String}) = 0',
    { params: { part, not: 'system.processes' } },
  );
  return Number(answer.rows[0]?.[0]);
}

describe('streaming', () => {
  it('gives every row once, with the columns', async () => {
    let sum = 0;
    let count = 0;
    for await (const block of store.stream('SELECT toUInt32(number) AS n FROM numbers(120000)')) {
      expect(block.columns).toEqual([{ name: 'n', type: 'UInt32' }]);
      for (const [value] of block.rows) sum += Number(value);
      count += block.rows.length;
    }
    expect([count, sum]).toEqual([120_000, 7_199_940_000]);
  });

  it('gives the first rows before the query is done, and stops it when nobody reads on', async () => {
    const begun = performance.now();
    const sql = 'SELECT number, sleepEachRow(0.00002) FROM numbers(2000000)';
    for await (const block of store.stream(sql, { settings: { max_block_size: 20_000, max_threads: 1 } }))
      if (block.rows.length > 0) break;
    expect(performance.now() - begun).toBeLessThan(10_000);
    await expect.poll(async () => running('sleepEachRow'), { timeout: 10_000 }).toBe(0);
  });

  it('throws what happens after the first rows as a typed error', async () => {
    const sql = 'SELECT throwIf(number = 900000), sleepEachRow(0.000001) FROM numbers(1000000)';
    const read = async () => {
      let rows = 0;
      for await (const block of store.stream(sql, {
        settings: { max_block_size: 10_000, max_threads: 1 },
        limits: { maxResultRows: 2_000_000 },
      }))
        rows += block.rows.length;
      return rows;
    };
    const error = await failure(read());
    expect(error.code).toBe('STORE_ERROR');
    expect(engineWords(error)).toContain('throwIf');
  });

  it('does not stop the child while a scalar subquery is worked out', async () => {
    const iterator = store
      .stream('SELECT (SELECT count() FROM numbers(60000000) WHERE sipHash64(number) = 1) AS n')
      [Symbol.asyncIterator]();
    const first = iterator.next();
    await sleep(100);
    const begun = performance.now();
    expect(await store.ping()).toBe(true);
    expect(performance.now() - begun).toBeLessThan(900);
    await first;
    await iterator.return?.();
  });
});

describe('inserting', () => {
  it('keeps empty lines and statements in the rows as data', async () => {
    const text = "x\n\n; DROP TABLE events; SELECT 'y'";
    const ndjson = `${row(1_001, { Text: text })}\n\n\n${row(1_002)}\n`;
    expect(await store.insert('events', ndjson, { token: 'lines' })).toEqual({ writtenRows: 2 });
    const answer = await store.read('SELECT Text, toString(At) FROM events WHERE Id = 1001');
    expect(answer.rows).toEqual([[text, '2026-01-02 03:04:05.1234567']]);
    expect(await idsWhere(1)).toEqual([1_001, 1_002]);
  });

  it('stores a repeated token once and another token of the same rows again', async () => {
    for (const token of ['once', 'once', 'twice']) await store.insert('events', row(2_001), { token });
    expect(await idsWhere(2)).toEqual([2_001, 2_001]);
  });

  const refused: readonly [string, object][] = [
    ['an unknown field', { Nope: 1 }],
    ['null without a null map', { Text: null }],
    ['a number for a text', { Text: 5 }],
    ['an object for a text', { Text: { a: 1 } }],
    ['an offset in a time', { At: '2026-01-02T03:04:05+02:00' }],
    ['a zone in a time', { At: '2026-01-02 03:04:05Z' }],
    ['a text for a number', { Id: 'x' }],
  ];
  it.each(refused)('refuses the whole call for %s', async (_, more) => {
    const error = await failure(
      store.insert('events', `${row(3_001)}\n${row(3_002, more)}`, { token: `bad-${JSON.stringify(more)}` }),
    );
    expect(error.code).toBe('STORE_BAD_ROW');
    expect(await idsWhere(3)).toEqual([]);
  });

  it('takes a body of 30 MB in one piece', async () => {
    const body = Array.from({ length: 30_000 }, (_, index) => row(4_000_000 + index, { Text: 'x'.repeat(950) })).join(
      '\n',
    );
    expect(await store.insert('events', body, { token: 'big' })).toEqual({ writtenRows: 30_000 });
    const parts = await store.read('SELECT uniqExact(_part) FROM events WHERE Id >= 4000000');
    expect(parts.rows).toEqual([['1']]);
  });
});

it('quotes what no name should be', async () => {
  const name = 'odd`name\\';
  await store.command(`CREATE TABLE ${store.database}.${quoteIdentifier(name)} (\`a;b\` UInt8) ENGINE = Memory`);
  const answer = await store.read('SELECT name FROM system.columns WHERE table = {name:String}', { params: { name } });
  expect(answer.rows).toEqual([['a;b']]);
  expect(() => quoteIdentifier('')).toThrow(TypeError);
  expect(() => quoteIdentifier('a\0b')).toThrow(TypeError);
});
