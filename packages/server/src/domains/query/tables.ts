/** Company number of what belongs to every company; a company's own number is at least 1. */
export const GLOBAL = 0;

/** A stored function as it is now; `query_function_versions` has every text that it had. Times are epoch milliseconds. */
export interface FunctionRow {
  readonly id: string;
  /** The company's number; 0 for every company. */
  readonly company: number;
  readonly name: string;
  /** Lower case while the function lives, its id once it is deleted: unique in the company. */
  name_key: string;
  parameters: string;
  body: string;
  description: string;
  folder: string;
  owner: string;
  version: number;
  readonly created_ms: number;
  updated_ms: number;
  updated_by: string;
  deleted_ms: number | null;
}

export interface FunctionVersionRow {
  readonly id: string;
  readonly function_id: string;
  readonly version: number;
  readonly parameters: string;
  readonly body: string;
  readonly description: string;
  readonly made_by: string;
  readonly made_ms: number;
}

/** A watchlist as it is now. Its items are in the event store, by snapshot. */
export interface WatchlistRow {
  readonly id: string;
  readonly company: number;
  readonly alias: string;
  alias_key: string;
  display_name: string;
  description: string;
  owner: string;
  /** From then on queries find nothing in it. */
  expires_ms: number | null;
  search_key: string;
  /** JSON: `[{name, type}]`. */
  columns: string;
  version: number;
  snapshot: number;
  items: number;
  readonly created_ms: number;
  updated_ms: number;
  updated_by: string;
  deleted_ms: number | null;
}

export interface WatchlistVersionRow {
  readonly id: string;
  readonly watchlist_id: string;
  readonly version: number;
  readonly snapshot: number;
  readonly items: number;
  readonly search_key: string;
  readonly columns: string;
  /** What made it: create, upload, item, restore. */
  readonly action: string;
  readonly made_by: string;
  readonly made_ms: number;
}

export interface LibraryTables {
  query_functions: FunctionRow;
  query_function_versions: FunctionVersionRow;
  query_watchlists: WatchlistRow;
  query_watchlist_versions: WatchlistVersionRow;
  /** `snapshot`: the last number given to a set of items. */
  query_marks: { readonly name: string; value: number };
}
