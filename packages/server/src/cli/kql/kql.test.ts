import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBatch } from './batch.ts';
import { readDeclaredTables } from './declared.ts';
import { formatTable } from './print.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-kql-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
}

interface Line {
  readonly id: unknown;
  readonly columns?: readonly unknown[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: { readonly code: string; readonly message: string; readonly span?: unknown };
}

describe('--batch', () => {
  const declared = [
    { table: 'Strict', columns: { Name: 'string', Seen: 'datetime', 'odd name': 'long', Bag: 'dynamic' } },
    { table: 'Syslog', columns: { OnlyThis: 'string' } },
  ] as const;
  const lines: readonly [id: unknown, query: unknown][] = [
    [
      'values',
      'print l = 9223372036854775807, t = 1d, d = datetime(2026-03-02), b = true, n = int(null), j = dynamic([1])',
    ],
    [2, 'datatable(x:long)[3, 1, 2] | sort by x asc'],
    ['built-in', 'SigninLogs | count'],
    ['declared', 'Strict | where Name == "a" | project Seen, [\'odd name\'], Bag'],
    ['arrived', 'Strict | where ingestion_time() > ago(1d) | count'],
    ['strict', 'Strict | where TimeGenerated > ago(1d)'],
    ['replaced', 'Syslog | project OnlyThis'],
    ['replaced wholly', 'Syslog | project SyslogMessage'],
    ['asim', 'imAuthentication(username_has_any=dynamic(["bob"])) | count'],
    ['wrong', 'SigninLogs\n| where Usr == 1'],
    [null, 7],
    ['last', 'print 1'],
  ];
  let answers: readonly Line[] = [];

  beforeAll(async () => {
    const text = [
      ...lines.map(([id, query]) => JSON.stringify({ id, query })),
      '',
      'not json',
      '{"id":"end","query":"print 2"}',
    ];
    const output = new PassThrough();
    const chunks: Buffer[] = [];
    output.on('data', (chunk: Buffer) => chunks.push(chunk));
    const code = await runBatch({ input: Readable.from([text.join('\n')]), output, declared });
    expect(code).toBe(0);
    const written = Buffer.concat(chunks).toString('utf8').trimEnd().split('\n');
    answers = written.map((line) => JSON.parse(line) as Line);
  }, 60_000);

  it('answers every line once, in order', () => {
    expect(answers.map((answer) => answer.id)).toEqual([...lines.map(([id]) => id), null, 'end']);
  });

  it.each([
    ['values', [['9223372036854775807', '1.00:00:00', '2026-03-02T00:00:00.0000000Z', true, null, [1]]]],
    [2, [[1], [2], [3]]],
    ['built-in', [[0]]],
    ['declared', []],
    ['arrived', [[0]]],
    ['replaced', []],
    ['asim', [[0]]],
    ['last', [[1]]],
  ])('gives the rows of %s', (id, rows) => {
    expect(answers.find((answer) => answer.id === id)).toMatchObject({ rows });
  });

  it('gives the columns with their types', () => {
    expect(answers.find((answer) => answer.id === 'declared')?.columns).toEqual([
      { name: 'Seen', type: 'datetime' },
      { name: 'odd name', type: 'long' },
      { name: 'Bag', type: 'dynamic' },
    ]);
  });

  it.each([
    ['wrong', 'KS142', { start: 19, end: 22 }],
    ['strict', 'KS142', { start: 15, end: 28 }],
    ['replaced wholly', 'KS142', { start: 17, end: 30 }],
  ])('says what is wrong with %s, and where', (id, code, span) => {
    expect(answers.find((answer) => answer.id === id)).toEqual({
      id,
      error: { code, message: expect.stringMatching(/does not refer/), span },
    });
  });

  it('says that a line is none', () => {
    expect(answers.filter((answer) => answer.error?.code === 'LINE_INVALID')).toHaveLength(2);
  });
});

describe('--tables', () => {
  it('reads declarations and passes empty lines', async () => {
    const name = file(
      'good.jsonl',
      '{"table":"A","columns":{"x":"long"}}\n\n{"table":"B","columns":{"y":"dynamic"}}\n',
    );
    expect(await readDeclaredTables(name)).toEqual([
      { table: 'A', columns: { x: 'long' } },
      { table: 'B', columns: { y: 'dynamic' } },
    ]);
  });

  it.each([
    ['nonsense', 'this is not JSON'],
    ['7', 'an object is expected'],
    ['{"columns":{"x":"long"}}', 'the table’s name'],
    ['{"table":"A"}', '"columns" is an object'],
    ['{"table":"A","columns":{}}', 'at least one column'],
    ['{"table":"A","columns":{"x":"text"}}', 'column x has the type "text"'],
  ])('refuses %s, naming the line', async (line, reason) => {
    const name = file('bad.jsonl', `{"table":"Fine","columns":{"x":"long"}}\n${line}\n`);
    await expect(readDeclaredTables(name)).rejects.toMatchObject({
      code: 'TABLES_FILE_INVALID',
      message: expect.stringMatching(new RegExp(`line 2: .*${reason}`)) as string,
    });
  });
});

describe('formatTable', () => {
  it('lines up names and numbers, and counts', () => {
    const columns = [
      { name: 'User', type: 'string' },
      { name: 'Count', type: 'long' },
      { name: 'Bag', type: 'dynamic' },
    ];
    const rows = [
      ['anna', 3, { a: 1 }],
      ['bo', 12345678, null],
    ];
    expect(formatTable(columns, rows)).toBe(
      ['User     Count  Bag', '────  ────────  ───────', 'anna         3  {"a":1}', 'bo    12345678', '(2 rows)'].join(
        '\n',
      ),
    );
  });
  it('lets no stored text move the cursor or break the line', () => {
    const evil = 'a\u001b[2J\nb\r\u009bc\u202e';
    const shown = formatTable([{ name: 'x', type: 'string' }], [[evil]]);
    expect(shown).toContain('a�[2J↵b��c');
    expect(shown.split('\n')).toHaveLength(4);
  });
  it('cuts a long cell', () => {
    expect(formatTable([{ name: 'x', type: 'string' }], [['y'.repeat(500)]])).toContain('yyy…\n(1 row)');
  });
});
