/**
 * Kills the store's child with SIGKILL at random moments under load; see README.md.
 *
 *   node bench/kill/child.ts [rounds, default 30] [seed]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_TABLES } from '@gatehouse/schema';
import { migrateTables, openEventStore } from '@gatehouse/server/platform/clickhouse';

const rounds = Number(process.argv[2] ?? 30);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const WRITERS = 6;
const READERS = 2;
const LARGEST_BATCH = 2_000;
const BACK_WITHIN_MS = 30_000;
const TABLE = 'AppServiceConsoleLogs';

/** A small linear congruential generator: the choices of a run can be repeated with its seed. */
let state = seed >>> 0;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-kill-'));
const ends: string[] = [];
let halfDone = 0;
const store = await openEventStore({
  kind: 'embedded',
  folder,
  database: 'gatehouse',
  onEvent: (event) => {
    ends.push(`${event.kind} ${event.detail}`);
    halfDone += Number(/(\d+) half-done/.exec(event.detail)?.[1] ?? 0);
  },
});
await migrateTables(
  store,
  LOG_TABLES.filter((table) => table.name === TABLE),
);
console.log(`rounds ${rounds}, seed ${seed}, ${WRITERS} writers of 1 to ${LARGEST_BATCH} rows, ${READERS} readers`);

let running = true;
let batches = 0;
/** Rows of a batch, by its number. */
const sent = new Map<number, number>();
const acknowledged = new Set<number>();
let failedInserts = 0;
let failedReads = 0;

function rowsOf(batch: number, count: number): string {
  // Now: rows that arrived before the table's retention leave by themselves.
  const at = new Date().toISOString().replace('T', ' ').replace('Z', '');
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      CompanyId: 1 + (index % 20),
      TimeGenerated: at,
      IngestedAt: at,
      EventUid: `${batch}-${index}`,
      Type: TABLE,
      Host: String(batch),
      ResultDescription: `line ${index} of batch ${batch}`,
    }),
  ).join('\n');
}

async function write(): Promise<void> {
  while (running) {
    const batch = batches++;
    const count = random() < 0.3 ? 1 : 1 + Math.floor(random() * LARGEST_BATCH);
    sent.set(batch, count);
    try {
      await store.insert(TABLE, rowsOf(batch, count), { token: `batch-${batch}` });
      acknowledged.add(batch);
    } catch {
      failedInserts += 1;
    }
  }
}

async function read(): Promise<void> {
  while (running) {
    try {
      await store.read(`SELECT Host, uniqExact(EventUid) FROM ${TABLE} WHERE CompanyId = 3 GROUP BY Host`);
    } catch {
      failedReads += 1;
    }
    await sleep(20);
  }
}

async function merge(): Promise<void> {
  while (running) {
    await store.command(`OPTIMIZE TABLE ${TABLE} FINAL`).catch(() => undefined);
    await sleep(500);
  }
}

function kill(): boolean {
  const pid = store.childPid();
  if (pid === undefined) return false;
  process.kill(pid, 'SIGKILL');
  return true;
}

const work = [...Array.from({ length: WRITERS }, write), ...Array.from({ length: READERS }, read), merge()];
const backAfter: number[] = [];
let kills = 0;
for (let round = 0; round < rounds; round++) {
  await sleep(100 + random() * 900);
  const begun = performance.now();
  if (kill()) kills += 1;
  // Sometimes again while it is starting.
  if (random() < 0.3) {
    await sleep(random() * 500);
    if (kill()) kills += 1;
  }
  while (!(await store.ping()) && performance.now() - begun < BACK_WITHIN_MS) await sleep(20);
  backAfter.push(performance.now() - begun);
}
running = false;
await Promise.all(work);

const answer = await store.read(
  `SELECT Host, count(), uniqExact(EventUid), uniqExact(CompanyId) FROM ${TABLE} GROUP BY Host`,
  { limits: { maxResultRows: 1_000_000 } },
);
const found = new Map(
  answer.rows.map(([host, rows, uids]) => [Number(host), { rows: Number(rows), uids: Number(uids) }]),
);
const wrong: string[] = [];
for (const [batch, count] of sent) {
  const there = found.get(batch);
  const mayBeAbsent = !acknowledged.has(batch);
  if (there === undefined ? !mayBeAbsent : there.rows !== count || there.uids !== count)
    wrong.push(
      `batch ${batch}: sent ${count}, ${mayBeAbsent ? 'not ' : ''}acknowledged, found ${there?.rows ?? 0} (${there?.uids ?? 0} different)`,
    );
}
backAfter.sort((a, b) => a - b);
const rows = [...acknowledged].reduce((sum, batch) => sum + (sent.get(batch) ?? 0), 0);
const slow = backAfter.filter((ms) => ms >= BACK_WITHIN_MS).length;
console.table({
  kills,
  'acknowledged batches': acknowledged.size,
  'acknowledged rows': rows,
  'failed inserts': failedInserts,
  'failed reads': failedReads,
  'half-done inserts mended': halfDone,
  'lost, doubled or halved batches': wrong.length,
  'back after, median ms': Math.round(backAfter[Math.floor(backAfter.length / 2)] ?? 0),
  'back after, longest ms': Math.round(backAfter.at(-1) ?? 0),
});
for (const line of wrong.slice(0, 20)) console.error(line);
await store.close();
if (wrong.length === 0 && slow === 0) rmSync(folder, { recursive: true, force: true });
else {
  console.error(`kept for a look: ${folder}\n${ends.slice(-10).join('\n')}`);
  process.exitCode = 1;
}
