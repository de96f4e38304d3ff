import type { Shared } from './share.ts';
import type { CatalogueTable, KqlType } from '../catalogue.ts';
import { column, type ColumnId, type JoinWords, type SelectColumn, type SortKey, type Sql } from '../sql/tree.ts';

/** A column as the query sees it at one point of the pipe. */
export interface Column {
  readonly id: ColumnId;
  readonly name: string;
  readonly type: KqlType;
  /** False where the engine's value is never NULL: it saves needless null handling. */
  readonly nullable: boolean;
}

/**
 * The small relational tree. Column numbers are unique in a query, so what an operator hides is simply not listed any more:
 * the planner reads only what is needed above.
 */
export type Relation =
  | {
      readonly kind: 'scan';
      readonly table: CatalogueTable;
      readonly columns: readonly { readonly id: ColumnId; readonly name: string }[];
    }
  /** Rows written in the query. A row that has no column at all is `print`'s. */
  | {
      readonly kind: 'rows';
      /** Column that numbers the rows from 0, written only where it is needed. */
      readonly ordinal?: ColumnId;
      readonly columns: readonly { readonly id: ColumnId; readonly type: string }[];
      readonly rows: readonly (readonly Sql[])[];
    }
  /** 0, 1, 2 … count - 1 as UInt64. */
  | { readonly kind: 'numbers'; readonly id: ColumnId; readonly count: Sql }
  /** A table that several places use, under columns of this place's own. */
  | {
      readonly kind: 'shared';
      readonly shared: Shared;
      readonly columns: readonly { readonly id: ColumnId; readonly from: ColumnId }[];
    }
  /** One row without columns. */
  | { readonly kind: 'single' }
  | { readonly kind: 'filter'; readonly input: Relation; readonly condition: Sql }
  /** Adds columns; those of the input stay. */
  | { readonly kind: 'compute'; readonly input: Relation; readonly columns: readonly SelectColumn[] }
  | {
      readonly kind: 'aggregate';
      readonly input: Relation;
      readonly keys: readonly SelectColumn[];
      readonly values: readonly SelectColumn[];
      /** Order of the rows for values that depend on it: lists. */
      readonly order?: readonly SortKey[];
    }
  | {
      readonly kind: 'limit';
      readonly input: Relation;
      readonly order: readonly SortKey[];
      readonly count: Sql;
      readonly by?: readonly Sql[];
    }
  | {
      readonly kind: 'union';
      readonly columns: readonly ColumnId[];
      readonly inputs: readonly { readonly relation: Relation; readonly values: readonly Sql[] }[];
    }
  | {
      readonly kind: 'join';
      readonly left: Relation;
      readonly right: Relation;
      readonly join: JoinWords;
      readonly on: readonly { readonly left: Sql; readonly right: Sql }[];
    }
  /**
   * The rows of each group looked at one after the other: `values` of its rows become the array `rows`, `results` is an
   * array as long, and each row gets its element. The rows' own columns stay.
   */
  | {
      readonly kind: 'gather';
      readonly input: Relation;
      readonly keys: readonly ColumnId[];
      readonly order: readonly SortKey[];
      readonly values: readonly Sql[];
      readonly rows: ColumnId;
      /** The rows' own columns, on their way. */
      readonly kept: ColumnId;
      readonly own: ColumnId;
      readonly results: SelectColumn;
      readonly element: ColumnId;
    }
  /** One row for each element of the arrays, in step; `keepEmpty` keeps a row whose arrays are empty. */
  | {
      readonly kind: 'unnest';
      readonly input: Relation;
      readonly arrays: readonly SelectColumn[];
      readonly keepEmpty: boolean;
    };

/** Order that window functions go by. */
export interface Serial {
  readonly keys: readonly SortKey[];
  /** True when no two rows (of one subtable) have the same keys. */
  readonly total: boolean;
}

/**
 * Inside `partition` and `mv-apply` the pipe is the subtables one after the other: a subtable is the rows that agree in
 * these keys. Operators that look at more than one row keep to them.
 */
export interface Subtables {
  readonly keys: readonly ColumnId[];
  /** Columns that are the same in a whole subtable and are wanted again when the subquery is over. */
  readonly carried: readonly Column[];
}

/** What flows through the pipe: a relation, the columns that are visible and the order of the rows, where there is one. */
export interface Table {
  readonly relation: Relation;
  readonly columns: readonly Column[];
  /** Empty: no order. Kept beside the relation, so that one ORDER BY is written where it counts. */
  readonly order: readonly SortKey[];
  /** Where the rows are serialized by other keys than `order`. */
  readonly serial?: Serial | undefined;
  readonly subtables?: Subtables | undefined;
  /** When the row arrived, as long as a row of the pipe is a row of one table. */
  readonly arrival?: Column;
  /** The data may have more columns than are known: a name that is not there reads as null. */
  readonly open?: boolean;
  /** What `make-graph` made of the rows: such a table has no columns of its own. */
  readonly graph?: Graph;
}

/** A graph as two tables: nodes that are named once each, and edges between them. */
export interface Graph {
  readonly nodes: Table;
  /** What names a node, within its partition, and its text as `node_id()` gives it. */
  readonly key: Column;
  readonly text: Column;
  readonly edges: Table;
  /** The nodes' keys at the two ends of an edge, and the edge's own number. */
  readonly source: Column;
  readonly target: Column;
}

export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name);
}

/** How the rows are serialized; `undefined`: they are not. */
export function serialOf(table: Table): Serial | undefined {
  return table.serial ?? (table.order.length > 0 ? { keys: table.order, total: false } : undefined);
}

/** The subtables' keys as expressions: none outside `partition` and `mv-apply`. */
export function subtableKeys(table: Table): readonly Sql[] {
  return (table.subtables?.keys ?? []).map(column);
}
