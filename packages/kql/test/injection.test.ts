import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalogue, CompiledQuery } from '../src/index.ts';
import { startEngine } from './engine.ts';
import { ALL_ROWS, CATALOGUE, fillTables, TABLE_NAMES } from './tables.ts';

/**
 * Texts that would be SQL if they ever became part of the statement. Each is put into every place of a query that takes a
 * text or a name; the statement must not have it, the query must answer or be refused, and the tables must live.
 */
const ATTACKS = [
  `'; DROP TABLE corpus.Signins; --`,
  `') UNION ALL SELECT * FROM corpus.Signins WHERE ('1'='1`,
  `\\'; DROP TABLE corpus.Signins --`,
  `\\`,
  `\\\\' OR 1=1 --`,
  '` FROM corpus.Signins; DROP TABLE corpus.Signins; --',
  '{p0:Identifier}',
  '{scope_companies:Array(UInt8)}',
  `/* ' */ OR CompanyId = 2 /*`,
  `a\nFORMAT TSV\nDROP TABLE corpus.Signins`,
  `a\0b'; DROP TABLE corpus.Signins`,
  `\t\r\b\f'`,
  `$$ OR 1=1 $$`,
  `" OR "1"="1`,
  `(?i)(a+)+$`,
  `' INTO OUTFILE '/tmp/x`,
  `file('/etc/passwd')`,
  `𝔘𝔫𝔦 ' \u2028 --`,
];

const engine = startEngine();
beforeAll(() => {
  fillTables(engine);
  engine.command(
    "CREATE TABLE corpus.Lists (CompanyId UInt32, Snapshot UInt32, AliasKey String, ItemId String, SearchKey String, Item String, ExpiresAt Nullable(DateTime64(7, 'UTC')), UpdatedAt DateTime64(7, 'UTC')) ENGINE = MergeTree ORDER BY CompanyId",
  );
  engine.command(
    `INSERT INTO corpus.Lists VALUES (1, 1, 'vip', 'i1', 'ann', '{"User":"ann"}', NULL, '2026-02-01'), (2, 1, 'vip', 'i2', 'x', '{"User":"of the other company"}', NULL, '2026-02-01')`,
  );
});

/** The tables, a watchlist, and other servers' data that is empty. */
const EVERYTHING: Catalogue = {
  ...CATALOGUE,
  version: 'injection',
  watchlists: {
    lists: [{ alias: 'vip', columns: [{ name: 'User', type: 'string' }] }],
    source: { database: 'corpus', table: 'Lists' },
    confine: [
      { column: 'CompanyId', parameter: 'list_companies', type: 'Array(UInt32)' },
      { column: 'Snapshot', parameter: 'list_snapshots', type: 'Array(UInt32)' },
    ],
  },
  external: {
    addresses: ['https://lists.example.org/'],
    files: false,
    setting: 'externalData.addresses',
    empty: true,
  },
};
const OPTIONS = { now: 0, confine: { scope_companies: [1], list_companies: [1], list_snapshots: [1] } };
afterAll(() => engine.close());

/** A text as Kusto writes it: control characters, backslashes and the quote as code units. */
const escaped = (text: string, quote: RegExp): string =>
  text.replace(quote, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
const kqlText = (text: string): string => `"${escaped(text, /[\\"\p{Cc}\u2028]/gu)}"`;
const kqlName = (text: string): string => `['${escaped(text, /[\\'\p{Cc}\u2028]/gu)}']`;

/** Places for a text, and places for a name. */
const TEXT_PLACES: readonly ((text: string) => string)[] = [
  (text) => `Signins | where User == ${text}`,
  (text) =>
    `Signins | where Message has ${text} or Message contains ${text} or User in (${text}, 'x') or User in~ (${text})`,
  (text) => `Signins | where Message has_any (${text}, 'x') | where User startswith ${text}`,
  (text) =>
    `Signins | extend a = strcat(User, ${text}), b = split(Message, ${text}), c = replace_string(Message, ${text}, ${text})`,
  (text) => `Signins | extend a = Detail[${text}], b = bag_pack(${text}, ${text}), c = parse_json(${text})`,
  (text) => `Signins | summarize make_set(strcat(User, ${text})) by x = ${text}`,
  (text) => `datatable(x: string) [${text}] | where x != '' | project x`,
  (text) => `let v = ${text}; let d = dynamic([${text}, {${text}: ${text}}]); print v, d`,
  (text) => `union withsource = s (print a = ${text}), (print a = 'b')`,
  (text) => `Signins | where tostring(Detail) == ${text} or trim('x', Message) == ${text} | take 1`,
];
/** Operators and plugins with the text in every place that takes one. Each is asked with a third of the attacks. */
const LATER_PLACES: readonly ((text: string) => string)[] = [
  (text) => `search ${text}`,
  (text) => `search in (Signins, Hosts) User:${text} or Message == ${text} | where $table == ${text}`,
  (text) =>
    `find withsource = s in (Signins, Hosts) where Address has ${text} project Address, pack(*) | extend x = ${text}`,
  (text) =>
    `Signins | mv-apply k = dynamic([${text}, 'b']) to typeof(string) on (where k == ${text} or k has ${text} | project k, t = ${text})`,
  (text) =>
    `Signins | partition hint.strategy = native by User (where Message != ${text} | extend p = ${text} | take 1)`,
  (text) =>
    `Signins | sort by TimeGenerated asc | scan declare (m: string = ${text}) with (step a: User == ${text} => m = ${text}; step b: m == ${text} => m = strcat(a.m, ${text});)`,
  (text) =>
    `Signins | make-series n = countif(User != ${text}) default = 0 on TimeGenerated step 1h by g = strcat(User, ${text})`,
  (text) =>
    `Signins | top-nested 2 of User with others = ${text} by count(), top-nested 1 of strcat(Message, ${text}) by max(strlen(${text}))`,
  (text) => `Signins | extend Message = strcat(Message, ${text}) | reduce by Message with characters = ${text}`,
  (text) => `Signins | parse kind = regex flags = i Message with ${text} a ${text} b`,
  (text) => `Signins | parse-where Message with * ${text} a: long ${text} b`,
  (text) =>
    `Signins | extend Message = strcat(Message, ${text}) | parse-kv Message as (user_id: string, x: long) with (pair_delimiter = ${text}, kv_delimiter = ':', quote = '"')`,
  (text) =>
    `Signins | extend a = extract(${text}, 0, Message), b = extract_all(@'(\\w+)', strcat(Message, ${text})), c = replace_regex(Message, ${text}, ${text}), d = Message matches regex ${text}`,
  (text) =>
    `Signins | extend a = extract_json("$.${text.slice(1, -1)}", tostring(Detail)), b = extract_json('$.a', ${text}), c = Detail.geo[${text}], d = bag_remove_keys(Detail, dynamic([${text}]))`,
  (text) =>
    `Signins | extend a = Detail.geo[${text}][${text}].city, b = bag_has_key(Detail, ${text}), c = bag_set_key(Detail, ${text}, ${text})`,
  (text) =>
    `Signins | extend a = format_datetime(TimeGenerated, 'yyyy'), b = parse_url(${text}), c = parse_csv(${text}), d = parse_path(${text}), e = url_encode(${text}), f = base64_encode_tostring(${text}), g = hash_sha256(${text}), h = ipv4_is_match(Address, ${text})`,
  (text) =>
    `declare query_parameters(p: string = ${text}, q: dynamic = dynamic([${text}])); Signins | where User == p or User in (q) | extend p`,
  (text) =>
    `let f = (a: string = ${text}) { Signins | where User == a or Message has a | extend a }; union (f()), (f(${text}))`,
  (text) =>
    `Signins | as hint.materialized = true T | union (T | where User == ${text}) | lookup (print User = ${text}, y = ${text}) on User`,
  (text) =>
    `Signins | project s = User, t = Address, x = ${text} | make-graph s --> t with_node_id = id | graph-match (a)-[e]->(b) where e.x == ${text} or a.id == ${text} project a.id, z = e.x`,
  (text) => `datatable(k: string, v: long) [${text}, 1] | evaluate pivot(k, sum(v), v)`,
  (text) => `print b = bag_pack(${text}, ${text}) | evaluate bag_unpack(b, ${text})`,
  (text) =>
    `print b = bag_pack(${text}, ${text}, 'x', 1) | evaluate bag_unpack(b, columnsConflict = 'keep_source', ignoredProperties = dynamic([${text}]))`,
  (text) => `Signins | evaluate narrow() | where Value == ${text} or Column == ${text}`,
  (text) => `Signins | where column_ifexists(${text}, User) == 'x' | extend y = column_ifexists(${text}, ${text})`,
  (text) => `externaldata(x: string) [${text}] with (format = ${text})`,
  (text) =>
    `externaldata(x: string) [@'https://lists.example.org/a'] with (format = 'csv', ignoreFirstRecord = ${text})`,
  (text) => `_GetWatchlist(${text}) | union (_GetWatchlist('vip', dynamic([${text}])))`,
  (text) => `table(${text}) | union (database(${text}).Signins), (workspace(${text}).Signins)`,
];
const NAME_PLACES: readonly ((name: string) => string)[] = [
  (name) =>
    `Signins | extend ${name} = 1 | where ${name} == 1 | summarize ${name}2 = count()`.replaceAll(`${name}2`, 'n'),
  (name) => `Signins | project ${name} = User | sort by ${name} asc | distinct ${name}`,
  (name) =>
    `Signins | summarize ${name} = count() by User | project-rename ${name}x = User`.replaceAll(`${name}x`, 'u'),
  (name) => `let ${name} = 5; print x = ${name}`,
  (name) => `datatable(${name}: long) [1] | project-away ${name}`,
  (name) => `Signins | where ${name} == 1`,
  (name) => `${name} | take 1`,
];
const LATER_NAME_PLACES: readonly ((name: string) => string)[] = [
  (name) => `let ${name} = (x: long) { x + 1 }; print ${name}(1)`,
  (name) => `let ${name} = view () { print ${name} = 1 }; union withsource = s ${name}, (search in (${name}) '1')`,
  (name) => `declare query_parameters(${name}: string = 'x'); Signins | where User == ${name}`,
  (name) => `Signins | mv-apply ${name} = Detail to typeof(string) on (where ${name} has 'a') | project ${name}`,
  (name) => `Signins | make-series ${name} = count() on TimeGenerated step 1h by User | mv-expand ${name}`,
  (name) => `Signins | sort by TimeGenerated asc | scan with (step ${name}: true => ${name} = 1;)`,
  (name) =>
    `Signins | parse Message with * ':' ${name} | parse-kv Message as (${name}: string) with (pair_delimiter = ',', kv_delimiter = ':')`,
  (name) => `Signins | top-nested 2 of ${name} = User by ${name}x = count()`.replaceAll(`${name}x`, 'n'),
  (name) =>
    `Signins | project ${name} = User, t = Address | make-graph ${name} --> t | graph-match (${name}x)-[e]->(b) project b`.replaceAll(
      `${name}x`,
      'a',
    ),
  (name) => `print b = dynamic({'a': 1}) | evaluate bag_unpack(b) : (${name}: long, a: long)`,
  (name) => `print ${name} = 'k', v = 1 | evaluate pivot(${name}, sum(v)) | project-reorder * asc`,
  (name) => `union withsource = ${name} Signins, Hosts | summarize count() by ${name}`,
  (name) =>
    `Signins | extend x = Detail.${name}, y = Detail.geo.${name} | join kind = leftouter (Hosts | extend ${name} = 'x') on $left.User == $right.${name}`,
];

const third = <Place>(places: readonly Place[], attack: string): readonly Place[] =>
  places.filter((_, index) => (index + ATTACKS.indexOf(attack)) % 3 === 0);

function survivors(): number {
  return TABLE_NAMES.reduce(
    (sum, name) =>
      sum + Number((JSON.parse(engine.query(`SELECT count() FROM ${name}`)) as { data: string[][] }).data[0]![0]),
    0,
  );
}

/** What no statement of ours has, whatever the text. */
const SQL_OF_THE_ATTACKS = /DROP|OUTFILE|passwd|--|\/\*|;/;

/** The statement of a query, or those that ask the data for its columns. */
function statementsOf(query: CompiledQuery): readonly { readonly sql: string }[] {
  const asked = query.probes === undefined ? [query] : query.probes.map((probe) => probe.query);
  return asked.map((one) => engine.compiler.bind(one, OPTIONS));
}

function attempt(query: string, attack: string): void {
  const compiled = engine.compiler.compile(query, EVERYTHING);
  if (compiled.ok) {
    for (const { sql } of statementsOf(compiled.query)) {
      if (attack.length > 2) expect(sql).not.toContain(attack);
      expect(sql).not.toMatch(SQL_OF_THE_ATTACKS);
    }
    try {
      const { rows } = engine.answer(query, EVERYTHING, OPTIONS);
      expect(JSON.stringify(rows)).not.toContain('of the other company');
    } catch (error) {
      // The engine may refuse a value (a regular expression, a number), never the statement's form.
      expect(String(error)).not.toMatch(/SYNTAX_ERROR|UNKNOWN_IDENTIFIER|Multi-statements/);
    }
  } else {
    expect(compiled.errors.every((error) => /^(KS|GHQ)\d+$/.test(error.code))).toBe(true);
  }
}

describe('no text of a query becomes SQL', () => {
  test.each(ATTACKS)('%j as a text', (attack) => {
    for (const place of [...TEXT_PLACES, ...third(LATER_PLACES, attack)]) attempt(place(kqlText(attack)), attack);
    expect(survivors()).toBe(ALL_ROWS);
  });

  test.each(ATTACKS)('%j as a name', (attack) => {
    for (const place of [...NAME_PLACES, ...third(LATER_NAME_PLACES, attack)]) attempt(place(kqlName(attack)), attack);
    expect(survivors()).toBe(ALL_ROWS);
  });

  /** A place that is always refused would prove nothing. Refused are an unknown column, table, database, list and format. */
  test('a harmless text answers in all places but these', () => {
    const refused = [
      ...[...TEXT_PLACES, ...LATER_PLACES].map((place) => place(kqlText('app'))),
      ...[...NAME_PLACES, ...LATER_NAME_PLACES].map((place) => place(kqlName('Own'))),
    ].filter((query) => !engine.compiler.compile(query, EVERYTHING).ok);
    expect(refused).toEqual([
      'externaldata(x: string) ["app"] with (format = "app")',
      `_GetWatchlist("app") | union (_GetWatchlist('vip', dynamic(["app"])))`,
      'table("app") | union (database("app").Signins), (workspace("app").Signins)',
      "Signins | where ['Own'] == 1",
      "['Own'] | take 1",
    ]);
  });

  test('the attack as a value comes back as it went in', () => {
    for (const attack of ATTACKS)
      expect(engine.answer(`print x = ${kqlText(attack)}`, CATALOGUE).rows).toEqual([[attack]]);
  });
});

/** Names that the data gives: what may be in a key or a value is a column's name then. */
describe('no name that comes from data becomes SQL', () => {
  const NAMES = [...ATTACKS, '} : (', 'CompanyId', "a' b", 'a"b', 'x`y', '*', 'c0', ' '];
  const asked = { confine: { scope_companies: [1] } };
  const expectClean = (sql: string, name: string): void => {
    if (name.length > 4 && name !== 'CompanyId') expect(sql).not.toContain(name);
    expect(sql).not.toMatch(SQL_OF_THE_ATTACKS);
  };

  test.each(NAMES)('%j as a key of a bag', (name) => {
    const bags = `Signins | where User == 'ann' | project b = bag_pack(${kqlText(name)}, strcat(User, '!'))`;
    const unpacked = engine.answer(`${bags} | evaluate bag_unpack(b)`, CATALOGUE, asked);
    expect([unpacked.columns, unpacked.rows]).toEqual([[name], [['ann!']]]);
    expectClean(unpacked.sql, name);
    const named = `${bags} | evaluate bag_unpack(b) | where ${kqlName(name)} has 'ann' | project ${kqlName(name)}`;
    const { sql, columns } = engine.answer(named, CATALOGUE, asked);
    expect(columns).toEqual([name]);
    expectClean(sql, name);
    const plain = kqlText(name);
    const prefixed = engine.answer(`${bags} | evaluate bag_unpack(b, ${plain})`, CATALOGUE, asked);
    expect([prefixed.columns, prefixed.rows]).toEqual([[name + name], [['ann!']]]);
    expect(survivors()).toBe(ALL_ROWS);
  });

  test.each(NAMES)('%j as a value that pivot turns into a column', (name) => {
    const pivoted = `Signins | where User == 'ann' | project k = ${kqlText(name)}, User | evaluate pivot(k, count(), User)`;
    const { sql, columns, rows } = engine.answer(pivoted, CATALOGUE, asked);
    expect([columns, rows]).toEqual([['User', name], [['ann', 1]]]);
    expectClean(sql, name);
    expect(survivors()).toBe(ALL_ROWS);
  });
});

describe('a query stays in its company', () => {
  const LEAVING = [
    'Signins | where CompanyId == 2',
    'Signins | project CompanyId',
    'Signins | extend x = CompanyId',
    "table('corpus.Signins')",
    "cluster('x').database('system').tables",
    "database('system').tables",
    'system.tables',
    "externaldata(x: string) [@'file:///etc/passwd']",
    "external_table('x')",
    '.drop table Signins',
    '.show tables',
    '// a comment\n.show tables',
    "evaluate http_request('http://127.0.0.1/')",
    "print x = file('/etc/passwd')",
    "print x = url('http://127.0.0.1')",
    '['.concat("'Signins`; DROP TABLE corpus.Signins'", ']'),
  ];
  test.each(LEAVING)('%s is refused', (query) => {
    const compiled = engine.compiler.compile(query, CATALOGUE);
    expect(compiled.ok).toBe(false);
    expect(survivors()).toBe(ALL_ROWS);
  });

  const WIDE = [
    'Signins',
    'union *',
    'union Sign*, Hosts',
    'Signins | where true or User == "secret"',
    'let T = Signins; T | union T',
    'search *',
    "search 'secret' or 'ann'",
    "search in (Signins, Hosts) * has 'secret' or * has 'ann'",
    'find where isnotempty(Address)',
    'find in (*) where isnotempty(Address) project pack(*)',
    'union kind = outer withsource = s isfuzzy = true *, Nowhere',
    "database('gatehouse').Signins",
    "union database('gatehouse').*",
    "table('Signins')",
    'Signins | project b = bag_pack(strcat(User, "k"), Message) | evaluate bag_unpack(b)',
    'Signins | evaluate pivot(User)',
    'Hosts | evaluate pivot(Host, count())',
    'Signins | evaluate narrow()',
    'Signins | mv-apply Detail on (project k = tostring(Detail)) | union Signins',
    'Signins | partition by User (top 1 by TimeGenerated)',
    'Signins | partition by User { Signins | where User == toscalar(Signins | summarize max(User)) }',
    'Signins | sort by User asc | scan with (step s: true;)',
    'Signins | make-series count() on TimeGenerated step 1h by User',
    'Signins | top-nested of User by count(), top-nested of Message by count()',
    'Signins | top-hitters 5 of User',
    'Signins | reduce by Message',
    'Signins | make-graph User --> Address with Hosts on Address | graph-match (a)-[e]->(b) project a, e, b',
    'Signins | project User, Address | make-graph User --> Address | graph-to-table nodes',
    'Signins | evaluate autocluster()',
    'Signins | evaluate basket()',
    'declare query_parameters(scope_companies: dynamic = dynamic([1, 2])); Signins | extend scope_companies',
    'Failed(0) | union (Failed)',
    'Signins | sample 10',
    'Signins | sample-distinct 10 of User',
    'Signins | as T | union (T | count), (T | summarize make_list(Message))',
    'Signins | fork (project User)',
    'Signins | facet by User',
    'Signins | where User in (Signins | project User)',
    'print x = toscalar(Signins | summarize make_set(User))',
  ];
  test.each(WIDE)('%s shows only what the company has', (query) => {
    const { rows, sql } = engine.answer(query, CATALOGUE, { confine: { scope_companies: [1] } });
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/secret|other company/);
    const readings = sql.match(/`corpus`\./g) ?? [];
    expect(sql.match(/t\.`CompanyId` IN \{scope_companies:Array\(UInt32\)\}/g)).toHaveLength(readings.length);
  });

  test('without a scope nothing is bound', () => {
    const compiled = engine.compiler.compile('Signins', CATALOGUE);
    if (!compiled.ok) throw new Error('Signins compiles');
    expect(() => engine.compiler.bind(compiled.query, { now: 0, confine: {} })).toThrow(TypeError);
    expect(() => engine.compiler.bind(compiled.query, { now: 0, confine: { scope_companies: [1.5] } })).toThrow(
      TypeError,
    );
    expect(engine.answer('Signins', CATALOGUE, { confine: { scope_companies: [] } }).rows).toEqual([]);
  });
});
