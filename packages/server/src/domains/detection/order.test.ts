// Peers' schedulers lose events that are indexed late and alert twice where windows overlap. Here the same events are sent to one
// company in order and to another late, shuffled, doubled and across restarts and crashes: the alerts must be the same.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoreError } from '../../platform/clickhouse/index.ts';
import type { Company } from '../identity/index.ts';
import { chainsOf } from './alerting/chains.ts';
import type { Detection } from './index.ts';
import { burstRule, createSetting, drain, HOUR_MS, MINUTE_MS, type Setting } from './test/setting.ts';

const MOST = 3;
const PERIOD_MS = 15 * MINUTE_MS;
const STEP_MS = 5 * MINUTE_MS;

let setting: Setting;
let folder: string;
beforeAll(async () => {
  setting = await createSetting();
  folder = setting.rules({ burst: burstRule(MOST) });
});
afterAll(() => setting.close());

interface Planned {
  readonly user: string;
  /** Seconds after the case's beginning. */
  readonly second: number;
  readonly delaySeconds: number;
  /** Sent a second time this many seconds after the first. */
  readonly againAfterSeconds: number | undefined;
}

const event: fc.Arbitrary<Planned> = fc.record({
  user: fc.constantFrom('ann', 'bob'),
  second: fc.integer({ min: 0, max: 3600 }),
  delaySeconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1800 })),
  againAfterSeconds: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined }),
});
const plan = fc.record({
  events: fc.array(event, { minLength: 8, maxLength: 30 }),
  /** Minutes at which the process is replaced; an odd one crashes in the middle of its work. */
  restarts: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 4 }),
});

interface Arrival {
  readonly atMs: number;
  readonly company: Company;
  readonly event: Planned;
  readonly index: number;
}

/** What the alerts are by definition: from the events alone, without any store. */
function expectedAlerts(events: readonly Planned[], startMs: number) {
  return ['ann', 'bob'].flatMap((user) => {
    const times = events.filter((one) => one.user === user).map(({ second }) => startMs + second * 1000);
    const hits: number[] = [];
    for (let runMs = startMs; runMs <= startMs + 2 * HOUR_MS; runMs += STEP_MS)
      if (times.filter((time) => runMs - PERIOD_MS < time && time <= runMs).length > MOST) hits.push(runMs);
    return chainsOf(hits, PERIOD_MS).map((runs) => ({
      user,
      firstRunAt: runs[0]!,
      lastRunAt: runs.at(-1)!,
      runCount: runs.length,
    }));
  });
}

/** A query that dies with the process after some more runs. */
function dyingAfter(runs: number): Pick<Setting['query'], 'compile' | 'run'> {
  let left = runs;
  return {
    compile: (...given) => setting.query.compile(...given),
    run: (...given) => {
      left -= 1;
      return left < 0 ? Promise.reject(new StoreError('STORE_UNAVAILABLE')) : setting.query.run(...given);
    },
  };
}

async function play(
  events: readonly Planned[],
  restarts: readonly number[],
  startMs: number,
  companies: readonly [Company, Company],
): Promise<void> {
  const { clock } = setting.platform;
  const [inOrder, disordered] = companies;
  const arrivals = events
    .flatMap((one, index): Arrival[] => {
      const timeMs = startMs + one.second * 1000;
      const lateMs = timeMs + one.delaySeconds * 1000;
      const late = { company: disordered, event: one, index };
      const again =
        one.againAfterSeconds === undefined ? [] : [{ ...late, atMs: lateMs + one.againAfterSeconds * 1000 }];
      return [{ atMs: timeMs, company: inOrder, event: one, index }, { ...late, atMs: lateMs }, ...again];
    })
    .sort((a, b) => a.atMs - b.atMs);
  let detection: Detection = await setting.startDetection({ rulesFolder: folder });
  for (let minute = 0; minute <= 130; minute += 1) {
    const fromMs = startMs + minute * MINUTE_MS;
    const now = arrivals.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + MINUTE_MS);
    clock.set(fromMs + MINUTE_MS - 1);
    for (const company of companies)
      await send(
        company,
        now.filter((arrival) => arrival.company === company),
        startMs,
      );
    clock.set(fromMs + MINUTE_MS);
    if (restarts.includes(minute)) {
      if (minute % 2 === 1) {
        const dying = await setting.startDetection({ rulesFolder: folder }, dyingAfter(minute % 5));
        await detection.stop?.();
        await drain(dying).catch(() => undefined);
      }
      // The old process never gives its lease back.
      clock.advance(1);
      detection = await setting.startDetection({ rulesFolder: folder });
    }
    if (now.length > 0 || minute % 5 === 0) await drain(detection);
  }
  clock.advance(2 * MINUTE_MS);
  await drain(detection);
  await detection.stop?.();
}

async function send(company: Company, arrivals: readonly Arrival[], startMs: number): Promise<void> {
  if (arrivals.length === 0) return;
  await setting.log(
    company,
    arrivals.map(({ event: { user, second }, index }) => ({
      timeMs: startMs + second * 1000,
      text: `protected route access - user_id: ${user}, email: ${user}@example.org`,
      uid: `${startMs}-${index}`,
    })),
  );
}

async function alertsOf(company: Company) {
  return (await setting.alerts(company))
    .map(({ entities, firstRunAt, lastRunAt, runCount, title, firstEventAt, lastEventAt, rowCount, severity }) => ({
      user: entities[0]?.identifiers.FullName ?? '',
      firstRunAt,
      lastRunAt,
      runCount,
      shown: { title, firstEventAt, lastEventAt, rowCount, severity },
    }))
    .sort((a, b) => (a.user === b.user ? a.firstRunAt - b.firstRunAt : a.user < b.user ? -1 : 1));
}

test('late, shuffled, doubled and across restarts: the same alerts as in order, and as by definition', async () => {
  let cases = 0;
  let found = 0;
  await fc.assert(
    fc.asyncProperty(plan, async ({ events, restarts }) => {
      cases += 1;
      const { clock } = setting.platform;
      const startMs = Math.ceil(clock.now() / HOUR_MS) * HOUR_MS + HOUR_MS;
      clock.set(startMs - 2 * MINUTE_MS);
      const companies = [await setting.company(`In order ${cases}`), await setting.company(`Late ${cases}`)] as const;
      await play(events, restarts, startMs, companies);
      const inOrder = await alertsOf(companies[0]);
      expect(await alertsOf(companies[1])).toEqual(inOrder);
      expect(inOrder.map(({ shown: _, ...alert }) => alert)).toEqual(expectedAlerts(events, startMs));
      found += inOrder.length;
    }),
    {
      endOnFailure: true,
      numRuns: Number(process.env.ORDER_CASES ?? 4),
      ...(process.env.ORDER_SEED === undefined ? {} : { seed: Number(process.env.ORDER_SEED) }),
    },
  );
  expect(found).toBeGreaterThan(0);
}, 600_000);
