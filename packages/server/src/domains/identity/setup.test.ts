import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cookieOf, createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';

let harness: IdentityHarness;
const settings: Record<string, string> = {};
beforeEach(async () => {
  harness = await createIdentityHarness(settings);
});
afterEach(async () => {
  await harness.close();
  for (const key of Object.keys(settings)) Reflect.deleteProperty(settings, key);
});

const FIRST = {
  email: 'Root@Example.org',
  name: 'superadmin',
  password: GOOD_PASSWORD,
  company: 'Northwind',
  timeZone: 'Europe/London',
};

describe('first set-up', () => {
  it('leads from the secret to an administrator, a company, a key and a session', async () => {
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
});
