import type { LogTable } from '@gatehouse/schema';
import { StoreError } from './errors.ts';
import { quoteIdentifier } from './identifiers.ts';
import {
  columnDefinition,
  createTableStatement,
  indexName,
  partitionKey,
  physicalColumns,
  retentionExpression,
  sortingKey,
} from './tables.ts';
import type { EventStore } from './types.ts';

/**
 * Version of how tables are laid out in the engine (not of their columns, which only grow). A store written by a higher
 * one is refused.
 */
export const LAYOUT_VERSION = 1;

export interface TableChange {
  readonly table: string;
  /** What was done, e.g. `created`, `column Host added`, `kept 30 days`. */
  readonly change: string;
}

interface FoundTable {
  readonly columns: ReadonlyMap<string, string>;
  readonly indexes: ReadonlySet<string>;
  readonly sortingKey: string;
  readonly partitionKey: string;
  readonly engine: string;
}

/**
 * Makes the tables that are missing and adds the columns and indexes that are new, while others read and write. Run at every
 * start and whenever a custom table is declared or changed; a second run changes nothing. Nothing is ever dropped: a column
 * that a table no longer names stays with its rows.
 *
 * @throws StoreError `STORE_SCHEMA` when a column exists with another type, a table has another key, or a newer version wrote
 * the store. What was done before stays done.
 */
export async function migrateTables(store: EventStore, tables: readonly LogTable[]): Promise<readonly TableChange[]> {
  await checkLayoutVersion(store);
  const found = await readTables(
    store,
    tables.map((table) => table.name),
  );
  const changes: TableChange[] = [];
  for (const table of tables) {
    const existing = found.get(table.name);
    const done = existing === undefined ? await createTable(store, table) : await extendTable(store, table, existing);
    changes.push(...done.map((change) => ({ table: table.name, change })));
  }
  return changes;
}

async function checkLayoutVersion(store: EventStore): Promise<void> {
  const record = `${store.database}.schema_version`;
  await store.command(
    `CREATE TABLE IF NOT EXISTS ${record} (Version UInt32, AppliedAt DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY Version SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1`,
  );
  const answer = await store.read(`SELECT max(Version) FROM ${record}`);
  const version = Number(answer.rows[0]?.[0] ?? 0);
  if (version > LAYOUT_VERSION)
    throw new StoreError('STORE_SCHEMA', {
      message: `The event store was written by a newer version (layout ${version}, this one knows ${LAYOUT_VERSION}). Start the newer version.`,
    });
  if (version < LAYOUT_VERSION)
    await store.insert('schema_version', JSON.stringify({ Version: LAYOUT_VERSION }), {
      token: `layout-${LAYOUT_VERSION}`,
    });
}

async function readTables(store: EventStore, names: readonly string[]): Promise<Map<string, FoundTable>> {
  const params = { names };
  // The database's name is the connection's own: currentDatabase() is it.
  const where = 'database = currentDatabase() AND table IN {names:Array(String)}';
  const [tables, columns, indexes] = await Promise.all([
    store.read(
      'SELECT name, sorting_key, partition_key, engine_full FROM system.tables WHERE database = currentDatabase() AND name IN {names:Array(String)}',
      { params },
    ),
    store.read(`SELECT table, name, type FROM system.columns WHERE ${where}`, { params }),
    store.read(`SELECT table, name FROM system.data_skipping_indices WHERE ${where}`, { params }),
  ]);
  const ofTable = (rows: readonly (readonly unknown[])[], table: unknown) => rows.filter((row) => row[0] === table);
  return new Map(
    tables.rows.map(([name, sorting, partition, engine]) => [
      String(name),
      {
        columns: new Map(ofTable(columns.rows, name).map((row) => [String(row[1]), String(row[2])])),
        indexes: new Set(ofTable(indexes.rows, name).map((row) => String(row[1]))),
        sortingKey: String(sorting),
        partitionKey: String(partition),
        engine: String(engine),
      },
    ]),
  );
}

async function createTable(store: EventStore, table: LogTable): Promise<readonly string[]> {
  await store.command(createTableStatement(store.database, table));
  return ['created'];
}

async function extendTable(store: EventStore, table: LogTable, found: FoundTable): Promise<readonly string[]> {
  const wrong = misfits(table, found);
  if (wrong.length > 0)
    throw new StoreError('STORE_SCHEMA', {
      message: `Table ${table.name} does not fit its declaration: ${wrong.join('; ')}. A changed type or key needs a new column or table.`,
    });
  const actions: string[] = [];
  const changes: string[] = [];
  for (const column of physicalColumns(table)) {
    if (!found.columns.has(column.name)) {
      actions.push(`ADD COLUMN IF NOT EXISTS ${columnDefinition(column)}`);
      changes.push(`column ${column.name} added`);
    }
    if (column.index !== undefined && !found.indexes.has(indexName(column.name))) {
      actions.push(`ADD INDEX IF NOT EXISTS ${quoteIdentifier(indexName(column.name))} ${column.index}`);
      changes.push(`index on ${column.name} added`);
    }
  }
  const retention = retentionExpression(table.retentionDays);
  if (!found.engine.includes(`TTL ${retention} `) && !found.engine.endsWith(`TTL ${retention}`)) {
    actions.push(`MODIFY TTL ${retention}`);
    changes.push(`kept ${table.retentionDays} days`);
  }
  if (actions.length > 0)
    await store.command(`ALTER TABLE ${store.database}.${quoteIdentifier(table.name)} ${actions.join(', ')}`);
  return changes;
}

/** What no ALTER of ours can mend, in words. */
function misfits(table: LogTable, found: FoundTable): readonly string[] {
  const wrong: string[] = [];
  for (const column of physicalColumns(table)) {
    const type = found.columns.get(column.name);
    if (type !== undefined && type !== column.type) wrong.push(`column ${column.name} is ${type}, not ${column.type}`);
  }
  const key = sortingKey(table).join(', ');
  if (found.sortingKey.replaceAll('`', '') !== key) wrong.push(`it is sorted by (${found.sortingKey}), not (${key})`);
  if (found.partitionKey !== partitionKey(table))
    wrong.push(`it is cut by ${found.partitionKey}, not ${partitionKey(table)}`);
  return wrong;
}
