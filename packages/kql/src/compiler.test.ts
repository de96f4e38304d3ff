import { describe, expect, test } from 'vitest';
import type { Catalogue, CompileResult, KqlError } from './index.ts';
import { createCompiler } from './compiler.ts';

const compiler = createCompiler({ cacheEntries: 3 });
const CATALOGUE: Catalogue = {
  version: '1',
  tables: [
    {
      name: 'Signins',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'User', type: 'string' },
        { name: 'Code', type: 'int' },
      ],
      source: { database: 'logs', table: 'Signins' },
      confine: { column: 'CompanyId', parameter: 'scope_companies', type: 'Array(UInt32)' },
      timeColumn: 'TimeGenerated',
    },
  ],
  functions: [],
};

function refused(text: string): readonly KqlError[] {
  const result = compiler.compile(text, CATALOGUE);
  if (result.ok) throw new Error(`${text} compiles`);
  return result.errors;
}
const codes = (text: string): string[] => refused(text).map((error) => error.code);

function compiled(text: string): Extract<CompileResult, { ok: true }>['query'] {
  const result = compiler.compile(text, CATALOGUE);
  if (!result.ok) throw new Error(result.errors.map((error) => error.message).join());
  return result.query;
}

describe('what is wrong is said, with its place', () => {
  test('a frame with carets, line and column', () => {
    const [error] = refused('Signins\n| where Usr == "x"');
    expect(error).toMatchObject({ code: 'KS142', line: 2, column: 9, suggestion: 'User' });
    expect(error?.frame).toBe('2 | | where Usr == "x"\n  |         ^^^');
  });

  test('several at once', () => {
    expect(
      codes('Signins | extend a = series_fft(dynamic([1])), b = geo_h3cell_parent("x") | scan with (step s: true => ;)')
        .length,
    ).toBeGreaterThanOrEqual(1);
    expect(codes('Signins | extend a = series_stl(User), b = Usr')).toHaveLength(2);
    expect(codes('Signins | extend a = current_principal() | extend b = gettype(1), c = current_node_id()')).toEqual([
      'GHQ011',
      'GHQ011',
    ]);
  });

  const CASES: readonly (readonly [text: string, code: string])[] = [
    ['', 'GHQ003'],
    ['// nothing', 'GHQ003'],
    ['let a = 1;', 'GHQ003'],
    ['.drop table Signins', 'GHQ002'],
    ['  // sly\n  .show tables', 'GHQ002'],
    ['Signinz | take 1', 'KS204'],
    ['Signins | assert-schema (User: string)', 'GHQ010'],
    ['Signins | extend x = current_principal()', 'GHQ011'],
    ['Signins; Signins', 'GHQ014'],
    ['print series_decompose(dynamic([1, 2]), 0, "cubic")', 'GHQ021'],
    ['print range(now(), 5)', 'GHQ013'],
    ['Signins | where User matches regex "(?=a)b"', 'GHQ023'],
    ['Signins | extend x = extract("(?<!a)b", 1, User)', 'GHQ023'],
    ['print x = datetime_diff("eon", now(), now())', 'KS140'],
    ['Signins; Signins', 'GHQ014'],
    [`print x = 1${' '.repeat(100_001)}`, 'GHQ001'],
    [`print x = ${'('.repeat(3000)}1${')'.repeat(3000)}`, 'GHQ004'],
    [`print x = ${'-'.repeat(3000)}1`, 'GHQ004'],
    [`Signins ${'| extend x = 1 '.repeat(3000)}`, 'KS245'],
    [
      `let f0 = (x: long) { x + x }; ${Array.from({ length: 18 }, (_, index) => `let f${index + 1} = (x: long) { f${index}(x) + f${index}(x) };`).join(' ')} print f18(1)`,
      'GHQ004',
    ],
    [
      `let a0 = now(); ${Array.from({ length: 12 }, (_, index) => `let a${index + 1} = iff(a${index} == a${index}, a${index}, a${index});`).join(' ')} print a12`,
      'GHQ004',
    ],
    [
      `let t0 = Signins; ${Array.from({ length: 14 }, (_, index) => `let t${index + 1} = union t${index}, t${index};`).join(' ')} t14 | count`,
      'GHQ004',
    ],
  ];
  test.each(CASES.map(([text, code]) => ({ text, code, start: text.slice(0, 60) })))(
    '$start is $code',
    ({ text, code }) => {
      expect(codes(text)[0]).toBe(code);
    },
  );

  test('a million characters are refused at once', () => {
    const start = performance.now();
    expect(codes('x'.repeat(1_000_000))).toEqual(['GHQ001']);
    expect(performance.now() - start).toBeLessThan(50);
  });
});

describe('what is read', () => {
  test('only the columns that the answer needs, confined', () => {
    expect(compiled('Signins | where Code > 1 | summarize count() by User').sql).toBe(
      'SELECT c4 AS c6, toString(c5) AS c7 FROM (SELECT t.`User` AS c4, toInt64(count()) AS c5 FROM `logs`.`Signins` AS t WHERE (t.`CompanyId` IN {scope_companies:Array(UInt32)}) AND (t.`Code` > {p0:Int64}) GROUP BY c4)',
    );
  });

  test('a window and an arrival bound are conditions on the table', () => {
    const query = compiled('Signins | count');
    expect(query.sql).not.toContain('TimeGenerated');
    const { sql, params } = compiler.bind(query, {
      now: 0,
      confine: { scope_companies: [1, 2] },
      window: { afterMs: 0, throughMs: 60_000 },
    });
    expect(sql).toContain(
      "(t.`TimeGenerated` > {window_after:DateTime64(7, 'UTC')}) AND (t.`TimeGenerated` <= {window_through:DateTime64(7, 'UTC')})",
    );
    expect(params).toEqual({
      scope_companies: [1, 2],
      window_after: '1970-01-01 00:00:00.0000000',
      window_through: '1970-01-01 00:01:00.0000000',
    });
  });

  test('time is a bound moment of the run, to the tick', () => {
    const query = compiled('Signins | where TimeGenerated > ago(15m) | project User');
    expect(query.sql).toContain("t.`TimeGenerated` > {now_minus_9000000000:DateTime64(7, 'UTC')}");
    const { params } = compiler.bind(query, {
      now: { ticks: 621_355_968_000_000_001n + 9_000_000_000n },
      confine: { scope_companies: [1] },
    });
    expect(params.now_minus_9000000000).toBe('1970-01-01 00:00:00.0000001');
  });

  test('compiled once for the same text and catalogue version', () => {
    expect(compiler.compile('Signins | take 3', CATALOGUE)).toBe(compiler.compile('Signins | take 3', CATALOGUE));
    expect(compiler.compile('Signins | take 3', { ...CATALOGUE, version: '2' })).not.toBe(
      compiler.compile('Signins | take 3', CATALOGUE),
    );
  });

  test('render is kept beside the answer', () => {
    expect(
      compiled("Signins | summarize count() by User | render piechart with (title = 'Users')").visualization,
    ).toEqual({ kind: 'piechart', title: 'Users' });
  });
});
