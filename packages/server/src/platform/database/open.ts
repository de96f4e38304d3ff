import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Kysely } from 'kysely';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { sqliteDialect, TransactionMark } from './dialect.ts';
import { guardTransactions } from './guard.ts';
import { leaseMigration } from './leases.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './migrate.ts';
import { IN_MEMORY, sqliteFile } from './url.ts';

/** The control store. A domain sees its own tables, and no others, through `database.withTables<ItsTables>()`. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- Kysely's way of saying "no tables yet"
export interface Database extends Kysely<{}> {
  /**
   * A handle on the same connection that sees the given tables and no others.
   * @returns Kysely's handle; its type parameter maps table names to columns.
   */
  withTables<Tables extends object>(): Kysely<Tables>;
}

export interface DatabaseOptions {
  /** `DATABASE_URL`; see `sqliteFile` for the spellings. */
  readonly url: string;
  /** What a relative file counts from. Default: the current folder. */
  readonly folder?: string;
  /** Stamps the migrations. Default: the system's clock. */
  readonly clock?: Clock;
}

/**
 * Opens the control store and brings its schema up to date.
 * @throws DatabaseError; see `DATABASE_ERRORS`.
 *
 * @example const database = await openDatabase({ url: 'sqlite:///gatehouse.db', folder: './data' }, migrations);
 */
export async function openDatabase(options: DatabaseOptions, migrations: readonly Migration[]): Promise<Database> {
  const file = sqliteFile(options.url, options.folder ?? process.cwd());
  if (file !== IN_MEMORY) mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const mark = new TransactionMark();
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- see Database
  const database = guardTransactions(new Kysely<{}>({ dialect: sqliteDialect(file, mark) }), mark) as Database;
  try {
    await migrate(database, [leaseMigration, ...migrations], options.clock ?? systemClock);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}
