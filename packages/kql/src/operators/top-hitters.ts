import { convert } from '../lower/convert.ts';
import type { Relation } from '../relation/tree.ts';
import { ascending, descending } from '../sql/over.ts';
import { call, column, constant, type SortKey } from '../sql/tree.ts';
import { typeNamed } from '../lower/context.ts';
import { items } from '../parser/syntax.ts';
import { resultNames } from './named.ts';
import { rowCount } from './sort.ts';
import type { Operator } from './types.ts';

/** `top-hitters`: the values that most rows have, or with the largest sum; counted exactly. */
const topHitters: Operator<'TopHittersOperator'> = {
  node: 'TopHittersOperator',
  names: ['top-hitters'],
  summary: 'The most frequent values, or those with the largest sum. Exact, where Kusto estimates.',
  page: 'top-hitters-operator',
  lower: (node, input, context) => {
    const { session } = context;
    const inside = context.with({ row: input });
    const [name = '', amountName = ''] = resultNames(node);
    const key = inside.scalar(node.OfExpression);
    const [id, total] = [session.newColumn(), session.newColumn()];
    const type = typeNamed(items(node.ResultType?.Columns)[1]?.Type.Name, 'long');
    const weight = node.ByClause === null ? undefined : inside.scalar(node.ByClause.Expression);
    const number = weight && (convert(weight, weight.type === 'dynamic' ? 'real' : weight.type) ?? weight);
    const sum = number && call('ifNull', call('sum', number.sql), constant(0));
    const amount =
      sum === undefined
        ? call('toInt64', call('count'))
        : type === 'real' || type === 'decimal'
          ? sum
          : call(type === 'int' ? 'toInt32' : 'toInt64', sum);
    const order: SortKey[] = [descending(column(total)), ascending(column(id))];
    const grouped: Relation = {
      kind: 'aggregate',
      input: input.relation,
      keys: [{ id, value: key.sql }],
      values: [{ id: total, value: amount }],
    };
    return {
      relation: { kind: 'limit', input: grouped, order, count: rowCount(node.Expression, context) },
      columns: [
        { id, name, type: key.type, nullable: key.nullable },
        { id: total, name: amountName, type, nullable: false },
      ],
      order,
    };
  },
};

/** `sample-distinct`: some of the values, each once. */
const sampleDistinct: Operator<'SampleDistinctOperator'> = {
  node: 'SampleDistinctOperator',
  names: ['sample-distinct'],
  summary: 'Up to so many different values.',
  page: 'sample-distinct-operator',
  lower: (node, input, context) => {
    const value = context.with({ row: input }).scalar(node.OfExpression);
    const id = context.session.newColumn();
    const [name = ''] = resultNames(node);
    return {
      relation: {
        kind: 'limit',
        input: { kind: 'aggregate', input: input.relation, keys: [{ id, value: value.sql }], values: [] },
        order: [],
        count: rowCount(node.Expression, context),
      },
      columns: [{ id, name, type: value.type, nullable: value.nullable }],
      order: [],
    };
  },
};

/** Operators that look at the values of one expression. */
export const VALUES = [topHitters, sampleDistinct] as const;
