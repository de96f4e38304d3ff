/** The tables of the schema in the real engine: made, extended while they hold rows, refused where they do not fit. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LOG_TABLES } from '@gatehouse/schema';
import type { LogTable } from '@gatehouse/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LAYOUT_VERSION, migrateTables, openEventStore } from './index.ts';
import type { EventStore } from './index.ts';

let folder: string;
let store: EventStore;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gh-migrate-'));
  store = await openEventStore({ kind: 'embedded', folder, database: 'gatehouse' });
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const CUSTOM: LogTable = {
  name: 'Custom_CL',
  description: 'A table of a test.',
  origin: 'test',
  columns: [
    { name: 'Text', type: 'string', description: '', storage: { index: 'text' } },
    { name: 'Flag', type: 'bool', description: '' },
    { name: 'Whole', type: 'int', description: '' },
    { name: 'Long', type: 'long', description: '' },
    { name: 'Real', type: 'real', description: '' },
    { name: 'Exact', type: 'decimal', description: '' },
    { name: 'When', type: 'datetime', description: '' },
    { name: 'Span', type: 'timespan', description: '' },
    { name: 'Guid', type: 'guid', description: '' },
    { name: 'Bag', type: 'dynamic', description: '' },
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 90,
  partitionBy: 'day',
};

const common = {
  CompanyId: 7,
  TimeGenerated: '2020-09-04 07:07:18.1234567',
  IngestedAt: '2026-11-21 00:00:00.0000000',
  EventUid: 'u',
};

it('makes every table of the schema once', async () => {
  const made = await migrateTables(store, LOG_TABLES);
  expect(made).toEqual(LOG_TABLES.map((table) => ({ table: table.name, change: 'created' })));
  expect(await migrateTables(store, LOG_TABLES)).toEqual([]);
  expect((await store.read('SELECT Version FROM schema_version')).rows).toEqual([[LAYOUT_VERSION]]);
});

it('keeps a value of every type, and adds columns, indexes and another retention to a table that has rows', async () => {
  await migrateTables(store, [CUSTOM]);
  const row = {
    ...common,
    Text: 'Protected route',
    Flag: true,
    Whole: -5,
    Long: '9223372036854775807',
    Real: 0.5,
    Exact: '1.5',
    When: '1999-12-31 23:59:59.9999999',
    Span: '-1',
    Guid: '12345678-1234-1234-1234-123456789012',
    Bag: '{"a":[1]}',
  };
  await store.insert('Custom_CL', `${JSON.stringify(row)}\n${JSON.stringify(common)}`, { token: 'rows' });
  const columns = 'CompanyId, TimeGenerated, Text, Flag, Whole, Long, Real, Exact, When, Span, Guid, Bag';
  const select = `SELECT ${columns} FROM Custom_CL ORDER BY Text DESC`;
  const rows = [
    [
      7,
      common.TimeGenerated,
      'Protected route',
      true,
      -5,
      '9223372036854775807',
      0.5,
      '1.5',
      '1999-12-31 23:59:59.9999999',
      '-1',
      row.Guid,
      '{"a":[1]}',
    ],
    [7, common.TimeGenerated, '', null, null, null, null, null, null, null, null, ''],
  ];
  expect((await store.read(select)).rows).toEqual(rows);

  const extended: LogTable = {
    ...CUSTOM,
    retentionDays: 30,
    columns: [...CUSTOM.columns, { name: 'Added', type: 'string', description: '', storage: { index: 'bloom' } }],
  };
  const changes = (await migrateTables(store, [extended])).map((change) => change.change);
  expect(changes).toEqual(['column Added added', 'index on Added added', 'kept 30 days']);
  expect(await migrateTables(store, [extended])).toEqual([]);
  expect((await store.read(select)).rows).toEqual(rows);
  expect((await store.read('SELECT DISTINCT Added FROM Custom_CL')).rows).toEqual([['']]);
});

it('does not drop a column that is declared no more', async () => {
  await migrateTables(store, [{ ...CUSTOM, retentionDays: 30, columns: CUSTOM.columns.slice(0, 1) }]);
  expect((await store.read('SELECT count(Bag) FROM Custom_CL')).rows).toEqual([['2']]);
});

it.each<[string, Partial<LogTable>]>([
  ['column Text is String, not Nullable(Int64)', { columns: [{ name: 'Text', type: 'long', description: '' }] }],
  ['it is sorted by (CompanyId, TimeGenerated), not (CompanyId, Text)', { sortingKey: ['Text'] }],
  ['it is cut by toYYYYMMDD(IngestedAt), not toYYYYMM(IngestedAt)', { partitionBy: 'month' }],
])('refuses what no ALTER mends: %s', async (words, change) => {
  const error: unknown = await migrateTables(store, [{ ...CUSTOM, ...change }]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'STORE_SCHEMA', message: expect.stringContaining(words) as string });
});

it('keeps rows with the time of another year and puts one INSERT into one partition', async () => {
  const years = [1900, 1969, 1999, 2020, 2026, 2299];
  const rows = years.map((year) =>
    JSON.stringify({ ...common, TimeGenerated: `${year}-01-01 00:00:00.0000000`, Text: 'years' }),
  );
  await store.insert('Custom_CL', rows.join('\n'), { token: 'years' });
  await store.command('OPTIMIZE TABLE Custom_CL FINAL');
  const answer = await store.read("SELECT count(), uniqExact(_partition_id) FROM Custom_CL WHERE Text = 'years'");
  expect(answer.rows).toEqual([[String(years.length), '1']]);
});

it('counts the retention from the moment of writing, whatever the arrival says', async () => {
  const old = { ...common, IngestedAt: '1999-01-01 00:00:00.0000000', Text: 'long ago' };
  await store.insert('Custom_CL', JSON.stringify(old), { token: 'old' });
  await store.command('OPTIMIZE TABLE Custom_CL FINAL');
  const answer = await store.read(
    "SELECT count(), min(_StoredAt) > now() - 600 FROM Custom_CL WHERE Text = 'long ago'",
  );
  expect(answer.rows).toEqual([['1', 1]]);
});

it('finds words by the text index and uids by the bloom index without reading every granule', async () => {
  await store.command(
    "INSERT INTO Custom_CL (CompanyId, TimeGenerated, IngestedAt, EventUid, Text) SELECT 1, now64(7), now64(7), toString(number), if(number = 777, 'needle in the hay', 'nothing here') FROM numbers(100000)",
  );
  await store.command('OPTIMIZE TABLE Custom_CL FINAL');
  const conditions = ["lower(Text) LIKE '%needle%'", "hasTokenCaseInsensitive(Text, 'NEEDLE')", "EventUid = '777'"];
  for (const condition of conditions) {
    expect((await store.read(`SELECT count() FROM Custom_CL WHERE ${condition}`)).rows).toEqual([['1']]);
    const plan = await store.read(`EXPLAIN indexes = 1 SELECT count() FROM Custom_CL WHERE ${condition}`);
    expect(plan.rows.flat().join('\n')).toMatch(/Skip[\s\S]*Granules: 1\/1[0-9]/);
  }
});

it('refuses a store that a newer version wrote', async () => {
  await store.insert('schema_version', JSON.stringify({ Version: LAYOUT_VERSION + 1 }), { token: 'newer' });
  await expect(migrateTables(store, [])).rejects.toMatchObject({ code: 'STORE_SCHEMA' });
});
