import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { CompanyScope } from '../../../platform/access/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import { QueryError } from '../errors.ts';
import { columnsOf, type ListColumn } from '../library.ts';
import { GLOBAL, type LibraryTables, type WatchlistRow, type WatchlistVersionRow } from '../tables.ts';

export interface Watchlist {
  readonly id: string;
  /** The company's number; null where it belongs to every company. */
  readonly company: number | null;
  readonly alias: string;
  readonly displayName: string;
  readonly description: string;
  readonly owner: string;
  readonly expiresAt: number | null;
  readonly searchKey: string;
  readonly columns: readonly ListColumn[];
  readonly items: number;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly deletedAt: number | null;
}

export interface WatchlistVersion {
  readonly version: number;
  readonly items: number;
  readonly searchKey: string;
  readonly columns: readonly ListColumn[];
  readonly action: string;
  readonly madeBy: string;
  readonly madeAt: number;
}

/** Versions of a list that are kept. */
export const KEPT_VERSIONS = 50;

/** Sets of items are numbered by the second, so that a restored backup of the control store gives none out again. 2024-01-01. */
const FIRST_SECOND_MS = Date.UTC(2024, 0, 1);

export function snapshotAt(ms: number): number {
  return Math.max(1, Math.floor((ms - FIRST_SECOND_MS) / 1000));
}

/** The control tables of watchlists. */
export function createListStore(database: Kysely<LibraryTables>, clock: Clock) {
  const inScope = (scope: CompanyScope) =>
    database
      .selectFrom('query_watchlists')
      .selectAll()
      .where('company', 'in', [GLOBAL, ...scope.companies]);

  return {
    async find(scope: CompanyScope, id: string): Promise<WatchlistRow> {
      const row = await inScope(scope).where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw new QueryError('WATCHLIST_UNKNOWN');
      return row;
    },
    list: (scope: CompanyScope, deleted: boolean): Promise<WatchlistRow[]> =>
      inScope(scope)
        .where('deleted_ms', deleted ? 'is not' : 'is', null)
        .orderBy('alias')
        .orderBy('company')
        .execute(),
    versions: (id: string): Promise<WatchlistVersionRow[]> =>
      database
        .selectFrom('query_watchlist_versions')
        .selectAll()
        .where('watchlist_id', '=', id)
        .orderBy('version', 'desc')
        .execute(),
    async count(company: number): Promise<number> {
      const { count } = await database
        .selectFrom('query_watchlists')
        .select((select) => select.fn.countAll().as('count'))
        .where('company', '=', company)
        .where('deleted_ms', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    async checkAliasFree(company: number, alias: string): Promise<void> {
      const other = await database
        .selectFrom('query_watchlists')
        .select('id')
        .where('company', '=', company)
        .where('alias_key', '=', alias.toLowerCase())
        .executeTakeFirst();
      if (other !== undefined)
        throw new QueryError('WATCHLIST_ALIAS_TAKEN', { details: [{ field: '/alias', reason: 'is taken' }] });
    },
    /** A number that no set of items had. */
    async newSnapshot(): Promise<number> {
      for (;;) {
        const { value } = await database
          .selectFrom('query_marks')
          .select('value')
          .where('name', '=', 'snapshot')
          .executeTakeFirstOrThrow();
        const next = Math.max(value + 1, snapshotAt(clock.now()));
        const taken = await database
          .updateTable('query_marks')
          .set({ value: next })
          .where('name', '=', 'snapshot')
          .where('value', '=', value)
          .executeTakeFirst();
        if (Number(taken.numUpdatedRows) === 1) return next;
      }
    },
    async insert(row: WatchlistRow): Promise<void> {
      await database.transaction().execute(async (transaction) => {
        await transaction.insertInto('query_watchlists').values(row).execute();
        await transaction.insertInto('query_watchlist_versions').values(versionRow(row, 'create')).execute();
      });
    },
    /** The next version, where nobody was faster. */
    async write(
      before: WatchlistRow,
      change: Partial<WatchlistRow>,
      action: string,
      by: string,
    ): Promise<WatchlistRow> {
      const after = { ...before, ...change, version: before.version + 1, updated_ms: clock.now(), updated_by: by };
      await database.transaction().execute(async (transaction) => {
        const result = await transaction
          .updateTable('query_watchlists')
          .set(after)
          .where('id', '=', before.id)
          .where('version', '=', before.version)
          .executeTakeFirst();
        if (Number(result.numUpdatedRows) !== 1) throw new QueryError('WATCHLIST_CHANGED');
        await transaction.insertInto('query_watchlist_versions').values(versionRow(after, action)).execute();
        await transaction
          .deleteFrom('query_watchlist_versions')
          .where('watchlist_id', '=', before.id)
          .where('version', '<=', after.version - KEPT_VERSIONS)
          .execute();
      });
      return after;
    },
    /** What is said about a list; its items and version stay. */
    async change(before: WatchlistRow, change: Partial<WatchlistRow>, by: string): Promise<WatchlistRow> {
      const values = { ...change, updated_ms: clock.now(), updated_by: by };
      await database
        .updateTable('query_watchlists')
        .set(values)
        .where('id', '=', before.id)
        .where('company', '=', before.company)
        .execute();
      return { ...before, ...values };
    },
  };
}

function versionRow(row: WatchlistRow, action: string): WatchlistVersionRow {
  return {
    id: uuidv7(),
    watchlist_id: row.id,
    version: row.version,
    snapshot: row.snapshot,
    items: row.items,
    search_key: row.search_key,
    columns: row.columns,
    action,
    made_by: row.updated_by,
    made_ms: row.updated_ms,
  };
}

export function shown(row: WatchlistRow): Watchlist {
  return {
    id: row.id,
    company: row.company === GLOBAL ? null : row.company,
    alias: row.alias,
    displayName: row.display_name,
    description: row.description,
    owner: row.owner,
    expiresAt: row.expires_ms,
    searchKey: row.search_key,
    columns: columnsOf(row),
    items: row.items,
    version: row.version,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
    updatedBy: row.updated_by,
    deletedAt: row.deleted_ms,
  };
}

export function shownVersion(row: WatchlistVersionRow): WatchlistVersion {
  return {
    version: row.version,
    items: row.items,
    searchKey: row.search_key,
    columns: columnsOf(row),
    action: row.action,
    madeBy: row.made_by,
    madeAt: row.made_ms,
  };
}
