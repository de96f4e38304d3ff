import type { NamedType } from '../discovery.ts';
import { classOf, isTabular } from '../parser/kusto.ts';
import { placeIn } from '../parser/site.ts';
import { textOf, type Expression, type FunctionCall, type NameNode, type SyntaxNode } from '../parser/syntax.ts';
import { findColumn, type Column, type Table } from '../relation/tree.ts';
import type { SelectColumn, Sql } from '../sql/tree.ts';
import type { Context } from './context.ts';
import { nullOf } from './value.ts';

/**
 * Tables whose columns the data decides. The binder leaves them open: a name that it does not know is a column without a
 * type. Here such a name becomes a column of nulls, so that a rule also runs where no row has the name, as on an empty table.
 */

/** Operators whose columns are listed in the query: what comes after them knows all names. */
const CLOSING: ReadonlySet<string> = new Set([
  'ProjectOperator',
  'ProjectByNamesOperator',
  'SummarizeOperator',
  'DistinctOperator',
  'CountOperator',
  'GetSchemaOperator',
]);

/** Whether a table is open behind an operator. */
export function stillOpen(table: Table, node: Expression, { session }: Context): Table {
  const open =
    session.unsettledSince !== undefined || Object.keys(session.discovered).length > 0
      ? node.ResultType?.IsOpen === true && !CLOSING.has(classOf(node))
      : false;
  return open === (table.open ?? false) ? table : { ...table, open };
}

/** An open table with the columns that a step names and no row has; of a join's condition those of one side. */
export function withNamed(
  step: SyntaxNode,
  table: Table,
  context: Context,
  other: '$left' | '$right' = '$right',
): Table {
  if (table.open !== true) return table;
  const names = new Set<string>();
  inferredNames(step, names, other);
  const added: SelectColumn[] = [];
  const columns = [...names]
    .filter((name) => findColumn(table, name) === undefined)
    .map((name): Column => {
      const id = context.session.newColumn();
      added.push({ id, value: nullOf('dynamic').sql });
      return { id, name, type: 'dynamic', nullable: false };
    });
  if (columns.length === 0) return table;
  return {
    ...table,
    relation: { kind: 'compute', input: table.relation, columns: added },
    columns: [...table.columns, ...columns],
  };
}

/** Names that the binder has taken for columns of an open table. Tables inside the step have names of their own. */
function inferredNames(node: SyntaxNode, into: Set<string>, other: string): void {
  for (let index = 0; index < node.ChildCount; index += 1) {
    const child = node.GetChild(index);
    if (child === null || (classOf(child) === 'PathExpression' && textOf(child).startsWith(`${other}.`))) continue;
    const { ReferencedSymbol: symbol } = child;
    if (classOf(child) === 'NameReference') {
      if (symbol?.Type?.Name === 'unknown' && classOf(symbol as unknown as SyntaxNode) === 'ColumnSymbol')
        into.add((child as NameNode).SimpleName);
    } else if (!isTabular((child as Expression).ResultType ?? null) || classOf(node) === 'EvaluateOperator')
      inferredNames(child, into, other);
  }
}

/** Stands in the relation of a table whose columns are not known yet; found again by its identity. */
const UNSETTLED: Sql = { kind: 'constant', value: 'unsettled' };

function unsettled(table: Table, context: Context): Table {
  const id = context.session.newColumn();
  return { ...table, relation: { kind: 'compute', input: table.relation, columns: [{ id, value: UNSETTLED }] } };
}

/** True where a relation reads something whose columns are not known yet; a subquery, which is planned already, may. */
function isUnsettled(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if (part === UNSETTLED) return true;
  const { kind } = part as { readonly kind?: unknown };
  if (kind === 'scalarQuery' || kind === 'inQuery') return true;
  return Object.values(part).some(isUnsettled);
}

/** See `PluginCall.discover`. */
export function discover(
  node: FunctionCall,
  input: Table,
  probe: () => Table,
  { session }: Context,
): readonly NamedType[] | undefined {
  const site = [placeIn(node), ...session.calls.map(placeIn)].join('@');
  const known = session.discovered[site];
  if (known !== undefined) return known;
  if (session.unsettledSince === undefined || !isUnsettled(input.relation))
    session.probes.push({ site, table: probe() });
  session.unsettledSince ??= session.faults.length;
  return undefined;
}

/** The table of a plugin whose columns were or are to be found in the data. */
export function openTable(table: Table, isKnown: boolean, context: Context): Table {
  return { ...(isKnown ? table : unsettled(table, context)), open: true };
}
