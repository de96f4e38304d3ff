import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedFunction, type Catalogue } from '../src/index.ts';
import { startEngine, type Engine } from './engine.ts';
import { CATALOGUE as TABLES, fillTables } from './tables.ts';

const LISTS: Catalogue = {
  ...TABLES,
  version: 'watchlists',
  functions: [
    ...TABLES.functions,
    storedFunction({ name: 'onList', parameters: '(alias:string)', body: '_GetWatchlist(alias) | project SearchKey' }),
    storedFunction({
      name: 'named',
      parameters: '',
      body: '_GetWatchlist("vip") | where Tier == "gold" | project User',
    }),
  ],
  watchlists: {
    lists: [
      {
        alias: 'VIP',
        columns: [
          { name: 'User', type: 'string' },
          { name: 'Tier', type: 'string' },
          { name: 'Since', type: 'datetime' },
          { name: 'Score', type: 'long' },
        ],
      },
      { alias: 'Empty', columns: [{ name: 'SearchKey', type: 'string' }] },
    ],
    source: { database: 'lists', table: 'Watchlist' },
    confine: [
      { column: 'CompanyId', parameter: 'list_companies', type: 'Array(UInt32)' },
      { column: 'Snapshot', parameter: 'list_snapshots', type: 'Array(UInt32)' },
    ],
  },
};

const ROWS = [
  `(1, 7, 'vip', 'i1', 'ann', '{"User":"ann","Tier":"gold","Since":"2026-01-01","Score":"5"}', NULL, '2026-02-01')`,
  `(1, 7, 'vip', 'i2', 'bob', '{"User":"bob","Tier":"it''s \\\\"tin\\\\"","Since":"","Score":"x"}', '2026-03-01 12:00:01', '2026-02-01')`,
  `(1, 7, 'vip', 'i3', 'old', '{"User":"old","Tier":"gold"}', '2026-03-01 12:00:00', '2026-02-01')`,
  `(1, 6, 'vip', 'i4', 'former', '{"User":"former","Tier":"gold"}', NULL, '2026-02-01')`,
  `(2, 8, 'vip', 'i5', 'secret', '{"User":"secret","Tier":"gold"}', NULL, '2026-02-01')`,
];

let engine: Engine;
beforeAll(() => {
  engine = startEngine();
  fillTables(engine);
  engine.command('CREATE DATABASE lists');
  engine.command(
    "CREATE TABLE lists.Watchlist (CompanyId UInt32, Snapshot UInt32, AliasKey String, ItemId String, SearchKey String, Item String, ExpiresAt Nullable(DateTime64(7, 'UTC')), UpdatedAt DateTime64(7, 'UTC')) ENGINE = MergeTree ORDER BY (CompanyId, Snapshot)",
  );
  engine.command(`INSERT INTO lists.Watchlist VALUES ${ROWS.join(', ')}`);
});
afterAll(() => engine.close());

const answer = (text: string, catalogue = LISTS) =>
  engine.answer(text, catalogue, {
    confine: { scope_companies: [1], list_companies: [0, 1], list_snapshots: [7] },
  }).rows;
const error = (text: string, catalogue = LISTS) => {
  const result = engine.compiler.compile(text, catalogue);
  return result.ok ? undefined : result.errors[0];
};

describe('_GetWatchlist', () => {
  it.each<[string, readonly unknown[]]>([
    [
      "_GetWatchlist('VIP') | sort by SearchKey asc | project SearchKey, Tier, Since, Score",
      [
        ['ann', 'gold', '2026-01-01T00:00:00.0000000Z', 5],
        ['bob', 'it\'s "tin"', null, null],
      ],
    ],
    [
      "_GetWatchlist('vip') | where SearchKey == 'ann'",
      [['i1', '2026-02-01T00:00:00.0000000Z', 'ann', 'ann', 'gold', '2026-01-01T00:00:00.0000000Z', 5]],
    ],
    ["let list = 'VIP'; _GetWatchlist(list) | count", [[2]]],
    ["let f = (list:string) { _GetWatchlist(list) | where Tier == 'gold' | project User }; f('vip')", [['ann']]],
    ["let f = (list:string='vip') { _GetWatchlist(list) | count }; f()", [[2]]],
    ["_GetWatchlist('VIP', dynamic(['bob', 'old'])) | project User", [['bob']]],
    ["_GetWatchlist('VIP', keys=dynamic(['ann'])) | project User", [['ann']]],
    ["_GetWatchlist('VIP', dynamic([])) | count", [[2]]],
    ["onList('vip') | sort by SearchKey asc", [['ann'], ['bob']]],
    ['named()', [['ann']]],
    ['named', [['ann']]],
    ['Failed | count', [[3]]],
    ['Failed(50053) | count', [[3]]],
    [
      "Signins | where User in ((_GetWatchlist('VIP') | project SearchKey)) | distinct User | sort by User asc",
      [['ann'], ['bob']],
    ],
    [
      "Signins | lookup kind=inner _GetWatchlist('VIP') on $left.User == $right.SearchKey | summarize n = count() by Tier | sort by n asc",
      [
        ['gold', 1],
        ['it\'s "tin"', 2],
      ],
    ],
    ["let vip = toscalar(_GetWatchlist('VIP') | summarize make_list(SearchKey)); print array_length(vip)", [[2]]],
    ["_GetWatchlist('Empty')", []],
    ["_GetWatchlist('Empty') | getschema | project ColumnName", [['_DTItemId'], ['LastUpdatedTimeUTC'], ['SearchKey']]],
    ['_GetWatchlistAlias() | sort by WatchlistAlias asc', [['Empty'], ['VIP']]],
    ["_GetWatchlistAlias | where WatchlistAlias == 'VIP'", [['VIP']]],
  ])('%s', (text, rows) => {
    expect(answer(text)).toEqual(rows);
  });

  it.each([
    ["_GetWatchlist('VIPs') | project Anything", 'GHQ040', 'VIP'],
    ["let l = 'vipp'; _GetWatchlist(l) | where A == 1", 'GHQ040', 'VIP'],
    ["_GetWatchlist('VIP') | project Tiers", 'KS142', 'Tier'],
    ['Signins | join (_GetWatchlist(strcat("VI", "P"))) on User', 'GHQ020', undefined],
    ['_GetWatchlist()', 'KS119', undefined],
    ['_GetWatchlist(7)', 'GHQ020', undefined],
    ["Signins | extend x = _GetWatchlist('VIP')", 'KS108', undefined],
    ["_GetWatchlist('VIP') | project CompanyId", 'KS142', undefined],
    ["_GetWatchlist('VIP') | project Item", 'KS142', undefined],
  ])('%s is refused', (text, code, suggestion) => {
    expect(error(text)?.code).toBe(code);
    if (suggestion !== undefined) expect(error(text)?.suggestion).toBe(suggestion);
  });

  it('is not known without lists', () => {
    expect(error("_GetWatchlist('VIP')", TABLES)?.code).toMatch(/^KS/);
  });

  it('never runs without the lists that the run may see', () => {
    expect(() => engine.answer("_GetWatchlist('VIP')", LISTS, { confine: { scope_companies: [1] } })).toThrow(
      /list_companies/,
    );
  });
});

describe('a list that is assumed', () => {
  const ANY: Catalogue = {
    ...TABLES,
    version: 'assumed lists',
    watchlists: { lists: [], source: { database: '', table: '' }, assumeOthers: true },
  };
  it.each([
    "_GetWatchlist('Any')",
    "_GetWatchlist('Any') | where Tier == 'gold' | project Owner, SearchKey",
    "let l = _GetWatchlist('Any') | project IPAddress; Signins | where Address in (l)",
    "Signins | join kind=inner _GetWatchlist('Any') on $left.User == $right.Account | project Result, Department",
    "_GetWatchlist('Any') | extend n = toint(Count) | summarize sum(n) by Region",
    "let f = (a:string) { _GetWatchlist(a) | project Zone }; f('Any') | where Zone == 'x'",
  ])('%s', (text) => {
    expect(answer(text, ANY)).toEqual([]);
  });
  it('does not make up columns of a table', () => {
    expect(error("Signins | where Nope == 1 | join _GetWatchlist('Any') on User", ANY)?.code).toBe('KS142');
  });
});

it('a name that is absent says why', () => {
  const absent: Catalogue = {
    ...LISTS,
    version: 'absent',
    absent: [{ name: 'Torn', reason: "'Torn' differs between your companies: choose one." }],
  };
  expect(error('Torn()', absent)?.message).toBe("'Torn' differs between your companies: choose one.");
});
