import { afterEach, beforeEach, expect, it } from 'vitest';
import { cookieOf, createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from '../identity/testing.ts';

interface Trail {
  readonly entries: readonly {
    readonly company: number | null;
    readonly action: string;
    readonly target: string | null;
    readonly at: number;
  }[];
  readonly nextCursor?: string;
}

let harness: IdentityHarness;
let cookie: string;
beforeEach(async () => {
  harness = await createIdentityHarness();
  ({ cookie } = await setUp(harness));
});
afterEach(() => harness.close());

const trail = async (headers: Record<string, string>, query = '') =>
  (await harness.get(`/api/audit${query}`, headers)).json<Trail>();

it('shows a GlobalAdmin everything and a CompanyAdmin the own company', async () => {
  await harness.post('/api/companies', { name: 'Contoso', timeZone: 'UTC' }, { cookie });
  await harness.post('/api/keys', { name: 'theirs', scopes: ['read'] }, { cookie, 'x-company': '1' });
  await harness.post('/api/keys', { name: 'ours', scopes: ['read'] }, { cookie, 'x-company': '2' });
  const everything = await trail({ cookie });
  expect(everything.entries.map((entry) => [entry.company, entry.action])).toEqual([
    [2, 'key.create'],
    [1, 'key.create'],
    [2, 'company.create'],
    [null, 'setup.complete'],
  ]);
  expect((await trail({ cookie }, '?company=1')).entries.map((entry) => entry.company)).toEqual([1]);

  const contoso = await harness.identity.companies.byNumber(2);
  const user = await harness.identity.users.create({ email: 'ann@example.org', name: 'Ann', password: GOOD_PASSWORD });
  await harness.identity.users.setRole(user.id, contoso?.id ?? '', 'CompanyAdmin');
  const ann = {
    cookie: cookieOf(await harness.post('/api/session', { email: 'ann@example.org', password: GOOD_PASSWORD })),
  };
  expect((await trail(ann)).entries.map((entry) => [entry.company, entry.action])).toEqual([
    [2, 'key.create'],
    [2, 'company.create'],
  ]);
  expect((await harness.get('/api/audit?company=1', ann)).statusCode).toBe(404);
});

it('is read page by page', async () => {
  for (const name of ['a', 'b', 'c']) await harness.post('/api/companies', { name, timeZone: 'UTC' }, { cookie });
  const first = await trail({ cookie }, '?limit=2');
  expect(first.entries.map((entry) => entry.target)).toEqual(['c', 'b']);
  expect(first.entries[0]?.at).toBe(harness.platform.clock.now());
  const second = await trail({ cookie }, `?limit=2&cursor=${first.nextCursor ?? ''}`);
  expect(second.entries.map((entry) => entry.target)).toEqual(['a', 'Northwind']);
  expect(second.nextCursor).toBeUndefined();
  for (const limit of ['0', '501', 'x', '1.5'])
    expect((await harness.get(`/api/audit?limit=${limit}`, { cookie })).statusCode, limit).toBe(400);
});

it('is not for a User, nor for a key that only reads', async () => {
  const { secret } = await harness.identity.createApiKey({
    companyId: (await harness.identity.companies.list())[0]?.id ?? '',
    name: 'reader',
    scopes: ['read', 'ingest', 'decisions'],
  });
  const answer = await harness.get('/api/audit', { 'x-api-key': secret });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    403,
    { error: { code: 'FORBIDDEN', message: 'You may not do this.' } },
  ]);
});
