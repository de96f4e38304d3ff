import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { CompiledQuery, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { DatabaseError } from './errors.ts';
import { decodeValue, encodeValue } from './values.ts';

/** Prepared statements kept; more texts than this are prepared again. */
const STATEMENT_CACHE_SIZE = 300;

/** Milliseconds that a statement waits for another process's write. The wait holds the event loop, so writes stay short. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * WAL: readers of other processes (the command line) do not stop the writer. synchronous=FULL: what was answered is on disk
 * also after a power cut, where NORMAL may lose the last commits; rules' watermarks and audit entries must not go back.
 */
const PRAGMAS = [
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = ON',
  'PRAGMA trusted_schema = OFF',
  'PRAGMA temp_store = MEMORY',
] as const;

/** Says whether the code that runs now runs inside a transaction that is still open. */
export class TransactionMark {
  readonly #storage = new AsyncLocalStorage<{ open: boolean }>();

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const mark = { open: true };
    try {
      return await this.#storage.run(mark, work);
    } finally {
      mark.open = false;
    }
  }

  get inside(): boolean {
    return this.#storage.getStore()?.open === true;
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, { statement: StatementSync; reads: boolean }>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    for (const pragma of PRAGMAS) this.#database.exec(pragma);
  }

  #prepare(sql: string): { statement: StatementSync; reads: boolean } {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    const prepared = { statement, reads: statement.columns().length > 0 };
    this.#statements.set(sql, prepared);
    const oldest = this.#statements.keys().next().value;
    if (this.#statements.size > STATEMENT_CACHE_SIZE && oldest !== undefined) this.#statements.delete(oldest);
    return prepared;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { statement, reads } = this.#prepare(query.sql);
    const parameters = query.parameters.map(encodeValue);
    if (reads) {
      const rows = statement.all(...parameters).map((row) => {
        const decoded: Record<string, unknown> = {};
        for (const [name, value] of Object.entries(row)) decoded[name] = decodeValue(value);
        return decoded as Row;
      });
      return { rows };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  // eslint-disable-next-line require-yield -- a list is read page by page, so that no cursor holds the only connection
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new DatabaseError('DATABASE_VALUE', 'Streams are not supported: read page by page (pageOf).');
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

/** One connection, handed out in order: SQLite has one writer anyway, and its calls do not leave the thread. */
class SqliteDriver implements Driver {
  readonly #file: string;
  readonly #mark: TransactionMark;
  #connection: SqliteConnection | undefined;
  #taken = false;
  readonly #queue: (() => void)[] = [];

  constructor(file: string, mark: TransactionMark) {
    this.#file = file;
    this.#mark = mark;
  }

  async init(): Promise<void> {
    this.#connection = new SqliteConnection(this.#file);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    // It would wait for the very transaction that it is part of, for ever.
    if (this.#mark.inside) throw new DatabaseError('DATABASE_OUTER_HANDLE');
    if (this.#connection === undefined) throw new DatabaseError('DATABASE_VALUE', 'The database is closed.');
    if (this.#taken) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#taken = true;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    const next = this.#queue.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }

  // IMMEDIATE: a deferred transaction that reads and then writes fails at once when another process wrote in between,
  // whatever the busy timeout.
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'));
  }

  async destroy(): Promise<void> {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

class OwnMutexAdapter extends SqliteAdapter {
  /** The driver above hands out its one connection itself, so that it can refuse instead of waiting for ever. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Kysely's dialect over node:sqlite. */
export function sqliteDialect(file: string, mark: TransactionMark): Dialect {
  return {
    createDriver: () => new SqliteDriver(file, mark),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new OwnMutexAdapter(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  };
}
