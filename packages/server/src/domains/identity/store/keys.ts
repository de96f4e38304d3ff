import type { Kysely } from 'kysely';
import { claim } from '../../../platform/database/index.ts';
import type { ApiKeyRow, IdentityTables } from '../tables.ts';

type Database = Kysely<IdentityTables>;

export async function insertKey(database: Database, row: ApiKeyRow): Promise<void> {
  await database.insertInto('api_keys').values(row).execute();
}

/** Keys whose prefix is this; nearly always none or one. */
export async function keysByPrefix(database: Database, prefix: string): Promise<readonly ApiKeyRow[]> {
  return database.selectFrom('api_keys').selectAll().where('prefix', '=', prefix).execute();
}

export async function keyById(database: Database, id: string): Promise<ApiKeyRow | undefined> {
  return database.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function keysOfCompanies(
  database: Database,
  companyIds: readonly string[],
): Promise<readonly ApiKeyRow[]> {
  if (companyIds.length === 0) return [];
  return database.selectFrom('api_keys').selectAll().where('company_id', 'in', companyIds).orderBy('id').execute();
}

/** Revokes a key; false when it was revoked before. */
export async function revokeKey(database: Database, id: string, nowMs: number): Promise<boolean> {
  return claim(
    database.updateTable('api_keys').set({ revoked_ms: nowMs }).where('id', '=', id).where('revoked_ms', 'is', null),
  );
}

export interface KeyUsage {
  readonly count: number;
  readonly lastUsedMs: number;
  readonly address: string;
}

export async function addKeyUsage(database: Database, id: string, usage: KeyUsage): Promise<void> {
  await database
    .updateTable('api_keys')
    .set((expression) => ({
      use_count: expression('use_count', '+', usage.count),
      last_used_ms: usage.lastUsedMs,
      last_address: usage.address,
    }))
    .where('id', '=', id)
    .execute();
}
