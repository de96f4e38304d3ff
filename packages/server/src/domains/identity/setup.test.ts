import { afterEach, describe, expect, it } from 'vitest';
import { createIdentity } from './index.ts';
import { cookieOf, createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';

let harness: IdentityHarness;
afterEach(() => harness.close());

const FIRST = {
  email: 'Root@Example.org',
  name: 'superadmin',
  password: GOOD_PASSWORD,
  company: 'Northwind',
  timeZone: 'Europe/London',
};
const HOUR_MS = 3_600_000;

describe('first set-up', () => {
  it('leads from the secret to an administrator, a company, a key and a session', async () => {
    harness = await createIdentityHarness();
    expect((await harness.get('/api/setup')).json()).toEqual({ required: true });
    const prepared = await harness.identity.prepareSetup();
    expect(prepared?.secret).toMatch(/^setup-[\w-]{43}$/);

    const answer = await harness.post('/api/setup', { ...FIRST, secret: prepared?.secret });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({
      user: { email: 'root@example.org', name: 'superadmin', globalRole: 'GlobalAdmin' },
      company: { number: 1, name: 'Northwind', timeZone: 'Europe/London' },
      apiKey: expect.stringMatching(/^gh_[a-z0-9]{8}_[\w-]{43}$/),
    });
    expect((await harness.get('/api/setup')).json()).toEqual({ required: false });
    expect(await harness.identity.prepareSetup()).toBeUndefined();

    const session = await harness.get('/api/session', { cookie: cookieOf(answer) });
    expect(session.json()).toMatchObject({
      user: { email: 'root@example.org' },
      companies: [
        { number: 1, role: 'GlobalAdmin', permissions: expect.arrayContaining(['keys.manage', 'companies.manage']) },
      ],
    });
  });

  it('keeps neither the secret nor the key nor the password in the database', async () => {
    harness = await createIdentityHarness();
    const prepared = await harness.identity.prepareSetup();
    const answer = await harness.post('/api/setup', { ...FIRST, secret: prepared?.secret });
    const { apiKey } = answer.json<{ apiKey: string }>();
    const cookie = cookieOf(answer).split('=')[1] ?? '';
    const database = harness.platform.database.withTables<Record<string, Record<string, unknown>>>();
    const tables = ['setup', 'users', 'api_keys', 'sessions', 'audit_log'];
    const everything = JSON.stringify(
      await Promise.all(tables.map((table) => database.selectFrom(table).selectAll().execute())),
    );
    for (const secret of [prepared?.secret ?? '-', apiKey, cookie, GOOD_PASSWORD])
      expect(everything).not.toContain(secret);
  });

  it('makes one administrator when two set up at once', async () => {
    harness = await createIdentityHarness();
    const prepared = await harness.identity.prepareSetup();
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        harness.post('/api/setup', {
          ...FIRST,
          email: `root${index}@example.org`,
          company: `Company ${index}`,
          secret: prepared?.secret,
        }),
      ),
    );
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409, 409, 409, 409]);
    const refused = answers.find((answer) => answer.statusCode === 409);
    expect(refused?.json()).toMatchObject({
      error: { code: 'SETUP_DONE', message: 'This installation is set up already; sign in.' },
    });
    expect(await harness.identity.companies.list()).toHaveLength(1);
  });

  const refusals: [string, Record<string, unknown>, number, string, string][] = [
    ['a wrong secret', { secret: 'setup-wrong' }, 403, 'SETUP_SECRET_WRONG', '/secret'],
    ['a short password', { password: 'short' }, 400, 'PASSWORD_REFUSED', '/password'],
    ['a common password', { password: 'Password123456' }, 400, 'PASSWORD_REFUSED', '/password'],
    ['a password made of the address', { password: 'root@example.org1' }, 400, 'PASSWORD_REFUSED', '/password'],
    ['no address', { email: 'not an address' }, 400, 'EMAIL_INVALID', '/email'],
    ['an unknown zone', { timeZone: 'Mars/Olympus' }, 400, 'TIME_ZONE_UNKNOWN', '/timeZone'],
    ['an offset for a zone', { timeZone: '+02:00' }, 400, 'TIME_ZONE_UNKNOWN', '/timeZone'],
    ['a company of blanks', { company: '   ' }, 400, 'NAME_INVALID', '/company'],
    ['a control character', { company: 'A\u0007B' }, 400, 'NAME_INVALID', '/company'],
    ['an unknown field', { role: 'GlobalAdmin' }, 400, 'VALIDATION_FAILED', '/role'],
  ];
  it('refuses what is wrong, names the field, and lets the person try again', async () => {
    harness = await createIdentityHarness();
    const prepared = await harness.identity.prepareSetup();
    for (const [what, change, status, code, field] of refusals) {
      const answer = await harness.post('/api/setup', { ...FIRST, secret: prepared?.secret, ...change });
      expect([answer.statusCode, answer.json()], what).toMatchObject([
        status,
        { error: { code, details: [{ field }] } },
      ]);
    }
    expect((await harness.post('/api/setup', { ...FIRST, secret: prepared?.secret })).statusCode).toBe(200);
  });

  it('forgets the secret after a day and when a new start makes another', async () => {
    harness = await createIdentityHarness();
    const first = await harness.identity.prepareSetup();
    const second = await harness.identity.prepareSetup();
    expect((await harness.post('/api/setup', { ...FIRST, secret: first?.secret })).statusCode).toBe(403);
    harness.platform.clock.advance(24 * HOUR_MS);
    expect((await harness.post('/api/setup', { ...FIRST, secret: second?.secret })).statusCode).toBe(403);
    await setUp(harness);
    expect(await harness.identity.companies.list()).toHaveLength(1);
  });

  it('is open to no secret before one was made', async () => {
    harness = await createIdentityHarness();
    for (const secret of ['x', 'setup-', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'])
      expect((await harness.post('/api/setup', { ...FIRST, secret })).statusCode).toBe(403);
  });
});

describe('unattended set-up', () => {
  const GIVEN_KEY = 'operator-chosen-key-0123456789';
  const SETTINGS = {
    'setup.adminEmail': 'ops@example.org',
    'setup.adminPassword': GOOD_PASSWORD,
    'setup.apiKey': GIVEN_KEY,
    'setup.company': 'Contoso',
    'app.timeZone': 'America/New_York',
  };

  it('makes administrator, company and the given key once, also when two servers start', async () => {
    harness = await createIdentityHarness(SETTINGS);
    const other = createIdentity(harness.platform, { audit: harness.audit });
    expect(await Promise.all([harness.identity.prepareSetup(), other.prepareSetup()])).toEqual([undefined, undefined]);
    expect(await harness.identity.prepareSetup()).toBeUndefined();
    expect(await other.companies.list()).toMatchObject([{ number: 1, name: 'Contoso', timeZone: 'America/New_York' }]);
    const signedIn = await harness.post('/api/session', { email: 'ops@example.org', password: GOOD_PASSWORD });
    expect(signedIn.statusCode).toBe(200);
    expect((await harness.get('/api/companies', { 'x-api-key': GIVEN_KEY })).json()).toMatchObject({
      companies: [{ number: 1 }],
    });
    expect((await harness.get('/api/setup')).json()).toEqual({ required: false });
  });

  it('stops the start for a password that is too weak', async () => {
    harness = await createIdentityHarness({ ...SETTINGS, 'setup.adminPassword': 'adminsuper12' });
    await expect(harness.identity.prepareSetup()).rejects.toMatchObject({
      code: 'PASSWORD_REFUSED',
      details: [{ field: '/password', reason: 'is among the passwords that attackers try first' }],
    });
    expect(await harness.identity.companies.list()).toEqual([]);
  });

  it('stops the start for a key that is too weak', async () => {
    harness = await createIdentityHarness({ ...SETTINGS, 'setup.apiKey': 'a'.repeat(30) });
    await expect(harness.identity.prepareSetup()).rejects.toMatchObject({ code: 'KEY_TOO_WEAK' });
  });
});
