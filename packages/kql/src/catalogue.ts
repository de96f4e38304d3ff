/** Kusto's scalar types; the same words as `@gatehouse/schema`'s, kept apart because this package imports nothing. */
export type KqlType =
  'bool' | 'int' | 'long' | 'real' | 'decimal' | 'string' | 'datetime' | 'timespan' | 'guid' | 'dynamic';

export interface CatalogueColumn {
  readonly name: string;
  readonly type: KqlType;
  /** Shown by completion and hover. */
  readonly description?: string;
}

/**
 * A table that a query may name. It is confined before the query sees it: whatever the text says, rows outside
 * `confine` and `window` are never read.
 */
export interface CatalogueTable {
  readonly name: string;
  readonly description?: string;
  readonly columns: readonly CatalogueColumn[];
  /** The physical table; both parts are quoted by the printer. */
  readonly source: { readonly database: string; readonly table: string };
  /** Every reading is filtered to rows whose `column` is in the array bound as `parameter`. */
  readonly confine?: { readonly column: string; readonly parameter: string; readonly type: 'Array(UInt32)' };
  /** The time column that a run's window (see `BindOptions.window`) is applied to. */
  readonly timeColumn?: string;
  /** The arrival column that ingestion_time() answers. */
  readonly arrivalColumn?: string;
}

/** A stored function, in Kusto's own words: `(days:int=7)` and `{ SigninLogs | where TimeGenerated > ago(days * 1d) }`. */
export interface CatalogueFunction {
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
  readonly description?: string;
}

/** What `externaldata` may read. The engine reads none of it: whoever runs the query fetches it and binds the rows. */
export interface ExternalPolicy {
  /** How allowed addresses begin: `https://example.org/lists/`. */
  readonly addresses: readonly string[];
  /** Whether names of files, relative to one folder, are allowed. */
  readonly files: boolean;
  /** The setting to name where an address is refused. */
  readonly setting: string;
  /** Any address is allowed and an empty table: nothing is read. For trying out queries where there are no data. */
  readonly empty?: boolean;
}

/** What a query is compiled against. `version` changes whenever anything in it does: it is half of the cache's key. */
export interface Catalogue {
  readonly version: string;
  readonly tables: readonly CatalogueTable[];
  readonly functions: readonly CatalogueFunction[];
  /** Left out: `externaldata` is refused. */
  readonly external?: ExternalPolicy;
}
