import type { KqlType } from '../catalogue.ts';
import type { Value } from '../lower/value.ts';
import type { Sql } from '../sql/tree.ts';

/** One aggregate on its way to SQL. */
export interface AggregateCall {
  readonly args: readonly Value[];
  sql(index: number): Sql;
  /** The argument itself. */
  arg(index: number): Value;
  readonly count: number;
  /** Kusto's type of the result; of each result where there are several. */
  readonly type: KqlType;
  refuse(code: 'GHQ013' | 'GHQ020' | 'GHQ021', message: string): Value;
}

/** One aggregate: the only place that knows it. `<name>if` forms are rows of their own where Kusto has them. */
export interface Aggregate {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly differs?: string;
  readonly page?: string;
  /** One value, or several for the aggregates that give several columns. */
  readonly lower: (call: AggregateCall) => Value | readonly Value[];
  /** A pipe over `datatable(g:string, n:long, s:string)`'s rows, and the rows that it answers. */
  readonly examples: readonly (readonly [aggregate: string, answer: unknown])[];
}
