import type { Catalogue, CatalogueColumn, CatalogueWatchlist } from '../catalogue.ts';
import { kusto, tableSymbol, type CallArguments, type KustoCode, type TableSymbol } from './kusto.ts';
import { items } from './syntax.ts';

/** Columns that every list has before its own. Source: Microsoft Sentinel, "Build queries with watchlists". */
export const ITEM_COLUMNS = [
  { name: '_DTItemId', type: 'string', description: 'The item’s own id.' },
  { name: 'LastUpdatedTimeUTC', type: 'datetime', description: 'When the item was changed last.' },
  { name: 'SearchKey', type: 'string', description: 'The value of the column that the list is searched by.' },
] as const satisfies readonly CatalogueColumn[];

/** `_GetWatchlistAlias()` has one column. */
export const ALIAS_COLUMN = { name: 'WatchlistAlias', type: 'string' } as const satisfies CatalogueColumn;

export const WATCHLIST_FUNCTION = '_GetWatchlist';
export const WATCHLIST_ALIAS_FUNCTION = '_GetWatchlistAlias';

/** All columns of a list, in the order in which they are shown; a column of the list's own that is named like the key is the key. */
export function watchlistColumns(list: Pick<CatalogueWatchlist, 'columns'>): readonly CatalogueColumn[] {
  const names = new Set<string>(ITEM_COLUMNS.map((column) => column.name));
  return [...ITEM_COLUMNS, ...list.columns.filter((column) => !names.has(column.name))];
}

export function watchlistNamed(catalogue: Catalogue, alias: string): CatalogueWatchlist | undefined {
  const key = alias.toLowerCase();
  return catalogue.watchlists?.lists.find((list) => list.alias.toLowerCase() === key);
}

/** `_GetWatchlist` and `_GetWatchlistAlias`: what they give depends on the alias, so the parser asks. */
export function watchlistSymbols(catalogue: Catalogue): readonly unknown[] {
  const { FunctionSymbol, Parameter, Signature, Tabularity } = kusto.Symbols;
  if (catalogue.watchlists === undefined) return [];
  const make = (name: string, parameters: string, description: string, result: (call: CallArguments) => TableSymbol) =>
    new FunctionSymbol.$ctor10(
      name,
      [new Signature.$ctor1(result, Tabularity.Tabular, Parameter.ParseList(parameters))],
      description,
    );
  return [
    make(
      WATCHLIST_FUNCTION,
      '(watchlistAlias:string, keys:dynamic=dynamic([]))',
      'The items of a watchlist; with keys only those whose SearchKey is one of them.',
      (call) => resultOf(call, catalogue),
    ),
    make(WATCHLIST_ALIAS_FUNCTION, '()', 'The aliases of all watchlists.', () => tableSymbol('', [ALIAS_COLUMN])),
  ];
}

function resultOf(call: CallArguments, catalogue: Catalogue): TableSymbol {
  const argument = call.GetArgument$1('watchlistAlias') as ConstantNode | null;
  const alias = argument?.ConstantValue ?? argument?.Expression?.ConstantValue;
  const list = typeof alias === 'string' ? watchlistNamed(catalogue, alias) : undefined;
  if (list !== undefined) return tableSymbol('', watchlistColumns(list));
  if (catalogue.watchlists?.assumeOthers === true) return tableSymbol('', watchlistColumns({ columns: assumed }));
  // A parameter whose value comes with the call, or a list that does not exist, which the compiler says.
  return tableSymbol('', ITEM_COLUMNS).WithIsOpen(true);
}

/** An argument, or a named one with its value. */
interface ConstantNode {
  readonly ConstantValue: unknown;
  readonly Expression?: { readonly ConstantValue: unknown };
}

/** The columns of a list that is assumed to exist, while a text is analysed. */
let assumed: readonly CatalogueColumn[] = [];

const UNKNOWN_NAME = /^The name '([^']{1,200})' does not refer to any known column/;

/** One name can hide the next one's error: a text is analysed so often at most. */
const ROUNDS = 6;

/** Analyses a text again and again, with the names that it misses as columns of the assumed watchlists. */
export function withAssumedColumns(analyze: () => KustoCode): KustoCode {
  const names = new Set<string>();
  try {
    for (let round = 1; ; round += 1) {
      assumed = [...names].map((name): CatalogueColumn => ({ name, type: 'string' }));
      const code = analyze();
      const before = names.size;
      for (const { Message: message } of items(code.GetDiagnostics())) {
        const name = UNKNOWN_NAME.exec(message)?.[1];
        if (name !== undefined) names.add(name);
      }
      if (names.size === before || round === ROUNDS) return code;
    }
  } finally {
    assumed = [];
  }
}
