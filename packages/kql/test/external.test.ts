import { afterAll, describe, expect, test } from 'vitest';
import { allows, externalRows, type Catalogue, type ExternalPolicy } from '../src/index.ts';
import { EMPTY_CATALOGUE, startEngine } from './engine.ts';

const engine = startEngine();
afterAll(() => engine.close());

const POLICY: ExternalPolicy = {
  addresses: ['https://lists.example.org/feeds/', 'https://one.example.org/only.csv'],
  files: true,
  setting: 'externalData.addresses',
};
const CATALOGUE: Catalogue = { ...EMPTY_CATALOGUE, version: 'external', external: POLICY };
const EMPTY: Catalogue = { ...EMPTY_CATALOGUE, version: 'nothing external', external: { ...POLICY, empty: true } };

/** Runs a query with a text in the place of every file. */
function answer(query: string, text: string) {
  const compiled = engine.compiler.compile(query, CATALOGUE);
  if (!compiled.ok) throw new Error(compiled.errors.map(({ code, message }) => `${code}: ${message}`).join());
  const external = Object.fromEntries(
    (compiled.query.external ?? []).map((read) => [
      read.parameter,
      externalRows(
        read,
        read.addresses.map(() => text),
      ),
    ]),
  );
  return engine.answer(query, CATALOGUE, { external });
}

const rows = (query: string, text: string) => answer(query, text).rows;
const ALL =
  'externaldata(s: string, l: long, r: real, b: bool, t: datetime, d: dynamic)[@"https://lists.example.org/feeds/a"]';

describe('formats', () => {
  const VALUES = [
    ['x', 5, 1.5, true, '2026-03-01T00:00:00.0000000Z', { a: 1 }],
    ['', null, null, null, null, null],
  ];
  test('csv, with quotes, line breaks inside and a header', () => {
    const csv = '\uFEFFs,l,r,b,t,d\r\n"x",5,1.5,true,2026-03-01,"{""a"":1}"\r\n,,,,,\r\n';
    expect(rows(`${ALL} with (format = "csv", ignoreFirstRecord = true)`, csv)).toEqual(VALUES);
    expect(rows('externaldata(a: string, b: string)["f.csv"]', '"a,""b""\nc",d\n\ne')).toEqual([
      ['a,"b"\nc', 'd'],
      ['e', ''],
    ]);
  });

  test.each([
    ['tsv', '\t'],
    ['psv', '|'],
    ['scsv', ';'],
    ['sohsv', '\u0001'],
  ])('%s', (format, separator) => {
    const text = `x${separator}5\ny${separator}no number`;
    expect(rows(`externaldata(s: string, l: long)["f"] with (format = "${format}")`, text)).toEqual([
      ['x', 5],
      ['y', null],
    ]);
  });

  test('json: a value on each line, columns by name', () => {
    const json = '{"s":"x","l":5,"r":1.5,"b":true,"t":"2026-03-01T00:00:00Z","d":{"a":1},"other":1}\n\n{"s":null}\n';
    expect(rows(`${ALL} with (format = "json")`, json)).toEqual(VALUES);
  });

  test('multijson: an array, or one value over several lines', () => {
    const query = 'externaldata(s: string, d: dynamic)["f.json"] with (format = "multijson")';
    expect(rows(query, '[{"s":"x","d":[1,\n2]},{"d":"text"}]')).toEqual([
      ['x', [1, 2]],
      ['', 'text'],
    ]);
    expect(rows(query, '{\n"s": {"n": 1}\n}')).toEqual([['{"n":1}', null]]);
  });

  test('txt and raw', () => {
    expect(rows('externaldata(line: string)["f.txt"]', 'a,b\r\n\nc\n')).toEqual([['a,b'], [''], ['c']]);
    expect(rows('externaldata(all: string)["f"] with (format = "raw")', 'a\nb')).toEqual([['a\nb']]);
  });

  test('what is no JSON is said', () => {
    expect(() => rows('externaldata(s: string)["f.json"]', 'no json')).toThrow(SyntaxError);
  });

  test('several files one after the other, and the table as any other', () => {
    const query =
      'let t = externaldata(ip: string)["a.txt", "b.txt"] with (ignoreFirstRecord = true); print x = "2" | where x in (t) | extend n = toscalar(t | count)';
    expect(rows(query, 'head\n1\n2')).toEqual([['2', 4]]);
  });

  test('text of a file stays text', () => {
    const evil = `'); DROP TABLE x; -- {external_0:String} \\ " \u0000`;
    expect(rows('externaldata(s: string)["f.txt"]', evil)).toEqual([[evil]]);
  });
});

describe('what may be read', () => {
  test.each([
    ['https://lists.example.org/feeds/a.csv', true],
    ['https://lists.example.org/feeds/deep/a.csv?x=1', true],
    ['HTTPS://LISTS.example.org:443/feeds/a.csv', true],
    ['https://one.example.org/only.csv', true],
    ['https://one.example.org/only.csv2', false],
    ['https://lists.example.org/feeds/../secret', false],
    ['https://lists.example.org/feeds%2f..%2fsecret', false],
    ['https://lists.example.org/feedsx', false],
    ['https://lists.example.org.evil.example/feeds/', false],
    ['https://lists.example.org@evil.example/feeds/', false],
    ['https://user:secret@lists.example.org/feeds/a', false],
    ['http://lists.example.org/feeds/a.csv', false],
    ['file:///etc/passwd', false],
    ['ftp://lists.example.org/feeds/a', false],
    ['abfss://x@y/z', false],
    ['https://lists.example.org/feeds/..%2fsecret', false],
    ['a.csv', true],
    ['deep/a.csv', true],
    ['../a.csv', false],
    ['deep/../../a.csv', false],
    ['/etc/passwd', false],
  ])('%s: %s', (address, allowed) => {
    expect(allows(POLICY, address)).toBe(allowed);
  });

  const refused = (query: string, catalogue: Catalogue): readonly string[] => {
    const compiled = engine.compiler.compile(query, catalogue);
    return compiled.ok ? [] : compiled.errors.map(({ code, message }) => `${code}: ${message}`);
  };
  const QUERY = 'externaldata(s: string)["https://evil.example/"]';

  test('is refused with the setting to change', () => {
    expect(refused(QUERY, CATALOGUE).join()).toMatch(/^GHQ028: .*evil.*externalData\.addresses/);
    expect(refused(QUERY, EMPTY_CATALOGUE).join()).toMatch(/^GHQ028/);
    expect(refused('externaldata(s: string)["a"] with (format = "parquet")', CATALOGUE).join()).toMatch(/^GHQ013.*csv/);
    expect(refused('externaldata(s: string)["a"] with (ingestionMapping = "x")', CATALOGUE).join()).toMatch(/^GHQ013/);
  });

  test('is empty and asks for nothing where only empty tables are tried', () => {
    const { rows: none, query } = engine.answer(`${QUERY} | extend n = strlen(s)`, EMPTY);
    expect(none).toEqual([]);
    expect(query.external).toBeUndefined();
  });

  test('cannot be forgotten when the query is bound', () => {
    expect(() => engine.answer('externaldata(s: string)["a"]', CATALOGUE)).toThrow(/external_0/);
  });
});
