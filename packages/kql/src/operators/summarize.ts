import { invariant } from '../invariant.ts';
import { aggregate } from '../aggregates/index.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, items, type Expression, type ExpressionNodes, type FunctionCall, textOf } from '../parser/syntax.ts';
import { gathered, lowerAggregate } from '../lower/call.ts';
import { collector, columnValue, computed, type AggregateCollector, type Context } from '../lower/context.ts';
import type { Value } from '../lower/value.ts';
import { regrouped, rowPlace } from '../lower/row.ts';
import { serialOf, type Column, type Table } from '../relation/tree.ts';
import { resultNames } from './named.ts';
import { isStar } from './project.ts';
import type { Operator } from './types.ts';

type Part = Value & { readonly name: string };

/** `summarize`: one row a group. Names are the binder's, in its order: the groups, then the aggregates. */
export const summarize: Operator<'SummarizeOperator'> = {
  node: 'SummarizeOperator',
  names: ['summarize'],
  summary: 'Aggregates, one row a group.',
  page: 'summarize-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    for (const parameter of items(node.Parameters)) {
      // Hints only steer Kusto's own execution.
      if (!parameter.Name.SimpleName.startsWith('hint.'))
        context.session.report(
          'GHQ013',
          `summarize's option '${parameter.Name.SimpleName}' is not supported.`,
          parameter,
        );
    }
    if (node.ByClause?.BinClause)
      context.session.report(
        'GHQ013',
        "summarize's bin clause is not supported: write bin() in the group.",
        node.ByClause.BinClause,
      );
    const names = [...resultNames(node)];
    const groups = elements(node.ByClause?.Expressions);
    const place = rowPlace(context, input);
    const keys = groups.map((expression) => {
      const value = place.inside.scalar(expression);
      return { id: context.session.newColumn(), name: names.shift() ?? '', value };
    });
    const aggregates = collector(context.session);
    const inside = place.inside.with({ aggregates });
    const groupedNames = new Set(groups.map((expression) => textOf(expression)));
    const parts = elements(node.Aggregates).flatMap((expression) =>
      several(expression, input, inside, groupedNames, aggregates),
    );
    const values = parts.map((part): Part => ({ ...part, name: names.shift() ?? '' }));
    invariant(names.length === 0, `summarize gives ${names.length} more columns`);
    const rows = place.table();
    const apart = regrouped(context, rows);
    const relation = {
      kind: 'aggregate',
      input: rows.relation,
      keys: [...apart.keys, ...keys.map(({ id, value }) => ({ id, value: value.sql }))],
      values: [...aggregates.columns, ...apart.values],
      order: serialOf(rows)?.keys ?? [],
    } as const;
    const keyColumns = keys.map(({ id, name, value }): Column => ({
      id,
      name,
      type: value.type,
      nullable: value.nullable,
    }));
    const below: Table = { relation, columns: keyColumns, order: [], ...apart.rest };
    const { table, columns } = computed(context, below, values);
    return { ...table, columns: [...keyColumns, ...columns] };
  },
};

/** One aggregate expression: one value, or one a column for those that choose rows and for percentiles. */
function several(
  expression: Expression,
  input: Table,
  context: Context,
  grouped: ReadonlySet<string>,
  aggregates: AggregateCollector,
): readonly Value[] {
  const bare =
    classOf(expression) === 'SimpleNamedExpression' || classOf(expression) === 'CompoundNamedExpression'
      ? (expression as ExpressionNodes['SimpleNamedExpression']).Expression
      : expression;
  const name = classOf(bare) === 'FunctionCallExpression' ? (bare as FunctionCall).Name.SimpleName : '';
  const row = aggregate(name);
  if (row === undefined) return [context.scalar(bare)];
  const arguments_ = elements((bare as FunctionCall).ArgumentList.Expressions);
  if (!arguments_.some(isStar)) return lowerAggregate(bare as FunctionCall, context);
  // `*`: every column that is neither a group nor already an argument.
  const listed = new Set(arguments_.filter((argument) => !isStar(argument)).map((argument) => textOf(argument)));
  const args = arguments_.flatMap((argument) =>
    isStar(argument)
      ? input.columns.filter((entry) => !listed.has(entry.name) && !grouped.has(entry.name)).map(columnValue)
      : [context.scalar(argument)],
  );
  const type = args[0]?.type ?? 'dynamic';
  const at = (index: number): Value => {
    const argument = args[index];
    invariant(argument, `argument ${index} is there`);
    return argument;
  };
  const result = row.lower({
    args,
    count: args.length,
    type,
    sql: (index) => at(index).sql,
    arg: at,
    refuse: (code, message) => context.session.refuse(code, message, bare, type),
  });
  return gathered(result, context.with({ aggregates }));
}
