import type { Context, GraphPlace } from '../../lower/context.ts';
import { columnValue } from '../../lower/context.ts';
import { convert, jsonElement } from '../../lower/convert.ts';
import type { Value } from '../../lower/value.ts';
import type { Expression, FunctionCall, SyntaxNode } from '../../parser/syntax.ts';
import { asFilter } from '../../scalar/comparison.ts';
import type { Column, Graph, Relation } from '../../relation/tree.ts';
import { call, column, constant, type ColumnId, type SelectColumn, type Sql } from '../../sql/tree.ts';
import type { ListAsked, PatternEdge } from './pattern.ts';
import { again, bagOf, readNodes, withColumns, type Nodes } from './read.ts';

/** The edges as a table of steps from a node to the next one, in the direction of the pattern. */
export interface Step {
  readonly relation: Relation;
  readonly from: ColumnId;
  readonly to: ColumnId;
  /** Tells edges apart: two that are equal in everything are one. */
  readonly edge: ColumnId;
  /** 1 in every row. */
  readonly mark: ColumnId;
  /** What is asked of every step, by who asks. */
  readonly values: ReadonlyMap<SyntaxNode, ColumnId>;
  /** The edge's own columns. */
  readonly columns: readonly Column[];
}

/** What `node_id()` and its kin answer of one node. */
export function nodeCall(name: string, nodes: Nodes): Value | undefined {
  if (name === 'node_id') return columnValue(nodes.text);
  const count = name === 'node_degree_in' ? nodes.into : name === 'node_degree_out' ? nodes.outOf : undefined;
  return count && columnValue(count);
}

/** Inside `map(inner_nodes(edge), …)` a node is there without a name. */
const within = (nodes: Nodes): GraphPlace => ({
  member: () => undefined,
  whole: () => undefined,
  call: (node: FunctionCall) => nodeCall(node.Name.SimpleName, nodes),
});

/** A condition as 0 or 1, anything else as JSON. */
function asked(element: Value, kind: string): Sql {
  if (kind === 'map') return jsonElement(element);
  const truth = convert(element, 'bool') ?? element;
  return call('toUInt8', truth.nullable ? call('ifNull', truth.sql, constant(0)) : truth.sql);
}

export interface StepAsked {
  readonly node: SyntaxNode;
  readonly kind: string;
  readonly list: ListAsked;
}

interface Way {
  readonly relation: Relation;
  readonly values: readonly Sql[];
  readonly columns: readonly Column[];
}

/** Edges in one direction: the values of `from`, `to`, `edge`, what is asked, and the edge's columns. */
function way(
  graph: Graph,
  isForward: boolean,
  lists: readonly StepAsked[],
  filters: readonly Expression[],
  degrees: boolean,
  node: Expression,
  context: Context,
): Way {
  const { edges, source, target } = again(graph, node, context);
  const [from, to] = isForward ? [source, target] : [target, source];
  const inside = context.with({ row: edges, graph: undefined });
  const conditions = filters.map((filter) => {
    const truth = inside.scalar(filter);
    return asFilter((convert(truth, 'bool') ?? truth).sql);
  });
  let relation = conditions.reduce<Relation>(
    (input, condition) => ({ kind: 'filter', input, condition }),
    edges.relation,
  );
  let nodes: Nodes | undefined;
  if (lists.some(({ list }) => list.of === 'nodes')) {
    nodes = readNodes(graph, degrees, node, context);
    relation = {
      kind: 'join',
      left: relation,
      right: nodes.table.relation,
      join: 'ALL INNER JOIN',
      on: [{ left: column(to.id), right: column(nodes.key.id) }],
    };
  }
  const values = lists.map(({ kind, list }) => {
    if (list.element === undefined) return bagOf(edges.columns).sql;
    if (list.of === 'edges') return asked(inside.scalar(list.element), kind);
    const reached = nodes && context.with({ row: nodes.table, graph: within(nodes) });
    return reached === undefined ? constant('') : asked(reached.scalar(list.element), kind);
  });
  const texts = [source, target, ...edges.columns].map((entry) =>
    call('toString', entry.nullable ? call('tuple', column(entry.id)) : column(entry.id)),
  );
  return {
    relation,
    values: [column(from.id), column(to.id), call('cityHash64', ...texts), ...values],
    columns: edges.columns,
  };
}

export function stepOf(
  graph: Graph,
  edge: PatternEdge,
  lists: readonly StepAsked[],
  filters: readonly Expression[],
  degrees: boolean,
  node: Expression,
  context: Context,
): Step {
  const directions = edge.direction === 'any' ? [true, false] : [edge.direction === 'out'];
  const ways = directions.map((isForward) => way(graph, isForward, lists, filters, degrees, node, context));
  const fresh = (): ColumnId => context.session.newColumn();
  const ids = [fresh(), fresh(), fresh(), ...lists.map(fresh)];
  const columns = (ways[0]?.columns ?? []).map((entry): Column => ({ ...entry, id: fresh() }));
  const union: Relation = {
    kind: 'union',
    columns: [...ids, ...columns.map((entry) => entry.id)],
    inputs: ways.map(({ relation, values, columns: own }) => ({
      relation,
      values: [...values, ...own.map((entry) => column(entry.id))],
    })),
  };
  const mark: SelectColumn = { id: fresh(), value: call('toUInt8', constant(1)) };
  const [from = 0, to = 0, edgeId = 0, ...rest] = ids;
  context.session.spend(node, 3);
  return {
    relation: withColumns(union, [mark]),
    from,
    to,
    edge: edgeId,
    mark: mark.id,
    values: new Map(lists.map(({ node: who }, index) => [who, rest[index] ?? 0])),
    columns,
  };
}
