import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import { columnType } from './columns.ts';
import { DatabaseError } from './errors.ts';
import type { Database } from './open.ts';

/** One step of the schema, written in portable SQL through Kysely's schema builder. Never changed once released. */
export interface Migration {
  /** Number and name, e.g. `0001-identity`; the order of all domains' migrations is the order of the ids. */
  readonly id: string;
  // A migration knows the tables of its own time, which no type of today describes.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  up(database: Kysely<any>): Promise<void>;
}

interface MigrationTables {
  schema_migrations: { id: string; applied_at: number };
}

const ID_FORM = /^[0-9]{4}-[a-z0-9-]{1,100}$/;

/**
 * Brings the schema up to date: every migration that was not applied yet, by id, each in a transaction together with its
 * record, so that a migration that fails leaves nothing.
 *
 * @throws DatabaseError `DATABASE_NEWER` when the database has a migration that this version does not know,
 * `DATABASE_MIGRATION` when one fails.
 */
export async function migrate(database: Database, migrations: readonly Migration[], clock: Clock): Promise<void> {
  const sorted = [...migrations].sort((a, b) => (a.id < b.id ? -1 : 1));
  sorted.forEach((migration, index) => {
    if (!ID_FORM.test(migration.id)) throw new TypeError(`not an id of a migration: ${migration.id}`);
    if (sorted[index + 1]?.id === migration.id) throw new TypeError(`two migrations have the id ${migration.id}`);
  });
  await database.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('id', columnType.short(120), (column) => column.primaryKey())
    .addColumn('applied_at', columnType.ms, (column) => column.notNull())
    .execute();
  const known = new Set(sorted.map((migration) => migration.id));
  const records = database.withTables<MigrationTables>();
  const applied = new Set((await records.selectFrom('schema_migrations').select('id').execute()).map((row) => row.id));
  const unknown = [...applied].filter((id) => !known.has(id)).sort();
  if (unknown.length > 0)
    throw new DatabaseError(
      'DATABASE_NEWER',
      `The database was written by a newer version: this one does not know ${unknown.join(', ')}. Start the newer version, or restore a backup of before it.`,
    );
  for (const migration of sorted) {
    if (applied.has(migration.id)) continue;
    try {
      await records.transaction().execute(async (transaction) => {
        // Asked again inside: another process may have been faster.
        const done = await transaction
          .selectFrom('schema_migrations')
          .select('id')
          .where('id', '=', migration.id)
          .executeTakeFirst();
        if (done !== undefined) return;
        await migration.up(transaction);
        await transaction
          .insertInto('schema_migrations')
          .values({ id: migration.id, applied_at: clock.now() })
          .execute();
      });
    } catch (error) {
      throw new DatabaseError('DATABASE_MIGRATION', `Migration ${migration.id} failed; nothing of it was kept.`, {
        cause: error,
      });
    }
  }
}
