/**
 * What a statement could do if it got past the compiler: the second wall. The engine's default access is wide open (it reads
 * /etc/passwd), so each case is seen to fail here, with the engine itself, over the front as a stranger would speak to it.
 */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENGINE_DEFAULTS } from './child/engine-config.ts';
import { openEventStore } from './index.ts';
import { FRONT_USER, startSupervisor } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';
import type { EventStore } from './types.ts';

let folder: string;
let supervisor: Supervisor;
let remote: EventStore;
let secretFile: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gh-lock-'));
  secretFile = path.join(folder, 'secret.txt');
  writeFileSync(secretFile, 'top secret\n');
  supervisor = await startSupervisor({
    folder: path.join(folder, 'store'),
    database: 'gatehouse',
    size: ENGINE_DEFAULTS,
    listen: { host: '127.0.0.1', port: 0 },
    password: 'correct horse',
  });
  remote = await openEventStore({
    kind: 'remote',
    url: url(),
    user: FRONT_USER,
    password: 'correct horse',
    database: 'gatehouse',
  });
  await remote.command('CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a');
  await remote.insert('t', '{"a":"kept"}', { token: 'kept' });
});

afterAll(async () => {
  await remote.close();
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
});

function url(): string {
  const { address } = supervisor;
  if (!('port' in address)) throw new Error('not over TCP');
  return `http://${address.host}:${address.port}`;
}

/** A raw request, without our client. */
async function raw(sql: string, options: { password?: string; query?: string; headers?: Record<string, string> } = {}) {
  const response = await fetch(`${url()}/${options.query ?? ''}`, {
    method: 'POST',
    body: sql,
    headers: {
      authorization: `Basic ${Buffer.from(`${FRONT_USER}:${options.password ?? 'correct horse'}`).toString('base64')}`,
      ...options.headers,
    },
  });
  return { status: response.status, text: await response.text() };
}

it('serves a remote client with the same code as the embedded one', async () => {
  expect(remote.exclusive).toBe(false);
  expect(await remote.ping()).toBe(true);
  expect((await remote.read('SELECT a FROM t')).rows).toEqual([['kept']]);
  let rows = 0;
  for await (const block of remote.stream('SELECT number FROM numbers(50000)')) rows += block.rows.length;
  expect(rows).toBe(50_000);
});

it.each(['', 'wrong', 'correct horse '])('answers nothing to the password "%s"', async (password) => {
  const answer = await raw('SELECT 1', { password });
  expect(answer.status).toBe(403);
  expect(answer.text).toContain('AUTHENTICATION_FAILED');
  const noHeader = await fetch(`${url()}/ping`);
  expect(noHeader.status).toBe(403);
});

const outside = (file: string): readonly (readonly [string, RegExp])[] => [
  [`SELECT file('${file}')`, /not allowed/],
  [`SELECT * FROM file('${file}', 'LineAsString')`, /not allowed/],
  [`SELECT * FROM \`file\`('${file}', 'LineAsString')`, /not allowed/],
  [`SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')`, /ACCESS_DENIED/],
  [`SELECT * FROM remote('127.0.0.1', 'system', 'one')`, /ACCESS_DENIED/],
  [`SELECT * FROM sqlite('${file}', 'x')`, /ACCESS_DENIED/],
  [`SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')`, /ACCESS_DENIED/],
  [`SELECT * FROM deltaLakeLocal('/etc')`, /ACCESS_DENIED/],
  [`CREATE TABLE f (a String) ENGINE = File(CSV, '${file}')`, /not allowed/],
  [`CREATE TABLE f (a String) ENGINE = SQLite('${file}', 'x')`, /ACCESS_DENIED/],
  [`CREATE TABLE u (a String) ENGINE = URL('http://127.0.0.1:1/', 'CSV')`, /ACCESS_DENIED/],
  [`CREATE DATABASE files ENGINE = Filesystem('/etc')`, /ACCESS_DENIED/],
  [`CREATE FUNCTION x AS (a) -> a`, /ACCESS_DENIED/],
  [`CREATE USER x`, /ACCESS_DENIED/],
  [`SELECT 1; DROP TABLE t`, /Multi-statements are not allowed/],
  [`SELECT 1 INTO OUTFILE '${file}.out'`, /not allowed/],
  [`INSERT INTO t FROM INFILE '${file}' FORMAT LineAsString`, /not allowed/],
  [`SYSTEM SHUTDOWN`, /does not begin with SYSTEM/],
  [`BACKUP DATABASE gatehouse TO File('/tmp/x')`, /does not begin with BACKUP/],
];

it.each(outside('@').map(([sql, expected]) => [sql, expected] as const))(
  'cannot leave the engine: %s',
  async (sql, expected) => {
    const answer = await raw(sql.replaceAll('@', secretFile));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toMatch(expected);
    expect(answer.text).not.toContain('top secret');
    expect(existsSync(`${secretFile}.out`)).toBe(false);
    expect((await remote.read('SELECT a FROM t')).rows).toEqual([['kept']]);
  },
);

it.each([
  ["/?query=INSERT+INTO+t+FORMAT+JSONEachRow&bad'name=1", '{"a":"x"}', /not the name of a setting/],
  ["/?database=x'%3B+DROP+TABLE+t", 'SELECT 1', /not the name of a database/],
  ['/?readonly=1&database=gatehouse', 'DROP TABLE t', /readonly/i],
  ['/?readonly=1', 'SELECT 1 SETTINGS readonly = 0', /readonly/i],
])('takes no statement from an address: %s', async (query, sql, expected) => {
  const answer = await raw(sql, { query: query.slice(1) });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.text).toMatch(expected);
  expect((await remote.read('SELECT count() FROM t')).rows).toEqual([['1']]);
});

it('forgets the settings of one request before the next', async () => {
  await raw('SELECT 1', { query: '?readonly=1&insert_deduplication_token=leaked&max_result_rows=1&param_x=5' });
  expect((await raw('SELECT number FROM numbers(3)')).text).toBe('0\n1\n2\n');
  expect((await raw('SELECT {x:UInt8}')).text).toContain('Substitution `x` is not set');
});

it('takes gzip and refuses what it does not know', async () => {
  expect((await raw('SELECT 1', { headers: { 'content-encoding': 'br' } })).text).toContain(
    'content-encoding br is not known',
  );
  expect((await raw('not gzip', { headers: { 'content-encoding': 'gzip' } })).status).toBeGreaterThanOrEqual(400);
});

it('keeps the embedded socket and its folder to the owner', async () => {
  const embedded = await openEventStore({ kind: 'embedded', folder: path.join(folder, 'own'), database: 'gatehouse' });
  const socket = path.join(folder, 'own', 'run', 'store.sock');
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(socket)).mode & 0o777).toBe(0o700);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    http
      .request({ socketPath: socket, method: 'POST', path: '/' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end('SELECT 1');
  });
  expect(status).toBe(403);
  await embedded.close();
});
