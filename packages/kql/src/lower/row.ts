import type { Relation, Table } from '../relation/tree.ts';
import { collectColumns, column, type ColumnId, type SelectColumn, type Sql } from '../sql/tree.ts';
import type { Below, Context } from './context.ts';

/** The place of an operator's expressions: the columns of its input, and room for values computed below them. */
export interface RowPlace {
  readonly inside: Context;
  /** The input with what the expressions want below them. Asked for when all of them are lowered. */
  table(): Table;
}

export function rowPlace(context: Context, input: Table): RowPlace {
  let relation: Relation = input.relation;
  let layer: SelectColumn[] = [];
  let added = new Set<ColumnId>();
  const close = (): void => {
    if (layer.length > 0) relation = { kind: 'compute', input: relation, columns: layer };
    layer = [];
    added = new Set();
  };
  const below: Below = {
    add(sql) {
      if (sql.kind === 'column') return sql;
      if (readsAny(sql, added)) close();
      const id = context.session.newColumn();
      layer.push({ id, value: sql });
      added.add(id);
      return column(id);
    },
  };
  return {
    inside: context.with({ row: input, below }),
    table: () => {
      close();
      return { ...input, relation };
    },
  };
}

function readsAny(sql: Sql, columns: ReadonlySet<ColumnId>): boolean {
  for (const id of collectColumns(sql, new Set())) if (columns.has(id)) return true;
  return false;
}
