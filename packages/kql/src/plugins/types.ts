import type { NamedType } from '../discovery.ts';
import type { KqlErrorCode } from '../errors.ts';
import type { Context } from '../lower/context.ts';
import type { Value } from '../lower/value.ts';
import type { Expression, FunctionCall } from '../parser/syntax.ts';
import type { Table } from '../relation/tree.ts';

/** One `evaluate f(…)` on its way to a table. */
export interface PluginCall {
  readonly node: FunctionCall;
  /** Arguments without a name, in their order. */
  readonly positional: readonly Expression[];
  /** The argument of this name, or at this place where it has none. */
  argument(name: string, index: number): Expression | undefined;
  /** A constant argument; `undefined` where it is not given, refused where it is no constant. */
  constant(name: string, index: number): Value['constant'] | undefined;
  /** A column of the input as an argument names it; refused where it is none. */
  column(argument: Expression): Table['columns'][number] | undefined;
  /** What `: (…)` after the call says; `undefined` without it. The operator shapes the answer to it afterwards. */
  readonly outputSchema: readonly NamedType[] | undefined;
  /** Columns as the binder gives them for the call, before an output schema; its names are Kusto's. */
  readonly resultColumns: readonly NamedType[];
  /**
   * The columns of this call that the data decides. `undefined` while they are not known: then `probe`, a table of names and
   * types, is asked, unless what it reads is itself not known yet.
   */
  discover(probe: () => Table): readonly NamedType[] | undefined;
  /** Says what is wrong with the call; the compilation goes on, so that the rest is checked too. */
  refuse(code: KqlErrorCode, message: string, at?: Expression): void;
}

/** One plugin of `evaluate`: the only place that knows it. */
export interface Plugin {
  readonly name: string;
  readonly summary: string;
  /** Page of the KQL documentation; `<name>-plugin` with dashes unless given. */
  readonly page?: string;
  /** How our answer can differ from Kusto's, where it does. */
  readonly differs?: string;
  /** `context` has the input as its row, so `context.scalar(argument)` reads its columns. */
  readonly lower: (call: PluginCall, input: Table, context: Context) => Table;
  /** Queries and their rows, run as tests; `[]` where the corpus has the cases. */
  readonly examples: readonly (readonly [query: string, rows: readonly (readonly unknown[])[]])[];
}
