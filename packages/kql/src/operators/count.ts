import { regrouped } from '../lower/row.ts';
import { call } from '../sql/tree.ts';
import { resultNames } from './named.ts';
import type { Operator } from './types.ts';

/** `count`: the number of rows, as one row. */
export const count: Operator<'CountOperator'> = {
  node: 'CountOperator',
  names: ['count'],
  summary: 'The number of rows.',
  page: 'count-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const id = context.session.newColumn();
    const [name = 'Count'] = resultNames(node);
    const { keys, values, rest } = regrouped(context, input);
    return {
      relation: {
        kind: 'aggregate',
        input: input.relation,
        keys,
        values: [{ id, value: call('toInt64', call('count')) }, ...values],
      },
      columns: [{ id, name, type: 'long', nullable: false }],
      order: [],
      ...rest,
    };
  },
};
