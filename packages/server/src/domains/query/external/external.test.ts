/** `externaldata` against a server and a folder of the test's own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { confineTo } from '../../../platform/access/index.ts';
import { NOW_MS, openTwoCompanies, SECRET, type TwoCompanies } from '../testing/two-companies.ts';

let server: Server;
let world: TwoCompanies;
let origin: string;
let folder: string;
let asked: string[] = [];

const GZIPPED = gzipSync('name,n\nann,1\n');
const BOMB = gzipSync(Buffer.alloc(200_000, 'x'));

beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '' } = request;
    asked.push(url);
    const to = (location: string) => response.writeHead(302, { location }).end();
    switch (url.split('?')[0]) {
      case '/lists/users.csv':
        return response.end('name,n\nshared@example.org,1\n"of, all",two\n');
      case '/lists/users.csv.gz':
        return response.end(GZIPPED);
      case '/lists/bomb.gz':
        return response.end(BOMB);
      case '/lists/large.txt':
        return response.end('x'.repeat(200_000));
      case '/lists/moved':
        return to('/lists/users.csv');
      case '/lists/out':
        return to('/secret');
      case '/lists/away':
        return to('http://169.254.169.254/latest/meta-data');
      case '/lists/round':
        return to('/lists/round');
      case '/lists/slow':
        return undefined;
      case '/lists/bad.json':
        return response.end('{"a":');
      case '/secret':
        return response.end('the-secret');
      default:
        return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outer = realpathSync(mkdtempSync(path.join(tmpdir(), 'gatehouse-external-')));
  folder = path.join(outer, 'lists');
  mkdirSync(path.join(folder, 'deep'), { recursive: true });
  writeFileSync(path.join(outer, 'secret.txt'), 'the-secret');
  writeFileSync(path.join(folder, 'deep', 'vip.txt'), 'shared@example.org\n');
  symlinkSync(path.join(outer, 'secret.txt'), path.join(folder, 'link.txt'));
  world = await openTwoCompanies({
    'externalData.addresses': `${origin}/lists/`,
    'externalData.folder': folder,
    'externalData.maxSize': '100000',
    'externalData.timeoutSeconds': '1',
    'externalData.keepMinutes': '5',
  });
}, 60_000);
afterAll(async () => {
  await world.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(path.dirname(folder), { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
});

async function rows(text: string, signal?: AbortSignal) {
  const options = { nowMs: NOW_MS, ...(signal === undefined ? {} : { signal }) };
  return (await world.query.run(confineTo([1]), text, options)).rows;
}
const table = (address: string, rest = 'with (format = "csv", ignoreFirstRecord = true)') =>
  `externaldata(name: string, n: long)["${address}"] ${rest}`;

describe('what is allowed is read by the server and joined to the events', () => {
  it('from the web', async () => {
    const text = `let users = ${table(`${origin}/lists/users.csv`)}; SigninLogs | join kind=inner users on $left.UserPrincipalName == $right.name | project name, n, ResultDescription`;
    const answer = await rows(text);
    expect(answer).toEqual([['shared@example.org', 1, 'of-one']]);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  it('through a redirect inside what is allowed', async () => {
    expect(await rows(table(`${origin}/lists/moved`))).toEqual([
      ['shared@example.org', 1],
      ['of, all', null],
    ]);
  });

  it('gzip', async () => {
    expect(await rows(table(`${origin}/lists/users.csv.gz`))).toEqual([['ann', 1]]);
  });

  it('from the folder', async () => {
    expect(await rows('externaldata(u: string)["deep/vip.txt"]')).toEqual([['shared@example.org']]);
  });

  it('once for some minutes, also by several queries at once', async () => {
    const text = table(`${origin}/lists/users.csv?once`);
    await Promise.all([rows(text), rows(`${text} | count`)]);
    await rows(`${text} | take 1`);
    expect(asked).toEqual(['/lists/users.csv?once']);
    world.platform.clock.advance(5 * 60_000);
    await rows(text);
    expect(asked).toHaveLength(2);
  });

  it('as columns that the data decides', async () => {
    const text = `${table(`${origin}/lists/users.csv`)} | evaluate pivot(name, sum(n))`;
    const result = await world.query.run(confineTo([1]), text, { nowMs: NOW_MS });
    expect(result.columns.map(({ name }) => name)).toEqual(['of, all', 'shared@example.org']);
  });
});

describe('is an error that says why, without what may be secret in the address', () => {
  it.each([
    ['/lists/none?sig=hidden', /answered 404/],
    ['/lists/out', /leads to http:\/\/127.*not allowed/],
    ['/lists/away', /leads to http:\/\/169\.254\.169\.254, which is not allowed/],
    ['/lists/round', /redirected more than 5/],
    ['/lists/slow', /longer than 1 seconds/],
    ['/lists/large.txt', /larger than 100000 bytes/],
    ['/lists/bomb.gz', /larger than 100000 bytes/],
    ['/lists/bad.json', /JSON/],
  ])('%s', async (place, reason) => {
    const error: unknown = await rows(table(`${origin}${place}`, '')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'EXTERNAL_DATA_FAILED', status: 422 });
    expect(String(error)).toMatch(reason);
    expect(String(error)).not.toMatch(/hidden|the-secret/);
    expect(asked).not.toContain('/secret');
  });

  it.each(['link.txt', 'none.txt', 'deep'])('the file %s', async (name) => {
    const error: unknown = await rows(`externaldata(u: string)["${name}"]`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'EXTERNAL_DATA_FAILED' });
    expect(String(error)).not.toContain('the-secret');
  });

  it('a query that was cancelled', async () => {
    await expect(rows(table(`${origin}/lists/slow?cancelled`), AbortSignal.timeout(100))).rejects.toMatchObject({
      code: 'QUERY_CANCELLED',
    });
  });
});

describe('is refused before anything is fetched', () => {
  it.each(['/secret', '/lists/../secret', '/lists/..%2fsecret', '/listsx'])('%s', async (place) => {
    await expect(rows(table(`${origin}${place}`))).rejects.toMatchObject({
      errors: [{ code: 'GHQ028', message: expect.stringContaining('external_data.addresses') as string }],
    });
    expect(asked).toEqual([]);
  });

  it.each(['../secret.txt', '/etc/passwd', 'deep/../../secret.txt'])('%s', async (name) => {
    await expect(rows(`externaldata(u: string)["${name}"]`)).rejects.toMatchObject({ errors: [{ code: 'GHQ028' }] });
  });
});
