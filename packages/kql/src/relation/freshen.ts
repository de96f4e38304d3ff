import { mapColumns, type ColumnId, type SelectColumn, type SortKey, type Sql } from '../sql/tree.ts';
import type { Column, Graph, Relation, Table } from './tree.ts';

/** A copy of a table with new column numbers, so that the same `let` can be used on both sides of a join. Counts its nodes by `spend`. */
export function freshen(table: Table, newColumn: () => ColumnId, spend: () => void): Table {
  const renamed = new Map<ColumnId, ColumnId>();
  const id = (old: ColumnId): ColumnId => {
    const known = renamed.get(old) ?? newColumn();
    renamed.set(old, known);
    return known;
  };
  const sql = (value: Sql): Sql => mapColumns(value, (old) => ({ kind: 'column', id: id(old) }));
  const select = (columns: readonly SelectColumn[]): readonly SelectColumn[] =>
    columns.map((entry) => ({ id: id(entry.id), value: sql(entry.value) }));
  const sort = (keys: readonly SortKey[]): readonly SortKey[] => keys.map((key) => ({ ...key, value: sql(key.value) }));

  const copy = (node: Relation): Relation => {
    spend();
    switch (node.kind) {
      case 'scan':
        return { ...node, columns: node.columns.map((entry) => ({ ...entry, id: id(entry.id) })) };
      case 'rows':
        return {
          ...node,
          columns: node.columns.map((entry) => ({ ...entry, id: id(entry.id) })),
          ...(node.ordinal === undefined ? {} : { ordinal: id(node.ordinal) }),
        };
      case 'numbers':
        return { ...node, id: id(node.id) };
      case 'shared':
        return { ...node, columns: node.columns.map((entry) => ({ ...entry, id: id(entry.id) })) };
      case 'single':
        return node;
      case 'filter':
        return { ...node, input: copy(node.input), condition: sql(node.condition) };
      case 'compute':
        return { ...node, input: copy(node.input), columns: select(node.columns) };
      case 'aggregate':
        return {
          ...node,
          input: copy(node.input),
          keys: select(node.keys),
          values: select(node.values),
          ...(node.order === undefined ? {} : { order: sort(node.order) }),
        };
      case 'limit':
        return {
          ...node,
          input: copy(node.input),
          order: sort(node.order),
          ...(node.by === undefined ? {} : { by: node.by.map(sql) }),
        };
      case 'union':
        return {
          ...node,
          columns: node.columns.map(id),
          inputs: node.inputs.map((input) => ({ relation: copy(input.relation), values: input.values.map(sql) })),
        };
      case 'join':
        return {
          ...node,
          left: copy(node.left),
          right: copy(node.right),
          on: node.on.map((pair) => ({ left: sql(pair.left), right: sql(pair.right) })),
        };
      case 'gather':
        return {
          ...node,
          input: copy(node.input),
          keys: node.keys.map(id),
          order: sort(node.order),
          values: node.values.map(sql),
          rows: id(node.rows),
          kept: id(node.kept),
          own: id(node.own),
          results: { id: id(node.results.id), value: sql(node.results.value) },
          element: id(node.element),
        };
      case 'unnest':
        return { ...node, input: copy(node.input), arrays: select(node.arrays) };
    }
  };

  const relation = copy(table.relation);
  return {
    relation,
    columns: table.columns.map((entry) => ({ ...entry, id: id(entry.id) })),
    order: sort(table.order),
    ...(table.serial === undefined ? {} : { serial: { ...table.serial, keys: sort(table.serial.keys) } }),
    ...(table.subtables === undefined
      ? {}
      : {
          subtables: {
            keys: table.subtables.keys.map(id),
            carried: table.subtables.carried.map((entry) => ({ ...entry, id: id(entry.id) })),
          },
        }),
    ...(table.graph === undefined ? {} : { graph: freshenGraph(table.graph, newColumn, spend) }),
    ...(table.open === undefined ? {} : { open: table.open }),
    ...(table.arrival === undefined ? {} : { arrival: { ...table.arrival, id: id(table.arrival.id) } }),
  };
}

/** A table with new numbers, and columns that are not among its visible ones along with it. */
function freshenWith(
  table: Table,
  hidden: readonly Column[],
  newColumn: () => ColumnId,
  spend: () => void,
): readonly [Table, ...Column[]] {
  const all = freshen({ ...table, columns: [...table.columns, ...hidden] }, newColumn, spend);
  const visible = table.columns.length;
  return [{ ...all, columns: all.columns.slice(0, visible) }, ...all.columns.slice(visible)];
}

/** A graph to be read once more. */
export function freshenGraph(graph: Graph, newColumn: () => ColumnId, spend: () => void): Graph {
  const [nodes, key = graph.key, text = graph.text] = freshenWith(
    graph.nodes,
    [graph.key, graph.text],
    newColumn,
    spend,
  );
  const ends = [graph.source, graph.target];
  const [edges, source = graph.source, target = graph.target] = freshenWith(graph.edges, ends, newColumn, spend);
  return { nodes, key, text, edges, source, target };
}
