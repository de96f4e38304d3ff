import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentity } from './index.ts';
import { createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';

let harness: IdentityHarness;
beforeEach(async () => {
  harness = await createIdentityHarness();
});
afterEach(() => harness.close());

describe('companies', () => {
  it('get numbers of their own when many are made at once', async () => {
    const other = createIdentity(harness.platform, { audit: harness.audit });
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? harness.identity : other).createCompany({ name: `Company ${index}`, timeZone: 'UTC' }),
      ),
    );
    expect(made.map((company) => company.number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('never get a number again', async () => {
    const first = await harness.identity.createCompany({ name: 'Gone', timeZone: 'UTC' });
    await harness.platform.database
      .withTables<{ companies: { id: string } }>()
      .deleteFrom('companies')
      .where('id', '=', first.id)
      .execute();
    expect((await harness.identity.createCompany({ name: 'Next', timeZone: 'UTC' })).number).toBe(first.number + 1);
  });

  it('differ by more than the case of their names, also when made at once', async () => {
    const results = await Promise.allSettled(
      ['Contoso', 'CONTOSO', 'contoso '].map((name) => harness.identity.createCompany({ name, timeZone: 'UTC' })),
    );
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(harness.identity.createCompany({ name: 'cOntoso', timeZone: 'UTC' })).rejects.toMatchObject({
      code: 'COMPANY_NAME_TAKEN',
      message: 'A company of this name exists already.',
    });
  });

  it('are found by number and id', async () => {
    const made = await harness.identity.createCompany({ name: 'Contoso', timeZone: 'Asia/Tokyo' });
    expect(await harness.identity.companies.byNumber(made.number)).toEqual(made);
    expect(await harness.identity.companies.byId(made.id)).toEqual(made);
    expect(await harness.identity.companies.byNumber(99)).toBeUndefined();
  });

  it('are seen by another process within two seconds', async () => {
    const other = createIdentity(harness.platform, { audit: harness.audit });
    expect(await other.companies.list()).toEqual([]);
    const made = await harness.identity.createCompany({ name: 'Contoso', timeZone: 'UTC' });
    harness.platform.clock.advance(2000);
    expect(await other.companies.list()).toEqual([made]);
  });

  it('are made by a GlobalAdmin and nobody else', async () => {
    const { cookie, company } = await setUp(harness);
    const body = { name: 'Contoso', timeZone: 'UTC' };
    const made = await harness.post('/api/companies', body, { cookie });
    expect([made.statusCode, made.json()]).toMatchObject([201, { number: 2, ...body }]);
    const { secret } = await harness.identity.createApiKey({ companyId: company.id, name: 'admin', scopes: ['admin'] });
    expect((await harness.post('/api/companies', { ...body, name: 'X' }, { 'x-api-key': secret })).statusCode).toBe(
      403,
    );
    const user = await harness.identity.users.create({
      email: 'ann@example.org',
      name: 'Ann',
      password: GOOD_PASSWORD,
    });
    await harness.identity.users.setRole(user.id, company.id, 'Admin');
    const signedIn = await harness.post('/api/session', { email: 'ann@example.org', password: GOOD_PASSWORD });
    const own = { cookie: `gatehouse=${signedIn.cookies[0]?.value ?? ''}` };
    expect((await harness.post('/api/companies', { ...body, name: 'X' }, own)).statusCode).toBe(403);
    expect((await harness.get('/api/companies', own)).json()).toMatchObject({ companies: [{ number: 1 }] });
  });
});
