import { elements, textOf } from '../parser/syntax.ts';
import { typeNamed } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { nullOf } from '../lower/value.ts';
import type { Column } from '../relation/tree.ts';
import { isNullableStorage, storageType } from '../storage.ts';
import { ascending, constant } from '../sql/tree.ts';
import type { Source } from './types.ts';

/** `datatable (name: type, …) [value, …]`: rows written in the query. */
export const datatable: Source<'DataTableExpression'> = {
  node: 'DataTableExpression',
  names: ['datatable'],
  summary: 'Rows written in the query.',
  page: 'datatable-operator',
  lower: (node, context) => {
    const columns = elements(node.Schema.Columns).map((declared): Column => {
      const type = typeNamed(textOf(declared.Type), 'dynamic');
      return {
        id: context.session.newColumn(),
        name: declared.Name.SimpleName,
        type,
        nullable: isNullableStorage(type),
      };
    });
    const values = elements(node.Values).map((cell, index) => {
      const column = columns[index % Math.max(1, columns.length)];
      const value = context.with({ row: undefined }).scalar(cell);
      if (column === undefined) return value.sql;
      return (value.constant === null ? nullOf(column.type) : (convert(value, column.type) ?? nullOf(column.type))).sql;
    });
    const width = Math.max(1, columns.length);
    const rows = Array.from({ length: Math.floor(values.length / width) }, (_, row) =>
      values.slice(row * width, (row + 1) * width),
    );
    context.session.spend(node);
    const schema = columns.map(({ id, type }) => ({ id, type: storageType(type) }));
    // The engine's row list cannot be empty.
    if (rows.length === 0) {
      const none = { kind: 'rows', columns: schema, rows: [columns.map((column) => nullOf(column.type).sql)] } as const;
      const relation = { kind: 'filter', input: none, condition: constant(0) } as const;
      return { relation, columns, order: [], serial: { keys: [], total: true } };
    }
    // Kusto answers the rows as they are written, and window functions go by that.
    const ordinal = context.session.newColumn();
    return {
      relation: { kind: 'rows', columns: schema, rows, ordinal },
      columns,
      order: [],
      serial: { keys: [ascending(ordinal)], total: true },
    };
  },
};
