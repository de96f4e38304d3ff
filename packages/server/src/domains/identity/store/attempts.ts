import type { Kysely } from 'kysely';
import { pageOf, type PageKey } from '../../../platform/database/index.ts';
import type { IdentityTables, SignInAttemptRow } from '../tables.ts';

type Database = Kysely<IdentityTables>;

const NEWEST_FIRST: readonly PageKey[] = [
  { column: 'at_ms', direction: 'desc' },
  { column: 'id', direction: 'desc' },
];

export async function insertAttempt(database: Database, row: SignInAttemptRow): Promise<void> {
  await database.insertInto('sign_in_attempts').values(row).execute();
}

/** Times of the attempts on an account from a network since `sinceMs`, newest first, without the one with `exceptId`. */
export async function attemptsOfPair(
  database: Database,
  pair: { readonly account: string; readonly network: string; readonly sinceMs: number; readonly exceptId: string },
  limit: number,
): Promise<readonly number[]> {
  const query = database
    .selectFrom('sign_in_attempts')
    .select(['at_ms', 'id'])
    .where('account', '=', pair.account)
    .where('network', '=', pair.network)
    .where('at_ms', '>', pair.sinceMs)
    .where('id', '!=', pair.exceptId);
  const { rows } = await pageOf(query, { keys: NEWEST_FIRST, limit });
  return rows.map((row) => row.at_ms);
}

/** Times of the attempts on any account from a network since `sinceMs`, newest first, without the one with `exceptId`. */
export async function attemptsOfNetwork(
  database: Database,
  from: { readonly network: string; readonly sinceMs: number; readonly exceptId: string },
  limit: number,
): Promise<readonly number[]> {
  const query = database
    .selectFrom('sign_in_attempts')
    .select(['at_ms', 'id'])
    .where('network', '=', from.network)
    .where('at_ms', '>', from.sinceMs)
    .where('id', '!=', from.exceptId);
  const { rows } = await pageOf(query, { keys: NEWEST_FIRST, limit });
  return rows.map((row) => row.at_ms);
}

export async function deleteAttempt(database: Database, id: string): Promise<void> {
  await database.deleteFrom('sign_in_attempts').where('id', '=', id).execute();
}

/** Forgets what failed before a success. */
export async function deleteAttemptsOfPair(database: Database, account: string, network: string): Promise<void> {
  await database.deleteFrom('sign_in_attempts').where('account', '=', account).where('network', '=', network).execute();
}

export async function deleteOldAttempts(database: Database, beforeMs: number): Promise<void> {
  await database.deleteFrom('sign_in_attempts').where('at_ms', '<', beforeMs).execute();
}
