/**
 * Two companies on one server. Whatever a member or key of one asks, it never sees a row, a name or a number of the other: a
 * marker is planted in everything that belongs to Birch, and Alder's answers are searched for it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type RunningServer } from '../bench/harness/server.ts';
import { signIn, type Session } from '../bench/harness/session.ts';

const MARKER = 'birchsecret';

let folder: string;
let server: RunningServer;
let admin: Session;
/** Keys of the two companies; Alder is the first company. */
let alder: string;
let birch: string;
let birchId: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-tenancy-'));
  server = await startServer(folder);
  admin = await signIn(server);
  const made = await admin.call('POST', '/api/companies', { name: `${MARKER} company`, timeZone: 'Europe/Paris' });
  expect(made.status).toBeLessThan(300);
  birchId = (made.body as { id: string }).id;
  const key = await admin.call(
    'POST',
    '/api/keys',
    { name: MARKER, scopes: ['ingest', 'read'] },
    { 'x-company': birchId },
  );
  expect(key.status).toBeLessThan(300);
  birch = (key.body as { secret: string }).secret;
  alder = server.key;
  const declared = await admin.call(
    'POST',
    '/api/tables',
    { name: 'BirchOnly_CL', columns: [{ name: 'Note', type: 'string' }] },
    { 'x-company': birchId },
  );
  expect(declared.status).toBeLessThan(300);
  for (const [key_, name] of [
    [alder, 'alder'],
    [birch, MARKER],
  ] as const) {
    const answer = await send(key_, 'POST', '/api/log_event', {
      EventType: 'Sign-In-Failed',
      UserName: `${name}-user`,
      ComputerName: `${name}-PC`,
      IPAddress: '192.0.2.1',
      Timestamp: new Date().toISOString(),
    });
    expect(answer.status).toBe(200);
    const lines = await send(key_, 'POST', '/api/logs/AppServiceConsoleLogs', [
      { TimeGenerated: new Date().toISOString(), ResultDescription: `${name} line` },
    ]);
    expect(lines.status).toBeLessThan(300);
  }
  expect((await send(birch, 'POST', '/api/logs/BirchOnly_CL', [{ Note: MARKER }])).status).toBeLessThan(300);
}, 120_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function send(
  key: string,
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${server.url}${url}`, {
    method,
    headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

test('the marker is there for those who may see it', async () => {
  const seen = await send(birch, 'POST', '/api/query', { query: 'SignInEvents_CL | project UserName' });
  expect(seen.text).toContain(MARKER);
});

describe('queries of the other company', () => {
  test.each([
    'SignInEvents_CL',
    'Authentication',
    'AppServiceConsoleLogs',
    'union SignInEvents_CL, AppServiceConsoleLogs',
    'union isfuzzy=true SignInEvents_CL, Authentication',
    'union *',
    'let SignInEvents_CL = view() { SignInEvents_CL }; SignInEvents_CL',
    'let t = materialize(SignInEvents_CL); union t, t',
    'SignInEvents_CL | where 1 == 1 or CompanyId == 2',
    'SignInEvents_CL | extend CompanyId = 2 | where CompanyId == 2',
    'SignInEvents_CL | where UserName == "x\' OR 1=1 --"',
    'SignInEvents_CL | where UserName in ("a", "b\') OR (1=1")',
    'SignInEvents_CL | where UserName contains "birch"',
    'BirchOnly_CL',
    'search "birch"',
    'find in (*) where UserName has "birch"',
    "database('gatehouse').SignInEvents_CL",
    "cluster('x').database('gatehouse').SignInEvents_CL",
    'externaldata(x:string)["file:///etc/passwd"]',
    '.show tables',
    '.drop table SignInEvents_CL',
    'SignInEvents_CL | invoke birch()',
    'range x from 1 to 3 step 1 | extend y = toscalar(SignInEvents_CL | where UserName has "birch" | count)',
  ])('%s', async (query) => {
    const answer = await send(alder, 'POST', '/api/query', { query });
    expect(answer.text.replaceAll(query, '').replaceAll(JSON.stringify(query).slice(1, -1), '')).not.toMatch(
      /birchsecret/,
    );
    expect([200, 400]).toContain(answer.status);
  });
});

describe('every other way in', () => {
  test.each([
    ['GET', '/api/tables'],
    ['GET', '/api/events/recent?table=SignInEvents_CL&limit=100'],
    ['GET', '/api/events/recent?table=Authentication&limit=100'],
    ['GET', '/api/events/recent?table=BirchOnly_CL&limit=100'],
    ['GET', '/api/alerts'],
    ['GET', '/api/rules'],
    ['GET', '/api/quarantine'],
    ['GET', '/api/action-groups'],
    ['GET', '/api/deliveries'],
    ['GET', '/api/keys'],
    ['GET', '/api/companies'],
    ['GET', '/api/audit'],
    ['GET', '/api/health'],
  ])('%s %s', async (method, url) => {
    const answer = await send(alder, method, url);
    expect(answer.text).not.toContain(MARKER);
    expect(answer.status).toBeLessThan(500);
  });

  test('naming the other company answers as if it did not exist', async () => {
    for (const company of [birchId, '2'])
      for (const url of ['/api/events/recent?table=SignInEvents_CL', '/api/tables']) {
        const answer = await send(alder, 'GET', url, undefined, { 'x-company': company });
        expect(answer.status).toBe(404);
        expect(answer.text).not.toContain(MARKER);
      }
    const query = await send(alder, 'POST', '/api/query', { query: 'SignInEvents_CL' }, { 'x-company': birchId });
    expect(query.status).toBe(404);
  });

  test('an event sent with one key does not land in the company it names', async () => {
    const planted = {
      EventType: 'Sign-In',
      UserName: 'planted',
      ComputerName: 'P',
      IPAddress: '192.0.2.9',
      Timestamp: new Date().toISOString(),
      CompanyId: 2,
      company_id: 2,
    };
    await send(alder, 'POST', '/api/log_event', planted);
    await send(alder, 'POST', '/api/logs/SignInEvents_CL', [{ ...planted, UserName: 'planted' }]);
    expect(
      (await send(birch, 'POST', '/api/query', { query: 'SignInEvents_CL | where UserName == "planted" | count' }))
        .text,
    ).toContain('[[0]]');
  });

  test('the live stream carries only its own', async () => {
    const abort = new AbortController();
    const stream = await fetch(`${server.url}/api/events/live?table=SignInEvents_CL`, {
      headers: { 'x-api-key': alder },
      signal: abort.signal,
    });
    expect(stream.status).toBe(200);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    for (const [key, name] of [
      [birch, MARKER],
      [alder, 'alder-live'],
    ] as const)
      await send(key, 'POST', '/api/log_event', {
        EventType: 'Lock',
        UserName: name,
        ComputerName: 'L',
        IPAddress: '192.0.2.2',
        Timestamp: new Date().toISOString(),
      });
    const deadlineMs = Date.now() + 15_000;
    while (!text.includes('alder-live') && Date.now() < deadlineMs)
      text += new TextDecoder().decode((await reader.read()).value);
    abort.abort();
    expect(text).toContain('alder-live');
    expect(text).not.toContain(MARKER);
  });
});
