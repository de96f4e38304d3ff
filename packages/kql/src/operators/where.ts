import { convert } from '../lower/convert.ts';
import { asFilter } from '../scalar/comparison.ts';
import type { Operator } from './types.ts';

/** `where`: rows for which the condition is true; null counts as false. */
export const where: Operator<'FilterOperator'> = {
  node: 'FilterOperator',
  names: ['where', 'filter'],
  summary: 'Rows for which a condition is true.',
  page: 'where-operator',
  lower: (node, input, context) => {
    const condition = context.with({ row: input }).scalar(node.Condition);
    const truth = convert(condition, 'bool') ?? condition;
    return { ...input, relation: { kind: 'filter', input: input.relation, condition: asFilter(truth.sql) } };
  },
};
