import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, readFrames, type Segment } from './journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = (...rows: string[]) => ({ bytes: Buffer.from(`${rows.join('\n')}\n`), count: rows.length });
const ROWS = (n: number) =>
  new Map([
    ['A', lines(`{"n":${n}}`)],
    ['B', lines(`{"n":${n},"text":"tab \\t and ünïcode 😀"}`, '{}')],
  ]);

function textsOf(segment: Segment | undefined, table: string): string[] {
  return (segment?.rows.get(table) ?? []).flatMap(({ bytes }) => bytes.toString().trimEnd().split('\n'));
}

/** Leaves a segment of three frames behind, as a killed process would. */
async function leave(): Promise<string> {
  const journal = await Journal.open(folder);
  for (const n of [1, 2, 3]) await journal.append(ROWS(n), 1000);
  return path.join(folder, readdirSync(folder)[0] ?? '');
}

async function leftRows(): Promise<string[]> {
  const [segment] = await (await Journal.open(folder)).leftovers();
  return textsOf(segment, 'A');
}

describe('the journal', () => {
  it('gives a killed process’s rows back, with the token they would have had', async () => {
    const file = await leave();
    const [segment] = await (await Journal.open(folder)).leftovers();
    expect(segment).toMatchObject({ id: path.basename(file, '.journal'), firstStampMs: 1000, rowCount: 9 });
    expect(textsOf(segment, 'A')).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(JSON.parse(textsOf(segment, 'B')[4] ?? '')).toEqual({ n: 3, text: 'tab \t and ünïcode 😀' });
  });

  it('leaves out a frame that was cut off anywhere, and keeps those before it', async () => {
    const file = await leave();
    const whole = readFileSync(file);
    expect([...readFrames(whole)]).toHaveLength(6);
    for (let size = whole.length - 1; size > Math.floor((whole.length * 2) / 3); size -= 1) {
      truncateSync(file, size);
      expect(await leftRows()).toEqual(['{"n":1}', '{"n":2}']);
    }
  });

  it('leaves out a frame whose bytes were damaged', async () => {
    const file = await leave();
    const bytes = readFileSync(file);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await leftRows()).toEqual(['{"n":1}', '{"n":2}']);
    appendFileSync(file, 'F 99999999 0\n');
    expect(await leftRows()).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('begins another segment after a seal, and forgets one that is removed', async () => {
    const journal = await Journal.open(folder);
    await journal.append(ROWS(1), 1000);
    const first = await journal.seal();
    await journal.append(ROWS(2), 2000);
    expect(readdirSync(folder)).toHaveLength(2);
    if (first !== undefined) await journal.remove(first);
    expect(await leftRows()).toEqual(['{"n":2}']);
  });
});
