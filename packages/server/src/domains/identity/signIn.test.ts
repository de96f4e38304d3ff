import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';
import { PAIR_LIMIT } from './throttle.ts';

let harness: IdentityHarness;
beforeEach(async () => {
  harness = await createIdentityHarness();
  await setUp(harness);
});
afterEach(() => harness.close());

const MINUTE_MS = 60_000;
const RIGHT = { email: 'root@example.org', password: GOOD_PASSWORD };
const WRONG = { email: 'root@example.org', password: 'not the password' };
const FAILED = { error: { code: 'SIGN_IN_FAILED', message: 'The e-mail address or the password is wrong.' } };

const signIn = (body: object, address?: string) => harness.post('/api/session', body, {}, address);

async function auditReasons(): Promise<(string | null)[]> {
  const page = await harness.audit.list({ chains: [0], limit: 100 });
  return page.rows.filter((row) => row.action === 'session.create').map((row) => row.reason);
}

describe('sign-in', () => {
  it('answers the session, whatever the case of the address', async () => {
    const answer = await signIn({ ...RIGHT, email: ' ROOT@example.ORG ' });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({
      user: { email: 'root@example.org', globalRole: 'GlobalAdmin' },
      companies: [{ number: 1 }],
    });
    expect(answer.body).not.toContain('argon2');
  });

  it('says the same for an unknown user, a wrong password and a disabled user; the trail has the reason', async () => {
    const disabled = await harness.identity.users.create({
      email: 'gone@example.org',
      name: 'Gone',
      password: GOOD_PASSWORD,
    });
    await harness.identity.users.setDisabled(disabled.id, true);
    for (const body of [
      WRONG,
      { ...WRONG, email: 'nobody@example.org' },
      { email: 'gone@example.org', password: GOOD_PASSWORD },
    ]) {
      const answer = await signIn(body);
      const { error } = answer.json<{ error: { code: string; message: string; details: unknown[] } }>();
      expect([answer.statusCode, error.code, error.message, error.details]).toEqual([
        401,
        ...Object.values(FAILED.error),
        [],
      ]);
      expect(answer.cookies).toEqual([]);
    }
    expect((await auditReasons()).slice(0, 3)).toEqual(['user disabled', 'user unknown', 'password wrong']);
    expect(harness.securityEvents.map((event) => event.name)).toEqual(
      Array.from({ length: 3 }, () => 'authn_login_fail'),
    );
  });

  it('takes as long for an unknown user as for a wrong password', async () => {
    const time = async (email: string, address: string): Promise<number> => {
      const begin = performance.now();
      await signIn({ email, password: 'not the password' }, address);
      return performance.now() - begin;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    // By turns, so that a busy machine slows both; each from a network of its own, so that nothing waits.
    for (let round = 0; round < 15; round += 1) {
      known.push(await time('root@example.org', `198.51.100.${round}`));
      unknown.push(await time(`nobody${round}@example.org`, `203.0.113.${round}`));
    }
    const median = (times: number[]): number => times.sort((a, b) => a - b)[7] ?? 0;
    // Without the stand-in hash the unknown user is answered many times faster.
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5);
    expect(median(unknown) / median(known)).toBeLessThan(2);
  });

  it('refuses a body that is not a name and a password', async () => {
    for (const body of [
      {},
      { email: 1, password: 'x' },
      { ...RIGHT, remember: true },
      { ...RIGHT, password: 'x'.repeat(2000) },
      [],
    ])
      expect((await signIn(body)).json()).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
  });

  it('keeps the password out of the trail and the security events', async () => {
    await signIn({ email: 'hunter2hunter2@example.org', password: 'secret-guess-123' });
    const page = await harness.audit.list({ chains: [0], limit: 100 });
    expect(JSON.stringify([page, harness.securityEvents])).not.toContain('secret-guess-123');
  });
});

describe('throttle', () => {
  it('slows a pair of account and network down, then makes it wait for the window', async () => {
    const { clock } = harness.platform;
    const waits: (string | undefined)[] = [];
    for (let failure = 1; failure <= 8; failure += 1) {
      const answer = await signIn(WRONG);
      waits.push(answer.statusCode === 429 ? String(answer.headers['retry-after']) : undefined);
      clock.advance(answer.statusCode === 429 ? 15_000 : 0);
    }
    // Three free tries, a wait of 2 s, a wait of 10 s, and then half an hour from the first.
    expect(waits).toEqual([undefined, undefined, undefined, '2', undefined, '10', undefined, '1770']);
    const answer = await signIn(RIGHT);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      429,
      {
        error: {
          code: 'SIGN_IN_THROTTLED',
          message: 'Too many failed sign-ins from here for this account; wait before the next try.',
        },
      },
    ]);
    expect(harness.securityEvents.map((event) => event.name)).toContain('authn_login_fail_max');
    expect(harness.securityEvents.map((event) => event.name)).toContain('authn_login_lock');
    clock.advance(30 * MINUTE_MS);
    expect((await signIn(RIGHT)).statusCode).toBe(200);
  });

  it('cannot be used to lock somebody out from elsewhere', async () => {
    for (let failure = 0; failure < 20; failure += 1) await signIn(WRONG, '203.0.113.9');
    expect((await signIn(RIGHT, '203.0.113.9')).statusCode).toBe(429);
    expect((await signIn(RIGHT, '192.0.2.77')).statusCode).toBe(200);
    // Nor does the owner's own sign-in clear the guesser's account.
    expect((await signIn(RIGHT, '203.0.113.9')).statusCode).toBe(429);
  });

  it('counts one IPv6 subscriber as one', async () => {
    for (let failure = 0; failure < 10; failure += 1) await signIn(WRONG, `2001:db8:1:2::${failure}`);
    expect((await signIn(RIGHT, '2001:db8:1:2:ffff::1')).statusCode).toBe(429);
    expect((await signIn(RIGHT, '2001:db8:1:3::1')).statusCode).toBe(200);
  });

  it('stops spraying from one network', async () => {
    const answers: number[] = [];
    for (let guess = 0; guess < 52; guess += 1)
      answers.push((await signIn({ ...WRONG, email: `user${guess}@example.org` })).statusCode);
    expect(answers.filter((status) => status === 401)).toHaveLength(50);
    expect(answers.slice(50)).toEqual([429, 429]);
  });

  it('lets at most the limit of 50 parallel guesses reach the hash', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, guess) => signIn({ ...WRONG, password: `guess number ${guess}` })),
    );
    const verified = answers.filter((answer) => answer.statusCode === 401).length;
    expect(verified).toBeGreaterThan(0);
    expect(verified).toBeLessThanOrEqual(PAIR_LIMIT);
    expect(answers.filter((answer) => answer.statusCode === 429)).toHaveLength(50 - verified);
  });

  it('forgets failures after a success, and says so', async () => {
    await signIn(WRONG);
    await signIn(WRONG);
    expect((await signIn(RIGHT)).statusCode).toBe(200);
    expect(harness.securityEvents.at(-1)).toMatchObject({
      name: 'authn_login_successafterfail',
      arguments: ['root@example.org', '2'],
    });
    await signIn(WRONG);
    await signIn(WRONG);
    expect((await signIn(RIGHT)).statusCode).toBe(200);
  });

  it('writes a flood of refusals to the trail once a minute', async () => {
    for (let guess = 0; guess < 30; guess += 1) await signIn(WRONG);
    const reasons = await auditReasons();
    expect(reasons.filter((reason) => reason === 'throttled by pair')).toHaveLength(1);
  });
});
