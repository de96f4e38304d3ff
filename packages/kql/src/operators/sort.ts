import { classOf } from '../parser/kusto.ts';
import { elements, type Expression, type OrderedExpression } from '../parser/syntax.ts';
import type { Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import type { Relation, Table } from '../relation/tree.ts';
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

function sorted(nodes: readonly Expression[], input: Table, context: Context): Table {
  const inside = context.with({ row: input });
  const added: { id: number; value: Sql }[] = [];
  const order = nodes.map((node) => sortKey(node, inside, added));
  const relation: Relation =
    added.length === 0 ? input.relation : { kind: 'compute', input: input.relation, columns: added };
  return { ...input, relation, order };
}

/** A number of rows: a constant, or what a subquery gives. */
export function rowCount(node: Expression, context: Context): Sql {
  const count = context.with({ row: undefined }).scalar(node);
  if (typeof count.constant === 'bigint') return literal('UInt64', count.constant < 0n ? 0n : count.constant);
  return call('toUInt64', call('assumeNotNull', count.sql));
}

const sort: Operator<'SortOperator'> = {
  node: 'SortOperator',
  names: ['sort', 'order'],
  summary: 'Rows in order.',
  page: 'sort-operator',
  lower: (node, input, context) => sorted(elements(node.Expressions), input, context),
};

const top: Operator<'TopOperator'> = {
  node: 'TopOperator',
  names: ['top'],
  summary: 'The first rows of an order.',
  page: 'top-operator',
  lower: (node, input, context) => {
    const table = sorted([node.ByExpression], input, context);
    return {
      ...table,
      relation: { kind: 'limit', input: table.relation, order: table.order, count: rowCount(node.Expression, context) },
    };
  },
};

const take: Operator<'TakeOperator'> = {
  node: 'TakeOperator',
  names: ['take', 'limit'],
  summary: 'Up to so many rows.',
  page: 'take-operator',
  lower: (node, input, context) => ({
    ...input,
    relation: { kind: 'limit', input: input.relation, order: input.order, count: rowCount(node.Expression, context) },
  }),
};

const sample: Operator<'SampleOperator'> = {
  node: 'SampleOperator',
  names: ['sample'],
  summary: 'Up to so many rows, at random.',
  page: 'sample-operator',
  lower: (node, input, context) => ({
    ...input,
    order: [],
    relation: {
      kind: 'limit',
      input: input.relation,
      order: [{ value: call('rand'), descending: false, nulls: 'last' }],
      count: rowCount(node.Expression, context),
    },
  }),
};

export const ORDERINGS = [sort, top, take, sample] as const;
