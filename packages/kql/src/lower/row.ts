import { serialOf, subtableKeys, type Relation, type Serial, type Table } from '../relation/tree.ts';
import {
  ascending,
  call,
  collectColumns,
  column,
  type ColumnId,
  type SelectColumn,
  type SortKey,
  type Sql,
} from '../sql/tree.ts';
import type { Below, Context } from './context.ts';

/** The place of an operator's expressions: the columns of its input, and room for values computed below them. */
export interface RowPlace {
  readonly inside: Context;
  /** The input with what the expressions want below them. Asked for when all of them are lowered. */
  table(): Table;
}

/** Rows before this one and itself: what running numbers and sums look at. */
export const SO_FAR = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';

/** Number of each row, from 1. Without an order: in the order in which the engine meets them. */
export function rowNumber(partition: readonly Sql[], order: readonly SortKey[]): Sql {
  return { kind: 'window', call: call('row_number'), partition, order, frame: SO_FAR };
}

export function rowPlace(context: Context, input: Table): RowPlace {
  const { session } = context;
  const subtable = subtableKeys(input);
  let relation: Relation = input.relation;
  let serial: Serial | undefined = serialOf(input);
  let isFixed = false;
  let layer: SelectColumn[] = [];
  let added = new Set<ColumnId>();
  let hasWindow = false;

  /** Ends a layer: what comes next can read it. Rows that windows have seen in an order keep that order, ties included. */
  const close = (): void => {
    if (hasWindow && serial?.total === false) {
      const ordinal = session.newColumn();
      layer.push({ id: ordinal, value: rowNumber(subtable, serial.keys) });
      serial = { keys: [ascending(ordinal)], total: true };
      isFixed = true;
    }
    if (layer.length > 0) relation = { kind: 'compute', input: relation, columns: layer };
    layer = [];
    added = new Set();
    hasWindow = false;
  };
  const push = (sql: Sql): Sql => {
    const id = session.newColumn();
    layer.push({ id, value: sql });
    added.add(id);
    return column(id);
  };
  const make = (sql: Sql): Sql => {
    if (readsAny(sql, added)) close();
    return push(sql);
  };
  const below: Below = {
    add: (sql) => (sql.kind === 'column' ? sql : make(sql)),
    over: (sql, frame, group = []) => {
      if (serial === undefined) return undefined;
      if (readsAny(call('tuple', sql, ...group), added)) close();
      hasWindow = true;
      return push({ kind: 'window', call: sql, partition: [...subtable, ...group], order: serial.keys, frame });
    },
    walk: (values, results) => {
      if (serial === undefined) return undefined;
      close();
      const [rows, element] = [session.newColumn(), session.newColumn()];
      relation = {
        kind: 'gather',
        input: relation,
        keys: input.subtables?.keys ?? [],
        order: serial.keys,
        values,
        rows,
        kept: session.newColumn(),
        own: session.newColumn(),
        results: { id: session.newColumn(), value: results(column(rows)) },
        element,
      };
      return column(element);
    },
  };
  return {
    inside: context.with({ row: input, below }),
    table: () => {
      close();
      return { ...input, relation, ...(isFixed && serial ? { serial, order: serial.keys } : {}) };
    },
  };
}

function readsAny(sql: Sql, columns: ReadonlySet<ColumnId>): boolean {
  for (const id of collectColumns(sql, new Set())) if (columns.has(id)) return true;
  return false;
}

/** What a grouping inside `partition` and `mv-apply` has beside its own columns: the subtable it is of. */
export function regrouped(
  context: Context,
  input: Table,
): { readonly keys: readonly SelectColumn[]; readonly values: readonly SelectColumn[]; readonly rest: Partial<Table> } {
  if (input.subtables === undefined) return { keys: [], values: [], rest: {} };
  const { keys, carried } = input.subtables;
  const kept = carried.map((entry) => ({ entry: { ...entry, id: context.session.newColumn() }, from: entry.id }));
  return {
    keys: keys.map((id) => ({ id, value: column(id) })),
    values: kept.map(({ entry, from }) => ({ id: entry.id, value: call('any', column(from)) })),
    rest: { subtables: { keys, carried: kept.map(({ entry }) => entry) } },
  };
}
