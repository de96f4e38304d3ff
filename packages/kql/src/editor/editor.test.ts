import { describe, expect, it } from 'vitest';
import type { Catalogue, CatalogueTable } from '../catalogue.ts';
import { createCompiler } from '../compiler.ts';
import { completions, definition, format, hover } from './index.ts';

const table = (name: string, columns: CatalogueTable['columns']): CatalogueTable => ({
  name,
  description: `What ${name} holds.`,
  columns,
  source: { database: 'db', table: name },
});

const CATALOGUE: Catalogue = {
  version: 'editor-test',
  tables: [
    table('SigninLogs', [
      { name: 'TimeGenerated', type: 'datetime', description: 'When it happened.' },
      { name: 'UserPrincipalName', type: 'string', description: 'Who.' },
      { name: 'Odd name', type: 'string' },
    ]),
    table('SecurityEvent', [{ name: 'EventID', type: 'int' }]),
  ],
  functions: [
    {
      name: 'recent',
      parameters: '(days:int=7)',
      body: '{ SigninLogs | where TimeGenerated > ago(days * 1d) }',
      description: 'The last days.',
    },
  ],
};

/** A text with its caret as ¦. */
function at(marked: string): [text: string, position: number] {
  return [marked.replace('¦', ''), marked.indexOf('¦')];
}
const complete = (marked: string) => completions(...at(marked), CATALOGUE);
const labels = (marked: string) => complete(marked).items.map((item) => item.label);

describe('completions', () => {
  // text with caret, what must be offered, what must not
  it.each([
    ['¦', ['SigninLogs', 'SecurityEvent', 'let'], ['EventID']],
    ['Sig¦', ['SigninLogs'], ['UserPrincipalName']],
    ['SigninLogs | ¦', ['where', 'summarize', 'extend'], ['SigninLogs', 'EventID']],
    ['SigninLogs | where ¦', ['UserPrincipalName', 'TimeGenerated'], ['EventID']],
    ['SecurityEvent | where ¦', ['EventID'], ['UserPrincipalName']],
    ['SigninLogs | where UserPrincipalName ¦', ['==', 'has', 'contains', '=~'], []],
    ['let x = SecurityEvent; x | where ¦', ['EventID'], ['UserPrincipalName']],
    ['SigninLogs | extend N = 1 | where ¦', ['N', 'UserPrincipalName'], []],
    ['SigninLogs | summarize ¦', ['count()'], []],
    [
      'SigninLogs | evaluate ¦',
      ['narrow()', 'preview(NumberOfRows)'],
      ['python(output_schema, script)', 'identity_v3()'],
    ],
  ])('%s', (marked, wanted, unwanted) => {
    const found = labels(marked);
    expect(found).toEqual(expect.arrayContaining(wanted));
    expect(found.filter((label) => unwanted.includes(label))).toEqual([]);
  });

  it('replaces the part of the word that is typed, and quotes names that need it', () => {
    const { span, items } = complete('SigninLogs | where Od¦');
    expect(span).toEqual({ start: 19, end: 21 });
    expect(items.find((item) => item.label === 'Odd name')).toMatchObject({ before: "['Odd name']", kind: 'column' });
  });

  it('puts the caret between the brackets of a function', () => {
    expect(complete('SigninLogs | where ag¦').items.find((item) => item.match === 'ago')).toMatchObject({
      kind: 'function',
      before: 'ago(',
      after: ')',
    });
  });

  it('describes tables and columns in the catalogue’s words', () => {
    expect(complete('¦').items.find((item) => item.label === 'SigninLogs')).toMatchObject({
      kind: 'table',
      description: 'What SigninLogs holds.',
    });
    expect(complete('SigninLogs | where ¦').items.find((item) => item.label === 'UserPrincipalName')).toMatchObject({
      description: 'Who.',
    });
  });

  it.each([
    ['.show tables', 5],
    ['SigninLogs | where (((', 9999],
    ['SigninLogs', -5],
    ['x'.repeat(200_000), 3],
    ['\u0000\ud800 | where', 2],
  ])('stands whatever it is asked: %s', (text, position) => {
    const { span, items } = completions(text, position, CATALOGUE);
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(Math.max(text.length, 0));
    expect(Array.isArray(items)).toBe(true);
  });
});

describe('hover', () => {
  it.each([
    ['Signin¦Logs | take 1', 'SigninLogs'],
    ['SigninLogs | where User¦PrincipalName == "a"', 'string'],
    ['SigninLogs | where TimeGenerated > a¦go(1d)', 'ago'],
    ['SigninLogs | extend x = stongs¦', undefined],
  ])('%s', (marked, said) => {
    const { lines } = hover(...at(marked), CATALOGUE);
    if (said === undefined) expect(lines.join('\n')).not.toContain('string');
    else expect(lines.join('\n')).toContain(said);
  });
  it('says nothing about a control command', () => {
    expect(hover('.drop table X', 3, CATALOGUE)).toEqual({ lines: [] });
  });
});

describe('definition', () => {
  it.each([
    ['let limit = 5;\nSigninLogs | take li¦mit', { kind: 'text', span: { start: 4, end: 9 } }],
    ['let f = (n: long) { SecurityEvent | where EventID == ¦n }; f(1)', { kind: 'text', span: { start: 9, end: 10 } }],
    ['SigninLogs | extend Risk = 1 | where Ri¦sk > 0', { kind: 'text', span: { start: 20, end: 24 } }],
    [
      'rec¦ent(3) | count',
      { kind: 'function', name: 'recent', parameters: '(days:int=7)', body: expect.stringContaining('ago(days * 1d)') },
    ],
    ['Security¦Event | count', { kind: 'table', name: 'SecurityEvent', columns: [{ name: 'EventID', type: 'int' }] }],
    ['SecurityEvent | cou¦nt', undefined],
    ['SecurityEvent ¦ | count', undefined],
    ['.drop ta¦ble X', undefined],
  ])('%s', (marked, found) => {
    const answer = definition(...at(marked), CATALOGUE);
    if (found === undefined) expect(answer).toBeUndefined();
    else expect(answer).toMatchObject(found);
  });
});

describe('format', () => {
  const MESSY = `let f=(d:int){SigninLogs|where TimeGenerated>ago(d*1d)};  // the last days
f(3)|where UserPrincipalName has "a|b"   and isnotempty( UserPrincipalName )|summarize  Count=count() by UserPrincipalName
| sort by Count desc`;
  it('puts an operator on a line and keeps comments and texts', () => {
    const formatted = format(MESSY, CATALOGUE);
    expect(formatted.split('\n').filter((line) => line.startsWith('| ')).length).toBe(3);
    expect(formatted).toContain('// the last days');
    expect(formatted).toContain('"a|b"');
    expect(formatted).not.toContain('\r');
  });
  it('does not change what the query means, and has nothing to do a second time', () => {
    const compiler = createCompiler();
    const sqlOf = (text: string) => {
      const compiled = compiler.compile(text, CATALOGUE);
      return compiled.ok ? compiled.query.sql : compiled.errors;
    };
    const formatted = format(MESSY, CATALOGUE);
    expect(sqlOf(formatted)).toEqual(sqlOf(MESSY));
    expect(format(formatted, CATALOGUE)).toBe(formatted);
  });
  it.each(['SigninLogs | where (', '.show tables', '', 'x'.repeat(200_000)])(
    'leaves what it cannot read: %#',
    (text) => {
      expect(format(text, CATALOGUE)).toBe(text);
    },
  );
  it('lays out a query whose names it does not know', () => {
    expect(format('Elsewhere|where A==1', CATALOGUE)).toBe('Elsewhere\n| where A == 1');
  });
});
