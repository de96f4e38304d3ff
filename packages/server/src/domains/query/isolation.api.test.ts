/**
 * Everything of the API that reads KQL, asked by somebody of company one: no answer, refusal, probe, completion, hover or check
 * holds what is company two's, be it a row, a watchlist or a stored function. Those of company two see it, so that a case that
 * could not show anything is found.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Caller } from './testing/ask.ts';
import { openTwoCompanies, SECRET, type TwoCompanies } from './testing/two-companies.ts';

/** The name of company two's function and list; letters only, as names are. */
const NAME_OF_TWO = 'SecretOfTwo';
const OF_TWO = new RegExp(`${SECRET}|${NAME_OF_TWO}|hidden column`, 'iu');

let world: TwoCompanies;
beforeAll(async () => {
  world = await openTwoCompanies();
  const made = async (caller: Caller, url: string, body: object): Promise<void> => {
    const { status, body: answered } = await ask(world, caller, 'POST', url, body);
    expect([status < 300, answered.error]).toEqual([true, undefined]);
  };
  await made('two', '/api/watchlists', { alias: NAME_OF_TWO, csv: `Key,hidden column\n${SECRET},${SECRET}\n` });
  await made('two', '/api/watchlists', { alias: 'people', csv: `Key,hidden column\n${SECRET},${SECRET}\n` });
  await made('one', '/api/watchlists', { alias: 'people', csv: 'Key\nof-one\n' });
  await made('two', '/api/functions', { name: NAME_OF_TWO, body: `SigninLogs | extend s = "${SECRET}"` });
  await made('two', '/api/functions', { name: 'ours', body: `SigninLogs | extend s = "${SECRET}"` });
  await made('one', '/api/functions', { name: 'ours', body: 'SigninLogs | extend s = "of-one"' });
  await made('root', '/api/functions', { name: 'everybodys', body: 'SigninLogs | extend s = "global"', global: true });
  await made('root', '/api/watchlists', { alias: 'everybodys', csv: 'Key\nglobal\n', global: true });
}, 60_000);
afterAll(() => world.close());

const query = (caller: Caller, text: string) => ask(world, caller, 'POST', '/api/query', { query: text });

/** Company two sees what is its own with each; company one has rows, or a refusal, without it. */
const SHOWING_TWO = [
  'SigninLogs | project b = bag_pack(strcat("k ", ResultDescription), 1) | evaluate bag_unpack(b)',
  'SigninLogs | project b = bag_pack(strcat("k ", ResultDescription), 1) | evaluate bag_unpack(b) | getschema | project ColumnName',
  'SigninLogs | evaluate pivot(ResultDescription, count(), IPAddress)',
  'SigninLogs | project Status | evaluate bag_unpack(Status)',
  'SigninLogs | evaluate narrow() | where Value has "SECRET" or Value has "of-one"',
  'SigninLogs | project ResultDescription, IPAddress | evaluate autocluster()',
  'SigninLogs | project ResultDescription, IPAddress | evaluate basket()',
  'search "SECRET-OF-TWO" or "of-one" | project $table, ResultDescription, Computer',
  'search in (SigninLogs, Sec*) * has "SECRET" or * has "one"',
  'find in (SigninLogs, SecurityEvent) where Computer has "SECRET" or ResultDescription has "SECRET" or Type has "S" project pack(*)',
  'union withsource=T Sign*, Sec* | summarize make_set(ResultDescription), make_set(Computer) by T',
  'SigninLogs | mv-apply Status on (project m = tostring(Status.mark))',
  'SigninLogs | partition by IPAddress (summarize make_set(ResultDescription))',
  'SigninLogs | sort by TimeGenerated asc | scan declare (seen: string) with (step s: true => seen = ResultDescription;)',
  'SigninLogs | make-series n = count() on TimeGenerated step 1h by ResultDescription',
  'SigninLogs | top-nested 3 of ResultDescription by count()',
  'SigninLogs | reduce by ResultDescription',
  'SigninLogs | top-hitters 3 of ResultDescription',
  'SigninLogs | make-graph ResultDescription --> IPAddress with_node_id = id | graph-match (a)-[e]->(b) project a.id, b.id, e.Status',
  'SigninLogs | sample 3 | project ResultDescription',
  'SigninLogs | sample-distinct 5 of ResultDescription',
  'print r = toscalar(SigninLogs | summarize make_list(Status))',
  'SigninLogs | as T | union (T | project ResultDescription)',
  'let T = materialize(SigninLogs); T | join kind=inner T on ResultDescription | project ResultDescription1',
  'range n from 1 to 2 step 1 | extend x = toscalar(SigninLogs | summarize max(ResultDescription))',
  'SigninLogs | project r = parse_json(strcat("{\\"", ResultDescription, "\\":1}")) | mv-expand kind=array r | project r',
  'declare query_parameters(p:string = "SECRET"); SigninLogs | where ResultDescription has p or true | project ResultDescription',
  'database("gatehouse").SigninLogs | project ResultDescription',
  'ours() | project s',
  'everybodys() | project ResultDescription',
  "_GetWatchlist('people')",
  "_GetWatchlist('people') | getschema | project ColumnName",
  "_GetWatchlist('people') | extend b = bag_pack(Key, SearchKey) | evaluate bag_unpack(b)",
  'SigninLogs | lookup kind=leftouter (_GetWatchlist("people") | project ResultDescription = SearchKey, Found = Key) on ResultDescription | project ResultDescription, Found',
  '_GetWatchlistAlias()',
  `_GetWatchlist('${NAME_OF_TWO}')`,
  `${NAME_OF_TWO}() | project s`,
  `union isfuzzy=true (${NAME_OF_TWO} | project s), (print s = "of-one")`,
  `let f = () { ${NAME_OF_TWO}() }; f() | project s`,
] as const;

describe('the answer of company one holds nothing of company two', () => {
  it.each(SHOWING_TWO)(
    '%s',
    async (text) => {
      const two = await query('two', text);
      expect([two.status, two.body.error]).toEqual([200, undefined]);
      expect(JSON.stringify(two.body)).toMatch(OF_TWO);
      // What the text itself says comes back in the trail and the refusal; the rest of the answer may not have it.
      const one = JSON.stringify((await query('one', text)).body);
      const own = text.includes(NAME_OF_TWO) ? one.replaceAll(NAME_OF_TWO, '') : one;
      expect(own).not.toMatch(OF_TWO);
    },
    30_000,
  );
});

it('what is everybody’s is seen by both, over the own rows', async () => {
  for (const [caller, mark] of [
    ['one', 'of-one'],
    ['two', SECRET],
  ] as const) {
    const list = await query(caller, "_GetWatchlist('everybodys') | project Key");
    expect(JSON.stringify(list.body)).toContain('"global"');
    const rows = await query(caller, 'everybodys() | project s, ResultDescription | take 1');
    expect(JSON.stringify(rows.body)).toContain(`["global","${mark}"]`);
  }
});

/** A refusal that told about the rows it has seen would tell about those of others, were they seen. */
describe('what the engine refuses says nothing of the rows', () => {
  it.each([
    'SigninLogs | extend x = toreal(ResultDescription) / 0 | where assert(ResultDescription != "x", "told") ',
    'SigninLogs | where ResultDescription matches regex strcat("(", ResultDescription)',
    'SigninLogs | extend x = replace_regex(ResultDescription, "(", ResultDescription)',
    'SigninLogs | summarize x = make_list(ResultDescription) | project y = repeat(x, 1000)',
    'SigninLogs | project b = bag_pack("ResultDescription", 1), ResultDescription | evaluate bag_unpack(b)',
    'SigninLogs | project b = bag_pack("a", ResultDescription), a = 1 | evaluate bag_unpack(b, columnsConflict = "error")',
    'range x from 1 to 10 step 1 | join kind=inner SigninLogs on $left.x == $right.ResultDescription',
    'SigninLogs | evaluate bag_unpack(ResultDescription)',
    'cluster("x").SigninLogs',
    'externaldata(x:string)[@"https://127.0.0.1:9/SECRET"]',
    `${NAME_OF_TWO}x`,
    'SigninLogs | where SECRET == 1',
  ])(
    '%s',
    async (text) => {
      const { body } = await query('one', text);
      expect(JSON.stringify(body).replaceAll(NAME_OF_TWO, '')).not.toMatch(/SECRET-OF-TWO|hidden column/u);
    },
    30_000,
  );
});

describe('the editor of company one knows nothing of company two', () => {
  it.each([
    '',
    'S',
    'Sec',
    '_GetWatchlist("',
    "_GetWatchlist('Sec",
    "_GetWatchlist('people') | where ",
    'ours() | where ',
  ])(
    'completions after %j',
    async (text) => {
      const complete = async (caller: Caller) =>
        JSON.stringify(
          (await ask(world, caller, 'POST', '/api/query/completions', { query: text, position: text.length })).body,
        );
      expect(await complete('one')).not.toMatch(OF_TWO);
    },
    30_000,
  );

  it('while company two has its own', async () => {
    const { body } = await ask(world, 'two', 'POST', '/api/query/completions', { query: 'Sec', position: 3 });
    expect(JSON.stringify(body)).toContain(NAME_OF_TWO);
  });

  it.each(['hover', 'definition'])('%s', async (what) => {
    for (const text of [`${NAME_OF_TWO}()`, 'ours()', "_GetWatchlist('people')", `_GetWatchlist('${NAME_OF_TWO}')`]) {
      const { body } = await ask(world, 'one', 'POST', `/api/query/${what}`, { query: text, position: 3 });
      // A refusal names what it was asked for.
      expect(JSON.stringify(body).replaceAll(NAME_OF_TWO, '')).not.toMatch(OF_TWO);
    }
  });

  it('diagnostics say the same of a name of theirs as of a name of nobody', async () => {
    const said = async (name: string, make: (name: string) => string) => {
      const { body } = await ask(world, 'one', 'POST', '/api/query/diagnostics', { query: make(name) });
      return JSON.stringify(body).replaceAll(name, 'NAME');
    };
    for (const make of [
      (name: string) => `${name}()`,
      (name: string) => `${name} | take 1`,
      (name: string) => `_GetWatchlist('${name}')`,
      (name: string) => `_GetWatchlist('people') | where ${name} == 1`,
    ])
      expect(await said(NAME_OF_TWO, make)).toBe(await said('SecretOfNil', make));
  });

  it('the lists of functions and of watchlists', async () => {
    for (const url of ['/api/functions', '/api/watchlists']) {
      expect(JSON.stringify((await ask(world, 'one', 'GET', url)).body)).not.toMatch(OF_TWO);
      expect(JSON.stringify((await ask(world, 'two', 'GET', url)).body)).toMatch(OF_TWO);
    }
  });
});

it('the company asked for is one of the caller’s', async () => {
  for (const company of ['company-2', '2', 'company-1,company-2', '*', ''])
    for (const url of [`/api/query?company=${encodeURIComponent(company)}`]) {
      const { body } = await ask(world, 'one', 'POST', url, { query: 'SigninLogs | project ResultDescription' });
      expect(JSON.stringify(body)).not.toMatch(OF_TWO);
    }
});

it('parameters of a request are values, and no names of ours', async () => {
  const { body } = await ask(world, 'one', 'POST', '/api/query', {
    query: 'declare query_parameters(scope_companies:dynamic); SigninLogs | project ResultDescription',
    parameters: { scope_companies: 'dynamic([1,2])', list_companies: '[2]' },
  });
  expect(JSON.stringify(body)).not.toMatch(OF_TWO);
});
