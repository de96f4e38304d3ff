import { convert } from '../lower/convert.ts';
import { rowPlace } from '../lower/row.ts';
import { asFilter } from '../scalar/comparison.ts';
import type { Operator } from './types.ts';

/** `where`: rows for which the condition is true; null counts as false. */
export const where: Operator<'FilterOperator'> = {
  node: 'FilterOperator',
  names: ['where', 'filter'],
  summary: 'Rows for which a condition is true.',
  page: 'where-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const place = rowPlace(context, input);
    const condition = place.inside.scalar(node.Condition);
    const truth = convert(condition, 'bool') ?? condition;
    const table = place.table();
    return { ...table, relation: { kind: 'filter', input: table.relation, condition: asFilter(truth.sql) } };
  },
};
