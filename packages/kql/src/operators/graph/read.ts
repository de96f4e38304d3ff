import { columnValue, type Context } from '../../lower/context.ts';
import { constantValue, value, type Value } from '../../lower/value.ts';
import { jsonElement } from '../../lower/convert.ts';
import type { Expression } from '../../parser/syntax.ts';
import { freshenGraph } from '../../relation/freshen.ts';
import type { Column, Graph, Relation, Table } from '../../relation/tree.ts';
import { call, column, constant, type SelectColumn, type Sql } from '../../sql/tree.ts';

/** A reading of a graph's nodes: every use has numbers of its own. */
export interface Nodes {
  readonly table: Table;
  readonly key: Column;
  readonly text: Column;
  readonly into: Column | undefined;
  readonly outOf: Column | undefined;
}

export function again(graph: Graph, node: Expression, context: Context): Graph {
  const { session } = context;
  return freshenGraph(
    graph,
    () => session.newColumn(),
    () => session.spend(node),
  );
}

/** Nodes, with how many edges end and begin at each where that is asked. */
export function readNodes(graph: Graph, degrees: boolean, node: Expression, context: Context): Nodes {
  const { nodes, key, text } = again(graph, node, context);
  if (!degrees) return { table: nodes, key, text, into: undefined, outOf: undefined };
  const counted = (['target', 'source'] as const).map((end) => {
    const { edges, [end]: at } = again(graph, node, context);
    const [id, count] = [context.session.newColumn(), context.session.newColumn()];
    const relation: Relation = {
      kind: 'aggregate',
      input: edges.relation,
      keys: [{ id, value: column(at.id) }],
      values: [{ id: count, value: call('toInt64', call('count')) }],
    };
    return { relation, id, count };
  });
  const relation = counted.reduce(
    (left, { relation: right, id }): Relation => ({
      kind: 'join',
      left,
      right,
      join: 'ALL LEFT JOIN',
      on: [{ left: column(key.id), right: column(id) }],
    }),
    nodes.relation,
  );
  // A node without edges has no row on the right: the engine gives a zero there.
  const [into, outOf] = counted.map(({ count }): Column => ({ id: count, name: '', type: 'long', nullable: false }));
  return { table: { ...nodes, relation }, key, text, into, outOf };
}

/** Columns as a bag. */
export function bagOf(columns: readonly Column[]): Value {
  if (columns.length === 0) return constantValue('dynamic', '{}');
  const parts = columns.flatMap((entry, index): readonly Sql[] => [
    constantValue('string', `${index === 0 ? '{' : ','}${JSON.stringify(entry.name)}:`).sql,
    jsonElement(columnValue(entry)),
  ]);
  return value(call('concat', ...parts, constant('}')), 'dynamic', false);
}

/** A relation with more columns. */
export function withColumns(input: Relation, columns: readonly SelectColumn[]): Relation {
  return columns.length === 0 ? input : { kind: 'compute', input, columns };
}

/** Of the paths between the same two nodes the shortest one, or all that are as short. */
export function shortestOf(
  relation: Relation,
  ends: readonly Sql[],
  length: Sql,
  all: boolean,
  context: Context,
): Relation {
  if (!all)
    return {
      kind: 'limit',
      input: relation,
      order: [{ value: length, descending: false, nulls: 'last' }],
      count: constant(1),
      by: ends,
    };
  const least = context.session.newColumn();
  const window: Sql = { kind: 'window', call: call('min', length), partition: ends, order: [] };
  return {
    kind: 'filter',
    input: withColumns(relation, [{ id: least, value: window }]),
    condition: call('equals', length, column(least)),
  };
}
