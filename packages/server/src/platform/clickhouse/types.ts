/** Limits of one reading query. Every field has a default in `limits.ts`; the engine stops the query at the bound. */
export interface QueryLimits {
  /** Seconds of execution; the query fails with `TIME_LIMIT` at the bound. */
  readonly maxSeconds?: number;
  /** Bytes of memory; the query fails with `MEMORY_LIMIT` at the bound. */
  readonly maxMemoryBytes?: number;
  /** Rows of the result; the query fails with `ROW_LIMIT` at the bound. */
  readonly maxResultRows?: number;
}

export interface ReadOptions {
  /** Bound parameters, by the name used in `{name:Type}`. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Engine settings of this statement only. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly limits?: QueryLimits;
  /** Stops the query in the engine, not only the wait for it. */
  readonly signal?: AbortSignal;
}

export interface ResultColumn {
  readonly name: string;
  /** The engine's type, e.g. `Nullable(Int64)`. */
  readonly type: string;
}

export interface ReadResult {
  readonly columns: readonly ResultColumn[];
  /** Values as JSONCompact gives them: 64-bit integers and decimals as text, reals that are no numbers as `nan`, `inf`, `-inf`. */
  readonly rows: readonly (readonly unknown[])[];
  readonly statistics: { readonly elapsedMs: number; readonly rowsRead: number; readonly bytesRead: number };
}

/**
 * The event plane. Every call fails with a `StoreError` (`STORE_ERRORS` has the codes); while the embedded engine starts again,
 * calls wait for up to 15 s and then fail with `STORE_UNAVAILABLE`. The embedded child and a remote ClickHouse are both behind this one interface and reached by the same
 * client. Callers bind every value; identifiers go through `quoteIdentifier`.
 */
export interface EventStore {
  /** Reads with `readonly` forced and limits applied. */
  read(sql: string, options?: ReadOptions): Promise<ReadResult>;
  /** Like `read`, in blocks of rows as they arrive; stop iterating to stop the query. */
  stream(
    sql: string,
    options?: ReadOptions,
  ): AsyncIterable<{ columns: readonly ResultColumn[]; rows: readonly (readonly unknown[])[] }>;
  /**
   * Inserts NDJSON rows (one JSON object a line) into a table of the store's database. Resolves when the rows are flushed to
   * disk. A repeated call with the same `token` leaves one copy, also after a crash in between. The store itself repeats a
   * call whose fate it does not know, with the same token, for up to 45 s and then fails with `STORE_UNAVAILABLE`: the rows
   * may be stored by then, so repeat with the same token. 1,000 to 10,000 rows a call load fastest.
   *
   * The caller shapes the row; one row that does not fit refuses the whole call with `STORE_BAD_ROW`:
   * - an unknown field, null for a column without nulls, a number or an object for a text is an error; a field left out is the
   *   empty text, or null;
   * - a `datetime` is the text `YYYY-MM-DD hh:mm:ss.fffffff`, UTC, years 1900 to 2299, up to seven digits after the point; a
   *   `Z` or an offset is an error;
   * - a `long` or `timespan` (100-ns ticks) is a number or a text of digits, a `decimal` a number or a text, a `dynamic` its
   *   JSON as a *text*.
   *
   * The engine does not check, so check before: an integer out of its column's range wraps around, an impossible date (month 13)
   * becomes 1900-01-01, a bare number as a datetime counts 100-ns ticks.
   */
  insert(
    table: string,
    ndjson: string | Buffer,
    options: { readonly token: string },
  ): Promise<{ readonly writtenRows: number }>;
  /** Runs one statement that returns nothing (DDL, INSERT … SELECT). Never with text from a user. */
  command(sql: string, params?: Readonly<Record<string, unknown>>): Promise<void>;
  /** True when the engine answers within a second. */
  ping(): Promise<boolean>;
  /** The database's name, already quoted. */
  readonly database: string;
  /** True when this process is the only writer (embedded): what it remembers of its own inserts is the whole truth. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}
