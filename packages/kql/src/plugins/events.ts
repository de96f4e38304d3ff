import type { Context } from '../lower/context.ts';
import type { Value } from '../lower/value.ts';
import { classOf } from '../parser/kusto.ts';
import type { Expression, NameNode } from '../parser/syntax.ts';
import { Chain } from '../relation/chain.ts';
import { findColumn, type Column, type Table } from '../relation/tree.ts';
import { ascending } from '../sql/over.ts';
import { call, column, constant, every, type Sql } from '../sql/tree.ts';
import { Timeline } from './timeline.ts';
import type { PluginCall } from './types.ts';

/** Who did something when, and the columns by which that is looked at: what the activity plugins begin with. */
export interface Events {
  readonly chain: Chain;
  readonly timeline: Timeline;
  readonly moment: Sql;
  readonly id: Sql;
  readonly dimensions: readonly Column[];
  /** The dimensions' columns. */
  readonly by: readonly Sql[];
}

/** Reads the first two arguments and the dimensions from a place on; `undefined` where something was refused. */
export function eventsOf(
  plugin: PluginCall,
  input: Table,
  context: Context,
  dimensions: readonly Expression[],
  { keepsNullIds = false } = {},
): Events | undefined {
  const [idNode, timelineNode] = [plugin.argument('IdColumn', 0), plugin.argument('TimelineColumn', 1)];
  const id = idNode && plugin.column(idNode);
  const moment = timelineNode && plugin.column(timelineNode);
  const columns = dimensions.map((node) => plugin.column(node));
  if (id === undefined || moment === undefined || columns.includes(undefined)) return undefined;
  const timeline = Timeline.of(moment.type, plugin, context);
  if (timeline === undefined) return undefined;
  const known = columns.filter((entry) => entry !== undefined);
  const chain = new Chain(input.relation, () => context.session.newColumn());
  if (id.nullable && !keepsNullIds) chain.filter(call('isNotNull', column(id.id)));
  return {
    chain,
    timeline,
    moment: column(moment.id),
    id: column(id.id),
    dimensions: known,
    by: known.map((entry) => column(entry.id)),
  };
}

/** Keeps moments from a bound to a bound, both included. A moment that is null is dropped. */
export function keepBetween({ chain, moment }: Events, from: Sql | undefined, to: Sql | undefined): void {
  const bounds = [
    ...(from === undefined ? [] : [call('greaterOrEquals', moment, from)]),
    ...(to === undefined ? [] : [call('lessOrEquals', moment, to)]),
  ];
  chain.filter(bounds.length === 0 ? call('isNotNull', moment) : every(bounds));
}

/** True where an argument names a column of the input. */
export function isColumn(node: Expression | undefined, input: Table): node is NameNode {
  if (node === undefined || classOf(node) !== 'NameReference') return false;
  const { ReferencedSymbol: symbol, SimpleName: name } = node as NameNode;
  const isVariable = symbol !== null && /Variable|Parameter/.test(classOf(symbol as unknown as Expression));
  return !isVariable && findColumn(input, name) !== undefined;
}

/** The value of a moment that is never null once it was compared. */
export function sure(sql: Sql): Sql {
  return call('assumeNotNull', sql);
}

/** The table of a plugin that answers by time: the values under the binder's names, in the order of the first `keys` of them. */
export function answer(
  plugin: PluginCall,
  { chain, keys = 0 }: { readonly chain: Chain; readonly keys?: number },
  values: readonly Value[],
): Table {
  const computed = values.filter((entry) => entry.sql.kind !== 'column').map((entry) => entry.sql);
  const added = new Map(chain.compute(...computed).map((made, index) => [computed[index], made]));
  const columns = values.map((entry, index): Column => {
    const sql = added.get(entry.sql) ?? entry.sql;
    return {
      id: sql.kind === 'column' ? sql.id : 0,
      name: plugin.resultColumns[index]?.name ?? '',
      type: entry.type,
      nullable: entry.nullable,
    };
  });
  return {
    relation: chain.relation,
    columns,
    order: columns.slice(0, keys).map((entry) => ascending(column(entry.id))),
  };
}

/** The columns that a refused plugin would give. */
export function nothing(plugin: PluginCall, context: Context): Table {
  const columns = plugin.resultColumns.map((entry) => ({
    id: context.session.newColumn(),
    name: entry.name,
    type: entry.type,
    nullable: true,
  }));
  return {
    relation: {
      kind: 'compute',
      input: { kind: 'single' },
      columns: columns.map((entry) => ({ id: entry.id, value: constant(0) })),
    },
    columns,
    order: [],
  };
}
