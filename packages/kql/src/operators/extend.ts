import { elements } from '../parser/syntax.ts';
import { computed } from '../lower/context.ts';
import { rowPlace } from '../lower/row.ts';
import type { Column } from '../relation/tree.ts';
import { namedValues, resultNames } from './named.ts';
import type { Operator } from './types.ts';

/** `extend`: more columns; one of an existing name takes its place. */
export const extend: Operator<'ExtendOperator' | 'SerializeOperator'> = {
  node: 'ExtendOperator',
  names: ['extend'],
  summary: 'Computed columns beside the others.',
  page: 'extend-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const place = rowPlace(context, input);
    const values = elements(node.Expressions).flatMap((expression) => namedValues(expression, place.inside));
    const known = new Set(input.columns.map((column) => column.name));
    const named = new Set(values.map((value) => value.name));
    // Names that Kusto invents stand, in order, among the columns that are new and have no name of the query's.
    const invented = resultNames(node).filter((name) => !known.has(name) && !named.has(name));
    const { table, columns } = computed(
      context,
      place.table(),
      values.map((value) => (value.name === '' ? { ...value, name: invented.shift() ?? '' } : value)),
    );
    const added = new Map(columns.map((column) => [column.name, column]));
    const kept = input.columns.map((column): Column => {
      const replacement = added.get(column.name);
      added.delete(column.name);
      return replacement ?? column;
    });
    return { ...table, columns: [...kept, ...added.values()] };
  },
};
