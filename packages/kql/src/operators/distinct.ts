import { elements } from '../parser/syntax.ts';
import type { Column } from '../relation/tree.ts';
import { resultNames } from './named.ts';
import { isStar } from './project.ts';
import { columnValue } from '../lower/context.ts';
import { regrouped } from '../lower/row.ts';
import type { Operator } from './types.ts';

/** `distinct`: each combination once. */
export const distinct: Operator<'DistinctOperator'> = {
  node: 'DistinctOperator',
  names: ['distinct'],
  summary: 'Each combination of values once.',
  page: 'distinct-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const names = resultNames(node);
    const values = elements(node.Expressions).flatMap((expression) =>
      isStar(expression) ? input.columns.map(columnValue) : [context.with({ row: input }).scalar(expression)],
    );
    const keys = values.map((value) => ({ id: context.session.newColumn(), value: value.sql }));
    const columns = values.map((value, index): Column => ({
      id: keys[index]?.id ?? 0,
      name: names[index] ?? '',
      type: value.type,
      nullable: value.nullable,
    }));
    const apart = regrouped(context, input);
    return {
      relation: { kind: 'aggregate', input: input.relation, keys: [...apart.keys, ...keys], values: apart.values },
      columns,
      order: [],
      ...apart.rest,
    };
  },
};
