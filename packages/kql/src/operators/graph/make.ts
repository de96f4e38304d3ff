import type { Context } from '../../lower/context.ts';
import { columnValue } from '../../lower/context.ts';
import { convert } from '../../lower/convert.ts';
import { nullOf, type Value } from '../../lower/value.ts';
import { elements, type MakeGraph } from '../../parser/syntax.ts';
import { freshen } from '../../relation/freshen.ts';
import { findColumn, type Column, type Graph, type Table } from '../../relation/tree.ts';
import { ascending, call, column, constant, literal, type SelectColumn, type Sql } from '../../sql/tree.ts';
import { combine, type Input } from '../union.ts';
import type { Operator } from '../types.ts';

/** Between a partition and the name of a node in it. */
const BREAK = literal('String', '\u0000');

/** The text by which nodes are named, whatever the type of their column. */
function textOfId(entry: Column): Sql {
  const read = columnValue(entry);
  return (convert(read, 'string') ?? read).sql;
}

function keyOf(table: Table, id: Column, partition: string | undefined): Sql {
  const own = partition === undefined ? undefined : findColumn(table, partition);
  return own === undefined ? textOfId(id) : call('concat', textOfId(own), BREAK, textOfId(id));
}

/** A column of the input; a missing one was said by the binder. */
function named(table: Table, name: string, node: MakeGraph, context: Context): Column {
  const found = findColumn(table, name);
  if (found !== undefined) return found;
  context.session.report('GHQ024', `There is no column '${name}'.`, node);
  return { id: context.session.newColumn(), name, type: 'string', nullable: false };
}

/** Rows of one shape for the union that nodes are made of. */
interface Part {
  readonly relation: Table['relation'];
  readonly key: Sql;
  readonly text: Sql;
  readonly rank: number;
  readonly value: (wanted: Column) => Value;
}

/**
 * The nodes: rows of their tables, and a row for every end of an edge that no table has. A name that stands in several rows
 * is one node.
 */
function nodesOf(
  parts: readonly Part[],
  columns: readonly Column[],
  context: Context,
): Pick<Graph, 'nodes' | 'key' | 'text'> {
  const make = (entry: Column): Column => ({ ...entry, id: context.session.newColumn() });
  const [key, text, rank] = ['key', 'text', 'rank'].map((name) =>
    make({ id: 0, name, type: 'string', nullable: false }),
  ) as [Column, Column, Column];
  const visible = columns.map(make);
  const union = {
    kind: 'union',
    columns: [key.id, text.id, rank.id, ...visible.map((entry) => entry.id)],
    inputs: parts.map((part) => ({
      relation: part.relation,
      values: [part.key, part.text, constant(part.rank), ...columns.map((entry) => part.value(entry).sql)],
    })),
  } as const;
  return {
    nodes: {
      relation: {
        kind: 'limit',
        input: union,
        order: [ascending(rank.id)],
        count: constant(1),
        by: [column(key.id)],
      },
      columns: visible,
      order: [],
    },
    key,
    text,
  };
}

/** Ends of edges as nodes without properties, but for the name and the partition. */
function endParts(
  edges: Table,
  ends: readonly Column[],
  names: ReadonlySet<string>,
  partition: string | undefined,
  node: MakeGraph,
  context: Context,
): readonly Part[] {
  return ends.map((end): Part => {
    const again = freshen(
      { ...edges, columns: [...edges.columns, end] },
      () => context.session.newColumn(),
      () => context.session.spend(node),
    );
    const id = again.columns.at(-1) ?? end;
    const table = { ...again, columns: again.columns.slice(0, -1) };
    const own = partition === undefined ? undefined : findColumn(table, partition);
    return {
      relation: table.relation,
      key: keyOf(table, id, partition),
      text: textOfId(id),
      rank: 1,
      value: (wanted) => {
        if (names.has(wanted.name)) return convert(columnValue(id), wanted.type) ?? nullOf(wanted.type);
        const isPartition = own !== undefined && wanted.name === partition;
        return isPartition ? (convert(columnValue(own), wanted.type) ?? nullOf(wanted.type)) : nullOf(wanted.type);
      },
    };
  });
}

function lowerMakeGraph(node: MakeGraph, input: Table, context: Context): Table {
  const partition = node.PartitionedByClause?.Entity.SimpleName;
  const ends = [node.SourceColumn, node.TargetColumn].map((end) => named(input, end.SimpleName, node, context));
  const [source, target] = ends as [Column, Column];
  const keys: SelectColumn[] = ends.map((end) => ({
    id: context.session.newColumn(),
    value: keyOf(input, end, partition),
  }));
  const [sourceKey, targetKey] = keys.map(({ id }): Column => ({ id, name: '', type: 'string', nullable: false })) as [
    Column,
    Column,
  ];
  const edges: Table = {
    relation: { kind: 'compute', input: input.relation, columns: keys },
    columns: input.columns,
    order: [],
  };
  const given = elements(node.WithClause?.TablesAndKeys).map(({ Table: table, Column: id }) => ({
    table: context.table(table),
    id: id.SimpleName,
  }));
  const implicit = node.WithClause?.Name?.SimpleName;
  const combined =
    given.length === 0
      ? undefined
      : combine(
          given.map(({ table }, index): Input => ({ table, name: String(index) })),
          { kind: 'outer', sourceName: undefined },
          node,
          context,
        );
  const columns: readonly Column[] =
    combined?.columns ??
    (implicit === undefined ? [] : [{ ...source, name: implicit, nullable: source.nullable || target.nullable }]);
  const names = new Set(given.length === 0 ? (implicit === undefined ? [] : [implicit]) : given.map(({ id }) => id));
  const tables = given.map(({ table, id }): Part => {
    const own = named(table, id, node, context);
    return {
      relation: table.relation,
      key: keyOf(table, own, partition),
      text: textOfId(own),
      rank: 0,
      value: (wanted) => {
        const read = findColumn(table, wanted.name);
        return read === undefined
          ? nullOf(wanted.type)
          : (convert(columnValue(read), wanted.type) ?? nullOf(wanted.type));
      },
    };
  });
  context.session.spend(node, 4);
  const open = columns.map((entry): Column => ({ ...entry, nullable: nullOf(entry.type).nullable }));
  const nodes = nodesOf([...tables, ...endParts(input, ends, names, partition, node, context)], open, context);
  const graph: Graph = { ...nodes, edges, source: sourceKey, target: targetKey };
  const made: Table = { relation: { kind: 'single' }, columns: [], order: [], graph };
  return node.PartitionedByClause === null ? made : context.pipe(node.PartitionedByClause.Subquery, made);
}

export const makeGraph: Operator<'MakeGraphOperator'> = {
  node: 'MakeGraphOperator',
  names: ['make-graph'],
  summary: 'A graph whose edges are the rows.',
  page: 'make-graph-operator',
  lower: lowerMakeGraph,
};
