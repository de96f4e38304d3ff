import { createHash } from 'node:crypto';
import { ASIM_FUNCTIONS, COMMON_COLUMNS, type LogTable } from '@gatehouse/schema';
import type { Catalogue, CatalogueTable, ExternalPolicy } from '@gatehouse/kql';
import type { CompanyScope } from '../../platform/access/index.ts';
import type { Library, LibraryContent } from './library.ts';

/** The physical column that confines every reading; no query can name it. */
const COMPANY_COLUMN = 'CompanyId';

/** The parameter that `bind` puts the scope's companies to. */
export const SCOPE_PARAMETER = 'scope_companies';

const TIME_COLUMN = 'TimeGenerated';
const ARRIVAL_COLUMN = 'IngestedAt';

/** What the catalogue needs of the events domain. */
export interface TableSource {
  /** The tables the scope's companies have: built in, and their own custom ones. */
  tables(scope?: CompanyScope): Promise<readonly LogTable[]>;
  /** Changes with any custom table. */
  tablesVersion(): string;
}

function catalogueTable(table: LogTable, database: string): CatalogueTable {
  const time = COMMON_COLUMNS.filter((column) => column.name === TIME_COLUMN);
  const rest = COMMON_COLUMNS.filter((column) => column.name !== TIME_COLUMN);
  const seen = new Set<string>([COMPANY_COLUMN]);
  const columns = [...time, ...table.columns, ...rest]
    .filter((column) => !seen.has(column.name) && seen.add(column.name))
    .map(({ name, type, description }) => ({ name, type, description }));
  return {
    name: table.name,
    description: table.description,
    columns,
    source: { database, table: table.name },
    confine: { column: COMPANY_COLUMN, parameter: SCOPE_PARAMETER, type: 'Array(UInt32)' },
    timeColumn: TIME_COLUMN,
    arrivalColumn: ARRIVAL_COLUMN,
  };
}

/** The engine's table of watchlist items, and the parameters that confine every reading of it. */
export const WATCHLIST_TABLE = 'Watchlist';
export const LIST_COMPANIES_PARAMETER = 'list_companies';
export const LIST_SNAPSHOTS_PARAMETER = 'list_snapshots';

/** What a catalogue has beside the tables. */
export interface CatalogueParts {
  readonly external?: ExternalPolicy | undefined;
  readonly kept?: LibraryContent | undefined;
  readonly places?: Catalogue['places'];
}

const NOTHING_KEPT: LibraryContent = { functions: [], watchlists: [], absent: [] };

/**
 * What queries are compiled against: the tables, each confined to the companies bound at run time, the ASIM functions, and what
 * the companies keep. Without a library every watchlist is taken for an empty one: see `assumeOthers`.
 */
export function catalogueOf(
  tables: readonly LogTable[],
  database: string,
  { external, kept, places }: CatalogueParts = {},
): Catalogue {
  const { functions, watchlists, absent } = kept ?? NOTHING_KEPT;
  const content: Omit<Catalogue, 'version'> = {
    tables: tables.map((table) => catalogueTable(table, database)),
    functions: [...ASIM_FUNCTIONS, ...functions],
    watchlists: {
      lists: watchlists,
      source: { database, table: WATCHLIST_TABLE },
      confine: [
        { column: COMPANY_COLUMN, parameter: LIST_COMPANIES_PARAMETER, type: 'Array(UInt32)' },
        { column: 'Snapshot', parameter: LIST_SNAPSHOTS_PARAMETER, type: 'Array(UInt32)' },
      ],
      ...(kept === undefined ? { assumeOthers: true } : {}),
    },
    ...(external === undefined ? {} : { external }),
    ...(places === undefined ? {} : { places }),
    ...(absent.length === 0 ? {} : { absent }),
  };
  return { version: createHash('sha256').update(JSON.stringify(content)).digest('base64url'), ...content };
}

/** Scopes whose catalogue is remembered; one is some 200 kB, and scopes with the same tables share one. */
const KEPT_SCOPES = 1000;

/**
 * Catalogues by scope. Companies without custom tables share one, so that what was compiled for one company is used for the
 * next: the text of a compiled query holds no company, only a parameter.
 */
export function createCatalogues(
  source: TableSource,
  database: string,
  external?: ExternalPolicy,
  library?: Pick<Library, 'version' | 'content'>,
  places: () => Catalogue['places'] = () => undefined,
): { of(scope: CompanyScope): Promise<Catalogue>; version(): Promise<string> } {
  const byScope = new Map<string, Catalogue>();
  const byVersion = new Map<string, Catalogue>();
  let version: string | undefined;
  const versionOf = (kept: string): string => `${source.tablesVersion()} ${kept} ${JSON.stringify(places())}`;
  return {
    version: async () => versionOf((await library?.version()) ?? ''),
    async of(scope) {
      const kept = (await library?.version()) ?? '';
      const current = versionOf(kept);
      if (current !== version || byScope.size > KEPT_SCOPES) {
        byScope.clear();
        byVersion.clear();
        version = current;
      }
      const key = scope.companies.join(',');
      const known = byScope.get(key);
      if (known !== undefined) return known;
      const content = await library?.content(scope);
      const built = catalogueOf(await source.tables(scope), database, { external, kept: content, places: places() });
      const shared = byVersion.get(built.version) ?? built;
      if (versionOf(kept) === version) {
        byVersion.set(shared.version, shared);
        byScope.set(key, shared);
      }
      return shared;
    },
  };
}
