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
  /** Values as JSONCompact gives them: 64-bit integers as strings. */
  readonly rows: readonly (readonly unknown[])[];
  readonly statistics: { readonly elapsedMs: number; readonly rowsRead: number; readonly bytesRead: number };
}

/**
 * The event plane. The embedded child and a remote ClickHouse are both behind this one interface and reached by the same
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
   * Inserts NDJSON rows (one JSON object a line). Resolves when the rows are flushed to disk. A repeated call with the same
   * `token` leaves one copy. Unknown fields are an error: the caller shapes the row.
   */
  insert(
    table: string,
    ndjson: string | Buffer,
    options: { readonly token: string },
  ): Promise<{ readonly writtenRows: number }>;
  /** Runs one statement that returns nothing (DDL). Never with text from a user. */
  command(sql: string, params?: Readonly<Record<string, unknown>>): Promise<void>;
  /** True when the engine answers within a second. */
  ping(): Promise<boolean>;
  /** The database's name, already quoted. */
  readonly database: string;
  /** True when this process is the only writer (embedded): what it remembers of its own inserts is the whole truth. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}
