import type { Catalogue, KqlType } from './catalogue.ts';
import type { ExternalRead } from './external.ts';
import type { Discovered, Probe } from './discovery.ts';
import type { KqlError } from './errors.ts';

export interface ResultColumn {
  readonly name: string;
  readonly type: KqlType;
}

/** A query as compiled: independent of the clock, the caller and the window, so it can be cached and run many times. */
export interface CompiledQuery {
  /** One SELECT with parameters in ClickHouse's `{name:Type}` form. */
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  /** True when the row order is part of the answer. */
  readonly ordered: boolean;
  /** Catalogue tables that are read, by name. */
  readonly tables: readonly string[];
  /** `render`'s kind and properties, where the query has one. */
  readonly visualization?: Readonly<Record<string, string>>;
  /** What `externaldata` reads: to be fetched, and bound as `BindOptions.external`. */
  readonly external?: readonly ExternalRead[];
  /** True when the data may give more columns than are listed: they are those of a table without rows. */
  readonly open?: boolean;
  /**
   * What the data must answer before this can be run: see `settle`. `bind` refuses a query that has some; its columns are
   * those of a run over empty tables.
   */
  readonly probes?: readonly Probe[];
}

export interface BindOptions {
  /** What now() answers, in milliseconds since 1970 or, with sub-millisecond precision, as 100-ns ticks since 0001-01-01. */
  readonly now: number | { readonly ticks: bigint };
  /** Values of the catalogue's confinement parameters, e.g. `{ scope_companies: [1, 2] }`. A missing one is an error, never "all". */
  readonly confine: Readonly<Record<string, readonly number[]>>;
  /** Tables with a time column show only rows with `afterMs < time <= throughMs`. */
  readonly window?: { readonly afterMs: number; readonly throughMs: number };
  /** The texts of `externalRows`, by the read's parameter. A missing one is an error. */
  readonly external?: Readonly<Record<string, string>>;
  /** Rows arrived later than this are not shown: what a run at that moment would have seen. */
  readonly arrivedThroughMs?: number;
}

export interface BoundQuery {
  readonly sql: string;
  /** Every parameter the SQL names, ready for the client. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Values for `declare query_parameters(…)`, by name, each written as a literal of its type. */
export type QueryParameters = Readonly<Record<string, string>>;

export type CompileResult =
  { readonly ok: true; readonly query: CompiledQuery } | { readonly ok: false; readonly errors: readonly KqlError[] };

/** The compiler. Building it loads Microsoft's parser (about 0.5 s) and warms it. */
export interface Compiler {
  /**
   * Parses, binds, lowers and prints. Never throws for a bad query: several errors come back, each with code, span and
   * caret frame. `discovered` is what the probes of an earlier compilation of the text answered.
   */
  compile(text: string, catalogue: Catalogue, discovered?: Discovered, parameters?: QueryParameters): CompileResult;
  /** Puts a run's values to a compiled query. */
  bind(query: CompiledQuery, options: BindOptions): BoundQuery;
  /** Turns a JSONCompact row of the engine into Kusto v2 values (long past 2^53 as string, datetime with 7 digits, timespan text, dynamic as JSON). */
  decodeRow(query: CompiledQuery, row: readonly unknown[]): unknown[];
}
