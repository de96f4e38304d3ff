import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';
import { createIdentity, type Company } from './index.ts';
import { createApiKeys } from './keys.ts';
import type { IdentityTables } from './tables.ts';
import { newKey, weaknessOfGivenKey } from './secrets.ts';

let harness: IdentityHarness;
let cookie: string;
let apiKey: string;
let company: { id: string; number: number };
beforeEach(async () => {
  harness = await createIdentityHarness();
  ({ cookie, apiKey, company } = await setUp(harness));
});
afterEach(() => harness.close());

const DAY_MS = 86_400_000;
const statusWith = async (headers: Record<string, string>) => (await harness.get('/api/companies', headers)).statusCode;
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function adminKeyOf(one: Pick<Company, 'id'>): Promise<string> {
  return (await harness.identity.createApiKey({ companyId: one.id, name: 'admin', scopes: ['admin', 'ingest'] }))
    .secret;
}

describe('API key', () => {
  it('is taken in each of its forms', async () => {
    for (const headers of [
      { 'x-api-key': apiKey },
      { authorization: `Bearer ${apiKey}` },
      { authorization: `ApiKey ${apiKey}` },
      { authorization: `Basic ${base64(`agent:${apiKey}`)}` },
    ])
      expect(await statusWith(headers)).toBe(200);
  });

  it('is refused when it is wrong in any way, also next to a good cookie', async () => {
    const wrong = [
      newKey().secret,
      `${apiKey}x`,
      apiKey.slice(0, -1),
      apiKey.toUpperCase(),
      '',
      "' or 1=1 --",
      'x'.repeat(5000),
    ];
    for (const key of wrong) expect(await statusWith({ 'x-api-key': key, cookie }), key).toBe(401);
    expect((await harness.get('/api/companies', { 'x-api-key': 'nope' })).json()).toMatchObject({
      error: { code: 'UNAUTHENTICATED', message: 'Sign in or send a valid API key.' },
    });
  });

  it('is shown once, listed without its secret, and counted', async () => {
    const created = await harness.post(
      '/api/keys',
      { name: 'Agent', scopes: ['ingest', 'read'], expiresInDays: 30 },
      { cookie },
    );
    expect(created.statusCode, created.body).toBe(201);
    const { secret } = created.json<{ secret: string }>();
    for (let use = 0; use < 3; use += 1) await statusWith({ 'x-api-key': secret });
    await harness.identity.stop?.();
    const listed = await harness.get('/api/keys', { cookie });
    expect(listed.body).not.toContain(secret);
    const nowMs = harness.platform.clock.now();
    expect(listed.json<{ keys: unknown[] }>().keys.at(-1)).toEqual({
      id: expect.any(String),
      name: 'Agent',
      prefix: secret.slice(3, 11),
      company: company.number,
      scopes: ['ingest', 'read'],
      createdAt: nowMs,
      createdBy: 'root@example.org',
      expiresAt: nowMs + 30 * DAY_MS,
      revokedAt: null,
      lastUsedAt: nowMs,
      lastAddress: '127.0.0.1',
      useCount: 3,
    });
  });

  it('loses no counted use when the store cannot be written for a while', async () => {
    const database = harness.platform.database.withTables<IdentityTables>();
    const keys = createApiKeys(database, harness.platform.clock, harness.identity.companies);
    for (let use = 0; use < 3; use += 1) await keys.resolve(apiKey, '192.0.2.5');
    await database.schema.alterTable('api_keys').renameTo('api_keys_away').execute();
    await expect(keys.flushUsage()).rejects.toThrow();
    await database.schema.alterTable('api_keys_away').renameTo('api_keys').execute();
    await keys.resolve(apiKey, '192.0.2.6');
    await keys.flushUsage();
    await keys.flushUsage();
    expect(await keys.listOf([company.id])).toMatchObject([{ useCount: 4, lastAddress: '192.0.2.6' }]);
  });

  it('works until it expires', async () => {
    const { secret } = await harness.identity.createApiKey({
      companyId: company.id,
      name: 'short',
      scopes: ['read'],
      expiresInDays: 1,
    });
    harness.platform.clock.advance(DAY_MS - 1);
    expect(await statusWith({ 'x-api-key': secret })).toBe(200);
    harness.platform.clock.advance(1);
    expect(await statusWith({ 'x-api-key': secret })).toBe(401);
  });

  it('works no longer once it is revoked: here at once, in another process within two seconds', async () => {
    const { key, secret } = await harness.identity.createApiKey({
      companyId: company.id,
      name: 'leaked',
      scopes: ['read'],
    });
    const other = createIdentity(harness.platform, { audit: harness.audit });
    const request = { headers: { 'x-api-key': secret }, ip: '192.0.2.5' } as unknown as Parameters<
      typeof other.authenticate
    >[0];
    expect(await other.authenticate(request, ['apiKey'])).toMatchObject({ id: key.id });
    expect(await statusWith({ 'x-api-key': secret })).toBe(200);

    expect((await harness.delete(`/api/keys/${key.id}`, { cookie })).statusCode).toBe(204);
    expect(await statusWith({ 'x-api-key': secret })).toBe(401);
    harness.platform.clock.advance(2000);
    expect(await other.authenticate(request, ['apiKey'])).toBeUndefined();
    expect((await harness.audit.list({ chains: [company.number], limit: 10 })).rows[0]).toMatchObject({
      action: 'key.revoke',
      target: key.prefix,
    });
  });

  it('says who it is by its prefix and holds what its scopes say, in its company only', async () => {
    const request = { headers: { 'x-api-key': apiKey }, cookies: {}, ip: '192.0.2.5' } as unknown as Parameters<
      typeof harness.identity.authenticate
    >[0];
    const principal = await harness.identity.authenticate(request, ['apiKey']);
    expect(principal).toMatchObject({
      kind: 'apiKey',
      label: `gh_${apiKey.slice(3, 11)}`,
      companies: [{ number: 1, timeZone: 'Europe/London' }],
    });
    expect([...(principal?.companies[0]?.permissions ?? [])].sort()).toEqual(
      'alerts.read companies.read events.read events.write library.read public query.run rules.read session.self tables.read'.split(
        ' ',
      ),
    );
    expect(principal?.globalPermissions.size).toBe(0);
    expect(await harness.identity.authenticate(request, ['session'])).toBeUndefined();
  });

  it('may be chosen by the operator when it is hard to guess', async () => {
    const given = 'Chosen-by-the-operator-0815!';
    await harness.identity.createApiKey({ companyId: company.id, name: 'own', scopes: ['read'], given });
    expect(await statusWith({ 'x-api-key': given })).toBe(200);
    await expect(
      harness.identity.createApiKey({ companyId: company.id, name: 'again', scopes: ['read'], given }),
    ).rejects.toMatchObject({
      code: 'KEY_TAKEN',
      message: 'This key is in use already.',
    });
    for (const weak of ['short', 'a'.repeat(40), 'has a space in its middle 0123', 'ü'.repeat(12) + 'abcdefghijklmnop'])
      expect(weaknessOfGivenKey(weak), weak).toBeDefined();
  });
});

describe('making keys', () => {
  it('cannot hand out more than the maker holds', async () => {
    const user = await harness.identity.users.create({
      email: 'ann@example.org',
      name: 'Ann',
      password: GOOD_PASSWORD,
    });
    await harness.identity.users.setRole(user.id, company.id, 'CompanyAdmin');
    const signedIn = await harness.post('/api/session', { email: 'ann@example.org', password: GOOD_PASSWORD });
    const own = { cookie: `gatehouse=${signedIn.cookies[0]?.value ?? ''}` };
    expect((await harness.post('/api/keys', { name: 'x', scopes: ['admin'] }, own)).json()).toMatchObject({
      error: { code: 'KEY_SCOPE_REFUSED', message: 'You cannot make a key that may do more than you may.' },
    });
    expect((await harness.post('/api/keys', { name: 'x', scopes: ['ingest'] }, own)).statusCode).toBe(201);
    // A reading key makes no keys at all.
    expect((await harness.post('/api/keys', { name: 'x', scopes: ['read'] }, { 'x-api-key': apiKey })).statusCode).toBe(
      403,
    );
  });

  it('refuses bodies that are not a key, naming the field', async () => {
    const bodies: [object, string][] = [
      [{ scopes: ['read'] }, '/name'],
      [{ name: 'x', scopes: [] }, '/scopes'],
      [{ name: 'x', scopes: ['root'] }, '/scopes/0'],
      [{ name: 'x', scopes: ['read'], expiresInDays: 0 }, '/expiresInDays'],
      [{ name: 'x', scopes: ['read'], expiresInDays: '7' }, '/expiresInDays'],
      [{ name: 'x', scopes: ['read'], companyId: company.id }, '/companyId'],
      [{ name: 'x', scopes: ['read'], given: 'Chosen-by-the-operator-0815!' }, '/given'],
    ];
    for (const [body, field] of bodies) {
      const answer = await harness.post('/api/keys', body, { cookie });
      const { error } = answer.json<{ error: { code: string; details: { field: string }[] } }>();
      expect([answer.statusCode, error.code], JSON.stringify(body)).toEqual([400, 'VALIDATION_FAILED']);
      expect(error.details.map((one) => one.field)).toContain(field);
    }
  });
});

describe('two companies', () => {
  it('see, make and revoke nothing of each other', async () => {
    const other = await harness.identity.createCompany({ name: 'Contoso', timeZone: 'UTC' });
    const theirs = await adminKeyOf(other);
    const ours = await adminKeyOf(company);
    const listed = (await harness.get('/api/keys', { 'x-api-key': theirs })).json<{
      keys: { company: number; id: string }[];
    }>().keys;
    expect(listed.map((key) => key.company)).toEqual([other.number]);
    const target =
      (await harness.get('/api/keys', { 'x-api-key': ours })).json<{ keys: { id: string }[] }>().keys[0]?.id ?? '';
    const before = (await harness.get('/api/keys', { cookie })).body;
    const attempt = await harness.delete(`/api/keys/${target}`, { 'x-api-key': theirs });
    expect([attempt.statusCode, attempt.json()]).toMatchObject([
      404,
      { error: { code: 'KEY_UNKNOWN', message: 'There is no such API key.' } },
    ]);
    for (const name of [company.id, String(company.number)])
      for (const answer of [
        await harness.get('/api/keys', { 'x-api-key': theirs, 'x-company': name }),
        await harness.get(`/api/companies?company=${name}`, { 'x-api-key': theirs }),
        await harness.get(`/api/audit?company=${name}`, { 'x-api-key': theirs }),
        await harness.post('/api/keys', { name: 'x', scopes: ['read'] }, { 'x-api-key': theirs, 'x-company': name }),
      ])
        expect(answer.json()).toMatchObject({ error: { code: 'COMPANY_UNKNOWN' } });
    expect((await harness.get('/api/companies', { 'x-api-key': theirs })).json()).toEqual({ companies: [other] });
    expect((await harness.get('/api/keys', { cookie })).body).toBe(before);
  });
});
