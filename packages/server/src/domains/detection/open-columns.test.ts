import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSetting, drain, HOUR_MS, MINUTE_MS, type Setting } from './test/setting.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A rule whose columns the data decides, and that maps one that only some rows have. */
const RULE = `queryFrequency: 5m
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
query: |
  AppServiceConsoleLogs
  | project bag = todynamic(ResultDescription)
  | evaluate bag_unpack(bag)
  | where action == "drop"
entityMappings:
  - entityType: Account
    fieldMappings:
      - identifier: FullName
        columnName: who
`;

let setting: Setting;
beforeAll(async () => {
  setting = await createSetting();
});
afterAll(() => setting.close());

test('a rule over columns of the data runs without rows, without the mapped column, and with it', async () => {
  const { clock } = setting.platform;
  clock.set(Math.ceil(clock.now() / HOUR_MS) * HOUR_MS);
  const company = await setting.company('Unpacked');
  const detection = await setting.startDetection({ rulesFolder: setting.rules({ unpack: RULE }) });
  expect(detection.rules().map(({ reasons }) => reasons)).toEqual([[]]);
  const startMs = clock.now();
  await drain(detection);
  expect(await setting.alerts(company)).toEqual([]);

  await setting.log(company, [{ timeMs: startMs + MINUTE_MS, text: '{"action":"drop"}' }]);
  clock.set(startMs + 6 * MINUTE_MS);
  await drain(detection);
  expect(await setting.alerts(company)).toMatchObject([{ entities: [] }]);

  await setting.log(company, [{ timeMs: startMs + 2 * HOUR_MS, text: '{"action":"drop","who":"eve"}' }]);
  clock.set(startMs + 2 * HOUR_MS + 6 * MINUTE_MS);
  await drain(detection);
  expect((await setting.alerts(company)).map(({ entities }) => entities)).toContainEqual([
    { type: 'Account', identifiers: { FullName: 'eve' } },
  ]);
});
