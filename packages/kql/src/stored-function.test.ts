import { describe, expect, it } from 'vitest';
import { checkFunction } from './compiler.ts';
import { storedFunction, type Catalogue, type FunctionText } from './index.ts';

const stored = (name: string, parameters: string, body: string) => storedFunction({ name, parameters, body });

const CATALOGUE: Catalogue = {
  version: 'stored functions',
  tables: [
    {
      name: 'Signins',
      columns: [
        { name: 'User', type: 'string' },
        { name: 'Code', type: 'long' },
      ],
      source: { database: 'db', table: 'Signins' },
    },
  ],
  functions: [
    stored('failures', '(least:long=1)', 'Signins | where Code >= least'),
    stored('loops', '', 'candidate()'),
    stored('throughTwo', '', 'loops() | take 1'),
  ],
};

const check = (text: Partial<FunctionText>) =>
  checkFunction({ name: 'candidate', parameters: '', body: '1', ...text }, CATALOGUE);

describe('a function that is kept', () => {
  it.each<[string, Partial<FunctionText>, unknown, readonly string[]]>([
    ['a table', { body: 'Signins | project User' }, { columns: [{ name: 'User', type: 'string' }] }, []],
    ['a value', { parameters: '(x:long)', body: 'x * 2' }, { type: 'long' }, []],
    ['a comment at the end', { body: 'Signins | count // all' }, { columns: [{ name: 'Count', type: 'long' }] }, []],
    [
      'lets and defaults',
      {
        parameters: '(days:int=7, who:string="x")',
        body: 'let n = days + 1;\nSignins | where Code > n and User == who | project n',
      },
      { columns: [{ name: 'n', type: 'long' }] },
      [],
    ],
    [
      'a table as parameter',
      { parameters: '(T:(Code:long), n:long)', body: 'T | where Code > n' },
      { columns: [{ name: 'Code', type: 'long' }] },
      [],
    ],
    ['any table', { parameters: '(T:(*), n:long=1)', body: 'T | distinct * | take n' }, { columns: [] }, []],
    [
      'a call of another',
      { body: 'failures(2) | count' },
      { columns: [{ name: 'Count', type: 'long' }] },
      ['failures'],
    ],
    [
      'a constant that comes with the call',
      { parameters: '(n:long)', body: 'Signins | take n | project Code' },
      { columns: [{ name: 'Code', type: 'long' }] },
      [],
    ],
  ])('%s', (_, text, result, calls) => {
    expect(check(text)).toEqual({ ok: true, result, calls });
  });
});

describe('a function that is refused', () => {
  it.each<[string, Partial<FunctionText>, string, string, readonly [number, number] | undefined]>([
    ['an unknown column', { body: 'Signins\n| where Usr == "x"' }, 'body', 'KS142', [2, 9]],
    [
      'an unknown column behind parameters',
      { parameters: '(x:long)', body: 'Signins | where Codes > x' },
      'body',
      'KS142',
      [1, 17],
    ],
    ['what the compiler does not do', { body: 'Signins\n| extend x = current_principal()' }, 'body', 'GHQ011', [2, 14]],
    ['a wrong type', { parameters: '(x:nope)' }, 'parameters', 'KS160', [1, 4]],
    ['a table after a value', { parameters: '(x:long, T:(*))', body: 'T' }, 'parameters', 'KS226', undefined],
    ['the name of a table', { name: 'signins' }, 'name', 'GHQ041', [1, 1]],
    ['the name of a function of the language', { name: 'strlen' }, 'name', 'GHQ041', undefined],
    ['the name of an aggregate', { name: 'make_set' }, 'name', 'GHQ041', undefined],
    ['the name of a plugin', { name: 'bag_unpack' }, 'name', 'GHQ041', undefined],
    ['no name', { name: 'a b' }, 'name', 'GHQ041', undefined],
    ['a word of the language', { name: 'where' }, 'name', 'KS', undefined],
    ['itself', { body: 'Signins | where Code in ((loops() | project Code))' }, 'body', 'GHQ042', [1, 27]],
    ['itself through two', { body: 'throughTwo()' }, 'body', 'GHQ042', [1, 1]],
    ['nothing', { body: '' }, 'body', 'GHQ003', undefined],
    ['only lets', { body: 'let a = 1;' }, 'body', 'GHQ003', undefined],
    ['a column of any table', { parameters: '(T:(*))', body: 'T | where Whatever > 1' }, 'body', 'KS142', [1, 11]],
    ['a body that ends early', { body: 'Signins };\nlet other = () { Signins' }, 'body', 'GHQ041', undefined],
    [
      'parameters that end early',
      { parameters: '() { Signins };\nlet other = ()', body: 'Signins' },
      'parameters',
      '',
      undefined,
    ],
    ['a control command', { body: '.drop table Signins' }, 'body', '', undefined],
  ])('%s', (_, text, field, code, place) => {
    const result = check(text);
    expect(result.ok).toBe(false);
    const [fault] = result.ok ? [] : result.faults;
    expect(fault?.code).toContain(code);
    if (_ !== 'a word of the language' && _ !== 'parameters that end early') expect(fault?.field).toBe(field);
    if (place !== undefined) expect([fault?.line, fault?.column]).toEqual(place);
  });

  it('says which functions are on the way', () => {
    const result = check({ body: 'throughTwo()' });
    expect(result.ok ? '' : result.faults[0]?.message).toBe(
      'The function calls itself: candidate → throughTwo → loops → candidate.',
    );
  });
});
