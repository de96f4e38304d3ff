import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
beforeAll(() => fillTables(engine));
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

function survivors(): number {
  return TABLE_NAMES.reduce(
    (sum, name) =>
      sum + Number((JSON.parse(engine.query(`SELECT count() FROM ${name}`)) as { data: string[][] }).data[0]![0]),
    0,
  );
}

function attempt(query: string, attack: string): void {
  const compiled = engine.compiler.compile(query, CATALOGUE);
  if (compiled.ok) {
    const { sql } = engine.compiler.bind(compiled.query, { now: 0, confine: { scope_companies: [1] } });
    if (attack.length > 2) expect(sql).not.toContain(attack);
    expect(sql).not.toMatch(/DROP|OUTFILE|passwd|--|\/\*|;/);
    try {
      const { rows } = engine.answer(query, CATALOGUE, { confine: { scope_companies: [1] } });
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
    for (const place of TEXT_PLACES) attempt(place(kqlText(attack)), attack);
    expect(survivors()).toBe(ALL_ROWS);
  });

  test.each(ATTACKS)('%j as a name', (attack) => {
    for (const place of NAME_PLACES) attempt(place(kqlName(attack)), attack);
    expect(survivors()).toBe(ALL_ROWS);
  });

  test('the attack as a value comes back as it went in', () => {
    for (const attack of ATTACKS)
      expect(engine.answer(`print x = ${kqlText(attack)}`, CATALOGUE).rows).toEqual([[attack]]);
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
