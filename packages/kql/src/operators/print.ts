import { elements } from '../parser/syntax.ts';
import { computed } from '../lower/context.ts';
import { rowPlace } from '../lower/row.ts';
import { namedValues, resultNames } from './named.ts';
import type { Source } from './types.ts';

/** `print`: one row of expressions. */
export const print: Source<'PrintOperator'> = {
  node: 'PrintOperator',
  names: ['print'],
  summary: 'One row of expressions.',
  page: 'print-operator',
  lower: (node, context) => {
    const names = resultNames(node);
    const single = { relation: { kind: 'single' }, columns: [], order: [], serial: { keys: [], total: true } } as const;
    const place = rowPlace(context, single);
    const inside = place.inside.with({ row: undefined });
    const values = elements(node.Expressions)
      .flatMap((expression) => namedValues(expression, inside))
      .map((value, index) => ({ ...value, name: names[index] ?? `print_${index}` }));
    const { table, columns } = computed(context, place.table(), values);
    return { ...table, columns };
  },
};
