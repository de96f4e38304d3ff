import { classOf } from '../parser/kusto.ts';
import { items, textOf, type NameNode } from '../parser/syntax.ts';
import { rowPlace } from '../lower/row.ts';
import { serialOf, type Column, type Table } from '../relation/tree.ts';
import { column } from '../sql/tree.ts';
import type { Operator } from './types.ts';

const STRATEGIES: ReadonlySet<string> = new Set(['native', 'shuffle', 'legacy']);

/**
 * `partition`: a subquery over the rows of each key, all keys in one pass. The strategies only steer Kusto's own execution:
 * here none has a limit on the number of keys.
 */
export const partition: Operator<'PartitionOperator'> = {
  node: 'PartitionOperator',
  names: ['partition'],
  summary: 'A subquery over the rows of each key.',
  page: 'partition-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    for (const parameter of items(node.Parameters)) {
      const name = parameter.Name.SimpleName.toLowerCase();
      const strategy = textOf(parameter.Expression).toLowerCase();
      if (name === 'hint.strategy' && !STRATEGIES.has(strategy))
        context.session.report('GHQ013', `partition knows native, shuffle and legacy, not '${strategy}'.`, parameter);
      else if (!name.startsWith('hint.'))
        context.session.report('GHQ013', `partition's option '${name}' is not supported.`, parameter);
    }
    if (node.Scope !== null) context.session.report('GHQ013', "partition's scope is not supported.", node.Scope);
    const place = rowPlace(context, input);
    const value = place.inside.scalar(node.ByExpression);
    const key = place.inside.below?.add(value.sql);
    const table = place.table();
    const id = key?.kind === 'column' ? key.id : context.session.newColumn();
    const outer = table.subtables;
    const keys = [...(outer?.keys ?? []), id];
    const carried = outer?.carried ?? [];

    const { Subquery: steps, Query: query } = node.Operand;
    const whole = (): Table => ({ ...table, order: [], serial: serialOf(table), subtables: { keys, carried } });
    const named: Column = {
      id,
      name: classOf(node.ByExpression) === 'NameReference' ? (node.ByExpression as NameNode).SimpleName : '',
      type: value.type,
      nullable: value.nullable,
    };
    // A query over another table: every key with all of its rows; its conditions choose among them.
    const besides = (source: Table): Table => ({
      relation: {
        kind: 'join',
        join: 'CROSS JOIN',
        on: [],
        left: {
          kind: 'aggregate',
          input: table.relation,
          keys: keys.map((entry) => ({ id: entry, value: column(entry) })),
          values: carried.map((entry) => ({ id: entry.id, value: column(entry.id) })),
        },
        right: source.relation,
      },
      columns: source.columns,
      order: [],
      serial: serialOf(source),
      subtables: { keys, carried: [...carried, named] },
    });
    if (query !== undefined && outer !== undefined)
      context.session.report('GHQ013', 'A partition over another table cannot stand in partition or mv-apply.', node);
    const answer =
      query === undefined ? context.pipe(steps ?? node.Operand, whole()) : context.pipeOver(query, besides);

    const after = answer.subtables;
    return {
      relation: answer.relation,
      columns: answer.columns,
      order: [],
      ...(outer === undefined || after === undefined
        ? {}
        : {
            subtables: {
              keys: after.keys.slice(0, outer.keys.length),
              carried: after.carried.slice(0, outer.carried.length),
            },
          }),
    };
  },
};
