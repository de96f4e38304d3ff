import type { Kysely } from 'kysely';
import type { LibraryTables } from '../tables.ts';
import type { ItemStore } from './items.ts';
import { snapshotAt } from './store.ts';

const DAY_MS = 86_400_000;

/** Days after which an expired list is deleted, and after which a deleted one is gone for good. */
export const GRACE_DAYS = 30;

/** A set of items that nothing names may be one that is being written: it is left for so long. */
const YOUNG_MS = 3_600_000;

/**
 * Deletes lists whose expiry is long past, takes long deleted ones away for good, and clears the store of sets of items that no
 * version of a list names any more. Answers the lists that it deleted because of their expiry.
 */
export async function sweep(
  database: Kysely<LibraryTables>,
  items: ItemStore,
  nowMs: number,
): Promise<readonly { readonly id: string; readonly company: number; readonly alias: string }[]> {
  const before = nowMs - GRACE_DAYS * DAY_MS;
  const expired = await database
    .selectFrom('query_watchlists')
    .select(['id', 'company', 'alias'])
    .where('deleted_ms', 'is', null)
    .where('expires_ms', '<=', before)
    .execute();
  for (const { id } of expired)
    await database
      .updateTable('query_watchlists')
      .set({ deleted_ms: nowMs, alias_key: id })
      .where('id', '=', id)
      .execute();
  const gone = await database.selectFrom('query_watchlists').select('id').where('deleted_ms', '<=', before).execute();
  for (const { id } of gone) {
    await database.deleteFrom('query_watchlist_versions').where('watchlist_id', '=', id).execute();
    await database.deleteFrom('query_watchlists').where('id', '=', id).execute();
  }
  const kept = await database.selectFrom('query_watchlist_versions').select('snapshot').distinct().execute();
  await items.sweep(
    kept.map(({ snapshot }) => snapshot),
    snapshotAt(nowMs - YOUNG_MS),
  );
  return expired;
}
