import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { storageType, type Catalogue, type CatalogueTable } from '@gatehouse/kql';
import { ASIM_FUNCTIONS, LOG_TABLES } from '@gatehouse/schema';
import { catalogueOf } from '../../domains/query/index.ts';
import { openEventStore, quoteIdentifier, type EventStore } from '../../platform/clickhouse/index.ts';
import type { DeclaredTable } from './declared.ts';

const DATABASE = 'scratch';

/** A physical column that answers ingestion_time() for a declared table, which has no column for it. */
const ARRIVAL_COLUMN = '__arrival';

/** An engine on an empty temporary folder, with tables that are made when a query first reads them. */
export interface ScratchStore {
  readonly store: EventStore;
  readonly catalogue: Catalogue;
  /** Makes the tables of the catalogue with these names, where they do not exist yet. */
  ensure(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

function declaredCatalogueTable({ table, columns }: DeclaredTable): CatalogueTable {
  return {
    name: table,
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    source: { database: DATABASE, table },
    arrivalColumn: ARRIVAL_COLUMN,
  };
}

/** The built-in tables, and over them the declared ones: a declared table takes the place of what has its name. */
function scratchCatalogue(declared: readonly DeclaredTable[]): Catalogue {
  const names = new Set(declared.map((one) => one.table));
  const builtIn = catalogueOf(
    LOG_TABLES.filter((table) => !names.has(table.name)),
    DATABASE,
  );
  return {
    version: 'scratch',
    tables: [...builtIn.tables, ...declared.map(declaredCatalogueTable)],
    functions: ASIM_FUNCTIONS.filter((stored) => !names.has(stored.name)),
    // As empty as the tables: nothing is fetched for a batch.
    external: { addresses: [], files: false, setting: '', empty: true },
    // Nobody's lists: a query over one compiles, and finds nothing in it.
    watchlists: { lists: [], source: { database: DATABASE, table: '' }, assumeOthers: true },
    // No database either: a rule over places compiles, and no address has one.
    places: 'unknown',
  };
}

function createStatement(table: CatalogueTable): string {
  const physical: [string, string][] = table.columns.map(({ name, type }) => [name, storageType(type)]);
  for (const { column } of [table.confine ?? []].flat()) physical.unshift([column, 'UInt32']);
  if (table.arrivalColumn === ARRIVAL_COLUMN)
    physical.push([ARRIVAL_COLUMN, storageType('datetime', { required: true })]);
  const columns = physical.map(([name, type]) => `${quoteIdentifier(name)} ${type}`).join(', ');
  const name = `${quoteIdentifier(table.source.database)}.${quoteIdentifier(table.source.table)}`;
  return `CREATE TABLE IF NOT EXISTS ${name} (${columns}) ENGINE = Memory`;
}

export async function openScratchStore(declared: readonly DeclaredTable[]): Promise<ScratchStore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-kql-'));
  const catalogue = scratchCatalogue(declared);
  const byName = new Map(catalogue.tables.map((table) => [table.name, table]));
  const made = new Map<string, Promise<void>>();
  const discard = () => rm(folder, { recursive: true, force: true });
  let store: EventStore;
  try {
    store = await openEventStore({ kind: 'embedded', folder, database: DATABASE });
  } catch (error) {
    await discard();
    throw error;
  }
  const make = (name: string): Promise<void> => {
    const table = byName.get(name);
    return table === undefined ? Promise.resolve() : store.command(createStatement(table));
  };
  return {
    store,
    catalogue,
    async ensure(names) {
      for (const name of names) {
        const making = made.get(name) ?? make(name);
        made.set(name, making);
        await making;
      }
    },
    async close() {
      await store.close();
      await discard();
    },
  };
}
