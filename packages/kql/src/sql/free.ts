import { collectColumns, type ColumnId, type From, type Select, type Sql } from './tree.ts';

/**
 * True when a SELECT reads a column that was numbered up to `last`: one of the row around it. What stands in a subquery of
 * Kusto's is one value or one list for the whole query.
 */
export function readsUpTo(select: Select, last: ColumnId): boolean {
  const reads = (sql: Sql): boolean => {
    for (const id of collectColumns(sql, new Set())) if (id <= last) return true;
    return false;
  };
  const inFrom = (from: From | undefined): boolean => {
    switch (from?.kind) {
      case 'select':
        return inSelect(from.select);
      case 'union':
        return from.selects.some(inSelect);
      case 'join':
        return (
          inSelect(from.left) || inSelect(from.right) || from.on.some((pair) => reads(pair.left) || reads(pair.right))
        );
      case 'rows':
        return from.rows.some((row) => row.some(reads));
      case 'numbers':
        return reads(from.count);
      case 'table':
      case 'shared':
      case undefined:
        return false;
    }
  };
  const inSelect = (node: Select): boolean =>
    inFrom(node.from) ||
    // The columns of a shared table have numbers of its own.
    (node.from?.kind !== 'shared' && node.columns.some((entry) => reads(entry.value))) ||
    node.where.some(reads) ||
    (node.groupBy ?? []).some(reads) ||
    node.order.some((key) => reads(key.value)) ||
    (node.unnest?.arrays ?? []).some((entry) => reads(entry.value)) ||
    (node.limit !== undefined && (reads(node.limit.count) || (node.limit.by ?? []).some(reads)));
  return inSelect(select);
}
