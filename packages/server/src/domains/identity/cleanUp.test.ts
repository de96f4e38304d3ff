import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSessions } from './sessions.ts';
import type { IdentityTables } from './tables.ts';
import { createIdentityHarness, GOOD_PASSWORD, setUp, type IdentityHarness } from './testing.ts';
import { createThrottle } from './throttle.ts';

const HOUR_MS = 3_600_000;

let harness: IdentityHarness;
beforeEach(async () => {
  harness = await createIdentityHarness();
  await setUp(harness);
});
afterEach(() => harness.close());

it('forgets attempts that count no longer, and keeps those that do', async () => {
  const database = harness.platform.database.withTables<IdentityTables>();
  const throttle = createThrottle(database, harness.platform.clock);
  const attempts = async () => (await database.selectFrom('sign_in_attempts').select('id').execute()).length;
  await harness.post('/api/session', { email: 'old@example.org', password: 'x' });
  harness.platform.clock.advance(HOUR_MS / 2);
  await harness.post('/api/session', { email: 'new@example.org', password: 'x' });
  await throttle.deleteOld();
  expect(await attempts()).toBe(2);
  harness.platform.clock.advance(1);
  await throttle.deleteOld();
  expect(await attempts()).toBe(1);
});

it('forgets sessions a week after their end', async () => {
  const { database: control, clock, config } = harness.platform;
  const database = control.withTables<IdentityTables>();
  const sessions = createSessions(database, clock, config.session);
  await harness.post('/api/session', { email: 'root@example.org', password: GOOD_PASSWORD });
  const kept = async () => (await database.selectFrom('sessions').select('id').execute()).length;
  clock.advance((config.session.absoluteHours + 7 * 24) * HOUR_MS);
  await sessions.deleteOld();
  expect(await kept()).toBe(2);
  clock.advance(1);
  await sessions.deleteOld();
  expect(await kept()).toBe(0);
});
