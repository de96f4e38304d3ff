import type { Kysely } from 'kysely';
import { claim } from '../../../platform/database/index.ts';
import type { IdentityTables, SessionRow } from '../tables.ts';

type Database = Kysely<IdentityTables>;

/** A session and what of its user decides whether it holds. */
export interface SessionWithUser extends Pick<
  SessionRow,
  'id' | 'user_id' | 'last_seen_ms' | 'expires_ms' | 'ended_ms'
> {
  readonly email: string;
  readonly global_role: string | null;
  readonly disabled: number;
}

export async function insertSession(database: Database, row: SessionRow): Promise<void> {
  await database.insertInto('sessions').values(row).execute();
}

export async function sessionByTokenHash(database: Database, tokenHash: string): Promise<SessionWithUser | undefined> {
  return database
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select([
      'sessions.id',
      'sessions.user_id',
      'sessions.last_seen_ms',
      'sessions.expires_ms',
      'sessions.ended_ms',
      'users.email',
      'users.global_role',
      'users.disabled',
    ])
    .where('sessions.token_hash', '=', tokenHash)
    .executeTakeFirst();
}

export async function touchSession(database: Database, id: string, nowMs: number): Promise<void> {
  await database
    .updateTable('sessions')
    .set({ last_seen_ms: nowMs })
    .where('id', '=', id)
    .where('last_seen_ms', '<', nowMs)
    .execute();
}

/** Ends a session; the one that ended it first gets true. */
export async function endSession(database: Database, tokenHash: string, nowMs: number): Promise<boolean> {
  return claim(
    database
      .updateTable('sessions')
      .set({ ended_ms: nowMs })
      .where('token_hash', '=', tokenHash)
      .where('ended_ms', 'is', null),
  );
}

/** Forgets sessions that were over before `beforeMs`. */
export async function deleteOldSessions(database: Database, beforeMs: number): Promise<void> {
  await database.deleteFrom('sessions').where('expires_ms', '<', beforeMs).execute();
}
