import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTwoCompanies, type TwoCompanies } from '../../domains/query/testing/two-companies.ts';
import { exportFunction, importFunction, listFunctions, run as runFunctions } from '../functions.ts';
import { exportWatchlist, importWatchlist, listWatchlists, run as runWatchlists } from '../watchlists.ts';
import { functionText, readFunctionText } from './functionText.ts';
import type { Api } from './shelf.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-library-test-'));
const file = (name: string, content: string | Buffer): string => {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
};

const COMPANIES = [
  { id: 'company-1', number: 1, name: 'Alder' },
  { id: 'company-2', number: 2, name: 'Birch' },
];

let world: TwoCompanies;
let api: Api;
beforeAll(async () => {
  world = await openTwoCompanies();
  api = {
    async call(method, url, { body, headers = {} } = {}) {
      if (url === '/api/companies') return { status: 200, headers: {}, text: JSON.stringify({ companies: COMPANIES }) };
      const answer = await world.app.inject({
        method: method as 'GET',
        url,
        headers: { ...headers, 'x-test-caller': 'root' },
        ...(typeof body === 'string' ? { payload: body } : {}),
      });
      return { status: answer.statusCode, headers: {}, text: answer.body };
    },
  };
}, 60_000);
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('watchlists', () => {
  it('are made, replaced, merged, listed and exported', async () => {
    const csv = file('vip.csv', 'User,Tier\nann,gold\n');
    const options = { alias: 'VIP', company: 'alder' };
    expect(await importWatchlist(api, csv, options)).toBe('VIP: version 1 with 1 items, for Alder\n');
    const more = file('more.csv', 'User,Tier\nbob,silver\n');
    expect(await importWatchlist(api, more, { ...options, alias: 'vip', merge: true })).toBe(
      'VIP: version 2 with 2 items, for Alder\n',
    );
    expect(await exportWatchlist(api, 'vip', { company: '1' })).toBe('User,Tier\r\nann,gold\r\nbob,silver\r\n');
    expect(await importWatchlist(api, more, options)).toContain('version 3 with 1 items');
    expect(await importWatchlist(api, csv, { alias: 'all', global: true })).toContain('for every company');
    expect(await listWatchlists(api, { company: 'Alder' })).toBe(
      'VIP\t1 items\tversion 3\tcompany 1\nall\t1 items\tversion 1\tevery company\n',
    );
    await expect(exportWatchlist(api, 'vip', { company: '2' })).rejects.toThrow('Birch has no watchlist vip');
  });

  it('say the line and the column of what is wrong, and change nothing', async () => {
    const bad = file('bad.csv', 'User,Since\nann,soon\nbob\n');
    const tried = importWatchlist(api, bad, { alias: 'bad', company: '1', type: ['Since=datetime'] });
    await expect(tried).rejects.toThrow(
      `${bad}: line 2, Since: is not a datetime: soon\n${bad}: line 3: has 1 fields, the header has 2`,
    );
    expect(await listWatchlists(api, { company: '1' })).not.toContain('bad');
  });

  it.each([
    ['no company', 'vip.csv', {}, /name the company with --company \(there are: 1 Alder, 2 Birch\)/],
    ['an unknown company', 'vip.csv', { company: 'x' }, /there is no company x/],
    ['both shelves', 'vip.csv', { company: '1', global: true }, /exclude each other/],
    ['no such file', 'none.csv', { company: '1' }, /there is no such file/],
    ['a bad type option', 'vip.csv', { company: '1', type: ['x'] }, /COLUMN=TYPE/],
    ['a bad alias', 'vip.csv', { company: '1', alias: '-x' }, /alias/],
  ])('are refused with %s', async (_, name, options, message) => {
    const given = { alias: 'x', ...options };
    await expect(importWatchlist(api, path.join(folder, name), given)).rejects.toThrow(message);
  });

  it('are refused where the file is not UTF-8', async () => {
    const odd = file('odd.csv', Buffer.from([0x61, 0xff, 0x0a]));
    await expect(importWatchlist(api, odd, { alias: 'x', company: '1' })).rejects.toThrow('is not UTF-8');
  });
});

describe('functions', () => {
  it('are made, changed, listed and exported', async () => {
    const first = file(
      'atLeast.kql',
      '// parameters: (least:int=0)\n\nSigninLogs\n| where toint(Status.errorCode) >= least\n',
    );
    expect(await importFunction(api, first, { company: '1' })).toBe('atLeast: version 1, for Alder\n');
    const second = file('other.kql', '// description: All of them\n\nSigninLogs | where least == least');
    expect(await importFunction(api, second, { name: 'ATLEAST', company: '1' })).toBe(
      'atLeast: version 2, for Alder\n',
    );
    expect(await exportFunction(api, 'atleast', { company: '1' })).toBe(
      '// name: atLeast\n// parameters: (least:int=0)\n// description: All of them\n\nSigninLogs | where least == least\n',
    );
    expect(await listFunctions(api, { company: '1' })).toBe('atLeast(least:int=0)\tversion 2\tcompany 1\n');
    await expect(exportFunction(api, 'atLeast', { global: true })).rejects.toThrow('every company has no function');
  });

  it('say where the file is wrong', async () => {
    const bad = file('bad.kql', '// name: bad\n\nSigninLogs\n| where Usr == 1\n');
    await expect(importFunction(api, bad, { company: '1' })).rejects.toThrow(`${bad}:4:9: `);
  });

  it('come back from their file as they were', () => {
    const stored = {
      name: 'f',
      parameters: '(a:int,\n b:int)',
      description: '',
      folder: 'x',
      body: '// name: not\nprint a',
    };
    const { bodyLine, ...back } = readFunctionText(functionText(stored));
    expect([bodyLine, back]).toEqual([6, { name: 'f', parameters: stored.parameters, folder: 'x', body: stored.body }]);
  });
});

it.each([
  [runWatchlists, ['--help'], 0],
  [runWatchlists, [], 2],
  [runWatchlists, ['import', 'x.csv'], 2],
  [runWatchlists, ['export'], 2],
  [runFunctions, ['--help'], 0],
  [runFunctions, ['import'], 2],
  [runFunctions, ['drop', 'x'], 2],
])('the command line %o %j ends with %i', async (run, argv, code) => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(await run(argv)).toBe(code);
});
