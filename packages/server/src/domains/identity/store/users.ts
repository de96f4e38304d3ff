import type { Kysely } from 'kysely';
import { claim } from '../../../platform/database/index.ts';
import type { IdentityTables, UserRow } from '../tables.ts';

type Database = Kysely<IdentityTables>;

export async function insertUser(database: Database, row: UserRow): Promise<void> {
  await database.insertInto('users').values(row).execute();
}

export async function userByEmail(database: Database, email: string): Promise<UserRow | undefined> {
  return database.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
}

export async function userById(database: Database, id: string): Promise<UserRow | undefined> {
  return database.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function hasGlobalAdmin(database: Database): Promise<boolean> {
  const row = await database
    .selectFrom('users')
    .select('id')
    .where('global_role', '=', 'GlobalAdmin')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Changes some columns of a user; false when there is no such user. */
export async function updateUser(
  database: Database,
  id: string,
  change: Partial<Pick<UserRow, 'password_hash' | 'global_role' | 'disabled' | 'last_sign_in_ms' | 'updated_ms'>>,
): Promise<boolean> {
  return claim(database.updateTable('users').set(change).where('id', '=', id));
}

export interface UserCompany {
  readonly companyId: string;
  readonly role: string;
}

/** The companies a user belongs to, with the role in each. */
export async function membershipsOf(database: Database, userId: string): Promise<readonly UserCompany[]> {
  return database
    .selectFrom('memberships')
    .select(['company_id as companyId', 'role'])
    .where('user_id', '=', userId)
    .execute();
}

/** Gives a user a role in a company, or takes it away (null). */
export async function setMembership(
  database: Database,
  membership: { id: string; userId: string; companyId: string; role: string | null; createdMs: number },
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom('memberships')
      .where('user_id', '=', membership.userId)
      .where('company_id', '=', membership.companyId)
      .execute();
    if (membership.role === null) return;
    await transaction
      .insertInto('memberships')
      .values({
        id: membership.id,
        user_id: membership.userId,
        company_id: membership.companyId,
        role: membership.role,
        created_ms: membership.createdMs,
      })
      .execute();
  });
}
