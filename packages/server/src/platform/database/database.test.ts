/**
 * The control store on the real SQLite. The traps that made this dialect: node:sqlite takes an object in first place for named
 * parameters and shifts the rest; the outer handle inside a transaction waits for ever; a deferred BEGIN that then writes fails
 * at once whatever the busy timeout.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import {
  acquireLease,
  claim,
  columnType,
  flagOf,
  integerDefault,
  openDatabase,
  pageOf,
  releaseLease,
  renewLease,
} from './index.ts';
import type { Database, Migration } from './index.ts';

interface Tables {
  things: { id: string; name: unknown; size: unknown; on: unknown };
}

const things: Migration = {
  id: '0001-things',
  up: async (database) => {
    await database.schema
      .createTable('things')
      .addColumn('id', columnType.id, (column) => column.primaryKey())
      .addColumn('name', columnType.short(100))
      .addColumn('size', columnType.ms)
      .addColumn('on', columnType.flag, (column) => column.notNull().defaultTo(integerDefault(0)))
      .execute();
  },
};

let folder: string;
let database: Database;
let db: Kysely<Tables>;
const clock = new ManualClock(1_000_000);

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gh-db-'));
  database = await openDatabase({ url: 'sqlite:///control.db', folder, clock }, [things]);
  db = database.withTables<Tables>();
});

afterEach(async () => {
  await database.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const insert = (id: string, more: object = {}) =>
  db
    .insertInto('things')
    .values({ id, name: null, size: null, on: 0, ...more })
    .execute();

describe('values', () => {
  it.each<[string, unknown, unknown]>([
    ['text', "a'b\0c😀", "a'b\0c😀"],
    ['true', true, 1],
    ['false', false, 0],
    ['a date', new Date(1_700_000_000_123), 1_700_000_000_123],
    ['null', null, null],
    ['a number', 1.5, 1.5],
    ['the largest exact number', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['a bigint that is exact as a number', 12n, 12],
    ['the largest bigint', 2n ** 63n - 1n, 2n ** 63n - 1n],
  ])('keeps %s', async (_, given, kept) => {
    await insert('a', { size: given });
    const row = await db.selectFrom('things').select('size').executeTakeFirstOrThrow();
    expect(row.size).toEqual(kept);
  });

  it.each<[string, unknown]>([
    ['an object', { a: 1 }],
    ['a list', [1]],
    ['undefined', undefined],
    ['NaN', NaN],
    ['an invalid date', new Date(NaN)],
    ['more than 64 bits', 2n ** 63n],
    ['a symbol', Symbol('s')],
  ])('refuses %s, also as the first parameter', async (_, given) => {
    await expect(sql`select ${given} as v, ${'second'} as w`.execute(db)).rejects.toMatchObject({
      code: 'DATABASE_VALUE',
    });
  });

  it('does not shift parameters', async () => {
    const { rows } = await sql<{ v: unknown; w: unknown }>`select ${null} as v, ${'second'} as w`.execute(db);
    expect(rows).toEqual([{ v: null, w: 'second' }]);
  });

  it('binds what looks like SQL', async () => {
    const name = "x'); DROP TABLE things; --";
    await insert('a', { name });
    expect(await db.selectFrom('things').select('name').where('name', '=', name).execute()).toEqual([{ name }]);
  });
});

describe('transactions', () => {
  it('keeps all or nothing', async () => {
    const work = db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('things')
        .values({ id: 'a', name: '', size: 1, on: flagOf(true) })
        .execute();
      throw new Error('enough');
    });
    await expect(work).rejects.toThrow('enough');
    expect(await db.selectFrom('things').select('id').execute()).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['the outer handle', () => db.selectFrom('things').selectAll().execute()],
    ['a handle with other tables', () => database.withTables<Tables>().selectFrom('things').selectAll().execute()],
    ['a second transaction', () => db.transaction().execute(async () => undefined)],
    ['a lease', () => acquireLease(database, clock, 'x', 'y', 5_000)],
  ])('refuses %s inside instead of waiting for ever', async (_, inside) => {
    const work = db.transaction().execute(async () => {
      await Promise.resolve();
      await inside();
    });
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_OUTER_HANDLE' });
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([]);
  });

  it('lets work that was begun inside go on with the outer handle afterwards', async () => {
    let later: Promise<unknown> = Promise.resolve();
    let over: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (over = resolve));
    await db.transaction().execute(async () => {
      later = gate.then(() => insert('late'));
    });
    over();
    await later;
    expect(await db.selectFrom('things').select('id').execute()).toEqual([{ id: 'late' }]);
  });

  it('keeps other work out of an open transaction, in order', async () => {
    const seen: string[] = [];
    const first = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('things').values({ id: 'a', name: '', size: 1, on: 0 }).execute();
      await new Promise((resolve) => setTimeout(resolve, 30));
      seen.push('transaction');
    });
    const second = insert('b').then(() => seen.push('insert'));
    await Promise.all([first, second]);
    expect(seen).toEqual(['transaction', 'insert']);
  });

  it('takes the write lock at the beginning', async () => {
    const other = new DatabaseSync(path.join(folder, 'control.db'), { timeout: 0 });
    await db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('things').selectAll().execute();
      expect(() => other.exec("INSERT INTO things (id) VALUES ('other')")).toThrow('locked');
    });
    other.exec("INSERT INTO things (id) VALUES ('other')");
    other.close();
  });

  it('refuses ways to hold the connection without a callback', () => {
    expect(() => db.startTransaction()).toThrow(TypeError);
    expect(() => db.connection()).toThrow(TypeError);
  });
});

it('is set up for what it promises', async () => {
  const pragma = async (name: string) =>
    Object.values((await sql<object>`${sql.raw(`pragma ${name}`)}`.execute(db)).rows[0] ?? {})[0] as unknown;
  expect(await pragma('journal_mode')).toBe('wal');
  expect(await pragma('synchronous')).toBe(2);
  expect(await pragma('foreign_keys')).toBe(1);
});

describe('migrations', () => {
  const reopen = async (migrations: readonly Migration[]) => {
    await database.destroy();
    database = await openDatabase({ url: 'sqlite:///control.db', folder, clock }, migrations);
  };

  it('runs each once, by id, and says when', async () => {
    const ran: string[] = [];
    const step = (id: string): Migration => ({ id, up: async () => void ran.push(id) });
    await reopen([step('0003-c'), things, step('0002-b')]);
    await reopen([step('0003-c'), things, step('0002-b')]);
    expect(ran).toEqual(['0002-b', '0003-c']);
    const { rows } = await sql`select id, applied_at from schema_migrations order by id`.execute(database);
    expect(rows).toEqual(
      ['0000-leases', '0001-things', '0002-b', '0003-c'].map((id) => ({ id, applied_at: 1_000_000 })),
    );
  });

  it('refuses a database of a newer version and leaves it alone', async () => {
    await reopen([things, { id: '0009-later', up: async () => undefined }]);
    await expect(reopen([things])).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      message: expect.stringContaining('0009-later') as string,
    });
    await reopen([things, { id: '0009-later', up: async () => undefined }]);
  });

  it('keeps nothing of a migration that fails', async () => {
    const failing: Migration = {
      id: '0002-fails',
      up: async (inside) => {
        await inside.schema.createTable('half').addColumn('id', columnType.id).execute();
        await inside.schema.createTable('things').addColumn('id', columnType.id).execute();
      },
    };
    await expect(reopen([things, failing])).rejects.toMatchObject({ code: 'DATABASE_MIGRATION' });
    await reopen([things]);
    const { rows } = await sql`select name from sqlite_master where name = 'half'`.execute(database);
    expect(rows).toEqual([]);
  });

  it('refuses ids that have no order', async () => {
    await expect(reopen([things, things])).rejects.toThrow('two migrations have the id 0001-things');
    await expect(reopen([{ ...things, id: 'first' }])).rejects.toThrow('not an id of a migration: first');
    await reopen([things]);
  });
});

describe('the database URL', () => {
  it.each([
    ['sqlite:///made.db', 'made.db'],
    ['sqlite+pysqlite:///made.db?check_same_thread=False', 'made.db'],
    ['made.db', 'made.db'],
    ['./deep/er/made.db', 'deep/er/made.db'],
  ])('%s is a file in the folder', async (url, file) => {
    await (await openDatabase({ url, folder }, [])).destroy();
    new DatabaseSync(path.join(folder, file), { readOnly: true }).close();
  });

  it('with four slashes is an absolute path', async () => {
    const file = path.join(folder, 'absolute.db');
    await (await openDatabase({ url: `sqlite:///${file}`, folder: '/nowhere' }, [])).destroy();
    new DatabaseSync(file, { readOnly: true }).close();
  });

  it.each([
    ['postgresql://u:p@host/db', 'DATABASE_UNSUPPORTED', 'PostgreSQL comes with a later version'],
    ['postgresql+psycopg2://u:p@host/db', 'DATABASE_UNSUPPORTED', 'PostgreSQL'],
    ['mysql+pymysql://host/db', 'DATABASE_UNSUPPORTED', 'MySQL'],
    ['mariadb://host/db', 'DATABASE_UNSUPPORTED', 'MariaDB'],
    ['mssql+pyodbc://host/db', 'DATABASE_UNSUPPORTED', 'SQL Server'],
    ['redis://host', 'DATABASE_URL_INVALID', 'redis://'],
    ['sqlite://relative.db', 'DATABASE_URL_INVALID', 'three slashes'],
    ['sqlite:///a.db?mode=ro', 'DATABASE_URL_INVALID', 'mode'],
    ['', 'DATABASE_URL_INVALID', 'empty'],
  ])('%s is refused', async (url, code, words) => {
    await expect(openDatabase({ url, folder }, [])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
    });
  });
});

describe('pages', () => {
  const keys = [
    { column: 'size', direction: 'desc' },
    { column: 'id', direction: 'asc' },
  ] as const;
  const page = (cursor: string | undefined, limit = 3) =>
    pageOf(db.selectFrom('things').select(['id', 'size']), { keys, limit, cursor });

  it('gives every row once, though rows come and go in between', async () => {
    for (let index = 0; index < 10; index++) await insert(`t${index}`, { size: index % 3 });
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let turn = 0; turn < 10; turn++) {
      const { rows, nextCursor } = await page(cursor);
      ids.push(...rows.map((row) => row.id));
      if (turn === 0) await insert('early', { size: 9 });
      if (turn === 0) await db.deleteFrom('things').where('id', '=', 't0').execute();
      if (nextCursor === undefined) break;
      cursor = nextCursor;
    }
    expect(ids).toEqual(['t2', 't5', 't8', 't1', 't4', 't7', 't3', 't6', 't9']);
  });

  it.each(['x', 'e30', 'WzFd', 'WzEsIjIiLDNd', 'W3t9LDFd', 'bnVsbA'])('refuses the cursor %s', async (cursor) => {
    await expect(page(cursor)).rejects.toMatchObject({ code: 'CURSOR_INVALID', status: 400 });
  });

  it.each([0, 1_001, 1.5, NaN])('refuses a page of %s rows', async (limit) => {
    await expect(page(undefined, limit)).rejects.toThrow(TypeError);
  });
});

describe('claims and leases', () => {
  it('gives a row to one of many', async () => {
    await insert('job', { on: 0 });
    const one = () => claim(db.updateTable('things').set({ on: 1 }).where('id', '=', 'job').where('on', '=', 0));
    const won = await Promise.all(Array.from({ length: 10 }, one));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('gives a lease to one holder until its time is over', async () => {
    const take = (holder: string) => acquireLease(database, clock, 'rules', holder, 10_000);
    expect((await Promise.all([take('a'), take('b'), take('c')])).filter(Boolean)).toHaveLength(1);
    await releaseLease(database, 'rules', 'a');
    expect(await take('a')).toBe(true);
    expect(await take('a')).toBe(true);
    expect(await take('b')).toBe(false);
    clock.advance(9_000);
    expect(await renewLease(database, clock, 'rules', 'a', 10_000)).toBe(true);
    clock.advance(9_999);
    expect(await take('b')).toBe(false);
    clock.advance(1);
    expect(await renewLease(database, clock, 'rules', 'a', 10_000)).toBe(false);
    expect(await take('b')).toBe(true);
    await releaseLease(database, 'rules', 'a');
    expect(await take('a')).toBe(false);
    await releaseLease(database, 'rules', 'b');
    expect(await take('a')).toBe(true);
  });

  it('is one holder also between two servers on one file', async () => {
    const other = await openDatabase({ url: 'sqlite:///control.db', folder, clock }, [things]);
    const won = await Promise.all(
      [database, other].map((each, index) => acquireLease(each, clock, 'shared', `server-${index}`, 10_000)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    await other.destroy();
  });
});
