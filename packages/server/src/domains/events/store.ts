import type { Kysely } from 'kysely';
import type { LogTable } from '@gatehouse/schema';
import type { CompanyScope } from '../../platform/access/index.ts';
import { quoteIdentifier, type EventStore } from '../../platform/clickhouse/index.ts';
import { pageOf, type Page } from '../../platform/database/index.ts';
import type { CustomTableRow, EventTables, QuarantineRow } from './tables.ts';
import { storeTime } from './time/index.ts';

/** Which of the ids the scope's companies have in the table, among rows whose event time is within the bounds (ms, inclusive). */
export type StoredUids = (
  scope: CompanyScope,
  table: string,
  uids: readonly string[],
  fromMs: number,
  toMs: number,
) => Promise<readonly string[]>;

function sourceOf(store: EventStore, table: string): string {
  return `${store.database}.${quoteIdentifier(table)}`;
}

export function createStoredUids(store: EventStore): StoredUids {
  return async (scope, table, uids, fromMs, toMs) => {
    const answer = await store.read(
      `SELECT DISTINCT EventUid FROM ${sourceOf(store, table)}
       WHERE CompanyId IN {companies:Array(UInt32)} AND TimeGenerated >= {from:DateTime64(7, 'UTC')}
         AND TimeGenerated <= {to:DateTime64(7, 'UTC')} AND EventUid IN {uids:Array(String)}`,
      { params: { companies: scope.companies, from: storeTime(fromMs), to: storeTime(toMs, 9_999), uids } },
    );
    return answer.rows.map(([uid]) => String(uid));
  };
}

export interface StoredId {
  readonly company: number;
  readonly uid: string;
  readonly timeMs: number;
}

/** How many rows of all companies the table holds whose event time is at or after `sinceMs`. */
export async function countSince(store: EventStore, table: string, sinceMs: number | undefined): Promise<number> {
  const answer = await store.read(
    `SELECT count() FROM ${sourceOf(store, table)}${sinceMs === undefined ? '' : " WHERE TimeGenerated >= {since:DateTime64(7, 'UTC')}"}`,
    sinceMs === undefined ? {} : { params: { since: storeTime(sinceMs) } },
  );
  return Number(answer.rows[0]?.[0] ?? 0);
}

/** The ids of those rows, for this process's own memory of what is stored; nothing of them is shown to anybody. */
export async function* idsSince(
  store: EventStore,
  table: string,
  sinceMs: number | undefined,
): AsyncGenerator<StoredId> {
  const blocks = store.stream(
    `SELECT CompanyId, EventUid, toUnixTimestamp64Milli(CAST(TimeGenerated AS DateTime64(3, 'UTC'))) FROM ${sourceOf(store, table)}${sinceMs === undefined ? '' : " WHERE TimeGenerated >= {since:DateTime64(7, 'UTC')}"}`,
    {
      ...(sinceMs === undefined ? {} : { params: { since: storeTime(sinceMs) } }),
      limits: { maxResultRows: 2_000_000 },
    },
  );
  for await (const { rows } of blocks)
    for (const [company, uid, timeMs] of rows)
      yield { company: Number(company), uid: String(uid), timeMs: Number(timeMs) };
}

/** A row as the engine gives it, by column. */
export type EngineRow = Readonly<Record<string, unknown>>;

/** Where a reader of the arrival order stands: after this row. */
export interface ArrivalPlace {
  /** The engine's text of `IngestedAt`. */
  readonly ingestedAt: string;
  readonly uid: string;
}

/** Rows that arrived after a place, the oldest first. */
export async function rowsAfter(
  store: EventStore,
  scope: CompanyScope,
  table: LogTable,
  place: ArrivalPlace,
  limit: number,
): Promise<readonly EngineRow[]> {
  return await readRows(
    store,
    `SELECT * FROM ${sourceOf(store, table.name)} WHERE CompanyId IN {companies:Array(UInt32)}
       AND IngestedAt >= {at:DateTime64(7, 'UTC')} AND (IngestedAt > {at:DateTime64(7, 'UTC')} OR EventUid > {uid:String})
     ORDER BY IngestedAt, EventUid LIMIT {limit:UInt32}`,
    { companies: scope.companies, at: place.ingestedAt, uid: place.uid, limit },
  );
}

/** How far back the latest rows are looked for, step by step: the arrival index then skips nearly everything. */
const LATEST_STEPS_MS = [15 * 60_000, 86_400_000, 40 * 86_400_000] as const;

/** The rows that arrived last, the latest first. */
export async function latestRows(
  store: EventStore,
  scope: CompanyScope,
  table: LogTable,
  limit: number,
  nowMs: number,
): Promise<readonly EngineRow[]> {
  if (scope.companies.length === 0) return [];
  for (const stepMs of [...LATEST_STEPS_MS, undefined]) {
    const rows = await readRows(
      store,
      `SELECT * FROM ${sourceOf(store, table.name)} WHERE CompanyId IN {companies:Array(UInt32)}
         ${stepMs === undefined ? '' : "AND IngestedAt >= {since:DateTime64(7, 'UTC')}"}
       ORDER BY IngestedAt DESC, EventUid DESC LIMIT {limit:UInt32}`,
      { companies: scope.companies, limit, ...(stepMs === undefined ? {} : { since: storeTime(nowMs - stepMs) }) },
    );
    if (rows.length >= limit || stepMs === undefined) return rows;
  }
  return [];
}

async function readRows(store: EventStore, sql: string, params: Record<string, unknown>): Promise<EngineRow[]> {
  const { columns, rows } = await store.read(sql, { params });
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column.name, row[index]])));
}

/** Seconds since the company's latest event arrived at a table; undefined when it has none. */
export async function lastArrivalMs(
  store: EventStore,
  scope: CompanyScope,
  table: string,
): Promise<number | undefined> {
  const answer = await store.read(
    `SELECT toUnixTimestamp64Milli(CAST(IngestedAt AS DateTime64(3, 'UTC'))) FROM ${sourceOf(store, table)}
     WHERE CompanyId IN {companies:Array(UInt32)} ORDER BY CompanyId DESC, TimeGenerated DESC LIMIT 1`,
    { params: { companies: scope.companies } },
  );
  const [row] = answer.rows;
  return row === undefined ? undefined : Number(row[0]);
}

type Control = Kysely<EventTables>;

export async function countQuarantine(database: Control, company: number): Promise<number> {
  const row = await database
    .selectFrom('events_quarantine')
    .select((eb) => eb.fn.countAll().as('entries'))
    .where('company', '=', company)
    .executeTakeFirst();
  return Number(row?.entries ?? 0);
}

export async function insertQuarantine(database: Control, rows: readonly QuarantineRow[]): Promise<void> {
  for (const row of rows) await database.insertInto('events_quarantine').values(row).execute();
}

export async function listQuarantine(
  database: Control,
  scope: CompanyScope,
  page: { limit: number; cursor: string | undefined },
): Promise<Page<QuarantineRow>> {
  if (scope.companies.length === 0) return { rows: [], nextCursor: undefined };
  return await pageOf(database.selectFrom('events_quarantine').selectAll().where('company', 'in', scope.companies), {
    keys: [{ column: 'id', direction: 'desc' }],
    ...page,
  });
}

export async function findQuarantine(
  database: Control,
  scope: CompanyScope,
  id: string,
): Promise<QuarantineRow | undefined> {
  if (scope.companies.length === 0) return undefined;
  return await database
    .selectFrom('events_quarantine')
    .selectAll()
    .where('id', '=', id)
    .where('company', 'in', scope.companies)
    .executeTakeFirst();
}

export async function deleteQuarantine(database: Control, scope: CompanyScope, id: string): Promise<void> {
  await database.deleteFrom('events_quarantine').where('id', '=', id).where('company', 'in', scope.companies).execute();
}

export async function updateQuarantineReason(
  database: Control,
  scope: CompanyScope,
  id: string,
  change: Pick<QuarantineRow, 'reason' | 'field' | 'attempts'>,
): Promise<void> {
  await database
    .updateTable('events_quarantine')
    .set(change)
    .where('id', '=', id)
    .where('company', 'in', scope.companies)
    .execute();
}

/** Every company's custom tables: for the physical tables, and for the registry that hands out each company's own. */
export async function allCustomTables(database: Control): Promise<readonly CustomTableRow[]> {
  return await database.selectFrom('events_custom_tables').selectAll().orderBy('name').orderBy('company').execute();
}

export async function insertCustomTable(database: Control, row: CustomTableRow): Promise<void> {
  await database.insertInto('events_custom_tables').values(row).execute();
}

export async function updateCustomTable(
  database: Control,
  company: number,
  name: string,
  change: Pick<CustomTableRow, 'columns' | 'updated_ms'>,
): Promise<void> {
  await database
    .updateTable('events_custom_tables')
    .set(change)
    .where('company', '=', company)
    .where('name', '=', name)
    .execute();
}
