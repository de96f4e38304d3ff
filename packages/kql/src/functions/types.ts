import type { Catalogue, KqlType } from '../catalogue.ts';
import type { Value } from '../lower/value.ts';
import type { Sql } from '../sql/tree.ts';

/** A parameter's type: what an argument is converted to before the row sees it; `any` leaves it. */
export type Taken = KqlType | 'any';

/** One call on its way to SQL. */
export interface ScalarCall {
  readonly args: readonly Value[];
  /** The arguments' SQL; reading past the end is a bug of the row, not of the query: arity is the binder's. */
  sql(index: number): Sql;
  /** The argument itself. */
  arg(index: number): Value;
  readonly count: number;
  /** What the arguments are called, as Kusto names their columns; empty where they have no name. */
  readonly names: readonly string[];
  /** The columns of the row, for functions that take all of them. */
  readonly columns: readonly (Value & { readonly name: string })[];
  /** Kusto's type of the result. */
  readonly type: KqlType;
  /** Says what is wrong with the call and answers a null, so that the rest of the query is checked too. */
  refuse(code: 'GHQ013' | 'GHQ020' | 'GHQ021' | 'GHQ023' | 'GHQ029', message: string): Value;
  /** A value computed once a row, where the operator has room below its expressions; otherwise in place. */
  readonly below: (sql: Sql) => Sql;
  /**
   * A function over the serialized rows, within a frame, apart for each of the groups. Where the rows are not serialized it
   * says so and answers a null.
   */
  readonly over: (sql: Sql, frame: string, groups?: readonly Sql[]) => Sql;
  /** What a walk over the serialized rows finds for each of them, from what it reads of a row; refuses like `over`. */
  readonly walk: (values: readonly Sql[], results: (rows: Sql) => Sql) => Sql;
  /** Where the places of network addresses are. */
  readonly places: Catalogue['places'];
  /** A number for a column of a subquery. */
  readonly newColumn: () => number;
  /** The arrival column of the row, for `ingestion_time()`. */
  readonly arrival: Value | undefined;
}

/** A call that gives several columns: what they share is computed once a row, each column is read from it. */
export interface SeveralColumns {
  readonly shared: Sql;
  readonly columns: (shared: Sql) => readonly Value[];
}

/** A KQL expression and what `print` of it answers, in Kusto's v2 encoding; all the values where it gives several columns. */
export type Example = readonly [expression: string, answer: unknown];

/** One scalar function: the only place that knows it. */
export interface ScalarFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Types of the parameters; the last one repeats. */
  readonly takes: readonly Taken[];
  /** `propagate`: null when an argument is; `may`: null for some other reason too; `never`. */
  readonly nulls: 'propagate' | 'may' | 'never';
  /** How our answer can differ from Kusto's, where it does. */
  readonly differs?: string;
  /** Page of the KQL documentation; `<name>-function` with dashes unless given. */
  readonly page?: string;
  readonly lower: (call: ScalarCall) => Sql | Value | SeveralColumns;
  readonly examples: readonly Example[];
}
