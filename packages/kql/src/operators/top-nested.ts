import { mergeable } from '../aggregates/states.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, type OrderedExpression, type TopNestedClause } from '../parser/syntax.ts';
import { collector, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { nullOf, type Value } from '../lower/value.ts';
import type { Column, Relation, Table } from '../relation/tree.ts';
import { ascending, over } from '../sql/over.ts';
import { call, column, constant, every, mapColumns, type SelectColumn, type SortKey, type Sql } from '../sql/tree.ts';
import { resultNames } from './named.ts';
import { rowCount } from './sort.ts';
import type { Operator } from './types.ts';

/** One `top-nested` of the chain. */
interface Level {
  readonly key: Value;
  readonly id: number;
  readonly count: Sql | undefined;
  readonly others: Value | undefined;
  /** The aggregate, over the kept parts of the groups of a partition. */
  readonly value: (partition: readonly Sql[]) => Value;
  readonly order: Omit<SortKey, 'value'>;
}

/**
 * `top-nested`: the first values of a key, and for each the first values of the next key. The rows are read once: grouped by all keys
 * with mergeable parts, from which each level's aggregates are merged.
 *
 * Where a level or one below it has `with others`, what did not make it at the level becomes one group; it goes through the levels
 * below as one, and each level says its own name of it, or null where it has none.
 */
export const topNested: Operator<'TopNestedOperator'> = {
  node: 'TopNestedOperator',
  names: ['top-nested'],
  summary: 'The first values of a key, and within each the first values of the next key.',
  page: 'top-nested-operator',
  lower: (node, input, context) => {
    const states: SelectColumn[] = [];
    const levels = elements(node.Clauses).map((clause) => lowerLevel(clause, input, context, states));
    const grouped: Relation = {
      kind: 'aggregate',
      input: input.relation,
      keys: levels.map((level) => ({ id: level.id, value: level.key.sql })),
      values: states,
    };
    return chained(levels, grouped, context, resultNames(node));
  },
};

function lowerLevel(clause: TopNestedClause, input: Table, context: Context, states: SelectColumn[]): Level {
  const { session } = context;
  const key = context.with({ row: input }).scalar(clause.OfExpression);
  const by = clause.ByExpression;
  const ordered = classOf(by) === 'OrderedExpression' ? (by as OrderedExpression) : undefined;
  const aggregates = collector(session);
  const value = context.with({ row: input, aggregates }).scalar(ordered?.Expression ?? by);
  const add = (state: Sql): Sql => {
    const id = session.newColumn();
    states.push({ id, value: state });
    return column(id);
  };
  const parts = new Map(
    aggregates.columns.map((entry) => {
      // The partition is not known yet: a place for it stands in the merged expression.
      const merged = mergeable(entry.value, add, (merge) => over(merge, []));
      if (merged === undefined)
        session.report('GHQ013', 'This aggregate is not supported in top-nested.', clause.ByExpression);
      return [entry.id, merged ?? constant(0)] as const;
    }),
  );
  const whole = mapColumns(value.sql, (id) => parts.get(id) ?? column(id));
  const isDescending = ordered?.Ordering.AscOrDescKeyword?.Text.toLowerCase() !== 'asc';
  const said = ordered?.Ordering.NullsClause?.FirstOrLastKeyword.Text.toLowerCase();
  const others =
    clause.WithOthersClause === null
      ? undefined
      : context.with({ row: undefined }).scalar(clause.WithOthersClause.Expression);
  const named = others && takes(key, others) ? convert(others, key.type) : undefined;
  if (others !== undefined && named === undefined)
    session.report('GHQ022', `The name of the others is a ${others.type}, the column a ${key.type}.`, clause);
  return {
    key,
    id: session.newColumn(),
    count: clause.Expression === null ? undefined : rowCount(clause.Expression, context),
    others: named,
    value: (partition) => ({ ...value, sql: partitioned(whole, partition) }),
    order: {
      descending: isDescending,
      nulls: said === 'first' || said === 'last' ? said : isDescending ? 'last' : 'first',
    },
  };
}

/** A name of the others is of the column's type, or a number for numbers. */
function takes(key: Value, others: Value): boolean {
  return key.type === others.type || (NUMBERS.has(key.type) && NUMBERS.has(others.type));
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'long', 'real', 'decimal']);

/** The expression with its windows over a partition. */
function partitioned(sql: Sql, partition: readonly Sql[]): Sql {
  switch (sql.kind) {
    case 'window':
      return { ...sql, partition };
    case 'call':
      return { ...sql, args: sql.args.map((argument) => partitioned(argument, partition)) };
    case 'cast':
      return { ...sql, value: partitioned(sql.value, partition) };
    default:
      return sql;
  }
}

function chained(levels: readonly Level[], grouped: Relation, context: Context, names: readonly string[]): Table {
  const { session } = context;
  let relation = grouped;
  const compute = (value: Sql): Sql => {
    const id = session.newColumn();
    relation = { kind: 'compute', input: relation, columns: [{ id, value }] };
    return column(id);
  };
  const keys: Sql[] = [];
  const results: { readonly label: Value; readonly amount: Value }[] = [];
  // True for a row that is among the first of every level so far; undefined where each row is.
  let isTop: Sql | undefined;
  levels.forEach((level, index) => {
    const key = column(level.id);
    const keepsOthers = level.count !== undefined && levels.slice(index).some((entry) => entry.others !== undefined);
    const amount = compute(level.value([...keys, key]).sql);
    const above = isTop;
    if (level.count !== undefined) {
      const rank = over(call('dense_rank'), [...keys], [{ value: amount, ...level.order }, ascending(key)]);
      const isFirst = call('lessOrEquals', compute(rank), level.count);
      if (keepsOthers) isTop = compute(above === undefined ? isFirst : every([above, isFirst]));
      else
        relation = {
          kind: 'filter',
          input: relation,
          condition: above === undefined ? isFirst : call('or', call('not', above), isFirst),
        };
    }
    if (isTop === undefined) {
      keys.push(key);
      results.push({ label: { ...level.key, sql: key }, amount: { ...level.value([]), sql: amount } });
      return;
    }
    const none = nullOf(level.key.type);
    const group = compute(call('if', isTop, key, none.sql));
    keys.push(isTop, group);
    const all = level.value([...keys]);
    const over_ = compute(all.sql);
    const named = level.others ?? none;
    results.push({
      label: { ...level.key, sql: call('if', isTop, group, named.sql), nullable: level.key.nullable || named.nullable },
      amount:
        level.others === undefined
          ? { ...all, sql: call('if', isTop, over_, nullOf(all.type).sql), nullable: true }
          : { ...all, sql: over_ },
    });
  });
  return gathered(relation, keys, results, context, names);
}

/** One row a group of the last level. Amounts are the same in all rows of a group. */
function gathered(
  relation: Relation,
  keys: readonly Sql[],
  results: readonly { readonly label: Value; readonly amount: Value }[],
  context: Context,
  names: readonly string[],
): Table {
  const { session } = context;
  const renamed = new Map(keys.map((key) => [key, session.newColumn()]));
  const ids = new Map([...renamed].flatMap(([key, id]) => (key.kind === 'column' ? [[key.id, id] as const] : [])));
  const again = (sql: Sql): Sql => mapColumns(sql, (id) => column(ids.get(id) ?? id));
  const amounts: SelectColumn[] = results.map((entry) => ({
    id: session.newColumn(),
    value: call('any', entry.amount.sql),
  }));
  const values = results.flatMap(({ label, amount }, index): Value[] => [
    { ...label, sql: again(label.sql) },
    { ...amount, sql: column(amounts[index]?.id ?? 0) },
  ]);
  const columns = values.map((entry, index): Column => ({
    id: session.newColumn(),
    name: names[index] ?? '',
    type: entry.type,
    nullable: entry.nullable,
  }));
  return {
    relation: {
      kind: 'compute',
      input: {
        kind: 'aggregate',
        input: relation,
        keys: [...renamed].map(([key, id]) => ({ id, value: key })),
        values: amounts,
      },
      columns: columns.map((entry, index) => ({ id: entry.id, value: values[index]?.sql ?? constant(0) })),
    },
    columns,
    order: [],
  };
}
