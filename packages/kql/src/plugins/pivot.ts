import { gathered, lowerAggregate } from '../lower/call.ts';
import { collector, columnValue, computed, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { DISCOVERED_COLUMNS_LIMIT } from '../discovery.ts';
import { openTable } from '../lower/open.ts';
import { constantValue, value, type Value } from '../lower/value.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, type Expression, type FunctionCall, type NameNode } from '../parser/syntax.ts';
import { plan } from '../relation/plan.ts';
import { findColumn, type Column, type Relation, type Table } from '../relation/tree.ts';
import { call, column, constant, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import { isNullableStorage } from '../storage.ts';
import type { Plugin, PluginCall } from './types.ts';

/** A pivot without values yet: the groups, each with the text of the pivoted value and the aggregate. */
interface Grouped {
  readonly relation: Relation;
  readonly keys: readonly Column[];
  readonly pivoted: Column;
  readonly cell: Value;
  /** The aggregate of no rows: what a cell without rows shows. */
  readonly empty: Sql;
}

/** The columns that stay: those listed, otherwise all but the pivoted one and the aggregate's. */
function keyColumns(
  plugin: PluginCall,
  input: Table,
  pivoted: Column,
  aggregate: Expression | undefined,
): readonly Column[] {
  const listed = plugin.positional.slice(2);
  if (listed.length > 0)
    return listed.flatMap((argument) => {
      const found = plugin.column(argument);
      return found === undefined ? [] : [found];
    });
  const [argument] =
    aggregate !== undefined && classOf(aggregate) === 'FunctionCallExpression'
      ? elements((aggregate as FunctionCall).ArgumentList.Expressions)
      : [];
  const read =
    argument !== undefined && classOf(argument) === 'NameReference'
      ? findColumn(input, (argument as NameNode).SimpleName)
      : undefined;
  return input.columns.filter((entry) => entry !== pivoted && entry !== read);
}

/** The aggregate over a relation's groups: its relation and its value above the grouping. */
function aggregated(
  node: Expression | undefined,
  input: Table,
  relation: Relation,
  keys: readonly SelectColumn[],
  context: Context,
): { readonly table: Table; readonly cell: Value } | undefined {
  const aggregates = collector(context.session);
  const inside = context.with({ row: input, aggregates });
  const values =
    node === undefined
      ? gathered(value(call('toInt64', call('count')), 'long', false), inside)
      : lowerAggregate(node as FunctionCall, inside);
  const [cell] = values;
  if (cell === undefined || values.length > 1) return undefined;
  const grouping = { kind: 'aggregate', input: relation, keys, values: aggregates.columns } as const;
  return { table: { relation: grouping, columns: [], order: [] }, cell };
}

function grouped(plugin: PluginCall, input: Table, context: Context): Grouped | undefined {
  const [source, aggregate] = plugin.positional;
  const pivoted = source && plugin.column(source);
  if (pivoted === undefined) return undefined;
  if (aggregate !== undefined && classOf(aggregate) !== 'FunctionCallExpression') {
    plugin.refuse('GHQ013', "pivot()'s second argument is an aggregate, as in sum(x).", aggregate);
    return undefined;
  }
  const name = convert(columnValue(pivoted), 'string');
  if (name === undefined) {
    plugin.refuse('GHQ022', `pivot() does not take a column of type ${pivoted.type}.`, source);
    return undefined;
  }
  const keys = keyColumns(plugin, input, pivoted, aggregate).map((entry): Column => ({
    ...entry,
    id: context.session.newColumn(),
  }));
  const sources = keyColumns(plugin, input, pivoted, aggregate);
  const nameId = context.session.newColumn();
  const groups = [
    ...keys.map((entry, index) => ({ id: entry.id, value: column(sources[index]?.id ?? 0) })),
    { id: nameId, value: name.sql },
  ];
  const full = aggregated(aggregate, input, input.relation, groups, context);
  const none = { kind: 'filter', input: input.relation, condition: constant(0) } as const;
  const empty = aggregated(aggregate, input, none, [], context);
  if (full === undefined || empty === undefined) {
    plugin.refuse('GHQ013', 'pivot() takes an aggregate that gives one column.', aggregate);
    return undefined;
  }
  const { table, columns } = computed(context, full.table, [{ ...full.cell, name: 'cell' }]);
  const nothing = computed(context, empty.table, [{ ...empty.cell, name: 'cell' }]);
  const [cell] = columns;
  const [blank] = nothing.columns;
  if (cell === undefined || blank === undefined) return undefined;
  const blankCell = { kind: 'scalarQuery', select: plan(nothing.table.relation, new Set([blank.id])) } as const;
  return {
    relation: table.relation,
    keys,
    pivoted: { id: nameId, name: '', type: 'string', nullable: false },
    cell: columnValue(cell),
    // The engine takes a subquery's value for one that may be null.
    empty: isNullableStorage(blank.type) ? blankCell : call('ifNull', blankCell, constant('')),
  };
}

/** The values that become columns, with the aggregate's type. */
function probe({ relation, pivoted, cell }: Grouped, context: Context): Table {
  const name = context.session.newColumn();
  const type = context.session.newColumn();
  const values = {
    kind: 'aggregate',
    input: relation,
    keys: [{ id: name, value: column(pivoted.id) }],
    values: [],
  } as const;
  const order = [{ value: column(name), descending: false, nulls: 'first' }] as const;
  const limited = {
    kind: 'limit',
    input: values,
    order,
    count: literal('UInt64', DISCOVERED_COLUMNS_LIMIT + 1),
  } as const;
  return {
    relation: {
      kind: 'compute',
      input: limited,
      columns: [{ id: type, value: constantValue('string', cell.type).sql }],
    },
    columns: [
      { id: name, name: 'name', type: 'string', nullable: false },
      { id: type, name: 'type', type: 'string', nullable: false },
    ],
    order,
  };
}

/** A row for each group of keys, a column for each value. */
function spread({ relation, keys, pivoted, cell, empty }: Grouped, names: readonly string[], context: Context): Table {
  const columns = names.map((name): SelectColumn & { readonly name: string } => {
    const isHere = call('equals', column(pivoted.id), constantValue('string', name).sql);
    const found = call('anyIf', cell.sql, isHere);
    return {
      id: context.session.newColumn(),
      name,
      value: call('if', call('equals', call('countIf', isHere), constant(0)), empty, found),
    };
  });
  const groups = keys.map((entry): Column => ({ ...entry, id: context.session.newColumn() }));
  const rows = context.session.newColumn();
  const rotated = {
    kind: 'aggregate',
    input: relation,
    keys: groups.map((entry, index) => ({ id: entry.id, value: column(keys[index]?.id ?? 0) })),
    values: [...columns.map(({ id, value: sql }) => ({ id, value: sql })), { id: rows, value: call('count') }],
  } as const;
  return {
    // Without groups the engine gives a row also where there is none.
    relation:
      keys.length > 0
        ? rotated
        : { kind: 'filter', input: rotated, condition: call('greater', column(rows), constant(0)) },
    columns: [
      ...groups,
      ...columns.map(({ id, name }): Column => ({ id, name, type: cell.type, nullable: isNullableStorage(cell.type) })),
    ],
    order: [],
  };
}

function pivoted(plugin: PluginCall, input: Table, context: Context): Table {
  const groups = grouped(plugin, input, context);
  if (groups === undefined) return input;
  const taken = new Set(groups.keys.map((entry) => entry.name));
  if (plugin.outputSchema !== undefined) {
    const names = plugin.outputSchema.map(({ name }) => name).filter((name) => !taken.has(name));
    return spread(groups, names, context);
  }
  const found = plugin.discover(() => probe(groups, context));
  if (found === undefined) return openTable(spread(groups, [], context), false, context);
  const clash = found.find(({ name }) => taken.has(name));
  if (found.length > DISCOVERED_COLUMNS_LIMIT || clash !== undefined)
    plugin.refuse(
      'GHQ027',
      clash === undefined
        ? `pivot() makes a column of each value: there are more than ${DISCOVERED_COLUMNS_LIMIT}.`
        : `pivot() makes a column of the value '${clash.name}', and the table has one of that name.`,
    );
  return openTable(
    spread(
      groups,
      found.map(({ name }) => name),
      context,
    ),
    true,
    context,
  );
}

/** `pivot`: values of a column become columns. Source: KQL documentation, "pivot plugin". */
export const pivot: Plugin = {
  name: 'pivot',
  summary: 'A column for each value of a column, with an aggregate of its rows.',
  differs:
    'The new columns stand in the order of their names. A name that is no value reads as null, where Kusto refuses it. At most 1,000 values.',
  lower: pivoted,
  examples: [],
};
