import { afterEach, describe, expect, it } from 'vitest';
import { cookieOf, createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';

let harness: IdentityHarness;
afterEach(() => harness.close());

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RIGHT = { email: 'root@example.org', password: GOOD_PASSWORD };
const OVER = { error: { code: 'UNAUTHENTICATED', message: 'Sign in or send a valid API key.' } };

const statusWith = async (cookie: string) => (await harness.get('/api/session', { cookie })).statusCode;

describe('session cookie', () => {
  it('is HttpOnly, SameSite=Strict and host-wide on plain HTTP', async () => {
    harness = await createIdentityHarness();
    await setUp(harness);
    const answer = await harness.post('/api/session', RIGHT);
    expect(answer.headers['set-cookie']).toMatch(/^gatehouse=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('is a __Host- cookie over TLS, and the plain one counts for nothing there', async () => {
    harness = await createIdentityHarness({ 'proxy.trusted': '127.0.0.1' });
    await setUp(harness);
    const tls = { 'x-forwarded-proto': 'https' };
    const answer = await harness.post('/api/session', RIGHT, tls, '127.0.0.1');
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-gatehouse=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const cookie = cookieOf(answer);
    expect((await harness.get('/api/session', { cookie, ...tls })).statusCode).toBe(200);
    expect((await harness.get('/api/session', { cookie: cookie.replace('__Host-', ''), ...tls })).statusCode).toBe(401);
  });

  const securities: [string, Record<string, string>, Record<string, string>, string][] = [
    ['plain HTTP', {}, {}, 'gatehouse'],
    ['a forwarded protocol nobody vouches for', {}, { 'x-forwarded-proto': 'https' }, 'gatehouse'],
    ['a public address with TLS', { 'app.publicUrl': 'https://gatehouse.example.org' }, {}, '__Host-gatehouse'],
    ['told to be secure', { 'session.cookieSecure': 'true' }, {}, '__Host-gatehouse'],
    [
      'told not to be',
      { 'session.cookieSecure': 'false', 'app.publicUrl': 'https://gatehouse.example.org' },
      {},
      'gatehouse',
    ],
  ];
  it.each(securities)('has its name by what the browser speaks: %s', async (_what, settings, headers, name) => {
    harness = await createIdentityHarness(settings);
    await setUp(harness);
    const { cookies } = await harness.post('/api/session', RIGHT, headers);
    expect(cookies).toMatchObject([{ name, httpOnly: true, sameSite: 'Strict', path: '/' }]);
    expect(cookies[0]?.secure ?? false).toBe(name.startsWith('__Host-'));
  });

  it('holds nothing but a token of ours', async () => {
    harness = await createIdentityHarness();
    await setUp(harness);
    for (const value of ['', 'x', 'A'.repeat(43), "' or 1=1 --", 'A'.repeat(5000), '%00'])
      expect((await harness.get('/api/session', { cookie: `gatehouse=${value}` })).json(), value).toMatchObject(OVER);
  });
});

describe('session', () => {
  it('ends after the idle time, and lives on while it is used', async () => {
    harness = await createIdentityHarness({ 'session.idleMinutes': '30' });
    const { clock } = harness.platform;
    const { cookie } = await setUp(harness);
    for (let minute = 0; minute < 60; minute += 20) {
      clock.advance(20 * MINUTE_MS);
      expect(await statusWith(cookie)).toBe(200);
    }
    clock.advance(30 * MINUTE_MS);
    expect((await harness.get('/api/session', { cookie })).json()).toMatchObject(OVER);
    expect(harness.securityEvents).toMatchObject([{ name: 'session_use_after_expire' }]);
  });

  it('ends after its absolute time however much it is used', async () => {
    harness = await createIdentityHarness({ 'session.idleMinutes': '600', 'session.absoluteHours': '8' });
    const { clock } = harness.platform;
    const { cookie } = await setUp(harness);
    for (let hour = 1; hour < 8; hour += 1) {
      clock.advance(HOUR_MS);
      expect(await statusWith(cookie)).toBe(200);
    }
    clock.advance(HOUR_MS);
    expect(await statusWith(cookie)).toBe(401);
  });

  it('has a new id at each sign-in, and the one of before is over', async () => {
    harness = await createIdentityHarness();
    const { cookie: before } = await setUp(harness);
    const cookie = cookieOf(await harness.post('/api/session', RIGHT, { cookie: before }));
    expect(cookie).not.toBe(before);
    expect([await statusWith(before), await statusWith(cookie)]).toEqual([401, 200]);
  });

  it('is over when the user signs out', async () => {
    harness = await createIdentityHarness();
    const { cookie } = await setUp(harness);
    const answer = await harness.delete('/api/session', { cookie });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers['set-cookie']).toMatch(/^gatehouse=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect(await statusWith(cookie)).toBe(401);
  });

  it('cannot be used by another site’s page', async () => {
    harness = await createIdentityHarness();
    const { cookie } = await setUp(harness);
    const answer = await harness.delete('/api/session', {
      cookie,
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.example',
    });
    expect(answer.statusCode).toBe(403);
    expect(await statusWith(cookie)).toBe(200);
  });

  it('holds a demotion, a lost membership and a disabled user at once', async () => {
    harness = await createIdentityHarness();
    const { company } = await setUp(harness);
    const { users } = harness.identity;
    const user = await users.create({ email: 'ann@example.org', name: 'Ann', password: GOOD_PASSWORD });
    await users.setRole(user.id, company.id, 'CompanyAdmin');
    const cookie = cookieOf(await harness.post('/api/session', { email: 'ann@example.org', password: GOOD_PASSWORD }));
    const keys = async () => (await harness.get('/api/keys', { cookie })).statusCode;
    expect(await keys()).toBe(200);
    await users.setRole(user.id, company.id, 'User');
    expect(await keys()).toBe(403);
    await users.setRole(user.id, company.id, null);
    expect((await harness.get('/api/session', { cookie })).json()).toMatchObject({ companies: [] });
    await users.setGlobalRole(user.id, 'GlobalAdmin');
    expect(await keys()).toBe(200);
    await users.setDisabled(user.id, true);
    expect(await keys()).toBe(401);
  });
});
