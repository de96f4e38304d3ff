import { parseArgs } from 'node:util';
import { CommandError } from './company.ts';
import { onApi, readText, request, shelfOf, type Api, type Shelf } from './library/shelf.ts';

const HELP = `usage: gatehouse watchlists list [--company COMPANY]
       gatehouse watchlists import FILE.csv --alias ALIAS [options]
       gatehouse watchlists export ALIAS [options]

Watchlists, which queries read with _GetWatchlist('ALIAS'). An import makes the list, or its next version where it is there
already; a file with anything wrong in it changes nothing. An export writes the items to the standard output, as CSV.
  --alias ALIAS       what queries call the list
  --company COMPANY   name, number or id; needed where there are several
  --global            the list that every company has
  --name NAME         what the console calls a new list (default: the alias)
  --search-key KEY    the column that is looked up most (default: the first, or the list's)
  --type COLUMN=TYPE  a column's type (default: string, or the list's); may be repeated
  --merge             add items and replace those with the file's keys; the others stay

Exit codes: 0 done, 1 refused, 2 the command line is wrong.`;

export interface WatchlistOptions {
  readonly alias?: string | undefined;
  readonly company?: string | undefined;
  readonly global?: boolean | undefined;
  readonly name?: string | undefined;
  readonly 'search-key'?: string | undefined;
  readonly type?: readonly string[] | undefined;
  readonly merge?: boolean | undefined;
}

interface Listed {
  readonly id: string;
  readonly company: number | null;
  readonly alias: string;
  readonly items: number;
  readonly version: number;
  readonly expiresAt: number | null;
}

export async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      alias: { type: 'string' },
      company: { type: 'string' },
      global: { type: 'boolean' },
      name: { type: 'string' },
      'search-key': { type: 'string' },
      type: { type: 'string', multiple: true },
      merge: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const [verb, subject, ...rest] = positionals;
  const isComplete =
    rest.length === 0 &&
    ((verb === 'list' && subject === undefined) ||
      (verb === 'import' && subject !== undefined && values.alias !== undefined) ||
      (verb === 'export' && subject !== undefined));
  if (!isComplete) {
    console.error(HELP);
    return 2;
  }
  return await onApi('watchlists', async (api) => {
    if (verb === 'list') return await listWatchlists(api, values);
    if (verb === 'export') return await exportWatchlist(api, subject ?? '', values);
    return await importWatchlist(api, subject ?? '', values);
  });
}

async function listed(api: Api, shelf: Shelf): Promise<readonly Listed[]> {
  return (JSON.parse(await request(api, shelf, ['GET', '/api/watchlists'])) as { watchlists: Listed[] }).watchlists;
}

async function find(api: Api, shelf: Shelf, alias: string): Promise<Listed | undefined> {
  const lists = await listed(api, shelf);
  return lists.find((one) => one.company === shelf.company && one.alias.toLowerCase() === alias.toLowerCase());
}

export async function listWatchlists(api: Api, options: WatchlistOptions): Promise<string> {
  const lists = await listed(api, await shelfOf(api, options));
  const line = ({ alias, company, items, version, expiresAt }: Listed): string =>
    [
      alias,
      `${items} items`,
      `version ${version}`,
      company === null ? 'every company' : `company ${company}`,
      ...(expiresAt === null ? [] : [`expires ${new Date(expiresAt).toISOString()}`]),
    ].join('\t');
  return lists.map((one) => `${line(one)}\n`).join('');
}

/** @throws CommandError with the line and the column of everything that is wrong. */
export async function importWatchlist(api: Api, file: string, options: WatchlistOptions): Promise<string> {
  const { alias = '', name } = options;
  const csv = readText(file);
  const shelf = await shelfOf(api, options);
  const searchKey = options['search-key'];
  const types = typesOf(options.type ?? []);
  const contents = {
    csv,
    ...(searchKey === undefined ? {} : { searchKey }),
    ...(types === undefined ? {} : { types }),
  };
  const before = await find(api, shelf, alias);
  const made = JSON.parse(
    await request(
      api,
      shelf,
      before === undefined
        ? [
            'POST',
            '/api/watchlists',
            {
              alias,
              ...(name === undefined ? {} : { displayName: name }),
              ...contents,
              ...(shelf.company === null ? { global: true } : {}),
            },
          ]
        : [
            'PUT',
            `/api/watchlists/${before.id}/csv`,
            { ...contents, version: before.version, mode: options.merge === true ? 'merge' : 'replace' },
          ],
      ({ field, reason = '' }) => (field === '/csv' ? `${file}: ${reason}` : `${(field ?? '').slice(1)} ${reason}`),
    ),
  ) as Listed;
  return `${made.alias}: version ${made.version} with ${made.items} items, for ${shelf.name}\n`;
}

export async function exportWatchlist(api: Api, alias: string, options: WatchlistOptions): Promise<string> {
  const shelf = await shelfOf(api, options);
  const list = await find(api, shelf, alias);
  if (list === undefined) throw new CommandError(`${shelf.name} has no watchlist ${alias}`);
  return await request(api, shelf, ['GET', `/api/watchlists/${list.id}/csv`]);
}

function typesOf(given: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((text) => {
      const at = text.lastIndexOf('=');
      if (at < 1) throw new CommandError(`--type ${text}: is written COLUMN=TYPE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
