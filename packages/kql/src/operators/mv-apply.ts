import { classOf } from '../parser/kusto.ts';
import { elements, items, textOf, type NameNode } from '../parser/syntax.ts';
import { SO_FAR } from '../lower/row.ts';
import { invariant } from '../invariant.ts';
import { findColumn, type Column, type Table } from '../relation/tree.ts';
import { ascending, call, column, type SortKey } from '../sql/tree.ts';
import { expand } from './mv-expand.ts';
import type { Operator } from './types.ts';

/**
 * `mv-apply`: a subquery over the elements of each row's arrays. The rows are numbered and expanded, and the steps of the
 * subquery go by the number: one pass over all rows, no subquery for each. Where no step asks for the number it is not made.
 */
export const mvApply: Operator<'MvApplyOperator'> = {
  node: 'MvApplyOperator',
  names: ['mv-apply', 'mvapply'],
  summary: "A subquery over the elements of each row's arrays.",
  page: 'mv-apply-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    let indexName: string | undefined;
    for (const parameter of items(node.Parameters)) {
      const name = parameter.Name.SimpleName.toLowerCase();
      if (name === 'with_itemindex') indexName = textOf(parameter.Expression);
      else context.session.report('GHQ013', `mv-apply's option '${name}' is not supported.`, parameter);
    }
    if (node.ContextIdClause !== null)
      context.session.report('GHQ013', "mv-apply's id clause is not supported.", node.ContextIdClause);
    const expressions = elements(node.Expressions);
    const limit =
      node.RowLimitClause === null
        ? undefined
        : context.with({ row: undefined }).scalar(node.RowLimitClause.RowLimit).sql;

    const row = context.session.newColumn();
    const number = { kind: 'window', call: call('row_number'), partition: [], order: [], frame: SO_FAR } as const;
    const numbered: Table = {
      ...input,
      relation: { kind: 'compute', input: input.relation, columns: [{ id: row, value: number }] },
    };
    const { table, index } = expand(numbered, expressions, { asPairs: false, indexName, limit }, context);
    // A column that is expanded under its own name is the subquery's from here on.
    const expanded = new Set(
      expressions
        .filter((entry) => classOf(entry.Expression) === 'NameReference')
        .map((entry) => (entry.Expression as NameNode).SimpleName),
    );
    const kept = input.columns.filter((entry) => !expanded.has(entry.name));
    const outer = input.subtables;
    const answer = context.pipe(node.Subquery.Expression, {
      relation: table.relation,
      columns: indexName === undefined ? table.columns : [...table.columns.slice(1), ...table.columns.slice(0, 1)],
      order: [],
      serial: { keys: [ascending(index)], total: true },
      subtables: {
        keys: [...(outer?.keys ?? []), row],
        carried: [...kept, ...input.order.map(hidden), ...(outer?.carried ?? [])],
      },
    });
    const { keys = [], carried = [] } = answer.subtables ?? {};
    const own = carried.slice(0, kept.length);
    const columns = own.map((entry) => findColumn(answer, entry.name) ?? entry);
    const known = new Set(columns.map((entry) => entry.name));
    columns.push(...answer.columns.filter((entry) => !known.has(entry.name)));
    const order = input.order.map((key, position): SortKey => {
      const entry = carried[kept.length + position];
      return entry === undefined ? key : { ...key, value: column(entry.id) };
    });
    return {
      relation: answer.relation,
      columns,
      order,
      ...(outer === undefined
        ? {}
        : {
            subtables: {
              keys: keys.slice(0, outer.keys.length),
              carried: carried.slice(kept.length + input.order.length),
            },
          }),
    };
  },
};

/** The column of a sort key, to be carried along. */
function hidden(key: SortKey): Column {
  invariant(key.value.kind === 'column', 'rows are ordered by columns');
  return { id: key.value.id, name: '', type: 'dynamic', nullable: true };
}
