import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { CompanyScope } from '../../../platform/access/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import { QueryError } from '../errors.ts';
import { columnsOf, type Library, type ListColumn } from '../library.ts';
import type { LibraryTables, WatchlistRow } from '../tables.ts';
import type { Keeper } from '../who.ts';
import { columnProblems, itemProblems, LIST_BOUNDS, readContents, type CsvOptions, type Problem } from './contents.ts';
import { identified, type Item, type ItemSet, type ItemStore } from './items.ts';
import { createListStore, shown, shownVersion, type Watchlist, type WatchlistVersion } from './store.ts';

export type { Watchlist, WatchlistVersion } from './store.ts';

/** What a caller says of a list; untrusted. */
export interface ListProperties {
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  readonly owner?: string | undefined;
  readonly expiresAt?: number | null | undefined;
}

export interface NewWatchlist extends ListProperties, CsvOptions {
  readonly alias: string;
  /** The items, with a header; or only the columns. */
  readonly csv?: string | undefined;
  readonly columns?: readonly { readonly name: string; readonly type: string }[] | undefined;
}

export interface Upload extends CsvOptions {
  readonly csv: string;
  /** `replace`: the CSV is the list. `merge`: items whose key it has are replaced, the others stay. */
  readonly mode: 'replace' | 'merge';
  /** The version that the caller has seen. */
  readonly version?: number | undefined;
}

export interface ItemDraft {
  readonly values: Readonly<Record<string, string>>;
  readonly expiresAt?: number | null | undefined;
}

export interface Watchlists {
  list(scope: CompanyScope, options?: { readonly deleted?: boolean }): Promise<readonly Watchlist[]>;
  /** @throws QueryError `WATCHLIST_UNKNOWN`, also for another company's. */
  get(scope: CompanyScope, id: string): Promise<Watchlist>;
  versions(scope: CompanyScope, id: string): Promise<readonly WatchlistVersion[]>;
  items(
    scope: CompanyScope,
    id: string,
    options: { search?: string | undefined; cursor?: string | undefined; limit: number },
  ): Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }>;
  /** Every item, for a CSV. */
  all(scope: CompanyScope, id: string): Promise<{ readonly list: Watchlist; readonly items: readonly Item[] }>;
  /** @throws QueryError `WATCHLIST_INVALID`, `WATCHLIST_CSV_INVALID` with line and column, `WATCHLIST_ALIAS_TAKEN`, `WATCHLIST_LIMIT`. */
  create(company: number, draft: NewWatchlist, keeper: Keeper): Promise<Watchlist>;
  change(scope: CompanyScope, id: string, properties: ListProperties, keeper: Keeper): Promise<Watchlist>;
  upload(scope: CompanyScope, id: string, upload: Upload, keeper: Keeper): Promise<Watchlist>;
  putItem(
    scope: CompanyScope,
    id: string,
    item: string | undefined,
    draft: ItemDraft,
    keeper: Keeper,
  ): Promise<{ readonly list: Watchlist; readonly item: Item }>;
  removeItem(scope: CompanyScope, id: string, item: string, keeper: Keeper): Promise<Watchlist>;
  restore(scope: CompanyScope, id: string, version: number, keeper: Keeper): Promise<Watchlist>;
  remove(scope: CompanyScope, id: string, keeper: Keeper): Promise<Watchlist>;
}

const ALIAS = /^[A-Za-z0-9][\w .-]{0,127}$/;

export interface WatchlistDependencies {
  readonly database: Kysely<LibraryTables>;
  readonly clock: Clock;
  readonly library: Library;
  readonly items: ItemStore;
}

export function createWatchlists({ database, clock, library, items }: WatchlistDependencies): Watchlists {
  const store = createListStore(database, clock);

  async function changeable(scope: CompanyScope, id: string, keeper: Keeper, living = true): Promise<WatchlistRow> {
    const row = await store.find(scope, id);
    if (!keeper.mayChange(row.company)) throw new QueryError('LIBRARY_FORBIDDEN');
    if (living && row.deleted_ms !== null) throw new QueryError('WATCHLIST_UNKNOWN');
    return row;
  }

  /** Writes a set of items, then makes it the list's: who reads meanwhile sees the whole of one or the other. */
  async function next(
    before: WatchlistRow,
    made: { readonly columns: readonly ListColumn[]; readonly searchKey: string; readonly items: readonly Item[] },
    action: string,
    keeper: Keeper,
  ): Promise<Watchlist> {
    if (made.items.length > LIST_BOUNDS.items)
      throw new QueryError('WATCHLIST_LIMIT', { message: `A list has at most ${LIST_BOUNDS.items} items.` });
    const snapshot = await store.newSnapshot();
    await items.write({ ...setOf(before), snapshot }, made.items);
    const after = await store.write(
      before,
      {
        columns: JSON.stringify(made.columns),
        search_key: made.searchKey,
        snapshot,
        items: made.items.length,
      },
      action,
      keeper.label,
    );
    library.refresh();
    return shown(after);
  }

  return {
    list: async (scope, { deleted = false } = {}) => (await store.list(scope, deleted)).map(shown),
    get: async (scope, id) => shown(await store.find(scope, id)),
    async versions(scope, id) {
      await store.find(scope, id);
      return (await store.versions(id)).map(shownVersion);
    },
    async items(scope, id, { search = '', cursor, limit }) {
      const row = await store.find(scope, id);
      const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
      const found = await items.page(setOf(row), { search, after, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      const nextCursor = last === undefined ? null : Buffer.from(`${last.key}${last.id}`).toString('base64url');
      return { items: page, nextCursor };
    },
    async all(scope, id) {
      const row = await store.find(scope, id);
      return { list: shown(row), items: await items.read(setOf(row)) };
    },
    async create(company, draft, keeper) {
      if (!ALIAS.test(draft.alias))
        throw invalid(
          '/alias',
          'begins with a letter or digit and has up to 128 letters, digits, _, -, dots and spaces',
        );
      if ((await store.count(company)) >= LIST_BOUNDS.lists) throw new QueryError('WATCHLIST_LIMIT');
      await store.checkAliasFree(company, draft.alias);
      const contents = draft.csv === undefined ? emptyContents(draft) : checkedCsv(draft.csv, draft);
      const nowMs = clock.now();
      const made = identified(contents.items, [], nowMs);
      const snapshot = await store.newSnapshot();
      const row: WatchlistRow = {
        id: uuidv7(),
        company,
        alias: draft.alias,
        alias_key: draft.alias.toLowerCase(),
        ...properties(draft, { owner: keeper.label, displayName: draft.alias }),
        search_key: contents.searchKey,
        columns: JSON.stringify(contents.columns),
        version: 1,
        snapshot,
        items: made.length,
        created_ms: nowMs,
        updated_ms: nowMs,
        updated_by: keeper.label,
        deleted_ms: null,
      };
      await items.write(setOf(row), made);
      await store.insert(row);
      library.refresh();
      return shown(row);
    },
    async change(scope, id, given, keeper) {
      const before = await changeable(scope, id, keeper);
      const values = properties(given, { owner: before.owner, displayName: before.alias });
      const after = await store.change(before, values, keeper.label);
      library.refresh();
      return shown(after);
    },
    async upload(scope, id, { csv, mode, version, ...options }, keeper) {
      const before = await changeable(scope, id, keeper);
      if (version !== undefined && version !== before.version) throw new QueryError('WATCHLIST_CHANGED');
      const old = columnsOf(before);
      const contents = checkedCsv(csv, {
        searchKey: options.searchKey ?? keptKey(csv, before),
        types: options.types ?? keptTypes(csv, old),
      });
      const known = await items.read(setOf(before));
      const fresh = identified(contents.items, known, clock.now());
      if (mode === 'replace') return await next(before, { ...contents, items: fresh }, 'upload', keeper);
      const isSame =
        contents.searchKey === before.search_key &&
        contents.columns.every(({ name, type }) => old.some((column) => column.name === name && column.type === type));
      if (!isSame)
        throw new QueryError('WATCHLIST_CSV_INVALID', {
          details: [{ field: '/csv', reason: 'has other columns than the list: replace the list instead' }],
        });
      const keys = new Set(contents.items.map(({ key }) => key));
      const merged = [...known.filter(({ key }) => !keys.has(key)), ...fresh];
      return await next(before, { columns: old, searchKey: before.search_key, items: merged }, 'upload', keeper);
    },
    async putItem(scope, id, itemId, { values, expiresAt = null }, keeper) {
      const before = await changeable(scope, id, keeper);
      const columns = columnsOf(before);
      const problems = itemProblems(values, columns, before.search_key);
      if (problems.length > 0) throw wrong('WATCHLIST_INVALID', '/values', problems);
      const known = await items.read(setOf(before));
      if (itemId !== undefined && !known.some((one) => one.id === itemId))
        throw new QueryError('WATCHLIST_ITEM_UNKNOWN');
      const item: Item = {
        id: itemId ?? uuidv7(),
        key: values[before.search_key] ?? '',
        values,
        expiresMs: expiresAt,
        updatedMs: clock.now(),
      };
      const all = itemId === undefined ? [...known, item] : known.map((one) => (one.id === itemId ? item : one));
      const list = await next(before, { columns, searchKey: before.search_key, items: all }, 'item', keeper);
      return { list, item };
    },
    async removeItem(scope, id, itemId, keeper) {
      const before = await changeable(scope, id, keeper);
      const known = await items.read(setOf(before));
      const rest = known.filter((one) => one.id !== itemId);
      if (rest.length === known.length) throw new QueryError('WATCHLIST_ITEM_UNKNOWN');
      const made = { columns: columnsOf(before), searchKey: before.search_key, items: rest };
      return await next(before, made, 'item', keeper);
    },
    async restore(scope, id, version, keeper) {
      const before = await changeable(scope, id, keeper, false);
      const earlier = (await store.versions(id)).find((one) => one.version === version);
      if (earlier === undefined) throw new QueryError('VERSION_UNKNOWN');
      if (before.deleted_ms !== null) await store.checkAliasFree(before.company, before.alias);
      const { snapshot, items: count, search_key, columns } = earlier;
      const living = { alias_key: before.alias.toLowerCase(), deleted_ms: null };
      const change = { snapshot, items: count, search_key, columns, ...living };
      const after = await store.write(before, change, 'restore', keeper.label);
      library.refresh();
      return shown(after);
    },
    async remove(scope, id, keeper) {
      const before = await changeable(scope, id, keeper);
      const after = await store.change(before, { deleted_ms: clock.now(), alias_key: before.id }, keeper.label);
      library.refresh();
      return shown(after);
    },
  };
}

function setOf({ company, snapshot, alias }: WatchlistRow): ItemSet {
  return { company, snapshot, aliasKey: alias.toLowerCase() };
}

function invalid(field: string, reason: string): QueryError {
  return new QueryError('WATCHLIST_INVALID', { details: [{ field, reason }] });
}

function wrong(
  code: 'WATCHLIST_INVALID' | 'WATCHLIST_CSV_INVALID',
  field: string,
  problems: readonly Problem[],
): QueryError {
  const details = problems.map((problem) => ({ field, reason: reasonOf(problem), ...problemPlace(problem) }));
  const [first] = details;
  return new QueryError(code, {
    details,
    ...(first === undefined || code === 'WATCHLIST_INVALID'
      ? {}
      : { message: `The CSV cannot be taken: ${first.reason}.` }),
  });
}

/** `line 3, Since: is not a datetime: soon`. */
export function reasonOf({ line, column, reason }: Problem): string {
  const place = [...(line === undefined ? [] : [`line ${line}`]), ...(column === undefined ? [] : [column])].join(', ');
  return place === '' ? reason : `${place}: ${reason}`;
}

function problemPlace({ line, column }: Problem): { line?: number; column?: string } {
  return { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}

function checkedCsv(csv: string, options: CsvOptions) {
  if (csv.length > LIST_BOUNDS.csvLength)
    throw wrong('WATCHLIST_CSV_INVALID', '/csv', [{ reason: `has more than ${LIST_BOUNDS.csvLength} characters` }]);
  const contents = readContents(csv, options);
  if (contents.problems.length > 0) throw wrong('WATCHLIST_CSV_INVALID', '/csv', contents.problems);
  return contents;
}

function emptyContents({ columns: given = [], searchKey }: NewWatchlist) {
  const columns = given.map(({ name, type }) => ({ name: name.trim(), type }) as ListColumn);
  const key = searchKey ?? columns[0]?.name ?? '';
  const problems = columnProblems(columns, key);
  if (problems.length > 0) throw wrong('WATCHLIST_INVALID', '/columns', problems);
  return { columns, searchKey: key, items: [] };
}

/** The header's names, without reading the rest. */
function headerOf(csv: string): readonly string[] {
  const end = csv.search(/\r?\n/);
  return readContents(end < 0 ? csv : csv.slice(0, end), {}).columns.map(({ name }) => name);
}

/** The key and the types stay where the new header has the column still. */
function keptKey(csv: string, { search_key }: WatchlistRow): string | undefined {
  return headerOf(csv).includes(search_key) ? search_key : undefined;
}

function keptTypes(csv: string, columns: readonly ListColumn[]): Record<string, string> {
  const names = headerOf(csv);
  return Object.fromEntries(columns.filter(({ name }) => names.includes(name)).map(({ name, type }) => [name, type]));
}

function properties(given: ListProperties, otherwise: { readonly owner: string; readonly displayName: string }) {
  const text = (value: string | undefined, fallback: string): string =>
    value === undefined || value.trim() === '' ? fallback : value.trim();
  return {
    display_name: text(given.displayName, otherwise.displayName),
    description: text(given.description, ''),
    owner: text(given.owner, otherwise.owner),
    expires_ms: given.expiresAt ?? null,
  };
}
