import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openMailbox, type Mailbox } from './test/mailbox.ts';
import { confineTo, createSetting, type Setting } from './test/setting.ts';
import { MAX_ATTEMPTS } from './backoff.ts';

// Real engines on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let mailbox: Mailbox;
let setting: Setting;

beforeEach(async () => {
  mailbox = await openMailbox();
  setting = await createSetting({ 'mail.smtpUrl': mailbox.url });
});
afterEach(async () => {
  await setting.close();
  await mailbox.close();
});

const GROUP = { name: 'Night shift', recipients: ['ann@contoso.example', 'bob@contoso.example'] };

test('a new alert is mailed once to each address: who, where, when, rows, link', async () => {
  const { response, companies, find } = setting;
  await response.groups.create(companies[0].number, GROUP);
  await find(companies[0], ['auth0|123']);
  expect(await response.deliver()).toEqual({ written: 2, sent: 2 });
  expect(mailbox.mails.map(({ to_ }) => to_[0]).sort()).toEqual(GROUP.recipients);
  const [mail] = mailbox.mails;
  expect(mail?.subject).toBe('[Gatehouse] Medium: auth0|123 asked 11 times');
  for (const body of [mail?.text, mail?.html]) {
    expect(body).toContain('Contoso');
    expect(body).toContain('Account auth0|123');
    expect(body).toContain('2026-03-02 08:45:00 to 2026-03-02 09:00:00 (Europe/London, UTC+00:00)');
    expect(body).toContain('Too many requests (1.2.3)');
    expect(body).toMatch(/https:\/\/gatehouse\.example\/alerts\/[0-9a-f-]{36}/);
  }
  expect(mail?.text).toContain('Row 1\n  user: auth0|123\n  count_: 11');
  expect(mail?.html).toContain('>auth0|123</td><td');
  const { deliveries } = await response.deliveries(confineTo([companies[0].number]), { limit: 10 });
  expect(deliveries.map(({ state, attempts, log }) => [state, attempts, log[0]?.delivered])).toEqual([
    ['delivered', 1, true],
    ['delivered', 1, true],
  ]);
  expect(deliveries[0]?.log[0]?.answer).toMatch(/^250 /);
});

test('an alert that goes on, or grows together with another, is mailed no second time', async () => {
  const { response, companies, find, platform } = setting;
  const company = companies[0];
  await response.groups.create(company.number, { ...GROUP, recipients: ['ann@contoso.example'] });
  const runMs = platform.clock.now();
  await find(company, ['eve'], { runMs });
  await find(company, ['eve'], { runMs: runMs + 1_800_000 });
  await response.deliver();
  expect(mailbox.mails).toHaveLength(2);
  // The run between joins the two into the older.
  await find(company, ['eve'], { runMs: runMs + 900_000 });
  await find(company, ['eve'], { runMs: runMs + 1_200_000 });
  await response.deliver();
  expect(mailbox.mails).toHaveLength(2);
});

test('an alert below the group’s severity, of a group that is off, suppressed, or closed before anybody was told is not sent', async () => {
  const { response, companies, find, platform } = setting;
  const company = companies[0];
  await response.groups.create(company.number, { ...GROUP, minimumSeverity: 'High' });
  await response.groups.create(company.number, { ...GROUP, name: 'Off', enabled: false });
  await find(company, ['low']);
  await response.deliver();
  expect(mailbox.mails).toHaveLength(0);
  await find(company, ['gone'], { rule: { severity: 'High' } });
  await find(company, [], { rule: { severity: 'High' } });
  await response.deliver();
  expect(mailbox.mails).toHaveLength(0);
  const other = companies[1];
  await response.groups.create(other.number, GROUP);
  const hourly = { severity: 'High', suppressionMs: 3_600_000 } as const;
  await find(other, ['first'], { rule: hourly, runMs: platform.clock.now() + 600_000 });
  await find(other, ['first', 'second'], { rule: hourly, runMs: platform.clock.now() + 900_000 });
  await response.deliver();
  expect(new Set(mailbox.mails.map(({ subject }) => subject))).toEqual(
    new Set(['[Gatehouse] High: first asked 11 times']),
  );
});

test('mails of two companies hold nothing of the other, and neither sees the other’s deliveries', async () => {
  const { response, companies, find } = setting;
  const [contoso, fabrikam] = companies;
  await response.groups.create(contoso.number, { name: 'A', recipients: ['ann@contoso.example'] });
  await response.groups.create(fabrikam.number, { name: 'B', recipients: ['kei@fabrikam.example'] });
  await find(contoso, ['contoso-user']);
  await find(fabrikam, ['fabrikam-user']);
  await response.deliver();
  expect(mailbox.mails).toHaveLength(2);
  for (const mail of mailbox.mails) {
    const whole = JSON.stringify(mail).toLowerCase();
    expect(whole.includes('contoso')).toBe(!whole.includes('fabrikam'));
  }
  const seen = await response.deliveries(confineTo([fabrikam.number]), { limit: 10 });
  expect(seen.deliveries.map(({ target }) => target)).toEqual(['kei@fabrikam.example']);
});

test('values from events can neither add a header nor a tag nor a link', async () => {
  const { response, companies, find } = setting;
  await response.groups.create(companies[0].number, { ...GROUP, recipients: ['ann@contoso.example'] });
  const hostile =
    'x\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script><img src="https://evil.example/p.png"> "quoted" \u202egnp.exe';
  await find(companies[0], [hostile]);
  await response.deliver();
  const [mail] = mailbox.mails;
  expect(mail?.to_).toEqual(['ann@contoso.example']);
  expect(mail?.headers.map(({ key }) => key)).not.toContain('bcc');
  expect(mail?.subject).not.toMatch(/[\r\n]/);
  expect(mail?.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(mail?.html).not.toMatch(/<script|<img/i);
  expect(mail?.html).not.toContain('\u202e');
  expect(
    [...(mail?.html ?? '').matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => new URL(match[1] ?? '').host),
  ).toEqual(['gatehouse.example']);
});

test('values of a megabyte give a small mail', async () => {
  const { response, companies, find } = setting;
  await response.groups.create(companies[0].number, { ...GROUP, recipients: ['ann@contoso.example'] });
  await find(companies[0], ['a'.repeat(1_000_000)]);
  await response.deliver();
  expect(mailbox.mails).toHaveLength(1);
  expect(JSON.stringify(mailbox.mails[0]).length).toBeLessThan(20_000);
});

test('a server that is away is tried again with growing pauses, and the delivery log says so', async () => {
  const { response, companies, find, platform } = setting;
  const port = Number(new URL(mailbox.url).port);
  await response.groups.create(companies[0].number, { ...GROUP, recipients: ['ann@contoso.example'] });
  await find(companies[0], ['eve']);
  await mailbox.close();
  expect(await response.deliver()).toEqual({ written: 1, sent: 1 });
  expect(await response.deliver()).toEqual({ written: 0, sent: 0 });
  const scope = confineTo([companies[0].number]);
  const waiting = await response.deliveries(scope, { limit: 1 });
  expect(waiting.deliveries[0]).toMatchObject({
    state: 'waiting',
    attempts: 1,
    nextAttemptAt: platform.clock.now() + 30_000,
  });
  expect(waiting.deliveries[0]?.lastError).toMatch(/ECONNREFUSED/);
  platform.clock.advance(30_000);
  await response.deliver();
  platform.clock.advance(59_000);
  expect(await response.deliver()).toEqual({ written: 0, sent: 0 });
  mailbox = await openMailbox(port);
  platform.clock.advance(1_000);
  expect(await response.deliver()).toEqual({ written: 0, sent: 1 });
  const done = await response.deliveries(scope, { limit: 1 });
  expect(done.deliveries[0]).toMatchObject({ state: 'delivered', attempts: 3, lastError: null, nextAttemptAt: null });
  expect(done.deliveries[0]?.log.map(({ delivered }) => delivered)).toEqual([false, false, true]);
  expect(mailbox.mails).toHaveLength(1);
});

test('after the last attempt a delivery is failed, and stays visible', async () => {
  const { response, companies, find, platform } = setting;
  await response.groups.create(companies[0].number, { ...GROUP, recipients: ['ann@contoso.example'] });
  await find(companies[0], ['eve']);
  await mailbox.close();
  for (let attempt = 0; attempt < MAX_ATTEMPTS + 2; attempt += 1) {
    await response.deliver();
    platform.clock.advance(7_200_000);
  }
  const { deliveries } = await response.deliveries(confineTo([companies[0].number]), { limit: 1 });
  expect(deliveries[0]).toMatchObject({ state: 'failed', attempts: MAX_ATTEMPTS, nextAttemptAt: null });
  mailbox = await openMailbox();
});

test('a recipient that the server refuses fails at once, and the other is still told', async () => {
  const { response, companies, find } = setting;
  mailbox.refused.add('ann@contoso.example');
  await response.groups.create(companies[0].number, GROUP);
  await find(companies[0], ['eve']);
  await response.deliver();
  const { deliveries } = await response.deliveries(confineTo([companies[0].number]), { limit: 5 });
  expect(Object.fromEntries(deliveries.map(({ target, state }) => [target, state]))).toEqual({
    'ann@contoso.example': 'failed',
    'bob@contoso.example': 'delivered',
  });
});

test('two servers on the same stores tell everybody once', async () => {
  const { response, another, companies, find } = setting;
  await response.groups.create(companies[0].number, GROUP);
  await find(companies[0], ['one', 'two', 'three', 'four', 'five']);
  const other = another();
  for (let pass = 0; pass < 3; pass += 1) await Promise.all([response.deliver(), other.deliver()]);
  expect(mailbox.mails).toHaveLength(10);
});
