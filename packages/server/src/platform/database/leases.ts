import type { Clock } from '../clock.ts';
import { claim } from './claim.ts';
import { columnType } from './columns.ts';
import type { Migration } from './migrate.ts';
import type { Database } from './open.ts';

/** The right to do something alone for a while, e.g. to run the rules, when several servers share the stores. */
interface LeaseTables {
  leases: { name: string; holder: string; expires_at: number };
}

export const leaseMigration: Migration = {
  id: '0000-leases',
  up: async (database) => {
    await database.schema
      .createTable('leases')
      .addColumn('name', columnType.short(100), (column) => column.primaryKey())
      .addColumn('holder', columnType.short(100), (column) => column.notNull())
      .addColumn('expires_at', columnType.ms, (column) => column.notNull())
      .execute();
  },
};

/**
 * Takes the lease, or keeps it when `holder` has it already. False when somebody else has it and its time is not over.
 * `ttlMs`: 1,000 to 3,600,000 milliseconds; renew well before half of it.
 */
export async function acquireLease(
  database: Database,
  clock: Clock,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<boolean> {
  if (!(ttlMs >= 1_000 && ttlMs <= 3_600_000)) throw new TypeError(`a lease lasts 1,000 to 3,600,000 ms, not ${ttlMs}`);
  const now = clock.now();
  const leases = database.withTables<LeaseTables>();
  const taken = await claim(
    leases
      .updateTable('leases')
      .set({ holder, expires_at: now + ttlMs })
      .where('name', '=', name)
      .where((condition) => condition.or([condition('holder', '=', holder), condition('expires_at', '<=', now)])),
  );
  if (taken) return true;
  const row = await leases.selectFrom('leases').select('name').where('name', '=', name).executeTakeFirst();
  if (row !== undefined) return false;
  try {
    await leases
      .insertInto('leases')
      .values({ name, holder, expires_at: now + ttlMs })
      .execute();
    return true;
  } catch {
    // Another server wrote the first row of this name in between: the lease is its.
    return false;
  }
}

/** Makes a lease that is held last longer; false when it was lost, and then the work must stop. */
export async function renewLease(
  database: Database,
  clock: Clock,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<boolean> {
  const now = clock.now();
  return claim(
    database
      .withTables<LeaseTables>()
      .updateTable('leases')
      .set({ expires_at: now + ttlMs })
      .where('name', '=', name)
      .where('holder', '=', holder)
      .where('expires_at', '>', now),
  );
}

/** Gives the lease back, so that another server need not wait for its end. */
export async function releaseLease(database: Database, name: string, holder: string): Promise<void> {
  await database
    .withTables<LeaseTables>()
    .updateTable('leases')
    .set({ expires_at: 0 })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute();
}
