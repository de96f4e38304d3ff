// The scenario that this product began with: somebody opens a protected route more than ten times in a quarter of an hour, and
// a mail tells of it. The lines are written as that application's logger writes them.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Company } from '../identity/index.ts';
import type { Detection } from '../detection/index.ts';
import { createSetting, drain, MINUTE_MS, type Setting } from '../detection/test/setting.ts';
import { createResponse, responseMigrations, type Response } from './index.ts';
import { openMailbox, type Mailbox } from './test/mailbox.ts';

// Real engines on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PER_MINUTE = 'in a minute';
const PER_QUARTER = 'in a quarter of an hour';

let mailbox: Mailbox;
let setting: Setting;
let detection: Detection;
let response: Response;
let company: Company;
const startMs = Date.UTC(2026, 2, 2, 10);

beforeAll(async () => {
  mailbox = await openMailbox();
  setting = await createSetting({
    clockMs: startMs,
    migrations: responseMigrations,
    settings: {
      'mail.smtpUrl': mailbox.url,
      'mail.from': 'alerts@gatehouse.example',
      'app.publicUrl': 'https://gatehouse.example',
    },
  });
  detection = await setting.startDetection();
  response = createResponse(
    setting.platform,
    { audit: setting.audit, identity: setting.identity, detection },
    { random: () => 0.5 },
  );
  company = await setting.company('Contoso');
  await response.groups.create(company.number, { name: 'Security', recipients: ['security@contoso.example'] });
  // The process begins before the first event.
  await drain(detection);
});
afterAll(async () => {
  await setting.close();
  await mailbox.close();
});

/** Requests of one user at the given times, as they come in: each line arrives when it is written. */
async function request(user: string, timesMs: readonly number[]): Promise<void> {
  const { clock } = setting.platform;
  for (const timeMs of timesMs) {
    clock.set(Math.max(clock.now(), timeMs));
    const text = `INFO:app:protected route access - user_id: auth0|${user}, email: ${user}@contoso.example, timestamp: ${new Date(timeMs).toISOString()}`;
    await setting.log(company, [{ timeMs, text }]);
  }
}

/** Lets the schedulers run, minute by minute, until the last window has passed; gives the subjects of the mails. */
async function mailsUntil(untilMs: number): Promise<readonly string[]> {
  const before = mailbox.mails.length;
  const { clock } = setting.platform;
  for (let minuteMs = Math.ceil(clock.now() / MINUTE_MS) * MINUTE_MS; minuteMs <= untilMs; minuteMs += MINUTE_MS) {
    clock.set(minuteMs + 5_000);
    await drain(detection);
    await response.deliver();
  }
  return mailbox.mails.slice(before).map(({ subject }) => subject ?? '');
}

const every = (fromMs: number, count: number, stepMs: number): number[] =>
  Array.from({ length: count }, (_, index) => fromMs + index * stepMs);

test('eleven requests within a minute are mailed, by both rules, once', async () => {
  await request('eve', every(startMs + MINUTE_MS, 11, 5_000));
  const mails = await mailsUntil(startMs + 20 * MINUTE_MS);
  expect([...mails].sort()).toEqual([
    `[Gatehouse] Low: auth0|eve opened a protected route 11 times ${PER_MINUTE}`,
    `[Gatehouse] Low: auth0|eve opened a protected route 11 times ${PER_QUARTER}`,
  ]);
  const [mail] = mailbox.mails;
  expect(mail?.to_).toEqual(['security@contoso.example']);
  expect(mail?.text).toContain('auth0|eve');
  expect(mail?.text).toMatch(/2026-03-02 10:01:/);
});

test('eleven requests spread over a quarter of an hour are mailed by the corrected rule', async () => {
  const fromMs = startMs + 30 * MINUTE_MS;
  await request('mallory', every(fromMs + 30_000, 11, 80_000));
  expect(await mailsUntil(fromMs + 35 * MINUTE_MS)).toEqual([
    `[Gatehouse] Low: auth0|mallory opened a protected route 11 times ${PER_QUARTER}`,
  ]);
});

test('ten requests are not mailed', async () => {
  const fromMs = startMs + 90 * MINUTE_MS;
  await request('ann', every(fromMs + MINUTE_MS, 10, 5_000));
  expect(await mailsUntil(fromMs + 20 * MINUTE_MS)).toEqual([]);
});

test('ten a minute for fifteen minutes are mailed by the corrected rule, and are the gap of the original', async () => {
  const fromMs = startMs + 150 * MINUTE_MS;
  setting.platform.clock.set(fromMs);
  await drain(detection);
  // All lines of a minute arrive at its end; the alert comes as soon as the eleventh is in.
  const times = every(fromMs, 150, 6_000);
  await setting.log(
    company,
    times.map((timeMs) => ({
      timeMs,
      text: `INFO:app:protected route access - user_id: auth0|bob, email: bob@contoso.example, timestamp: ${timeMs}`,
    })),
  );
  setting.platform.clock.set(fromMs + 15 * MINUTE_MS);
  const mails = await mailsUntil(fromMs + 35 * MINUTE_MS);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatch(/auth0\|bob opened a protected route \d+ times in a quarter of an hour$/);
});
