/**
 * The public OTRF recordings of attacks, imported as a user would: every line arrives, the counts are those of the files, and one
 * person's morning reads as it happened. Runs where GATEHOUSE_SHARED names a folder that has them.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsOf } from '../src/cli/import/lines.ts';
import { importFile, type Plan } from '../src/cli/import.ts';
import { createEventsHarness, type EventsHarness } from '../src/domains/events/testing.ts';

const folder = path.join(process.env.GATEHOUSE_SHARED ?? '/nowhere', 'data', 'otrf');
const FILES = {
  'empire_persistence_registry_modification_run_keys_standard_user.zip': 40_569,
  'empire_wmic_add_user_backdoor.zip': 12_278,
  'purplesharp_ad_playbook_I.zip': 25_993,
} as const;
const RUN_KEYS = 'empire_persistence_registry_modification_run_keys_standard_user.zip';

/** Counted from the file itself, not by the code under test. */
const RUN_KEYS_COUNTS: Readonly<Record<number, number>> = {
  4624: 120,
  4634: 58,
  4672: 85,
  4769: 16,
  4648: 9,
  4768: 7,
  4776: 2,
  4647: 1,
  4778: 1,
  4779: 1,
  4800: 1,
  4801: 1,
};

describe.skipIf(!existsSync(folder))('the OTRF recordings', () => {
  let harness: EventsHarness;
  let scratch: string;
  let plan: Plan;
  const api = {
    call: async (
      method: string,
      url: string,
      options: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
    ) => {
      const answer = await harness.http.inject({
        method: method as 'POST',
        url,
        payload: options.body as string,
        headers: { 'x-api-key': harness.keys[0], ...options.headers },
      });
      return { status: answer.statusCode, headers: {}, text: answer.body };
    },
  };

  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-otrf-'));
    // The engine forgets by its own clock: what arrived in a standing clock's past would be older than its retention.
    harness = await createEventsHarness({ timeZone: 'America/New_York', clockMs: Date.now() });
    plan = { table: 'SecurityEvent', format: undefined, company: harness.companies[0], query: '', dataFolder: scratch };
  });
  afterAll(async () => {
    await harness.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const rowsIn = async (table: string): Promise<number> =>
    Number((await harness.rows((database) => `SELECT count() FROM ${database}.${table}`))[0]?.[0]);

  it.each(Object.entries(FILES))('imports every line of %s', { timeout: 180_000 }, async (name, lines) => {
    const totals = await importFile(api, path.join(folder, name), plan);
    expect({ ...totals, tables: undefined, reasons: undefined }).toMatchObject({
      read: lines,
      stored: lines,
      duplicates: 0,
      refused: 0,
    });
  });

  it('counts SecurityEvent as an independent count of the files does', { timeout: 120_000 }, async () => {
    const counted = new Map<number, number>();
    for (const name of Object.keys(FILES))
      for await (const line of recordsOf(path.join(folder, name), undefined, () => undefined)) {
        if (!/"channel": ?"security"/i.test(line)) continue;
        const id = Number(/"EventID": ?(\d+)/.exec(line)?.[1]);
        counted.set(id, (counted.get(id) ?? 0) + 1);
      }
    const stored = await harness.rows(
      (database) => `SELECT EventID, count() FROM ${database}.SecurityEvent GROUP BY EventID`,
    );
    expect(new Map(stored.map(([id, count]) => [Number(id), Number(count)]))).toEqual(counted);
    const runKeys = await harness.rows(
      (database) =>
        `SELECT EventID, count() FROM ${database}.SecurityEvent WHERE toDate(TimeGenerated) = '2020-09-04' GROUP BY EventID`,
    );
    expect(Object.fromEntries(runKeys.map(([id, count]) => [Number(id), Number(count)]))).toMatchObject(
      RUN_KEYS_COUNTS,
    );
  });

  it('stores nothing when a file is imported again', { timeout: 180_000 }, async () => {
    const before = [await rowsIn('SecurityEvent'), await rowsIn('WindowsEvent'), await rowsIn('Authentication')];
    expect(await importFile(api, path.join(folder, RUN_KEYS), plan)).toMatchObject({
      stored: 0,
      duplicates: FILES[RUN_KEYS],
    });
    expect([await rowsIn('SecurityEvent'), await rowsIn('WindowsEvent'), await rowsIn('Authentication')]).toEqual(
      before,
    );
    expect(readdirSync(path.join(scratch, 'imports'))).toEqual([]);
  });

  it('reads one person’s morning as it happened, in UTC', async () => {
    const rows = await harness.rows(
      (
        database,
      ) => `SELECT formatDateTime(TimeGenerated, '%H:%i:%S'), EventType, EventSubType, EventOriginalSubType, EventOriginalType, count(),
           uniqExact(JSONExtractString(AdditionalFields, 'SignInId'))
         FROM ${database}.Authentication
         WHERE TargetSimpleUsername = 'pgustavo' AND DvcHostname = 'WORKSTATION5' AND toDate(TimeGenerated) = '2020-09-04'
           AND TargetUserType = 'Regular' AND EventType != 'ExplicitCredentials'
         GROUP BY ALL ORDER BY 1, 5, 2`,
    );
    expect(
      rows.map(([time, type, subType, originalSubType, id, count, signIns]) => [
        time,
        `${String(type)}/${String(subType)}/${String(originalSubType)}`,
        id,
        Number(count),
        Number(signIns),
      ]),
    ).toEqual([
      ['07:07:18', 'Logoff/Interactive/User initiated', '4647', 1, 1],
      ['07:08:14', 'Logon/Remote/Network', '4624', 1, 1],
      ['07:08:20', 'Logon/RemoteInteractive/RemoteInteractive', '4624', 2, 1],
      ['07:08:34', 'Logon/Remote/Network', '4624', 1, 1],
      ['07:08:34', 'Disconnect/RemoteInteractive/', '4779', 1, 1],
      ['07:08:35', 'Reconnect/RemoteInteractive/', '4778', 1, 1],
      ['07:08:35', 'Lock/Interactive/', '4800', 1, 1],
      ['07:08:38', 'Logon/Interactive/Unlock', '4624', 4, 2],
      ['07:08:38', 'Logoff/Interactive/Unlock', '4634', 4, 4],
      ['07:08:38', 'Unlock/Interactive/', '4801', 1, 1],
      ['07:08:40', 'Logoff/Remote/Network', '4634', 1, 1],
    ]);
  });

  it('marks DWM-n, UMFD-n and machine accounts as no people', async () => {
    const [row] = await harness.rows(
      (
        database,
      ) => `SELECT countIf(TargetUserType = 'Regular'), countIf(TargetUserType != 'Regular') FROM ${database}.Authentication
         WHERE match(TargetSimpleUsername, '^(DWM|UMFD)-[0-9]+$') OR TargetSimpleUsername LIKE '%$'`,
    );
    expect(Number(row?.[0])).toBe(0);
    expect(Number(row?.[1])).toBeGreaterThan(50);
  });
});
