import type { Clock } from '../../platform/clock.ts';
import type { EventStore } from '../../platform/clickhouse/index.ts';
import { countSince, idsSince } from './store.ts';
import type { KnownUids } from './writer/known.ts';
import { AUTHENTICATION_TABLE, keyOf } from './writer/prepared.ts';

/** Ids that are loaded at a start at most. */
const LOAD_LIMIT = 400_000;
/** How far back, where the whole is too much; tried in this order. */
const LOAD_SPANS_MS = [6 * 3_600_000, 3_600_000, 600_000] as const;

/**
 * Fills the memory of stored ids: all of them in a small store, otherwise those of the last hours. Only of use where this process
 * is the store's one writer; elsewhere the store is asked every time.
 */
export async function loadKnown(
  known: KnownUids,
  store: EventStore,
  tables: readonly string[],
  clock: Clock,
): Promise<void> {
  if (!store.exclusive) return;
  const native = tables.filter((table) => table !== AUTHENTICATION_TABLE);
  const nowMs = clock.now();
  for (const spanMs of [undefined, ...LOAD_SPANS_MS]) {
    const sinceMs = spanMs === undefined ? undefined : nowMs - spanMs;
    const counts = await Promise.all(
      native.map(async (table) => ({ table, rows: await countSince(store, table, sinceMs) })),
    );
    if (counts.reduce((sum, { rows }) => sum + rows, 0) > LOAD_LIMIT) continue;
    for (const { table, rows } of counts)
      if (rows > 0)
        for await (const { company, uid, timeMs } of idsSince(store, table, sinceMs))
          known.remember(keyOf({ company, table, uid }), timeMs);
    known.loadedSince(sinceMs ?? -Infinity);
    return;
  }
}
