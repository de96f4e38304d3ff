import type { Kysely } from 'kysely';
import { claim } from '../../../platform/database/index.ts';
import type { CompanyRow, IdentityTables } from '../tables.ts';

type Database = Kysely<IdentityTables>;

/**
 * The next company number. The counter only grows, so a number is never given out twice, not even after its company is gone;
 * the update is conditional on the value read, so two processes never get the same one.
 */
export async function allocateCompanyNumber(database: Database): Promise<number> {
  for (;;) {
    const { value } = await database
      .selectFrom('counters')
      .select('value')
      .where('name', '=', 'company')
      .executeTakeFirstOrThrow();
    const claimed = await claim(
      database
        .updateTable('counters')
        .set({ value: value + 1 })
        .where('name', '=', 'company')
        .where('value', '=', value),
    );
    if (claimed) return value + 1;
  }
}

export async function insertCompany(database: Database, row: CompanyRow): Promise<void> {
  await database.insertInto('companies').values(row).execute();
}

export async function allCompanies(database: Database): Promise<readonly CompanyRow[]> {
  return database.selectFrom('companies').selectAll().orderBy('number').execute();
}

export async function companyNameTaken(database: Database, nameKey: string): Promise<boolean> {
  return (
    (await database.selectFrom('companies').select('id').where('name_key', '=', nameKey).executeTakeFirst()) !==
    undefined
  );
}
