/** Kusto's scalar types; the same words as `@gatehouse/schema`'s, kept apart because this package imports nothing. */
export type KqlType =
  'bool' | 'int' | 'long' | 'real' | 'decimal' | 'string' | 'datetime' | 'timespan' | 'guid' | 'dynamic';

export interface CatalogueColumn {
  readonly name: string;
  readonly type: KqlType;
  /** Shown by completion and hover. */
  readonly description?: string;
}

/** Every reading is filtered to rows whose `column` is in the array bound as `parameter`. */
export interface Confinement {
  readonly column: string;
  readonly parameter: string;
  readonly type: 'Array(UInt32)';
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
  /** One, or several that hold together. */
  readonly confine?: Confinement | readonly Confinement[];
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

/** A function as a person writes it: the body is a query or an expression, without braces. */
export interface FunctionText {
  readonly name: string;
  /** `(days:int=7)`, or nothing. */
  readonly parameters: string;
  readonly body: string;
}

/** What stands before a body in Kusto's words. */
export const BODY_OPENING = '{\n';

/** The function in Kusto's words: what the catalogue takes. The line break keeps a comment at the end from hiding the brace. */
export function storedFunction({ name, parameters, body }: FunctionText): CatalogueFunction {
  return { name, parameters: parameters.trim() === '' ? '()' : parameters.trim(), body: `${BODY_OPENING}${body}\n}` };
}

/** A list that `_GetWatchlist('alias')` reads. Aliases are found whatever their case. */
export interface CatalogueWatchlist {
  readonly alias: string;
  readonly description?: string;
  /** The list's own columns; `SearchKey`, `_DTItemId` and `LastUpdatedTimeUTC` come with every list. */
  readonly columns: readonly CatalogueColumn[];
}

/**
 * The watchlists and the one physical table that holds their items: `AliasKey` (the alias in lower case), `ItemId`, `SearchKey`,
 * `UpdatedAt`, `ExpiresAt` (an item is not seen from then on) and `Item`, a JSON object of texts by column.
 */
export interface CatalogueWatchlists {
  readonly lists: readonly CatalogueWatchlist[];
  readonly source: { readonly database: string; readonly table: string };
  readonly confine?: readonly Confinement[];
  /** A list that is not here is taken for an empty one with the columns that the query names: for checking rules without data. */
  readonly assumeOthers?: true;
}

/**
 * The places of network addresses, for `geo_info_from_ip_address`: one physical table that no query can name, with the columns
 * `Snapshot UInt64` (only rows of `snapshot` are read), `Piece UInt16`, `Boundary Decimal(38, 0)` and `Info String`.
 *
 * Rows of piece 0 are the places: a number from 1 in `Boundary`, and in `Info` a JSON object of country, state, city, latitude
 * and longitude. Those of pieces 1 to `pieces` say where a place begins: `key * 2^32 + place`, place 0 where none is known. An
 * IPv4 address is its own key, an IPv6 one the number of its upper 64 bits. A piece has less than a million rows.
 */
export interface CataloguePlaces {
  readonly source: { readonly database: string; readonly table: string };
  readonly snapshot: number;
  readonly pieces: number;
}

/** A name that stands for nothing here, and why: what a query that uses it is told. */
export interface CatalogueAbsence {
  readonly name: string;
  readonly reason: string;
}

/** What a query is compiled against. `version` changes whenever anything in it does: it is half of the cache's key. */
export interface Catalogue {
  readonly version: string;
  readonly tables: readonly CatalogueTable[];
  readonly functions: readonly CatalogueFunction[];
  /** Left out: `externaldata` is refused. */
  readonly external?: ExternalPolicy;
  readonly watchlists?: CatalogueWatchlists;
  /**
   * `unknown`: no address has a known place; for checking rules without data. `missing`: there are none, and why: what a
   * query is told. Left out: refused too.
   */
  readonly places?: CataloguePlaces | 'unknown' | { readonly missing: string };
  readonly absent?: readonly CatalogueAbsence[];
}
