/**
 * Public rules and some of our own over the public recordings of attacks: each gives as many rows as a plain computation over the
 * raw lines of the recordings, which uses neither the compiler nor the normaliser. Runs where GATEHOUSE_SHARED names the folder.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQuery, type Query } from '../src/domains/query/index.ts';
import { confineTo } from '../src/platform/access/index.ts';
import { OWN } from './otrf-own.ts';
import { RULES } from './otrf-rules.ts';
import { openOtrf, OTRF_FILES, OTRF_FOLDER, type Otrf } from './otrf.ts';
import { readRecordings, timeMs, type Raw } from './recordings.ts';

const corpus = path.join(process.env.GATEHOUSE_SHARED ?? '/nowhere', 'conformance', 'rules.dev.jsonl');
const END = '2020-10-22T08:31:00Z';
/** Before the first recording. */
const BEGIN_MS = Date.parse('2020-09-01T00:00:00Z');

describe.skipIf(!existsSync(OTRF_FOLDER) || !existsSync(corpus))('rules over the OTRF recordings', () => {
  let otrf: Otrf;
  let query: Query;
  let records: Raw[];
  let texts: Map<string, string>;

  beforeAll(async () => {
    otrf = await openOtrf();
    for (const name of Object.keys(OTRF_FILES)) await otrf.importOne(name);
    query = createQuery(otrf.harness.platform, {
      audit: { record: async () => undefined },
      events: otrf.harness.events,
    });
    records = await readRecordings();
    texts = new Map(
      readFileSync(corpus, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { id: string; query: string })
        .map((rule) => [rule.id, rule.query]),
    );
  }, 240_000);
  afterAll(async () => {
    await query.stop?.();
    await otrf.close();
  });

  async function count(text: string, nowMs: number, window?: { afterMs: number; throughMs: number }): Promise<number> {
    const scope = confineTo([otrf.harness.companies[0].number]);
    const { rows, partial } = await query.run(scope, text, {
      nowMs,
      limits: { maxResultRows: 100_000, maxSeconds: 60, maxMemoryBytes: 2 ** 31 },
      ...(window === undefined ? {} : { window }),
    });
    expect(partial).toBeUndefined();
    return rows.length;
  }

  it.each(RULES)('$id', async ({ id, change = [], at, rows }) => {
    const found = [...texts].filter(([one]) => one.endsWith(id));
    expect(found.map(([one]) => one)).toHaveLength(1);
    let text = found[0]?.[1] ?? '';
    for (const [from, to] of change) {
      expect(text).toContain(from);
      text = text.replace(from, () => to);
    }
    const nowMs = Date.parse(at ?? END);
    // A rule that runs at a recording's end sees that recording; one without a time of its own sees all of them.
    const afterMs = at === undefined ? BEGIN_MS : nowMs - 86_400_000;
    const expected = rows(records.filter((one) => timeMs(one) > afterMs && timeMs(one) <= nowMs));
    expect(expected).toBeGreaterThan(0);
    expect(await count(text, nowMs, { afterMs, throughMs: nowMs })).toBe(expected);
  });

  it.each(OWN)('$name', async ({ query: text, rows }) => {
    const expected = rows(records);
    expect(expected).toBeGreaterThan(0);
    expect(await count(text, Date.parse(END))).toBe(expected);
  });
});
