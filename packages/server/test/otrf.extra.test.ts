/**
 * The public OTRF recordings of attacks, imported as a user would: every line arrives, the counts are those of the files, and one
 * person's morning reads as it happened. Runs where GATEHOUSE_SHARED names a folder that has them.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsOf } from '../src/cli/import/lines.ts';
import { openOtrf, OTRF_FILES as FILES, OTRF_FOLDER as folder, type Otrf } from './otrf.ts';

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
  let otrf: Otrf;

  beforeAll(async () => {
    otrf = await openOtrf();
  });
  afterAll(async () => {
    await otrf.close();
  });

  const rowsIn = async (table: string): Promise<number> =>
    Number((await otrf.harness.rows((database) => `SELECT count() FROM ${database}.${table}`))[0]?.[0]);

  it.each(Object.entries(FILES))('imports every line of %s', { timeout: 180_000 }, async (name, lines) => {
    const totals = await otrf.importOne(name);
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
    const stored = await otrf.harness.rows(
      (database) => `SELECT EventID, count() FROM ${database}.SecurityEvent GROUP BY EventID`,
    );
    expect(new Map(stored.map(([id, count]) => [Number(id), Number(count)]))).toEqual(counted);
    const runKeys = await otrf.harness.rows(
      (database) =>
        `SELECT EventID, count() FROM ${database}.SecurityEvent WHERE toDate(TimeGenerated) = '2020-09-04' GROUP BY EventID`,
    );
    expect(Object.fromEntries(runKeys.map(([id, count]) => [Number(id), Number(count)]))).toMatchObject(
      RUN_KEYS_COUNTS,
    );
  });

  it('stores nothing when a file is imported again', { timeout: 180_000 }, async () => {
    const before = [await rowsIn('SecurityEvent'), await rowsIn('WindowsEvent'), await rowsIn('Authentication')];
    expect(await otrf.importOne(RUN_KEYS)).toMatchObject({
      stored: 0,
      duplicates: FILES[RUN_KEYS],
    });
    expect([await rowsIn('SecurityEvent'), await rowsIn('WindowsEvent'), await rowsIn('Authentication')]).toEqual(
      before,
    );
    expect(readdirSync(path.join(otrf.plan.dataFolder, 'imports'))).toEqual([]);
  });

  it('reads one person’s morning as it happened, in UTC', async () => {
    const rows = await otrf.harness.rows(
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
    const [row] = await otrf.harness.rows(
      (
        database,
      ) => `SELECT countIf(TargetUserType = 'Regular'), countIf(TargetUserType != 'Regular') FROM ${database}.Authentication
         WHERE match(TargetSimpleUsername, '^(DWM|UMFD)-[0-9]+$') OR TargetSimpleUsername LIKE '%$'`,
    );
    expect(Number(row?.[0])).toBe(0);
    expect(Number(row?.[1])).toBeGreaterThan(50);
  });
});
