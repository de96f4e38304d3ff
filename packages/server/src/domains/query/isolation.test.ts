/**
 * Two companies in one store, and everything KQL has to reach past one's own rows. A query may be refused or answered, but no
 * answer holds a row of the other company. Each case is also run by somebody who belongs to both, where the secret must show
 * or the query be refused: a case that could not see anything proves nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confineTo } from '../../platform/access/index.ts';
import { KqlQueryError } from './index.ts';
import {
  NOW_MS,
  openTwoCompanies,
  ROWS_OF_ONE,
  ROWS_OF_TWO,
  SECRET,
  type TwoCompanies,
} from './testing/two-companies.ts';

let world: TwoCompanies;
beforeAll(async () => {
  world = await openTwoCompanies();
  for (const [company, caller, key] of [
    [1, 'one', 'of-one'],
    [2, 'two', SECRET],
  ] as const)
    for (const payload of [
      { alias: 'people', csv: `Key\n${key}\n` },
      ...(company === 2 ? [{ alias: key, csv: `Key\n${key}\n` }] : []),
    ])
      await world.app.inject({ method: 'POST', url: '/api/watchlists', headers: { 'x-test-caller': caller }, payload });
}, 60_000);
afterAll(() => world.close());

async function ask(companies: readonly number[], text: string): Promise<string> {
  try {
    const { rows } = await world.query.run(confineTo(companies), text, { nowMs: NOW_MS });
    return JSON.stringify(rows);
  } catch (error) {
    if (error instanceof KqlQueryError) return 'refused';
    throw error;
  }
}

/** Queries that somebody of both companies sees the secret with. */
const READING = [
  'SigninLogs',
  'SigninLogs | where true or UserPrincipalName == "x"',
  'SigninLogs | where not(UserPrincipalName == "nobody")',
  'SigninLogs | project UserPrincipalName | distinct UserPrincipalName',
  'SigninLogs | extend CompanyId = 2 | where CompanyId == 2',
  'SigninLogs | summarize make_set(UserPrincipalName)',
  'SigninLogs | summarize arg_max(TimeGenerated, *) by UserPrincipalName',
  'SigninLogs | where tostring(Status.mark) != "of-one" | project Status',
  'union SigninLogs, SecurityEvent | project Type, Computer, ResultDescription',
  'union withsource=T SigninLogs, SecurityEvent | where T == "SecurityEvent" | project Computer',
  'union (SigninLogs | where false), (SecurityEvent | project Computer)',
  'let T = SigninLogs; T | project UserPrincipalName',
  'let f = () { SigninLogs | project UserPrincipalName }; f()',
  'let f = (n:long) { SigninLogs | where 1 < n | project UserPrincipalName }; f(2)',
  'let m = materialize(SigninLogs | project UserPrincipalName); m',
  'let scope_companies = dynamic([1, 2]); SigninLogs | project UserPrincipalName',
  'let CompanyId = 2; SigninLogs | where CompanyId == 2 | project UserPrincipalName',
  'SigninLogs | where UserPrincipalName != "x\') OR CompanyId IN (2) OR (\'" | project UserPrincipalName',
  'SigninLogs // {scope_companies:Array(UInt32)}\n| project UserPrincipalName',
  'imAuthentication() | project TargetUsername',
  '_Im_Authentication(eventresult="Success") | project TargetUsername',
  'AppServiceConsoleLogs | extend u = extract("user_id: (.*)", 1, ResultDescription) | project u',
  'table("SigninLogs") | project UserPrincipalName',
  'let shown = SigninLogs | project UserPrincipalName; union shown, shown',
  'print users = toscalar(SigninLogs | summarize make_set(UserPrincipalName))',
  'SigninLogs | where UserPrincipalName in ((SigninLogs | project UserPrincipalName)) | project UserPrincipalName',
  'datatable(UserPrincipalName:string)["shared@example.org"] | join kind=inner (SigninLogs) on UserPrincipalName | project ResultDescription',
  'SigninLogs | join kind=leftouter (SigninLogs) on UserPrincipalName | project ResultDescription, ResultDescription1',
  'datatable(UserPrincipalName:string)["shared@example.org"] | lookup kind=leftouter (SigninLogs) on UserPrincipalName | project ResultDescription',
  'let f = (T:(UserPrincipalName:string)) { T | project UserPrincipalName }; SigninLogs | invoke f()',
  "_GetWatchlist('people')",
  "_GetWatchlist('people', dynamic(['SECRET-OF-TWO']))",
  '_GetWatchlistAlias()',
  "_GetWatchlist('people') | where SearchKey != '' or true | project Key",
  "let list_companies = dynamic([2]); let list_snapshots = dynamic([1, 2, 3]); _GetWatchlist('people')",
  "SecurityEvent | lookup kind=rightouter _GetWatchlist('people') on $left.Computer == $right.SearchKey",
  'search "SECRET-OF-TWO"',
  'search *',
  'union *',
  'union withsource=T *',
  'find where ResultDescription has "SECRET"',
  'database("gatehouse").SigninLogs',
  'database("gatehouse").SigninLogs | project UserPrincipalName',
  'database().table("SigninLogs") | project UserPrincipalName',
  'database("gatehouse").*',
  'union database("gatehouse").*, SigninLogs',
  'declare query_parameters(scope_companies:dynamic = dynamic([1, 2])); SigninLogs',
  'declare query_parameters(scope_companies:dynamic = dynamic([1, 2])); SigninLogs | where array_length(scope_companies) == 2 | project ResultDescription',
] as const;

/** Queries that nobody may run, whatever they belong to. */
const REFUSED = [
  'SigninLogs | where CompanyId == 2',
  'SigninLogs | project CompanyId',
  'SigninLogs | project-rename Number = CompanyId',
  'SigninLogs | summarize count() by CompanyId',
  "SigninLogs | extend x = column_ifexists('CompanyId', 0) | where x == 2 | project ['CompanyId']",
  'print scope_companies',
  'Place',
  'Watchlist',
  'table("Watchlist")',
  "_GetWatchlist('people') | where CompanyId == 2",
  "_GetWatchlist('people') | project Snapshot",
  'database("gatehouse").Watchlist',
  'database("system").tables',
  'database("gatehouse").SigninLogs | where CompanyId == 2',
  'cluster("other").database("gatehouse").SigninLogs',
  'workspace("two").SigninLogs',
  'gatehouse.SigninLogs',
  'system.tables',
  "['system.tables']",
  "['gatehouse.SigninLogs']",
  "['SigninLogs` UNION ALL SELECT * FROM `gatehouse`.`SigninLogs']",
  'schema_version',
  'external_table("SigninLogs")',
  'externaldata(line:string)["file:///etc/passwd"]',
  'externaldata(line:string)[@"http://127.0.0.1:9/"] with (format="txt")',
  'evaluate sql_request("Server=x", "select 1")',
  'evaluate http_request("http://127.0.0.1:9/")',
  'evaluate python(typeof(*), "result = df")',
  '.show tables',
  '.drop table SigninLogs',
  '// harmless\n.drop table SigninLogs',
  'SigninLogs; .drop table SigninLogs',
  '.set-or-append SigninLogs <| SigninLogs',
  'DROP TABLE SigninLogs',
  'SELECT * FROM SigninLogs WHERE CompanyId = 2',
] as const;

describe('a company reads no row of another', () => {
  it.each(READING)(
    '%s',
    async (text) => {
      const both = await ask([1, 2], text);
      const one = await ask([1], text);
      expect(one).not.toContain(SECRET);
      if (both === 'refused') expect(one).toBe('refused');
      else expect(both).toContain(SECRET);
    },
    20_000,
  );
});

describe('is refused to everybody', () => {
  it.each(REFUSED)('%s', async (text) => {
    expect(await ask([1, 2], text)).toBe('refused');
  });
});

it('counts only what the scope holds, and nothing for an empty scope', async () => {
  const count = async (companies: readonly number[]) =>
    JSON.parse(await ask(companies, 'SigninLogs | count')) as unknown;
  expect(await count([1])).toEqual([[ROWS_OF_ONE]]);
  expect(await count([2])).toEqual([[ROWS_OF_TWO]]);
  expect(await count([1, 2])).toEqual([[ROWS_OF_ONE + ROWS_OF_TWO]]);
  expect(await count([3])).toEqual([[0]]);
  expect(await count([])).toEqual([[0]]);
});

it('keeps what looks like a parameter a text', async () => {
  expect(await ask([1], 'print s = "{scope_companies:Array(UInt32)}"')).toBe('[["{scope_companies:Array(UInt32)}"]]');
});

it('lets a shadowed table name hide the table, not open it', async () => {
  expect(await ask([1], 'let SigninLogs = datatable(CompanyId:long)[2]; SigninLogs')).toBe('[[2]]');
});
