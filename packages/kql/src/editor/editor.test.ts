import { describe, expect, it } from 'vitest';
import type { Catalogue, CatalogueTable } from '../catalogue.ts';
import { completions, hover } from './index.ts';

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
