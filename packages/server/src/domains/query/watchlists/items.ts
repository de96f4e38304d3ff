import { v7 as uuidv7 } from 'uuid';
import { quoteIdentifier, type EventStore } from '../../../platform/clickhouse/index.ts';
import { WATCHLIST_TABLE } from '../catalogue.ts';
import type { NewItem } from './contents.ts';

/** An item of a list. */
export interface Item extends NewItem {
  readonly id: string;
  readonly updatedMs: number;
}

/** Which set of items: a company's (0: everybody's), of a list, by its number. */
export interface ItemSet {
  readonly company: number;
  readonly aliasKey: string;
  readonly snapshot: number;
}

/** Items of an INSERT; each has some kilobytes at the most. */
const ITEMS_PER_INSERT = 2_000;

/** The engine's table of items. A set is written once and never changed: a change of a list is a set of its own. */
export interface ItemStore {
  prepare(): Promise<void>;
  write(set: ItemSet, items: readonly Item[]): Promise<void>;
  /** All items of a set, in the order of their keys. */
  read(set: ItemSet): Promise<readonly Item[]>;
  page(set: ItemSet, options: { search: string; after: string; limit: number }): Promise<readonly Item[]>;
  /** Deletes every set whose number is none of these and below `before`. */
  sweep(kept: readonly number[], before: number): Promise<void>;
}

export function createItemStore(openStore: () => EventStore): ItemStore {
  const table = (store: EventStore): string => `${store.database}.${quoteIdentifier(WATCHLIST_TABLE)}`;
  const inSet = 'CompanyId = {company:UInt32} AND Snapshot = {snapshot:UInt32} AND AliasKey = {aliasKey:String}';
  const fields =
    "ItemId, SearchKey, Item, toUnixTimestamp64Milli(CAST(UpdatedAt AS DateTime64(3, 'UTC'))), toUnixTimestamp64Milli(CAST(ExpiresAt AS Nullable(DateTime64(3, 'UTC'))))";
  let prepared: Promise<void> | undefined;

  async function makeTable(): Promise<void> {
    const store = openStore();
    await store.command(`CREATE TABLE IF NOT EXISTS ${table(store)} (
  CompanyId UInt32, Snapshot UInt32, AliasKey LowCardinality(String), ItemId String, SearchKey String,
  Item String CODEC(ZSTD(1)), ExpiresAt Nullable(DateTime64(7, 'UTC')), UpdatedAt DateTime64(7, 'UTC')
) ENGINE = MergeTree ORDER BY (CompanyId, Snapshot, AliasKey, SearchKey, ItemId)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1`);
  }

  const prepare = (): Promise<void> => {
    prepared ??= makeTable().catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };

  async function rows(set: ItemSet, rest: string, params: Record<string, unknown> = {}): Promise<readonly Item[]> {
    await prepare();
    const store = openStore();
    const answer = await store.read(`SELECT ${fields} FROM ${table(store)} WHERE ${inSet} ${rest}`, {
      params: { ...set, ...params },
      limits: { maxResultRows: 100_000 },
    });
    return answer.rows.map(([id, key, item, updated, expires]): Item => ({
      id: String(id),
      key: String(key),
      values: JSON.parse(String(item)) as Record<string, string>,
      updatedMs: Number(updated),
      expiresMs: expires === null || expires === undefined ? null : Number(expires),
    }));
  }

  return {
    prepare,
    async write(set, items) {
      await prepare();
      for (let start = 0; start < items.length; start += ITEMS_PER_INSERT) {
        const lines = items.slice(start, start + ITEMS_PER_INSERT).map((item) =>
          JSON.stringify({
            CompanyId: set.company,
            Snapshot: set.snapshot,
            AliasKey: set.aliasKey,
            ItemId: item.id,
            SearchKey: item.key,
            Item: JSON.stringify(item.values),
            ExpiresAt: item.expiresMs === null ? null : storeTime(item.expiresMs),
            UpdatedAt: storeTime(item.updatedMs),
          }),
        );
        await openStore().insert(WATCHLIST_TABLE, lines.join('\n'), { token: `${set.snapshot}-${start}` });
      }
    },
    read: (set) => rows(set, 'ORDER BY SearchKey, ItemId'),
    page: (set, { search, after, limit }) =>
      rows(
        set,
        `AND (SearchKey, ItemId) > ({afterKey:String}, {afterId:String})
         AND ({search:String} = '' OR positionCaseInsensitiveUTF8(Item, {search:String}) > 0)
         ORDER BY SearchKey, ItemId LIMIT {limit:UInt32}`,
        { search, limit, afterKey: after.slice(0, -36), afterId: after.slice(-36) },
      ),
    async sweep(kept, before) {
      await prepare();
      const store = openStore();
      const found = await store.read(
        `SELECT DISTINCT Snapshot FROM ${table(store)} WHERE Snapshot < {before:UInt32} AND Snapshot NOT IN {kept:Array(UInt32)}`,
        { params: { before, kept } },
      );
      const gone = found.rows.map(([number]) => Number(number)).filter((number) => Number.isInteger(number));
      if (gone.length > 0)
        await store.command(`ALTER TABLE ${table(store)} DELETE WHERE Snapshot IN (${gone.join(', ')})`);
    },
  };
}

function storeTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
}

/** Items with ids; one that was there before, found by its key, keeps its id, and its time where nothing of it changed. */
export function identified(items: readonly NewItem[], before: readonly Item[], nowMs: number): readonly Item[] {
  const known = new Map<string, Item[]>();
  for (const item of before) known.set(item.key, [...(known.get(item.key) ?? []), item]);
  return items.map((item): Item => {
    const same = known.get(item.key)?.shift();
    if (same === undefined) return { ...item, id: uuidv7(), updatedMs: nowMs };
    const isUnchanged = sameText(item.values, same.values) && same.expiresMs === item.expiresMs;
    return { ...item, id: same.id, updatedMs: isUnchanged ? same.updatedMs : nowMs };
  });
}

function sameText(left: NewItem['values'], right: NewItem['values']): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}
