/**
 * Kills the server, or the store's child alone, with SIGKILL at random moments under load, and then looks: every acknowledged
 * event is there, none twice, and the server answers again by itself.
 *
 *   node bench/durability.ts [rounds, default 30] [seed]
 *
 * The senders behave like agents: an event that was not acknowledged is sent again with a higher `retry` until it is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, startServer } from './harness/server.ts';

const rounds = Number(process.argv[2] ?? 30);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const SENDERS = 16;
/** Every fourth sender sends batches of this size instead of single events. */
const BATCH = 25;

/** A small linear congruential generator: the run can be repeated with its seed. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = randomFrom(seed);
const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-durability-'));
const server = await startServer(folder);
console.log(`rounds ${rounds}, seed ${seed}, ${SENDERS} senders`);

/** Events of one request of a sender. */
const sizeOf = (sender: number): number => (sender % 4 === 3 ? BATCH : 1);

let running = true;
const acknowledged = new Set<string>();
let resends = 0;

async function sendUntilStored(names: readonly string[]): Promise<void> {
  const at = new Date().toISOString();
  for (let retry = 0; ; retry += 1) {
    const events = names.map((UserName) => ({
      EventType: 'Sign-In',
      UserName,
      ComputerName: 'LOAD-PC',
      IPAddress: '192.0.2.7',
      Timestamp: at,
      retry,
    }));
    try {
      const answer = await fetch(`${server.url}/api/log_event`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': server.key },
        body: JSON.stringify(events.length === 1 ? events[0] : events),
        signal: AbortSignal.timeout(30_000),
      });
      await answer.arrayBuffer();
      if (answer.ok) {
        for (const name of names) acknowledged.add(name);
        return;
      }
      if (answer.status < 429) throw new TypeError(`refused for good: ${answer.status}`);
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith('refused')) throw error;
    }
    resends += names.length;
    await sleep(50 + random() * 200);
  }
}

const senders = Array.from({ length: SENDERS }, async (_, sender) => {
  for (let turn = 0; running; turn += 1) {
    await sendUntilStored(Array.from({ length: sizeOf(sender) }, (_unused, index) => `u-${sender}-${turn}-${index}`));
  }
});

let slowestBackMs = 0;
for (let round = 1; round <= rounds; round += 1) {
  await sleep(300 + random() * 1500);
  const childOnly = random() < 0.5;
  const killedAt = Date.now();
  if (childOnly) {
    const pid = server.storePid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } else {
    await server.kill('SIGKILL');
    await server.restart();
  }
  const before = acknowledged.size;
  while (acknowledged.size === before) await sleep(20);
  const backMs = Date.now() - killedAt;
  slowestBackMs = Math.max(slowestBackMs, backMs);
  console.log(
    `${String(round).padStart(3)}  killed ${childOnly ? 'the store child' : 'the server     '}  acknowledging again after ${backMs} ms  (${acknowledged.size} acknowledged so far)`,
  );
}
running = false;
await Promise.all(senders);

/** An answer's rows are bounded; one this long would hide what comes after it. */
const ANSWER_ROWS = 30_000;

/** Names as stored in a table's user column, with how often each stands there. */
async function stored(table: string, column: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let sender = 0; sender < SENDERS; sender += 1)
    for (let index = 0; index < sizeOf(sender); index += 1) {
      const rows = await ask(
        server,
        `${table} | where ${column} startswith "u-${sender}-" and ${column} endswith "-${index}" | summarize n = count() by ${column}`,
      );
      if (rows.length >= ANSWER_ROWS) throw new Error('too many names for one answer: run fewer rounds');
      for (const row of rows) counts.set(String(row[0]), Number(row[1]));
    }
  return counts;
}

let failed = false;
for (const [table, column] of [
  ['SignInEvents_CL', 'UserName'],
  ['Authentication', 'TargetUsername'],
] as const) {
  const counts = await stored(table, column);
  const lost = [...acknowledged].filter((name) => !counts.has(name)).length;
  const doubled = [...counts.values()].filter((count) => count > 1).length;
  failed ||= lost > 0 || doubled > 0;
  console.log(
    `${table}: ${acknowledged.size} acknowledged, ${counts.size} stored, ${lost} lost, ${doubled} stored twice`,
  );
}
console.log(`${rounds} kills, ${resends} resends, slowest return ${slowestBackMs} ms`);
await server.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
