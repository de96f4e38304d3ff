import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Company } from '../identity/index.ts';
import { burstRule, createSetting, drain, HOUR_MS, MINUTE_MS, type Setting } from './test/setting.ts';

// Real engines on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let setting: Setting;
let http: FastifyInstance;
let companies: readonly [Company, Company];
let keys: readonly [string, string];
let alertIds: readonly [string, string];

beforeAll(async () => {
  setting = await createSetting();
  companies = [await setting.company('Contoso'), await setting.company('Fabrikam')];
  keys = [await setting.keyOf(companies[0]), await setting.keyOf(companies[1])];
  const folder = setting.rules({
    burst: burstRule(2),
    broken: 'query: |\n  Nothing\nqueryFrequency: 5m\nqueryPeriod: 5m\ntriggerOperator: gt\ntriggerThreshold: 0\n',
  });
  const detection = await setting.startDetection({ rulesFolder: folder });
  const nowMs = setting.platform.clock.now();
  for (const company of companies)
    await setting.log(
      company,
      [0, 1, 2].map((second) => ({
        timeMs: nowMs - HOUR_MS + MINUTE_MS + second * 1000,
        text: `user_id: of-${company.name}, x`,
      })),
    );
  await drain(detection);
  http = await setting.serve(detection);
  const first = async (company: Company): Promise<string> => (await setting.alerts(company))[0]!.id;
  alertIds = [await first(companies[0]), await first(companies[1])];
});
afterAll(() => setting.close());

/** The parts of the answers that are looked at. */
interface Body {
  readonly alerts: readonly Record<string, unknown>[];
  readonly rules: readonly Record<string, unknown>[];
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly runs: readonly unknown[];
  readonly status: string;
  readonly query: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly error: { readonly code: string };
}

async function ask(method: 'GET' | 'PATCH', url: string, key: string, payload?: object) {
  const answer = await http.inject({
    method,
    url,
    headers: { 'x-api-key': key },
    ...(payload === undefined ? {} : { payload }),
  });
  return {
    status: answer.statusCode,
    body: answer.json<Body>(),
    text: answer.body,
  };
}

test('alerts are listed for the caller’s company alone', async () => {
  for (const [index, key] of keys.entries()) {
    const { status, body, text } = await ask('GET', '/api/alerts', key);
    expect(status).toBe(200);
    expect(body.alerts).toMatchObject([
      { id: alertIds[index], company: companies[index]?.number, status: 'new', severity: 'Low', ruleName: 'burst' },
    ]);
    expect(text).not.toContain(`of-${companies[1 - index]!.name}`);
  }
});

test('an alert comes with its rows, its run and its query; another company’s does not come', async () => {
  const { body } = await ask('GET', `/api/alerts/${alertIds[0]}`, keys[0]);
  expect(body.columns.map(({ name }) => name)).toEqual(['user', 'Lines', 'First', 'Last']);
  expect(body.rows).toMatchObject([['of-Contoso', 3, expect.any(String), expect.any(String)]]);
  expect(body.windowEnd - body.windowStart).toBe(15 * MINUTE_MS);
  expect(body.query).toContain('AppServiceConsoleLogs');
  expect(body.runs).toHaveLength(3);
  for (const [method, payload] of [['GET'], ['PATCH', { status: 'closed' }]] as const) {
    const other = await ask(method, `/api/alerts/${alertIds[1]}`, keys[0], payload);
    expect(other.status).toBe(404);
    expect(other.body.error.code).toBe('ALERT_UNKNOWN');
  }
});

test('an alert is acknowledged, closed, found by its status, and the trail says by whom', async () => {
  expect((await ask('PATCH', `/api/alerts/${alertIds[0]}`, keys[0], { status: 'acknowledged' })).body.status).toBe(
    'acknowledged',
  );
  expect((await ask('GET', '/api/alerts?status=acknowledged', keys[0])).body.alerts).toHaveLength(1);
  expect((await ask('GET', '/api/alerts?status=new', keys[0])).body.alerts).toHaveLength(0);
  expect((await ask('GET', '/api/alerts?status=new', keys[1])).body.alerts).toHaveLength(1);
  const trail = await setting.audit.list({ chains: [companies[0].number], limit: 10 });
  expect(trail.rows).toMatchObject([{ action: 'alert.status', target: alertIds[0], outcome: 'success' }]);
});

/** `{alert}` stands for the first company's alert. */
const WRONG: readonly (readonly ['GET' | 'PATCH', string, object | undefined, number])[] = [
  ['PATCH', '/api/alerts/{alert}', { status: 'merged' }, 400],
  ['PATCH', '/api/alerts/{alert}', {}, 400],
  ['GET', '/api/alerts?limit=0', undefined, 400],
  ['GET', '/api/alerts?limit=201', undefined, 400],
  ['GET', '/api/alerts?severity=Critical', undefined, 400],
  ['GET', '/api/alerts?cursor=bm90aGluZw', undefined, 400],
  ['GET', "/api/alerts/'; DROP TABLE detection_alerts; --ab", undefined, 404],
  ['GET', '/api/rules/0b1f7d0e-3a53-4f0c-9d2e-0d6b8c1e5bff', undefined, 404],
];

test.each(WRONG)('%s %s with %j is answered %s', async (method, url, payload, status) => {
  expect((await ask(method, encodeURI(url.replace('{alert}', alertIds[0])), keys[0], payload)).status).toBe(status);
  expect((await ask('GET', '/api/alerts', keys[1])).body.alerts).toHaveLength(1);
});

test('without a key nothing is answered', async () => {
  for (const url of ['/api/alerts', '/api/rules', `/api/alerts/${alertIds[0]}`])
    expect((await http.inject({ url })).statusCode).toBe(401);
});

test('a rule shows how it fares; one that does not run shows why', async () => {
  const { body } = await ask('GET', '/api/rules', keys[0]);
  const [broken, burst] = body.rules;
  expect(broken).toMatchObject({ name: 'broken', enabled: false, state: 'disabled', lastRunAt: null });
  expect(broken?.lastError).toMatch(/^broken\/rule\.yaml:\d+ query: /);
  expect(burst).toMatchObject({
    name: 'burst',
    enabled: true,
    state: 'running',
    lastError: null,
    frequencySeconds: 300,
    periodSeconds: 900,
  });
  expect(burst?.runs).toBeGreaterThanOrEqual(3);
  const one = await ask('GET', `/api/rules/${String(burst?.id)}`, keys[0]);
  expect(one.body).toMatchObject({ name: 'burst', gaps: [] });
});
