/** A killed engine that knew a token whose rows it did not have: the repeated INSERT was answered and its rows were lost. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openEventStore } from '../index.ts';
import { judgeEntries, mendDeduplicationLogs } from './deduplication-log.ts';

const entry = (block: number, partition = '20260102') =>
  `1\t${partition}_${block}_${block}_0\t${partition}_${block}11_22`;

it.each<[string, number, readonly string[], readonly string[]]>([
  ['every part there', 3, [entry(1), entry(3)], []],
  ['the last part missing', 2, [entry(1), entry(2)], [entry(3)]],
  ['no part at all', 0, [], [entry(1), entry(2, 'all')]],
  ['an entry of a dropped part', 2, ['2\t20260102_1_1_0\t20260102_111_22', entry(2)], []],
  ['what it cannot read', 0, ['3\tsomething', ''], []],
])('%s', (_, highest, kept, dropped) => {
  const text = [...kept, ...dropped].map((line) => `${line}\n`).join('');
  expect(judgeEntries(text, highest)).toEqual({ kept: kept.map((line) => `${line}\n`).join(''), dropped });
});

it('takes out a line that was cut off', () => {
  expect(judgeEntries(`${entry(1)}\n1\t20260102_2_2`, 5)).toEqual({
    kept: `${entry(1)}\n`,
    dropped: ['1\t20260102_2_2'],
  });
});

it('finds the logs of every table and minds merged, mutated, unfinished and detached parts', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gh-dedup-'));
  const table = path.join(folder, 'store', 'abc', 'abcdef');
  for (const name of [
    '20260102_1_4_1',
    '20260101_5_5_0_9',
    'tmp_insert_20260102_6_6_0',
    'detached/20260102_8_8_0',
    'deduplication_logs',
  ])
    mkdirSync(path.join(table, name), { recursive: true });
  const log = path.join(table, 'deduplication_logs', 'deduplication_log_1.txt');
  writeFileSync(log, `${entry(4)}\n${entry(5)}\n${entry(6)}\n`);
  expect(mendDeduplicationLogs(folder)).toEqual([entry(6)]);
  expect(readFileSync(log, 'utf8')).toBe(`${entry(4)}\n${entry(5)}\n`);
  expect(mendDeduplicationLogs(folder)).toEqual([]);
  expect(mendDeduplicationLogs(path.join(folder, 'nowhere'))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

it('makes a repeated INSERT store its rows when the engine died between the token and the part', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gh-dedup-'));
  const open = () => openEventStore({ kind: 'embedded', folder, database: 'gatehouse' });
  const insert = async (token: string) => {
    const store = await open();
    await store.command(
      'CREATE TABLE IF NOT EXISTS t (a String) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100',
    );
    await store.insert('t', JSON.stringify({ a: token }), { token });
    const { rows } = await store.read('SELECT a FROM t ORDER BY a');
    const [place] = (
      await store.read(
        "SELECT path FROM system.parts WHERE table = 't' AND active ORDER BY max_block_number DESC LIMIT 1",
      )
    ).rows;
    await store.close();
    return { rows: rows.flat(), newestPart: String(place?.[0]) };
  };
  await insert('first');
  const { newestPart } = await insert('second');
  // What a kill in between leaves: the token in the log, the part not in its place.
  rmSync(newestPart, { recursive: true });
  expect((await insert('second')).rows).toEqual(['first', 'second']);
  expect((await insert('second')).rows).toEqual(['first', 'second']);
  rmSync(folder, { recursive: true, force: true });
});
