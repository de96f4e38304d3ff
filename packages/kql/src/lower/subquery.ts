import { plan } from '../relation/plan.ts';
import type { Expression } from '../parser/syntax.ts';
import { isNullableStorage } from '../storage.ts';
import { readsUpTo } from '../sql/free.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';
import { isTabular } from '../parser/kusto.ts';
import type { Context } from './context.ts';
import { nullOf, value, type Value } from './value.ts';

/** `toscalar(…)`: the first column of the first row; null where there is none. */
export function scalarQuery(node: Expression, context: Context): Value {
  if (!isTabular(node.ResultType)) return context.scalar(node);
  const before = context.session.newColumn();
  const table = context.table(node);
  const [column] = table.columns;
  if (column === undefined) return nullOf('dynamic');
  const limited = { kind: 'limit', input: table.relation, order: table.order, count: literal('UInt64', 1) } as const;
  const select = plan(limited, new Set([column.id]));
  if (readsUpTo(select, before))
    return context.session.refuse(
      'GHQ013',
      'toscalar() is one value for the whole query: it cannot read the row around it.',
      node,
      column.type,
    );
  const sql: Sql = { kind: 'scalarQuery', select };
  // A subquery without rows is NULL in the engine.
  return isNullableStorage(column.type)
    ? value(sql, column.type, true)
    : value(call('ifNull', sql, constant('')), column.type, false);
}
