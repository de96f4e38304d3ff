import { classOf } from '../parser/kusto.ts';
import { elements, type Expression, type OrderedExpression } from '../parser/syntax.ts';
import type { Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { rowPlace } from '../lower/row.ts';
import { serialOf, subtableKeys, type Relation, type Table } from '../relation/tree.ts';
import { call, column, literal, type SortKey, type Sql } from '../sql/tree.ts';
import type { Operator } from './types.ts';

/** `x asc nulls last`: descending unless said; nulls last when descending, first when ascending. */
export function sortKey(node: Expression, context: Context, added: { id: number; value: Sql }[]): SortKey {
  const ordered = classOf(node) === 'OrderedExpression' ? (node as OrderedExpression) : undefined;
  const value = context.scalar(ordered?.Expression ?? node);
  const descending = ordered?.Ordering.AscOrDescKeyword?.Text.toLowerCase() !== 'asc';
  const said = ordered?.Ordering.NullsClause?.FirstOrLastKeyword.Text.toLowerCase();
  const nulls = said === 'first' || said === 'last' ? said : descending ? 'last' : 'first';
  const sql = value.type === 'dynamic' ? (convert(value, 'string')?.sql ?? value.sql) : value.sql;
  if (sql.kind === 'column') return { value: sql, descending, nulls };
  const id = context.session.newColumn();
  added.push({ id, value: sql });
  return { value: column(id), descending, nulls };
}

/** Beyond this the keys of earlier sorts are left out. */
const MAX_SORT_KEYS = 8;

function sorted(nodes: readonly Expression[], input: Table, context: Context): Table {
  const place = rowPlace(context, input);
  const added: { id: number; value: Sql }[] = [];
  const keys = nodes.map((node) => sortKey(node, place.inside, added));
  const table = place.table();
  const relation: Relation =
    added.length === 0 ? table.relation : { kind: 'compute', input: table.relation, columns: added };
  // Rows that the keys do not tell apart stay in the order that they had, where that costs nothing.
  const before = table.order.length > 0 ? { keys: table.order, total: false } : table.serial;
  const order = [...keys, ...(before?.keys ?? [])].slice(0, Math.max(keys.length, MAX_SORT_KEYS));
  const isTotal = before?.total === true && order.length === keys.length + before.keys.length;
  return { ...table, relation, order, serial: isTotal ? { keys: order, total: true } : undefined };
}

/** A number of rows: a constant, or what a subquery gives. */
export function rowCount(node: Expression, context: Context): Sql {
  const count = context.with({ row: undefined }).scalar(node);
  if (typeof count.constant === 'bigint') return literal('UInt64', count.constant < 0n ? 0n : count.constant);
  return call('toUInt64', call('assumeNotNull', count.sql));
}

/** The first rows of an order; of each subtable where there are subtables. */
function limit(input: Table, order: readonly SortKey[], count: Sql): Relation {
  const by = subtableKeys(input);
  return { kind: 'limit', input: input.relation, order, count, ...(by.length === 0 ? {} : { by }) };
}

const sort: Operator<'SortOperator'> = {
  node: 'SortOperator',
  names: ['sort', 'order'],
  summary: 'Rows in order.',
  page: 'sort-operator',
  perSubtable: true,
  lower: (node, input, context) => sorted(elements(node.Expressions), input, context),
};

const top: Operator<'TopOperator'> = {
  node: 'TopOperator',
  names: ['top'],
  summary: 'The first rows of an order.',
  page: 'top-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const table = sorted([node.ByExpression], input, context);
    return {
      ...table,
      relation: limit(table, table.order, rowCount(node.Expression, context)),
    };
  },
};

const take: Operator<'TakeOperator'> = {
  node: 'TakeOperator',
  names: ['take', 'limit'],
  summary: 'Up to so many rows.',
  page: 'take-operator',
  perSubtable: true,
  lower: (node, input, context) => ({
    ...input,
    // Of a subtable's rows the first ones: where it is an array, its first elements.
    relation: limit(
      input,
      input.subtables === undefined ? input.order : (serialOf(input)?.keys ?? []),
      rowCount(node.Expression, context),
    ),
  }),
};

const sample: Operator<'SampleOperator'> = {
  node: 'SampleOperator',
  names: ['sample'],
  summary: 'Up to so many rows, at random.',
  page: 'sample-operator',
  perSubtable: true,
  lower: (node, input, context) => ({
    ...input,
    order: [],
    serial: undefined,
    relation: limit(
      input,
      [{ value: call('rand'), descending: false, nulls: 'last' }],
      rowCount(node.Expression, context),
    ),
  }),
};

export const ORDERINGS = [sort, top, take, sample] as const;
