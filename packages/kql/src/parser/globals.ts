import type { Catalogue } from '../catalogue.ts';
import type { Discovered } from '../discovery.ts';
import { kusto, tableSymbol, type GlobalState } from './kusto.ts';
import { withDiscovered, withPlugins } from './plugins.ts';
import { watchlistSymbols } from './watchlists.ts';

/** How many catalogues are kept: one per company and version that is being asked about; a symbol table is about 1 MB. */
const KEPT_CATALOGUES = 32;

/** The one database there is, by its name in `database(…)`. */
export const DATABASE = 'gatehouse';

const kept = new Map<string, GlobalState>();

/**
 * The catalogue as the parser knows it: a database with its tables and functions. Cached by the catalogue's version, the
 * least recently used one is dropped. With what was found in the data they are made anew.
 */
export function globalsOf(catalogue: Catalogue, discovered?: Discovered): GlobalState {
  if (discovered !== undefined) return withDiscovered(globalsOf(catalogue), discovered);
  const known = kept.get(catalogue.version);
  const state = known ?? buildGlobals(catalogue);
  kept.delete(catalogue.version);
  kept.set(catalogue.version, state);
  const oldest = kept.keys().next();
  if (kept.size > KEPT_CATALOGUES && oldest.done !== true) kept.delete(oldest.value);
  return state;
}

function buildGlobals(catalogue: Catalogue): GlobalState {
  const { FunctionSymbol, DatabaseSymbol } = kusto.Symbols;
  const tables = catalogue.tables.map((table) => tableSymbol(table.name, table.columns, table.description));
  const functions = catalogue.functions.map(
    (stored) => new FunctionSymbol.$ctor16(stored.name, stored.parameters, stored.body, stored.description ?? null),
  );
  return withPlugins(kusto.GlobalState.Default).WithDatabase(
    new DatabaseSymbol.ctor(DATABASE, [...tables, ...functions, ...watchlistSymbols(catalogue)]),
  );
}
