import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { storedFunction, type CatalogueAbsence, type CatalogueFunction, type CatalogueWatchlist } from '@gatehouse/kql';
import type { KqlType } from '@gatehouse/schema';
import type { CompanyScope } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { GLOBAL, type FunctionRow, type LibraryTables, type WatchlistRow } from './tables.ts';

/** What a catalogue takes from the library. */
export interface LibraryContent {
  readonly functions: readonly CatalogueFunction[];
  readonly watchlists: readonly CatalogueWatchlist[];
  readonly absent: readonly CatalogueAbsence[];
}

/** What companies keep for their queries, as the catalogue and the runs see it. */
export interface Library {
  /** Changes with every function and with every list's alias or columns; reads anew where another process may have written. */
  version(): Promise<string>;
  content(scope: CompanyScope): Promise<LibraryContent>;
  /** The sets of items that a run of the scope may read at the moment: the current ones of lists that have not expired. */
  snapshots(scope: CompanyScope, nowMs: number): Promise<readonly number[]>;
  /** Forgets what was read: after a change of this process. */
  refresh(): void;
}

/** Another process may have changed something: what is known is read again after this long. */
const CACHE_MS = 2_000;

interface Snapshot {
  readonly functions: readonly FunctionRow[];
  readonly watchlists: readonly WatchlistRow[];
  readonly version: string;
}

export function createLibrary(database: Kysely<LibraryTables>, clock: Clock): Library {
  let cached: { readonly atMs: number; readonly snapshot: Promise<Snapshot> } | undefined;
  const snapshot = (): Promise<Snapshot> => {
    const nowMs = clock.now();
    if (cached !== undefined && nowMs >= cached.atMs && nowMs - cached.atMs < CACHE_MS) return cached.snapshot;
    const reading = { atMs: nowMs, snapshot: readAll(database) };
    cached = reading;
    reading.snapshot.catch(() => {
      if (cached === reading) cached = undefined;
    });
    return reading.snapshot;
  };
  return {
    version: async () => (await snapshot()).version,
    content: async (scope) => contentOf(await snapshot(), scope),
    snapshots: async (scope, nowMs) =>
      visibleRows((await snapshot()).watchlists, scope, (row) => row.alias_key)
        .filter((row) => row.expires_ms === null || row.expires_ms > nowMs)
        .map((row) => row.snapshot),
    refresh: () => {
      cached = undefined;
    },
  };
}

async function readAll(database: Kysely<LibraryTables>): Promise<Snapshot> {
  const functions = await database
    .selectFrom('query_functions')
    .selectAll()
    .where('deleted_ms', 'is', null)
    .orderBy('company')
    .orderBy('name_key')
    .execute();
  const watchlists = await database
    .selectFrom('query_watchlists')
    .selectAll()
    .where('deleted_ms', 'is', null)
    .orderBy('company')
    .orderBy('alias_key')
    .execute();
  const named = [
    functions.map(({ id, version, company }) => [id, version, company]),
    watchlists.map(({ company, alias, columns, description }) => [company, alias, columns, description]),
  ];
  const version = createHash('sha256').update(JSON.stringify(named)).digest('base64url');
  return { functions, watchlists, version };
}

/**
 * The rows that the scope's companies see: a company's own, and the global ones that it has none of the same name beside. Over
 * several companies a global row is there as long as one of them sees it.
 */
function visibleRows<Row extends { readonly company: number }>(
  rows: readonly Row[],
  scope: CompanyScope,
  keyOf: (row: Row) => string,
): readonly Row[] {
  const own = rows.filter((row) => scope.companies.includes(row.company));
  const owners = new Map<string, Set<number>>();
  for (const row of own) owners.set(keyOf(row), (owners.get(keyOf(row)) ?? new Set()).add(row.company));
  const shared = rows.filter((row) => {
    const hiding = owners.get(keyOf(row))?.size ?? 0;
    return row.company === GLOBAL && (hiding === 0 || hiding < scope.companies.length);
  });
  return [...own, ...shared];
}

function contentOf({ functions, watchlists }: Snapshot, scope: CompanyScope): LibraryContent {
  const byName = groupBy(
    visibleRows(functions, scope, (row) => row.name_key),
    (row) => row.name_key,
  );
  const chosen: FunctionRow[] = [];
  const absent: CatalogueAbsence[] = [];
  for (const rows of byName.values()) {
    const [first] = rows;
    if (first === undefined) continue;
    const texts = new Set(rows.map(({ name, parameters, body }) => JSON.stringify([name, parameters, body])));
    // Over several companies the one that all of them share stands for a name, otherwise none does.
    const one = texts.size === 1 ? first : rows.find((row) => row.company === GLOBAL);
    if (one !== undefined) chosen.push(one);
    else
      for (const name of new Set(rows.map((row) => row.name)))
        absent.push({ name, reason: `The function '${name}' differs between your companies: choose one of them.` });
  }
  const lists = groupBy(
    visibleRows(watchlists, scope, (row) => row.alias_key),
    (row) => row.alias_key,
  );
  return {
    functions: chosen
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((row) => ({
        ...storedFunction(row),
        ...(row.description === '' ? {} : { description: row.description }),
      })),
    watchlists: [...lists.values()].flatMap(watchlistOf),
    absent,
  };
}

/** Several companies' lists of one alias are read as one, with the columns of all of them. */
function watchlistOf(rows: readonly WatchlistRow[]): readonly CatalogueWatchlist[] {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = new Map<string, KqlType>();
  for (const row of rows)
    for (const { name, type } of columnsOf(row))
      columns.set(name, columns.has(name) && columns.get(name) !== type ? 'string' : type);
  return [
    {
      alias: first.alias,
      ...(first.description === '' ? {} : { description: first.description }),
      columns: [...columns].map(([name, type]) => ({ name, type })),
    },
  ];
}

export interface ListColumn {
  readonly name: string;
  readonly type: KqlType;
}

export function columnsOf(row: Pick<WatchlistRow, 'columns'>): readonly ListColumn[] {
  return JSON.parse(row.columns) as ListColumn[];
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
