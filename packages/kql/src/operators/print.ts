import { elements } from '../parser/syntax.ts';
import { computed } from '../lower/context.ts';
import { namedValue, resultNames } from './named.ts';
import type { Source } from './types.ts';

/** `print`: one row of expressions. */
export const print: Source<'PrintOperator'> = {
  node: 'PrintOperator',
  names: ['print'],
  summary: 'One row of expressions.',
  page: 'print-operator',
  lower: (node, context) => {
    const names = resultNames(node);
    const single = { relation: { kind: 'single' }, columns: [], order: [] } as const;
    const values = elements(node.Expressions).map((expression, index) => ({
      ...namedValue(expression, context.with({ row: undefined })),
      name: names[index] ?? `print_${index}`,
    }));
    const { table, columns } = computed(context, single, values);
    return { ...table, columns };
  },
};
