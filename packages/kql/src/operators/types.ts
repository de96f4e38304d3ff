import type { Context } from '../lower/context.ts';
import type { OperatorNodes, SourceNodes } from '../parser/syntax.ts';
import type { Table } from '../relation/tree.ts';

/** An operator after a pipe: the only place that knows it, with the helpers it shares with its kin. */
export interface Operator<Class extends keyof OperatorNodes = keyof OperatorNodes> {
  /** Class of its syntax node. */
  readonly node: Class;
  /** Its spellings. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Page of the KQL documentation. */
  readonly page: string;
  /** True when it keeps to `input.subtables`, or looks at one row at a time, and so can stand inside partition and mv-apply. */
  readonly perSubtable?: boolean;
  /** True where it takes a graph and not rows. */
  readonly ofGraph?: boolean;
  readonly lower: (node: OperatorNodes[Class], input: Table, context: Context) => Table;
}

/** A tabular expression that begins a pipe. */
export interface Source<Class extends keyof SourceNodes = keyof SourceNodes> {
  readonly node: Class;
  readonly names: readonly string[];
  readonly summary: string;
  readonly page: string;
  readonly lower: (node: SourceNodes[Class], context: Context) => Table;
}
