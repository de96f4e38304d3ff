import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, rowsOf, type Caller } from '../testing/ask.ts';
import { NOW_MS, openTwoCompanies, SECRET, type TwoCompanies } from '../testing/two-companies.ts';

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly items: number;
  readonly searchKey: string;
}
interface ShownItem {
  readonly id: string;
  readonly key: string;
  readonly updatedAt: number;
}

let world: TwoCompanies;
beforeAll(async () => {
  world = await openTwoCompanies();
}, 60_000);
afterAll(() => world.close());

const make = async (caller: Caller, body: object): Promise<Shown> => {
  const made = await ask<Shown>(world, caller, 'POST', '/api/watchlists', body);
  expect(made.body).toMatchObject({ id: expect.any(String) });
  return made.body;
};
const itemsOf = async (caller: Caller, id: string, query = ''): Promise<readonly ShownItem[]> =>
  (await ask<{ items: readonly ShownItem[] }>(world, caller, 'GET', `/api/watchlists/${id}/items${query}`)).body.items;

const VIPS = 'User,Tier,Since\nshared@example.org,gold,2026-01-01\n"of, one",silver,\n';

describe('a list', () => {
  it('is joined with events, filtered, and found whatever the case of its alias', async () => {
    await make('one', { alias: 'VIP', csv: VIPS, types: { Since: 'datetime' } });
    expect(
      await rowsOf(world, 'one', "_GetWatchlist('vip') | sort by SearchKey asc | project SearchKey, Tier, Since"),
    ).toEqual([
      ['of, one', 'silver', null],
      ['shared@example.org', 'gold', '2026-01-01T00:00:00.0000000Z'],
    ]);
    const joined =
      "SigninLogs | lookup kind=inner _GetWatchlist('VIP') on $left.UserPrincipalName == $right.SearchKey | project Tier";
    expect(await rowsOf(world, 'one', joined)).toEqual([['gold']]);
    expect(await rowsOf(world, 'one', '_GetWatchlistAlias')).toEqual([['VIP']]);
    expect(await rowsOf(world, 'one', "_GetWatchlist('VIPP')")).toMatch(/no watchlist 'VIPP'/);
  });

  it('is used by a function, and a new column is seen at once', async () => {
    const { id } = await make('one', { alias: 'grows', csv: 'Key\na\n' });
    const makes = { name: 'growing', body: "_GetWatchlist('grows') | project SearchKey" };
    await ask(world, 'one', 'POST', '/api/functions', makes);
    expect(await rowsOf(world, 'one', 'growing()')).toEqual([['a']]);
    await ask(world, 'one', 'PUT', `/api/watchlists/${id}/csv`, { csv: 'Key,More\nb,c\n' });
    expect(await rowsOf(world, 'one', 'growing()')).toEqual([['b']]);
    expect(await rowsOf(world, 'one', "_GetWatchlist('grows') | project More")).toEqual([['c']]);
  });
});

describe('two companies', () => {
  it('see their own lists and the global ones; a company’s hides the global one', async () => {
    await make('two', { alias: 'secrets', csv: `Key\n${SECRET}\n` });
    await make('root', { alias: 'regions', csv: 'Code\nCH\n', global: true });
    await make('two', { alias: 'Regions', csv: 'Code,More\nDE,x\n' });
    expect(await rowsOf(world, 'one', "_GetWatchlist('secrets')")).toMatch(/no watchlist/);
    expect(await rowsOf(world, 'two', "_GetWatchlist('secrets') | project Key")).toEqual([[SECRET]]);
    expect(await rowsOf(world, 'one', "_GetWatchlist('regions') | project SearchKey")).toEqual([['CH']]);
    expect(await rowsOf(world, 'two', "_GetWatchlist('regions') | project SearchKey, More")).toEqual([['DE', 'x']]);
    expect(
      await rowsOf(world, 'both', "_GetWatchlist('regions') | project SearchKey, More | sort by SearchKey asc"),
    ).toEqual([
      ['CH', ''],
      ['DE', 'x'],
    ]);
  });

  it('with a list of the same alias read only their own items', async () => {
    await make('one', { alias: 'same', csv: 'Key\nof-one\n' });
    const { id } = await make('two', { alias: 'same', csv: `Key\n${SECRET}\n` });
    expect(await rowsOf(world, 'one', "_GetWatchlist('same') | project Key")).toEqual([['of-one']]);
    expect(await rowsOf(world, 'two', "_GetWatchlist('same') | project Key")).toEqual([[SECRET]]);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', '/items', undefined],
      ['GET', '/versions', undefined],
      ['GET', '/csv', undefined],
      ['PUT', '', { owner: 'me' }],
      ['PUT', '/csv', { csv: 'Key\nx\n' }],
      ['POST', '/items', { values: { Key: 'x' } }],
      ['POST', '/restore', { version: 1 }],
      ['DELETE', '', undefined],
    ] as const)
      expect((await ask(world, 'one', method, `/api/watchlists/${id}${path}`, body)).body.error).toMatchObject({
        code: 'WATCHLIST_UNKNOWN',
      });
    expect(await rowsOf(world, 'two', "_GetWatchlist('same') | project Key")).toEqual([[SECRET]]);
  });
});

describe('items and versions', () => {
  it('are added, changed, deleted, uploaded and restored', async () => {
    const { id } = await make('one', { alias: 'items', csv: 'Key,Note\na,1\nb,2\n' });
    const url = `/api/watchlists/${id}`;
    const added = await ask<ShownItem>(world, 'one', 'POST', `${url}/items`, { values: { Key: 'c', Note: '3' } });
    expect(added.status).toBe(201);
    await ask(world, 'one', 'PUT', `${url}/items/${added.body.id}`, { values: { Key: 'c', Note: 'new' } });
    const notes = "_GetWatchlist('items') | sort by SearchKey asc | project SearchKey, Note";
    expect(await rowsOf(world, 'one', notes)).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', 'new'],
    ]);
    const [first] = await itemsOf('one', id);
    await ask(world, 'one', 'DELETE', `${url}/items/${first!.id}`);
    expect(await rowsOf(world, 'one', notes)).toEqual([
      ['b', '2'],
      ['c', 'new'],
    ]);
    const merged = await ask<Shown>(world, 'one', 'PUT', `${url}/csv`, { csv: 'Key,Note\nc,4\nd,5\n', mode: 'merge' });
    expect(merged.body).toMatchObject({ version: 5, items: 3 });
    expect(await rowsOf(world, 'one', notes)).toEqual([
      ['b', '2'],
      ['c', '4'],
      ['d', '5'],
    ]);
    expect((await ask<Shown>(world, 'one', 'POST', `${url}/restore`, { version: 1 })).body).toMatchObject({
      version: 6,
      items: 2,
    });
    expect(await rowsOf(world, 'one', notes)).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    const { body } = await ask<{ versions: readonly { action: string; madeBy: string }[] }>(
      world,
      'one',
      'GET',
      `${url}/versions`,
    );
    expect(body.versions.map(({ action }) => action)).toEqual(['restore', 'upload', 'item', 'item', 'item', 'create']);
    expect(body.versions[0]?.madeBy).toBe('gk_one');
  });

  it('keep their id through an upload, and their time where nothing changed', async () => {
    const { id } = await make('one', { alias: 'stable', csv: 'Key,Note\na,1\nb,2\n' });
    const before = await itemsOf('one', id);
    world.platform.clock.advance(5_000);
    await ask(world, 'one', 'PUT', `/api/watchlists/${id}/csv`, { csv: 'Key,Note\na,1\nb,3\n' });
    const after = await itemsOf('one', id);
    expect(after.map((item) => item.id)).toEqual(before.map((item) => item.id));
    expect(after.map((item) => item.updatedAt - before[0]!.updatedAt)).toEqual([0, 5_000]);
  });

  it('come page by page, searched, and as CSV', async () => {
    const { id } = await make('one', { alias: 'pages', csv: 'Key,Note\nb,"x, y"\na,z\na,w\n' });
    const first = await ask<{ items: readonly ShownItem[]; nextCursor: string }>(
      world,
      'one',
      'GET',
      `/api/watchlists/${id}/items?limit=2`,
    );
    expect(first.body.items.map(({ key }) => key)).toEqual(['a', 'a']);
    expect((await itemsOf('one', id, `?limit=2&cursor=${first.body.nextCursor}`)).map(({ key }) => key)).toEqual(['b']);
    expect((await itemsOf('one', id, '?search=X%2C')).map(({ key }) => key)).toEqual(['b']);
    const csv = await world.app.inject({ url: `/api/watchlists/${id}/csv`, headers: { 'x-test-caller': 'one' } });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body.split('\r\n').sort()).toEqual(['', 'Key,Note', 'a,w', 'a,z', 'b,"x, y"']);
  });

  it('refuse a change made from an old version, and what does not fit', async () => {
    const { id } = await make('one', { alias: 'old', csv: 'Key\na\n' });
    const url = `/api/watchlists/${id}`;
    await ask(world, 'one', 'PUT', `${url}/csv`, { csv: 'Key\nb\n', version: 1 });
    expect((await ask(world, 'one', 'PUT', `${url}/csv`, { csv: 'Key\nc\n', version: 1 })).body.error.code).toBe(
      'WATCHLIST_CHANGED',
    );
    const other = await ask(world, 'one', 'PUT', `${url}/csv`, { csv: 'Key,Other\nc,1\n', mode: 'merge' });
    expect(other.body.error.code).toBe('WATCHLIST_CSV_INVALID');
    const item = await ask(world, 'one', 'POST', `${url}/items`, { values: { Key: 'c', Nope: '1' } });
    expect(item.body.error.details[0]).toMatchObject({ field: '/values', reason: 'Nope: is no column of the list' });
    const gone = await ask(world, 'one', 'DELETE', `${url}/items/00000000-0000-7000-8000-000000000000`);
    expect(gone.body.error.code).toBe('WATCHLIST_ITEM_UNKNOWN');
    expect(await rowsOf(world, 'one', "_GetWatchlist('old') | project SearchKey")).toEqual([['b']]);
  });
});

describe('expiry', () => {
  it('hides an item, and a list, from the moment on', async () => {
    const soon = world.platform.clock.now() + 60_000;
    const iso = new Date(soon).toISOString();
    await make('one', { alias: 'brief', csv: `Key,_ExpiresAt\nshort,${iso}\nlong,\n` });
    const { id } = await make('one', { alias: 'ending', csv: 'Key\na\n', expiresAt: soon });
    const keys = (alias: string) =>
      rowsOf(world, 'one', `_GetWatchlist('${alias}') | project SearchKey | sort by SearchKey asc`);
    expect(await keys('brief')).toEqual([['long'], ['short']]);
    expect(await keys('ending')).toEqual([['a']]);
    world.platform.clock.advance(60_000);
    expect(await keys('brief')).toEqual([['long']]);
    expect(await keys('ending')).toEqual([]);
    await ask(world, 'one', 'PUT', `/api/watchlists/${id}`, { expiresAt: null });
    expect(await keys('ending')).toEqual([['a']]);
  });
});

describe('what is refused', () => {
  it.each<[string, Caller, object, number, string]>([
    ['a bad alias', 'one', { alias: '-x', csv: 'a\n1\n' }, 400, 'WATCHLIST_INVALID'],
    ['no columns', 'one', { alias: 'x' }, 400, 'WATCHLIST_INVALID'],
    ['an alias that is taken, in another case', 'one', { alias: 'viP', csv: 'a\n1\n' }, 409, 'WATCHLIST_ALIAS_TAKEN'],
    ['a CSV of another width', 'one', { alias: 'x', csv: 'a,b\n1\n' }, 400, 'WATCHLIST_CSV_INVALID'],
    ['a global one by a company', 'one', { alias: 'x', csv: 'a\n1\n', global: true }, 403, 'FORBIDDEN'],
    ['who only reads', 'reader', { alias: 'x', csv: 'a\n1\n' }, 403, 'FORBIDDEN'],
    ['no company', 'both', { alias: 'x', csv: 'a\n1\n' }, 400, 'COMPANY_NEEDED'],
  ])('%s', async (_, caller, body, status, code) => {
    const refused = await ask(world, caller, 'POST', '/api/watchlists', body);
    expect([refused.status, refused.body.error.code]).toEqual([status, code]);
  });

  it('is shown by a preview, with lines', async () => {
    const { body } = await ask<object>(world, 'one', 'POST', '/api/watchlists/preview', {
      csv: 'a,n\n1,x\n2\n',
      types: { n: 'long' },
    });
    expect(body).toMatchObject({
      columns: [
        { name: 'a', type: 'string' },
        { name: 'n', type: 'long' },
      ],
      problems: ['line 2, n: is not a long: x', 'line 3: has 1 fields, the header has 2'],
    });
  });
});

it('a deleted list is gone from queries and can be brought back', async () => {
  const { id } = await make('one', { alias: 'lost', csv: 'Key\na\n' });
  await ask(world, 'one', 'DELETE', `/api/watchlists/${id}`);
  expect(await rowsOf(world, 'one', "_GetWatchlist('lost')")).toMatch(/no watchlist/);
  await ask(world, 'one', 'POST', `/api/watchlists/${id}/restore`, { version: 1 });
  expect(await rowsOf(world, 'one', "_GetWatchlist('lost') | project SearchKey")).toEqual([['a']]);
});

it('leaves a trail', () => {
  const actions = new Set(world.trail.map(({ action }) => action).filter((action) => action.startsWith('watchlist.')));
  expect([...actions].sort()).toEqual([
    'watchlist.change',
    'watchlist.create',
    'watchlist.delete',
    'watchlist.item.change',
    'watchlist.item.create',
    'watchlist.item.delete',
    'watchlist.restore',
    'watchlist.upload',
  ]);
  expect(world.trail).toContainEqual(
    expect.objectContaining({ action: 'watchlist.create', company: null, target: 'regions' }),
  );
  expect(NOW_MS).toBeLessThanOrEqual(world.platform.clock.now());
});
