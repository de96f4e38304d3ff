import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SHIPPED_RULES, loadRules, testRules } from './index.ts';
import { readVerified } from './rules/verdicts.ts';
import type { DetectionTables } from './tables.ts';
import { createSetting, drain, type Setting } from './test/setting.ts';

// Real engines on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let setting: Setting;
const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-book-'));
beforeAll(async () => {
  setting = await createSetting();
});
afterAll(async () => {
  await setting.close();
  rmSync(scratch, { recursive: true, force: true });
});

test('every shipped rule is green, and verified.json says so for the files as they are', async () => {
  const folders = await loadRules(SHIPPED_RULES);
  const reports = await testRules(setting.platform, folders);
  expect(reports.map(({ folder, failures }) => [folder.name, failures])).toEqual(folders.map(({ name }) => [name, []]));
  const verified = await readVerified(SHIPPED_RULES);
  expect(folders.filter(({ hash }) => !verified.has(hash)).map(({ name }) => name)).toEqual([]);
}, 120_000);

test('the query of seed 000 is shipped word for word', async () => {
  const folders = await loadRules(SHIPPED_RULES);
  expect(folders.find(({ name }) => name === 'protected-route-per-minute')?.rule?.query).toBe(`AppServiceConsoleLogs
| where TimeGenerated > ago(15m)
| where ResultDescription contains "protected route access"
| extend user_id = extract(@"user_id: ([^,]+)", 1, ResultDescription)
| where isnotempty(user_id)
| summarize AccessCount = count() by user_id, bin(TimeGenerated, 1m)
| where AccessCount > 10
| project user_id, TimeGenerated, AccessCount
| order by AccessCount desc
`);
});

/** A copy of one shipped rule, with some text of its files replaced. */
function changed(name: string, file: 'rule.yaml' | 'tests.yaml', from: string, to: string): string {
  const folder = mkdtempSync(path.join(scratch, 'rules-'));
  cpSync(path.join(SHIPPED_RULES, name), path.join(folder, name), { recursive: true });
  const at = path.join(folder, name, file);
  const text = readFileSync(at, 'utf8');
  expect(text).toContain(from);
  writeFileSync(at, text.replace(from, to));
  return folder;
}

test('a rule whose test is red does not run, and says which test and why; a green one runs once its tests have', async () => {
  const red = changed('brute-force-account', 'rule.yaml', 'FailedSignIns >= 10', 'FailedSignIns >= 9');
  const detection = await setting.startDetection({ rulesFolder: red, verify: true });
  expect(detection.rules()[0]?.reasons).toEqual(['its tests are being run']);
  await detection.start?.();
  await detection.stop?.();
  expect(detection.rules()[0]?.reasons).toContainEqual(
    expect.stringMatching(/^a test is red: nine failures and a success are none: not expected .*bob/),
  );
  // The verdict is kept: the next start knows it without running anything.
  const again = await setting.startDetection({ rulesFolder: red, verify: true });
  expect(again.rules()[0]?.reasons).toEqual(detection.rules()[0]?.reasons);

  const green = changed('brute-force-account', 'rule.yaml', 'version: 1.0.0', 'version: 1.0.1');
  const started = await setting.startDetection({ rulesFolder: green, verify: true });
  await started.start?.();
  await started.stop?.();
  expect(started.rules()[0]?.reasons).toEqual([]);
}, 120_000);

test.each([
  [
    'an unknown table',
    'AppServiceConsoleLogs\n',
    'AppServiceConsoleLog\n',
    /rule\.yaml:\d+ query: KS\d+: .*AppServiceConsoleLog/,
  ],
  ['a syntax error', '| where isnotempty(user_id)', '| where isnotempty(user_id', /rule\.yaml:22 query: KS\d+: /],
  [
    'a column that the result does not have',
    'columnName: user_id',
    'columnName: account',
    /its result has no column account, which the rule maps/,
  ],
])('a rule with %s does not run, and the place in its file is said', async (_, from, to, expected) => {
  const folder = changed('protected-route-quarter-hour', 'rule.yaml', from, to);
  const detection = await setting.startDetection({ rulesFolder: folder });
  expect(detection.rules()[0]?.reasons.join('\n')).toMatch(expected);
  await expect(drain(detection)).resolves.toBeUndefined();
});

test('a rule on a custom table waits for the table, and then runs for the companies that have it', async () => {
  const folder = setting.rules({
    doors: `queryFrequency: 5m
queryPeriod: 5m
triggerOperator: gt
triggerThreshold: 0
query: Doors_CL | where Outcome == "forced"
`,
  });
  const { clock, database } = setting.platform;
  const detection = await setting.startDetection({ rulesFolder: folder });
  expect(detection.rules()[0]?.reasons[0]).toContain('Doors_CL');
  const [having, lacking] = [await setting.company('With doors'), await setting.company('Without doors')];
  const http = await setting.serve(setting.events);
  const declared = await http.inject({
    method: 'POST',
    url: '/api/tables',
    headers: { 'x-api-key': await setting.keyOf(having) },
    payload: { name: 'Doors_CL', columns: [{ name: 'Outcome', type: 'string' }] },
  });
  expect(declared.statusCode).toBe(201);
  await drain(detection);
  expect(detection.rules()[0]?.reasons).toEqual([]);
  const timeMs = clock.now() - 60_000;
  await setting.events.ingest(
    having,
    'Doors_CL',
    [{ TimeGenerated: new Date(timeMs).toISOString(), Outcome: 'forced' }],
    { visible: true },
  );
  clock.advance(600_000);
  await drain(detection);
  expect(await setting.alerts(having)).toMatchObject([{ title: 'doors', runCount: 1 }]);
  const states = await database
    .withTables<DetectionTables>()
    .selectFrom('detection_states')
    .select('company')
    .where('company', '=', lacking.number)
    .execute();
  expect(states).toEqual([]);
});
