import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { StoreError } from '../../platform/clickhouse/index.ts';
import { confineTo } from '../../platform/access/index.ts';
import type { Company } from '../identity/index.ts';
import type { DetectionTables } from './tables.ts';
import { burstRule, createSetting, drain, HOUR_MS, MINUTE_MS, type Setting } from './test/setting.ts';

// Real engines on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let setting: Setting;
let folder: string;
let company: Company;
let names = 0;

/** Each test has a company of its own and begins at the next full hour. */
beforeAll(async () => {
  setting = await createSetting();
  folder = setting.rules({ burst: burstRule(10) });
});
afterAll(() => setting.close());

async function begin(): Promise<number> {
  const { clock } = setting.platform;
  clock.set(Math.ceil((clock.now() + 1) / HOUR_MS) * HOUR_MS + 6 * HOUR_MS);
  names += 1;
  company = await setting.company(`Company ${names}`);
  clock.advance(3_000);
  return clock.now() - 3_000;
}

function burst(startMs: number, count: number, user = 'eve', everyMs = 1_000) {
  return Array.from({ length: count }, (_, index) => ({
    timeMs: startMs + index * everyMs,
    text: `protected route access - user_id: ${user}, email: ${user}@example.org`,
    uid: `${company.number}-${user}-${startMs}-${index}`,
  }));
}

test('a burst that three windows hold is one alert, found when its run is due and the events have settled', async () => {
  const startMs = await begin();
  const { clock } = setting.platform;
  const detection = await setting.startDetection({ rulesFolder: folder });
  await drain(detection);
  clock.set(startMs + 3 * MINUTE_MS);
  await setting.log(company, burst(startMs + MINUTE_MS, 11));
  await drain(detection);
  clock.set(startMs + 5 * MINUTE_MS + 4_000);
  await drain(detection);
  expect(await setting.alerts(company)).toEqual([]);
  clock.advance(1_000);
  await drain(detection);
  expect(await setting.alerts(company)).toMatchObject([
    {
      title: 'eve wrote 11 lines',
      severity: 'Low',
      runCount: 1,
      entities: [{ type: 'Account', identifiers: { FullName: 'eve' } }],
      firstEventAt: startMs + MINUTE_MS,
    },
  ]);
  for (let minutes = 10; minutes <= 40; minutes += 5) {
    clock.set(startMs + minutes * MINUTE_MS + 5_000);
    await drain(detection);
  }
  expect(await setting.alerts(company)).toMatchObject([
    { runCount: 3, firstRunAt: startMs + 5 * MINUTE_MS, lastRunAt: startMs + 15 * MINUTE_MS },
  ]);
});

test('ten lines are no alert', async () => {
  const startMs = await begin();
  const detection = await setting.startDetection({ rulesFolder: folder });
  await setting.log(company, burst(startMs - 30 * MINUTE_MS, 10));
  await drain(detection);
  expect(await setting.alerts(company)).toEqual([]);
});

test('old events that come in late, in any order, alert at once', async () => {
  const startMs = await begin();
  const detection = await setting.startDetection({ rulesFolder: folder });
  await drain(detection);
  await setting.log(company, burst(startMs - 3 * HOUR_MS + MINUTE_MS, 11).reverse());
  await drain(detection);
  expect(await setting.alerts(company)).toMatchObject([{ runCount: 3, title: 'eve wrote 11 lines' }]);
});

test('a late event extends an alert backwards, joins two into the older, and takes nothing away', async () => {
  const startMs = await begin();
  const { clock } = setting.platform;
  const detection = await setting.startDetection({ rulesFolder: folder });
  const early = startMs - 2 * HOUR_MS + MINUTE_MS;
  await setting.log(company, burst(early, 11));
  await drain(detection);
  const [first] = await setting.alerts(company);
  clock.advance(1_000);
  await setting.log(company, burst(early + 45 * MINUTE_MS, 11));
  await drain(detection);
  expect(await setting.alerts(company)).toHaveLength(2);
  clock.advance(1_000);
  await setting.log(company, burst(early + 25 * MINUTE_MS, 11));
  await drain(detection);
  const merged = await setting.alerts(company);
  expect(merged).toMatchObject([{ id: first!.id, runCount: 9, firstEventAt: early }]);
});

test('a closed alert stays closed when older events come in, and opens again when it goes on', async () => {
  const startMs = await begin();
  const { clock } = setting.platform;
  const detection = await setting.startDetection({ rulesFolder: folder });
  await setting.log(company, burst(startMs - 10 * MINUTE_MS, 11));
  await drain(detection);
  const [alert] = await setting.alerts(company);
  await detection.alerts.setStatus(confineTo([company.number]), alert!.id, 'closed');
  clock.advance(1_000);
  await setting.log(company, burst(startMs - 9 * MINUTE_MS, 3));
  await drain(detection);
  expect(await setting.alerts(company)).toMatchObject([
    { id: alert!.id, status: 'closed', rowCount: 1, lastEventAt: startMs - 9 * MINUTE_MS + 2_000 },
  ]);
  clock.set(startMs + 3 * MINUTE_MS);
  await setting.log(company, burst(startMs + 2 * MINUTE_MS, 11));
  clock.set(startMs + 5 * MINUTE_MS + 5_000);
  await drain(detection);
  expect(await setting.alerts(company)).toMatchObject([{ id: alert!.id, status: 'new' }]);
});

test('runs that were missed are made up in order by the next process, and what is too old is a gap that is seen', async () => {
  const startMs = await begin();
  const { clock } = setting.platform;
  const lookback = { rulesFolder: folder, lookbackMs: 4 * HOUR_MS };
  await drain(await setting.startDetection(lookback));
  clock.set(startMs + MINUTE_MS);
  await setting.log(company, burst(startMs + 10_000, 11));
  clock.set(startMs + 3 * HOUR_MS);
  const detection = await setting.startDetection(lookback);
  await drain(detection);
  expect(await setting.alerts(company)).toMatchObject([{ runCount: 3, firstRunAt: startMs + 5 * MINUTE_MS }]);
  clock.set(startMs + 12 * HOUR_MS);
  await drain(detection);
  const gaps = await setting.platform.database
    .withTables<DetectionTables>()
    .selectFrom('detection_gaps')
    .selectAll()
    .where('company', '=', company.number)
    .execute();
  expect(gaps).toMatchObject([{ from_ms: startMs + 3 * HOUR_MS, through_ms: startMs + 8 * HOUR_MS - 5 * MINUTE_MS }]);
});

test('of two servers one runs the rules; the other takes over when the first gives up or dies', async () => {
  await begin();
  const { clock } = setting.platform;
  const one = await setting.startDetection({ rulesFolder: folder });
  const two = await setting.startDetection({ rulesFolder: folder });
  clock.advance(2 * MINUTE_MS);
  expect((await one.tick()).held).toBe(true);
  expect((await two.tick()).held).toBe(false);
  clock.advance(2 * MINUTE_MS);
  expect((await two.tick()).held).toBe(true);
  expect((await one.tick()).held).toBe(false);
  await two.stop?.();
  expect((await one.tick()).held).toBe(true);
  await one.stop?.();
});

test('a rule that fails is tried again with growing pauses, then the run is a gap, and the rule goes on', async () => {
  const startMs = await begin();
  const { clock } = setting.platform;
  const { query } = setting;
  const failing = {
    compile: query.compile.bind(query),
    run: async (...given: Parameters<typeof query.run>) => {
      if (given[2].nowMs === startMs + 5 * MINUTE_MS) throw new StoreError('MEMORY_LIMIT');
      return query.run(...given);
    },
  };
  const detection = await setting.startDetection({ rulesFolder: folder, attempts: 3 }, failing);
  await drain(detection);
  clock.set(startMs + MINUTE_MS);
  await setting.log(company, burst(startMs + 10_000, 11));
  const state = async () =>
    setting.platform.database
      .withTables<DetectionTables>()
      .selectFrom('detection_states')
      .selectAll()
      .where('company', '=', company.number)
      .executeTakeFirstOrThrow();
  clock.set(startMs + 6 * MINUTE_MS);
  await drain(detection);
  expect(await state()).toMatchObject({ cursor_ms: startMs, failures: 1, retry_at_ms: clock.now() + 5_000 });
  clock.advance(5_000);
  await drain(detection);
  expect(await state()).toMatchObject({ cursor_ms: startMs, failures: 2, retry_at_ms: clock.now() + 10_000 });
  clock.set(startMs + 16 * MINUTE_MS);
  await drain(detection);
  expect(await state()).toMatchObject({ failures: 0, cursor_ms: startMs + 15 * MINUTE_MS });
  expect(await setting.alerts(company)).toMatchObject([{ firstRunAt: startMs + 10 * MINUTE_MS, runCount: 2 }]);
  const gaps = await setting.platform.database
    .withTables<DetectionTables>()
    .selectFrom('detection_gaps')
    .selectAll()
    .where('company', '=', company.number)
    .execute();
  expect(gaps).toMatchObject([
    {
      from_ms: startMs + 5 * MINUTE_MS,
      through_ms: startMs + 5 * MINUTE_MS,
      reason: expect.stringContaining('failed 3 times'),
    },
  ]);
});

test('a rule that waits for silence runs although nothing arrives', async () => {
  const startMs = await begin();
  const silence = setting.rules({
    silence: `queryFrequency: 5m
queryPeriod: 5m
triggerOperator: lt
triggerThreshold: 1
query: |
  AppServiceConsoleLogs
  | where ResultDescription has "heartbeat"
`,
  });
  const { clock } = setting.platform;
  const detection = await setting.startDetection({ rulesFolder: silence });
  clock.set(startMs + MINUTE_MS);
  await setting.log(company, [
    { timeMs: startMs - MINUTE_MS, text: 'heartbeat' },
    { timeMs: startMs + MINUTE_MS, text: 'heartbeat' },
  ]);
  clock.set(startMs + 5 * MINUTE_MS + 6_000);
  await drain(detection);
  expect(await setting.alerts(company)).toEqual([]);
  clock.set(startMs + 10 * MINUTE_MS + 6_000);
  await drain(detection);
  expect(await setting.alerts(company)).toMatchObject([{ title: 'silence', runCount: 1, rowCount: 0 }]);
  // The heartbeat was only late: the alert is taken back.
  await setting.log(company, [{ timeMs: startMs + 7 * MINUTE_MS, text: 'heartbeat' }]);
  await drain(detection);
  expect(await setting.alerts(company)).toEqual([]);
});

test('a company’s events make no alert in another company', async () => {
  const startMs = await begin();
  const other = await setting.company(`Other ${names}`);
  const detection = await setting.startDetection({ rulesFolder: folder });
  await setting.log(company, burst(startMs - HOUR_MS, 6));
  await setting.log(other, burst(startMs - HOUR_MS, 6));
  await drain(detection);
  expect([...(await setting.alerts(company)), ...(await setting.alerts(other))]).toEqual([]);
  setting.platform.clock.advance(1_000);
  await setting.log(company, burst(startMs - HOUR_MS + 20_000, 5));
  await drain(detection);
  const [alert] = await setting.alerts(company);
  expect(await setting.alerts(other)).toEqual([]);
  await expect(detection.alerts.get(confineTo([other.number]), alert!.id)).rejects.toMatchObject({
    code: 'ALERT_UNKNOWN',
    status: 404,
  });
  await expect(detection.alerts.setStatus(confineTo([other.number]), alert!.id, 'closed')).rejects.toMatchObject({
    code: 'ALERT_UNKNOWN',
  });
  expect((await detection.alerts.evidence(confineTo([company.number]), alert!.id)).rows).toMatchObject([
    ['eve', 11, expect.any(String), expect.any(String)],
  ]);
});
