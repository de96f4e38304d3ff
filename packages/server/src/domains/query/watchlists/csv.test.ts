import { describe, expect, it } from 'vitest';
import { readContents } from './contents.ts';
import { formatCsv, parseCsv } from './csv.ts';

describe('a CSV', () => {
  it.each<[string, string, readonly (readonly string[])[]]>([
    [
      'lines',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'without a last break, with LF',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'quotes',
      '"a","b ""x"""\n"1,5","two\r\nlines"',
      [
        ['a', 'b "x"'],
        ['1,5', 'two\r\nlines'],
      ],
    ],
    [
      'empty fields',
      'a,b\n,\n"",',
      [
        ['a', 'b'],
        ['', ''],
        ['', ''],
      ],
    ],
    ['empty lines and a mark', '\uFEFFa\n\n1\r\n\r\n', [['a'], ['1']]],
    ['nothing', '', []],
  ])('%s', (_, text, records) => {
    expect(parseCsv(text).map(({ fields }) => fields)).toEqual(records);
  });

  it('counts the lines of the text, also within quotes', () => {
    expect(parseCsv('a\n"1\n2"\n3').map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it('is written so that it is read again', () => {
    const records = [
      ['a', 'b "x"'],
      ['1,5', 'two\r\nlines'],
      [' spaced ', ''],
    ];
    expect(parseCsv(formatCsv(records)).map(({ fields }) => fields)).toEqual(records);
  });
});

describe('bad input is a problem with its place', () => {
  it.each<[string, string, object, object]>([
    ['nothing', '', {}, { line: 1, reason: expect.stringContaining('no header') }],
    ['an open quote', 'a,b\n1,"2\n', {}, { line: 2, reason: expect.stringContaining('never closed') }],
    [
      'text after a quote',
      'a,b\n1,"2"x\n',
      {},
      { line: 2, reason: expect.stringContaining('after the closing quote') },
    ],
    ['a quote within', 'a,b\n1,2"x\n', {}, { line: 2, reason: expect.stringContaining('a quote stands inside') }],
    ['too few fields', 'a,b\n1,2\n3\n', {}, { line: 3, reason: 'has 1 fields, the header has 2' }],
    ['too many fields', 'a,b\n1,2,3', {}, { line: 2, reason: 'has 3 fields, the header has 2' }],
    ['a column twice', 'a,A\n1,2', {}, { line: 1, column: 'A', reason: 'is there twice' }],
    ['a column without a name', 'a,\n1,2', {}, { line: 1, column: '' }],
    ['a reserved column', 'a,_DTItemId\n1,2', {}, { line: 1, column: '_DTItemId' }],
    ['SearchKey that is not the key', 'a,SearchKey\n1,2', {}, { line: 1, column: 'SearchKey' }],
    ['a key that is no column', 'a,b\n1,2', { searchKey: 'c' }, { line: 1, column: 'c' }],
    ['an empty key', 'a,b\n,2', {}, { line: 2, column: 'a', reason: 'is the search key and empty' }],
    ['a wrong number', 'a,n\n1,two', { types: { n: 'long' } }, { line: 2, column: 'n', reason: 'is not a long: two' }],
    ['a wrong time', 'a,t\n1,soon', { types: { t: 'datetime' } }, { line: 2, column: 't' }],
    ['wrong JSON', 'a,j\n1,{', { types: { j: 'dynamic' } }, { line: 2, column: 'j' }],
    ['a type that is none', 'a,b\n1,2', { types: { b: 'text' } }, { line: 1, column: 'b' }],
    ['a type of no column', 'a,b\n1,2', { types: { c: 'long' } }, { column: 'c' }],
    [
      'a wrong expiry',
      'a,_ExpiresAt\n1,soon',
      {},
      { line: 2, column: '_ExpiresAt', reason: 'is not an ISO 8601 time' },
    ],
    ['an item that is too long', `a,b\n1,${'x'.repeat(10_240)}`, {}, { line: 2 }],
  ])('%s', (_, csv, options, problem) => {
    expect(readContents(csv, options).problems[0]).toMatchObject(problem);
  });

  it('tells the first twenty', () => {
    expect(readContents(`a,b\n${'1\n'.repeat(100)}`, {}).problems).toHaveLength(20);
  });
  it('refuses more items than a list may have', () => {
    expect(readContents(`a\n${'1\n'.repeat(50_001)}`, {}).problems[0]?.reason).toContain('50001 items');
  });
});

it('reads typed items with their expiry', () => {
  const csv = 'User,n,_ExpiresAt\nann,5,2026-05-01T00:00:00Z\nbob,,\n';
  expect(readContents(csv, { types: { n: 'long' } })).toEqual({
    columns: [
      { name: 'User', type: 'string' },
      { name: 'n', type: 'long' },
    ],
    searchKey: 'User',
    items: [
      { key: 'ann', values: { User: 'ann', n: '5' }, expiresMs: Date.UTC(2026, 4, 1) },
      { key: 'bob', values: { User: 'bob', n: '' }, expiresMs: null },
    ],
    problems: [],
  });
});
