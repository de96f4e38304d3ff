/**
 * What an installation costs that nobody uses at the moment: time from the start to readiness, and resident memory of the server
 * and of its children after a little work and a quiet while. Target: server and store child together at most 450 MB. Then ten thousand
 * queries that are all different: target at most 700 MB for the server and its compiler.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, childrenOf, residentBytes, startServer } from './harness/server.ts';

/** Longer than the compiler's process stays without work. */
const QUIET_MS = Number(process.argv[3] ?? 75_000);

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-footprint-'));
const began = performance.now();
// Ten thousand queries in a row are more than one key may ask for as things are set.
const server = await startServer(folder, { GATEHOUSE_RATE_LIMITING_API: '100000 per minute' });
const readyMs = Math.round(performance.now() - began);
for (let index = 0; index < 200; index += 1)
  await fetch(`${server.url}/api/log_event`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.key },
    body: JSON.stringify({
      EventType: 'Sign-In',
      UserName: `u${index}`,
      ComputerName: 'PC',
      IPAddress: '192.0.2.1',
      Timestamp: new Date().toISOString(),
    }),
  });
await ask(server, 'Authentication | summarize count() by EventType');
await sleep(QUIET_MS);

/** Queries that differ in their text, so that none is compiled before. */
const DISTINCT = Number(process.argv[2] ?? 10_000);
const SHAPES: readonly ((n: number) => string)[] = [
  (n) => `Authentication | where TargetUsername == "u${n}" | summarize Count${n} = count() by EventType`,
  (n) =>
    `SigninLogs | where TimeGenerated > ago(${n}s) | extend City = tostring(LocationDetails.city) | summarize dcount(City) by UserPrincipalName | top ${n} by dcount_City`,
  (n) =>
    `let limit = ${n}; SecurityEvent | where EventID == 4625 | summarize Failures = count() by TargetUserName, bin(TimeGenerated, 5m) | where Failures > limit | join kind=leftouter (SigninLogs | summarize Last = max(TimeGenerated) by UserPrincipalName) on $left.TargetUserName == $right.UserPrincipalName`,
  (n) =>
    `SignInEvents_CL | where UserName has "name${n}" | mv-expand Part = split(UserName, ".") | parse IPAddress with First${n} "." * | project First${n}, Part`,
];

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
const store = server.storePid() ?? 0;
const rows = [
  { process: 'server', MB: megabytes(residentBytes(server.pid())) },
  { process: 'store child', MB: megabytes(residentBytes(store)) },
  ...childrenOf(server.pid())
    .filter((pid) => pid !== store)
    .map((pid) => ({
      process: readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('compiler') ? 'compiler child' : 'other child',
      MB: megabytes(residentBytes(pid)),
    })),
];
console.log(`footprint: ready after ${readyMs} ms, then idle`);
console.table(rows);
const together = (rows[0]?.MB ?? 0) + (rows[1]?.MB ?? 0);
console.log(`server + store child: ${together} MB (target 450), all: ${rows.reduce((sum, row) => sum + row.MB, 0)} MB`);

const began10k = performance.now();
let next = 0;
const worker = async (): Promise<void> => {
  while (next < DISTINCT) {
    next += 1;
    await ask(server, SHAPES[next % SHAPES.length]?.(next) ?? 'print 1');
  }
};
await Promise.all([worker(), worker(), worker(), worker()]);
const seconds = Math.round((performance.now() - began10k) / 1000);
const children = childrenOf(server.pid()).filter((pid) => pid !== store);
const [serverMB, storeMB] = [server.pid(), store].map((pid) => megabytes(residentBytes(pid)));
const compilerMB = children.reduce((sum, pid) => sum + megabytes(residentBytes(pid)), 0);
console.log(
  `after ${DISTINCT} distinct queries in ${seconds} s: server ${serverMB} MB + compiler ${compilerMB} MB = ${(serverMB ?? 0) + compilerMB} MB (target 700), store child ${storeMB} MB`,
);
await server.stop();
rmSync(folder, { recursive: true, force: true });
