import type { Kysely } from 'kysely';
import { claim } from '../../../platform/database/index.ts';
import type { IdentityTables } from '../tables.ts';

type Database = Kysely<IdentityTables>;

/** Puts a new secret in place of the last one; nothing happens once the set-up is done. */
export async function storeSetupSecret(database: Database, secretHash: string, expiresMs: number): Promise<boolean> {
  return claim(
    database
      .updateTable('setup')
      .set({ secret_hash: secretHash, secret_expires_ms: expiresMs })
      .where('id', '=', 'setup')
      .where('completed_ms', 'is', null),
  );
}

export interface SetupState {
  readonly secretHash: string;
  readonly secretExpiresMs: number;
  readonly completedMs: number | null;
}

export async function setupState(database: Database): Promise<SetupState> {
  return database
    .selectFrom('setup')
    .select(['secret_hash as secretHash', 'secret_expires_ms as secretExpiresMs', 'completed_ms as completedMs'])
    .where('id', '=', 'setup')
    .executeTakeFirstOrThrow();
}

/** Takes the one right to set up; of any number that try at once, one gets true. The secret is gone with it. */
export async function claimSetup(database: Database, nowMs: number): Promise<boolean> {
  return claim(
    database
      .updateTable('setup')
      .set({ completed_ms: nowMs, secret_hash: '' })
      .where('id', '=', 'setup')
      .where('completed_ms', 'is', null),
  );
}
