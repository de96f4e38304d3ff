import type { CatalogueTable } from '../catalogue.ts';
import { KqlRefusal, nearest } from '../errors.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, items, type Expression, type ExpressionNodes, type FunctionCall } from '../parser/syntax.ts';
import {
  ALIAS_COLUMN,
  ITEM_COLUMNS,
  WATCHLIST_ALIAS_FUNCTION,
  WATCHLIST_FUNCTION,
  watchlistColumns,
  watchlistNamed,
} from '../parser/watchlists.ts';
import type { Column, Relation, Table } from '../relation/tree.ts';
import { call, column, constant, every, literal, type Sql } from '../sql/tree.ts';
import { isNullableStorage, storageType } from '../storage.ts';
import { typeNamed, type Context } from './context.ts';
import { convert } from './convert.ts';
import { nullOf, value } from './value.ts';

type Lower = (node: FunctionCall, context: Context) => Table;

/** Calls of watchlists, by the function's name. */
export const WATCHLIST_CALLS: Readonly<Record<string, Lower | undefined>> = {
  [WATCHLIST_FUNCTION]: lowerWatchlist,
  [WATCHLIST_ALIAS_FUNCTION]: (_node, context) => watchlistAliases(context),
};

/** The aliases that there are, one a row. */
export function watchlistAliases({ session }: Context): Table {
  const aliases = session.catalogue.watchlists?.lists.map(({ alias }) => alias) ?? [];
  return textRows([...aliases].sort(), session.newColumn());
}

/** The argument by its name or place. */
function argumentOf(node: FunctionCall, name: string, place: number): Expression | undefined {
  const given = elements(node.ArgumentList.Expressions);
  const named = given
    .filter((argument) => classOf(argument) === 'SimpleNamedExpression')
    .map((argument) => argument as ExpressionNodes['SimpleNamedExpression']);
  const found = named.find((argument) => argument.Name.SimpleName === name);
  const positional = given[place];
  return found?.Expression ?? (positional && !named.includes(positional as never) ? positional : undefined);
}

function lowerWatchlist(node: FunctionCall, context: Context): Table {
  const { session } = context;
  const { watchlists } = session.catalogue;
  const argument = argumentOf(node, 'watchlistAlias', 0);
  const alias = argument && context.with({ row: undefined }).scalar(argument).constant;
  if (watchlists === undefined || argument === undefined || typeof alias !== 'string')
    throw new KqlRefusal(
      'GHQ020',
      'The alias of a watchlist must be a constant text.',
      session.placeOf(argument ?? node),
    );
  const list = watchlistNamed(session.catalogue, alias);
  if (list === undefined && watchlists.assumeOthers === true) return emptyTable(node, context);
  if (list === undefined) {
    const names = watchlists.lists.map((one) => one.alias);
    const reason = session.catalogue.absent?.find(({ name }) => name === alias)?.reason;
    throw new KqlRefusal(
      'GHQ040',
      reason ?? `There is no watchlist '${alias}'.`,
      session.placeOf(argument),
      nearest(alias, names),
    );
  }
  const scan = scanItems(watchlists, context);
  const keys = argumentOf(node, 'keys', 1);
  const conditions = [
    call('equals', scan.sql('AliasKey'), literal('String', list.alias.toLowerCase())),
    // Not where the time of the run is past: an item that expired is none.
    call('greater', call('ifNull', scan.sql('ExpiresAt'), call('plus', NOW, call('toIntervalDay', constant(1)))), NOW),
    ...(keys === undefined ? [] : [isOneOf(scan.sql('SearchKey'), keys, context)]),
  ];
  const own = watchlistColumns(list).slice(ITEM_COLUMNS.length);
  const computed = own.map(({ name, type }) => {
    const text = value(call('JSONExtractString', scan.sql('Item'), literal('String', name)), 'string', false);
    return { id: session.newColumn(), name, ...(convert(text, type) ?? nullOf(type)) };
  });
  const columns = [
    scan.column('ItemId', '_DTItemId'),
    scan.column('UpdatedAt', 'LastUpdatedTimeUTC'),
    scan.column('SearchKey', 'SearchKey'),
    ...computed.map(({ id, name, type, nullable }): Column => ({ id, name, type, nullable })),
  ];
  const filtered: Relation = { kind: 'filter', input: scan.relation, condition: every(conditions) };
  return {
    relation: {
      kind: 'compute',
      input: filtered,
      columns: computed.map(({ id, sql }) => ({ id, value: sql })),
    },
    columns,
    order: [],
  };
}

const NOW: Sql = { kind: 'now', offsetTicks: 0n };

/** Columns of the physical table. */
const PHYSICAL = [
  { name: 'AliasKey', type: 'string' },
  { name: 'ItemId', type: 'string' },
  { name: 'UpdatedAt', type: 'datetime' },
  { name: 'SearchKey', type: 'string' },
  { name: 'Item', type: 'string' },
  { name: 'ExpiresAt', type: 'datetime' },
] as const;
type Physical = (typeof PHYSICAL)[number]['name'];

function scanItems({ source, confine }: Pick<CatalogueTable, 'source' | 'confine'>, context: Context) {
  const ids = new Map(PHYSICAL.map((entry) => [entry.name, context.session.newColumn()]));
  const id = (name: Physical): number => ids.get(name) ?? 0;
  const table: CatalogueTable = {
    name: WATCHLIST_FUNCTION,
    columns: PHYSICAL,
    source,
    ...(confine === undefined ? {} : { confine }),
  };
  const relation: Relation = {
    kind: 'scan',
    table,
    columns: PHYSICAL.map(({ name }) => ({ id: id(name), name })),
  };
  return {
    relation,
    sql: (name: Physical) => column(id(name)),
    column: (name: Physical, shown: string): Column => ({
      id: id(name),
      name: shown,
      type: name === 'UpdatedAt' ? 'datetime' : 'string',
      nullable: false,
    }),
  };
}

/** Without keys every item is meant. */
function isOneOf(key: Sql, keys: Expression, context: Context): Sql {
  const wanted = context.with({ row: undefined }).scalar(keys);
  const list = call('JSONExtract', wanted.sql, constant('Array(String)'));
  return call('or', call('empty', list), call('has', list, key));
}

function emptyTable(node: FunctionCall, context: Context): Table {
  const columns = items(node.ResultType?.Columns).map(({ Name: name, Type: type }): Column => {
    const known = typeNamed(type.Name, 'string');
    return { id: context.session.newColumn(), name, type: known, nullable: isNullableStorage(known) };
  });
  const rows: Relation = {
    kind: 'rows',
    columns: columns.map(({ id, type }) => ({ id, type: storageType(type) })),
    rows: [columns.map(({ type }) => nullOf(type).sql)],
  };
  return { relation: { kind: 'filter', input: rows, condition: constant(0) }, columns, order: [] };
}

function textRows(texts: readonly string[], id: number): Table {
  const rows: Relation = {
    kind: 'rows',
    columns: [{ id, type: storageType('string') }],
    rows: (texts.length === 0 ? [''] : texts).map((text) => [literal('String', text)]),
  };
  return {
    relation: texts.length > 0 ? rows : { kind: 'filter', input: rows, condition: constant(0) },
    columns: [{ id, ...ALIAS_COLUMN, nullable: false }],
    order: [],
  };
}
