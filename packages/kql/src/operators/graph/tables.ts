import type { Context } from '../../lower/context.ts';
import { convert } from '../../lower/convert.ts';
import { elements, items, textOf, type Expression, type GraphOutput } from '../../parser/syntax.ts';
import { asFilter } from '../../scalar/comparison.ts';
import type { Column, Graph, Relation, Table } from '../../relation/tree.ts';
import { ascending, call, column, constant, lambda, type Sql } from '../../sql/tree.ts';
import type { Operator } from '../types.ts';
import { sourceNameOf } from '../union.ts';
import { again, withColumns } from './read.ts';

const withGraph = (graph: Graph): Table => ({ relation: { kind: 'single' }, columns: [], order: [], graph });

/** The number by which Kusto names a node: a hash of its text. */
const numberOf = (text: Sql): Sql => call('reinterpretAsInt64', call('xxHash64', text));

function outputOf(output: GraphOutput, graph: Graph, context: Context): Table {
  const isNodes = /^\s*nodes/i.test(textOf(output));
  const table = isNodes ? graph.nodes : graph.edges;
  const added: { readonly column: Column; readonly value: Sql }[] = [];
  for (const parameter of items(output.Parameters)) {
    const option = parameter.Name.SimpleName.toLowerCase();
    const key = { with_node_id: graph.text, with_source_id: graph.source, with_target_id: graph.target }[option];
    const name = sourceNameOf(textOf(parameter.Expression));
    if (key === undefined || name === undefined) {
      context.session.report('GHQ013', `graph-to-table's option '${option}' is not supported.`, parameter);
      continue;
    }
    const entry: Column = { id: context.session.newColumn(), name, type: 'long', nullable: false };
    added.push({ column: entry, value: numberOf(column(key.id)) });
  }
  return {
    relation: withColumns(
      table.relation,
      added.map(({ column: entry, value }) => ({ id: entry.id, value })),
    ),
    columns: [...added.map((entry) => entry.column), ...table.columns],
    order: [],
  };
}

const toTable: Operator<'GraphToTableOperator'> = {
  node: 'GraphToTableOperator',
  names: ['graph-to-table'],
  summary: 'The nodes or the edges of a graph as rows.',
  page: 'graph-to-table-operator',
  ofGraph: true,
  lower: (node, input, context) => {
    const [only, ...more] = elements(node.OutputClause);
    if (only === undefined || more.length > 0)
      context.session.report(
        'GHQ013',
        'graph-to-table with nodes and edges gives two tables, and a query has one answer: ask for one of them.',
        node,
      );
    return only === undefined || input.graph === undefined ? input : outputOf(only, input.graph, context);
  },
};

/** Edges whose ends are both among the nodes. */
function edgesWithin(graph: Graph, nodes: Graph, node: Expression, context: Context): Relation {
  return [graph.source, graph.target].reduce((left, end): Relation => {
    const kept = again(nodes, node, context);
    return {
      kind: 'join',
      left,
      right: kept.nodes.relation,
      join: 'LEFT SEMI JOIN',
      on: [{ left: column(end.id), right: column(kept.key.id) }],
    };
  }, graph.edges.relation);
}

function filtered(table: Table, condition: Expression, context: Context): Table {
  const truth = context.with({ row: table }).scalar(condition);
  const sql = asFilter((convert(truth, 'bool') ?? truth).sql);
  return { ...table, relation: { kind: 'filter', input: table.relation, condition: sql } };
}

const whereNodes: Operator<'GraphWhereNodesOperator'> = {
  node: 'GraphWhereNodesOperator',
  names: ['graph-where-nodes'],
  summary: 'The nodes for which a condition is true, and the edges between them.',
  page: 'graph-where-nodes-operator',
  ofGraph: true,
  lower: (node, input, context) => {
    if (input.graph === undefined) return input;
    const { graph } = input;
    const kept: Graph = { ...graph, nodes: filtered(graph.nodes, node.Condition, context) };
    return withGraph({ ...kept, edges: { ...graph.edges, relation: edgesWithin(graph, kept, node, context) } });
  },
};

const whereEdges: Operator<'GraphWhereEdgesOperator'> = {
  node: 'GraphWhereEdgesOperator',
  names: ['graph-where-edges'],
  summary: 'The edges for which a condition is true; all nodes stay.',
  page: 'graph-where-edges-operator',
  ofGraph: true,
  lower: (node, input, context) =>
    input.graph === undefined
      ? input
      : withGraph({ ...input.graph, edges: filtered(input.graph.edges, node.Condition, context) }),
};

/**
 * Nodes that edges connect, whatever their direction, have one number. Every node begins with a number of its own; every
 * edge makes the two numbers at its ends one.
 */
const markComponents: Operator<'GraphMarkComponentsOperator'> = {
  node: 'GraphMarkComponentsOperator',
  names: ['graph-mark-components'],
  summary: 'A number for every connected part of a graph.',
  page: 'graph-mark-components-operator',
  ofGraph: true,
  lower: (node, input, context) => {
    let name = 'ComponentId';
    for (const parameter of items(node.Parameters)) {
      const [option, text] = [parameter.Name.SimpleName.toLowerCase(), textOf(parameter.Expression)];
      if (option === 'with_component_id') name = sourceNameOf(text) ?? name;
      else if (option !== 'kind' || text.toLowerCase() !== 'weak')
        context.session.report('GHQ013', `The option '${option}=${text}' is not supported.`, parameter);
    }
    if (input.graph === undefined) return input;
    return withGraph(marked(input.graph, name, node, context));
  },
};

function marked(graph: Graph, name: string, node: Expression, context: Context): Graph {
  const fresh = (): number => context.session.newColumn();
  const numbered = (read: Graph): { readonly relation: Relation; readonly place: number } => {
    const place = fresh();
    const value: Sql = { kind: 'window', call: call('row_number'), partition: [], order: [ascending(read.key.id)] };
    return { relation: withColumns(read.nodes.relation, [{ id: place, value }]), place };
  };
  const edges = again(graph, node, context);
  const ends = [edges.source, edges.target].map((end) => {
    const read = again(graph, node, context);
    return { end, key: read.key, ...numbered(read) };
  });
  const joined = ends.reduce(
    (left, { end, key, relation: right }): Relation => ({
      kind: 'join',
      left,
      right,
      join: 'ALL INNER JOIN',
      on: [{ left: column(end.id), right: column(key.id) }],
    }),
    edges.edges.relation,
  );
  const [pairs, all] = [fresh(), fresh()];
  const [first, second] = ends.map(({ place }) => column(place)) as [Sql, Sql];
  const gathered: Relation = {
    kind: 'aggregate',
    input: joined,
    keys: [],
    values: [{ id: pairs, value: call('groupUniqArray', call('tuple', first, second)) }],
  };
  const counting = again(graph, node, context);
  const total: Relation = {
    kind: 'aggregate',
    input: counting.nodes.relation,
    keys: [],
    values: [{ id: all, value: call('count') }],
  };
  const merge = lambda((numbers, pair) => {
    const at = (side: number): Sql => call('arrayElement', numbers, call('tupleElement', pair, constant(side)));
    const ends_ = call('tuple', call('least', at(1), at(2)), call('greatest', at(1), at(2)));
    const renamed = (two: Sql): Sql =>
      call(
        'arrayMap',
        lambda((own) =>
          call(
            'if',
            call('equals', own, call('tupleElement', two, constant(2))),
            call('tupleElement', two, constant(1)),
            own,
          ),
        ),
        numbers,
      );
    return call('arrayElement', call('arrayMap', lambda(renamed), call('array', ends_)), constant(1));
  });
  const [numbers, parts] = [fresh(), fresh()];
  const folded = withColumns({ kind: 'join', left: gathered, right: total, join: 'CROSS JOIN', on: [] }, [
    {
      id: numbers,
      value: call('arrayFold', merge, column(pairs), call('range', call('toUInt64', constant(0)), column(all))),
    },
  ]);
  // From the numbers that are left to 0, 1, 2 …
  const ranked = withColumns(folded, [{ id: parts, value: call('arraySort', call('arrayDistinct', column(numbers))) }]);
  const own = again(graph, node, context);
  const { relation: nodes, place } = numbered(own);
  const component: Column = { id: fresh(), name, type: 'long', nullable: false };
  const relation = withColumns({ kind: 'join', left: nodes, right: ranked, join: 'CROSS JOIN', on: [] }, [
    {
      id: component.id,
      value: call(
        'toInt64',
        call(
          'minus',
          call('indexOf', column(parts), call('arrayElement', column(numbers), column(place))),
          constant(1),
        ),
      ),
    },
  ]);
  context.session.spend(node, 10);
  return {
    ...graph,
    key: own.key,
    text: own.text,
    nodes: {
      ...own.nodes,
      relation,
      columns: [...own.nodes.columns.filter((entry) => entry.name !== name), component],
    },
  };
}

/** Operators over a graph that give a graph or a table of it. */
export const GRAPH_TABLES = [toTable, whereNodes, whereEdges, markComponents] as const;
