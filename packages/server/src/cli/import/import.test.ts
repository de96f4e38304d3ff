import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventsHarness, type EventsHarness } from '../../domains/events/testing.ts';
import { importFile, type Plan, type Totals } from '../import.ts';
import { batchesOf } from './batches.ts';
import { recordsOf } from './lines.ts';

let harness: EventsHarness;
let folder: string;
let refuseAfter = Infinity;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-import-'));
  harness = await createEventsHarness({ timeZone: 'America/New_York' });
});
afterAll(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

const api = {
  call: async (
    method: string,
    url: string,
    options: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) => {
    if (refuseAfter <= 0) return { status: 500, headers: {}, text: '{"error":{"message":"cut off"}}' };
    refuseAfter -= 1;
    const answer = await harness.http.inject({
      method: method as 'POST',
      url,
      payload: options.body as string,
      headers: { 'x-api-key': harness.keys[0], ...options.headers },
    });
    return { status: answer.statusCode, headers: {}, text: answer.body };
  },
};

function fileOf(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

function importInto(table: string, file: string, more: Partial<Plan> = {}): Promise<Totals> {
  return importFile(api, file, {
    table,
    format: undefined,
    company: harness.companies[0],
    query: '',
    dataFolder: folder,
    ...more,
  });
}

async function texts(host: string): Promise<unknown[]> {
  return (
    await harness.rows(
      (database) => `SELECT ResultDescription FROM ${database}.AppServiceConsoleLogs WHERE Host = '${host}' ORDER BY 1`,
    )
  ).flat();
}

const LINE = (host: string, text: string) =>
  JSON.stringify({ TimeGenerated: '2026-03-02T08:00:00Z', Host: host, ResultDescription: text });

/** One file in an archive, as APPNOTE 4.3 lays it out. */
function zipOf(name: string, content: string): Buffer {
  const packed = deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(Buffer.byteLength(content), 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
  const directory = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

describe('gatehouse import', () => {
  const two = (host: string) => `${LINE(host, 'one')}\n${LINE(host, 'two')}\n`;

  it.each([
    ['lines', 'a.ndjson', two('lines')],
    ['array', 'a.json', `[\n ${LINE('array', 'one')},\n${LINE('array', 'two')} ]\n`],
    ['gz', 'a.jsonl.gz', gzipSync(two('gz'))],
    ['zip', 'a.zip', zipOf('inner.json', two('zip'))],
    [
      'csv',
      'a.csv',
      `TimeGenerated,Host,ResultDescription\n2026-03-02T08:00:00Z,csv,one\n"2026-03-02T08:00:00Z",csv,two\n`,
    ],
  ])('reads %s', async (host, name, content) => {
    expect(await importInto('AppServiceConsoleLogs', fileOf(name, content))).toMatchObject({
      read: 2,
      stored: 2,
      refused: 0,
    });
    expect(await texts(host)).toEqual(['one', 'two']);
  });

  it('keeps equal lines apart, and stores nothing the second time', async () => {
    const file = fileOf('equal.ndjson', `${LINE('equal', 'same')}\n`.repeat(5) + LINE('equal', 'other'));
    expect(await importInto('AppServiceConsoleLogs', file)).toMatchObject({ stored: 6, duplicates: 0 });
    expect(await importInto('AppServiceConsoleLogs', file)).toMatchObject({ stored: 0, duplicates: 6 });
    expect(await texts('equal')).toEqual(['other', 'same', 'same', 'same', 'same', 'same']);
  });

  it('goes on where it was cut off', async () => {
    const lines = Array.from({ length: 9000 }, (_, index) => LINE('cut', `line ${index % 4500}`));
    const file = fileOf('cut.ndjson', lines.join('\n'));
    refuseAfter = 3;
    await expect(importInto('AppServiceConsoleLogs', file)).rejects.toThrow('cut off');
    refuseAfter = Infinity;
    const rest = await importInto('AppServiceConsoleLogs', file);
    expect(rest.read).toBeLessThan(9000);
    expect((await texts('cut')).length).toBe(9000);
    expect(readdirSync(path.join(folder, 'imports'))).toEqual([]);
  });

  it('routes Windows events by their channel, in the zone of the company, and counts what it refused', async () => {
    const windows = (more: object) =>
      JSON.stringify({
        EventTime: '2026-01-05 03:07:18',
        Hostname: 'PC9.corp.example',
        SourceName: 'Microsoft-Windows-Security-Auditing',
        Channel: 'security',
        EventID: 4647,
        RecordNumber: 1,
        Keywords: '-9214364837600034816',
        TargetUserName: 'bea',
        TargetDomainName: 'CORP',
        TargetLogonId: '0x77',
        Message: 'Abmeldung wurde vom Benutzer veranlasst.',
        tags: ['x'],
        ...more,
      });
    const file = fileOf(
      'windows.json',
      [
        windows({}),
        windows({ Channel: 'System', SourceName: 'Eventlog', EventID: 6005, RecordNumber: 2 }),
        windows({ EventID: 'many', RecordNumber: 3 }),
        '{"broken',
      ].join('\n'),
    );
    const totals = await importInto('SecurityEvent', file);
    expect({ ...totals, reasons: undefined }).toMatchObject({ read: 4, stored: 2, refused: 2 });
    expect(Object.fromEntries(totals.tables)).toEqual({ SecurityEvent: 1, WindowsEvent: 1 });
    expect(
      await harness.rows(
        (
          database,
        ) => `SELECT TimeGenerated, Computer, EventID, Account, AccountType, Activity, Keywords, EventSourceName, JSONExtractString(AdditionalFields, 'Message')
          FROM ${database}.SecurityEvent WHERE Computer = 'PC9.corp.example'`,
      ),
    ).toEqual([
      [
        '2026-01-05 08:07:18.0000000',
        'PC9.corp.example',
        4647,
        'CORP\\bea',
        'User',
        '4647 - User initiated logoff.',
        '0x8020000000000000',
        'Microsoft-Windows-Security-Auditing',
        'Abmeldung wurde vom Benutzer veranlasst.',
      ],
    ]);
    expect(
      await harness.rows(
        (database) =>
          `SELECT Channel, Provider, EventID, JSONExtractString(EventData, 'TargetUserName') FROM ${database}.WindowsEvent WHERE Computer = 'PC9.corp.example'`,
      ),
    ).toEqual([['System', 'Eventlog', 6005, 'bea']]);
    expect(
      await harness.rows(
        (database) =>
          `SELECT EventType, TargetUsername, TargetSessionId, DvcHostname FROM ${database}.Authentication WHERE DvcHostname = 'PC9'`,
      ),
    ).toEqual([['Logoff', 'CORP\\bea', '0x77', 'PC9']]);
  });
});

describe('batches', () => {
  async function* lines(texts: readonly string[]): AsyncGenerator<string> {
    yield* texts;
  }

  it('names the last batch, counts equal lines across batches, and counts what it skips', async () => {
    const all = Array.from({ length: 4001 }, (_, index) => `line ${index % 2000}`);
    const found = [];
    for await (const batch of batchesOf(lines(all), 0))
      found.push([batch.lines.length, batch.ordinals.slice(0, 7), batch.through, batch.last]);
    expect(found[0]).toEqual([2000, 'none', 2000, false]);
    expect(found[1]?.[1]).toBe('0=1,1=1');
    expect(found.at(-1)?.[2]).toBe(4001);
    expect(found.map((batch) => batch[3])).toEqual([...found.slice(1).map(() => false), true]);
    const rest = [];
    for await (const batch of batchesOf(lines(all), 4000)) rest.push([batch.lines, batch.ordinals, batch.through]);
    expect(rest).toEqual([[['line 0'], '0=2', 4001]]);
  });
});

describe('recordsOf', () => {
  it.each([
    ['empty.json', '', []],
    ['space.json', ' \n ', []],
    ['none.json', '[]', []],
    ['nested.json', '[{"a":[1,{"b":"],[\\""}]},[2],"x"]', ['{"a":[1,{"b":"],[\\""}]}', '[2]', '"x"']],
  ])('%s', async (name, content, expected) => {
    const found: string[] = [];
    for await (const record of recordsOf(fileOf(name, content), undefined, () => undefined)) found.push(record);
    expect(found).toEqual(expected);
  });

  it.each([
    ['cut.json', '[{"a":1},', 'has no end'],
    ['damaged.gz', gzipSync('x'.repeat(1000)).subarray(0, 15), 'cannot be read'],
    ['no.zip', 'nothing', 'no ZIP archive'],
  ])('says what is wrong with %s', async (name, content, reason) => {
    const read = async (): Promise<void> => {
      const records = recordsOf(fileOf(name, content), undefined, () => undefined);
      while ((await records.next()).done !== true);
    };
    await expect(read()).rejects.toThrow(reason);
  });
});
