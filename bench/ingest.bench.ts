/**
 * How many events a second the server takes and keeps: single events over 64 connections as agents send them, and batches as
 * shippers do, until every one of them is found by a query.
 *
 *   npm run bench -- ingest   (or: node bench/ingest.bench.ts [seconds a run, default 10] [single|batch|logs …])
 *
 * The load comes from a process of its own over loopback, with hand-written requests, so that it takes as little as possible of
 * the two cores that the server and its store have to share with it. The processor time an event costs is printed too: it says
 * what the machine could do where others were using it meanwhile.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask, childrenOf, residentBytes, startServer, type RunningServer } from './harness/server.ts';

interface Run {
  readonly name: string;
  readonly path: string;
  readonly connections: number;
  /** Events of one request. */
  readonly size: number;
  /** Table whose rows are counted afterwards. */
  readonly table: string;
  readonly target: string;
}

const RUNS: Readonly<Record<string, Run>> = {
  single: {
    name: 'single events to /api/log_event',
    path: '/api/log_event',
    connections: 64,
    size: 1,
    table: 'SignInEvents_CL',
    target: '≥ 3000/s',
  },
  batch: {
    name: 'batches of 500 to /api/log_event',
    path: '/api/log_event',
    connections: 8,
    size: 500,
    table: 'SignInEvents_CL',
    target: '≥ 20000/s, p99 ≤ 500 ms',
  },
  logs: {
    name: 'batches of 500 to /api/logs/AppServiceConsoleLogs',
    path: '/api/logs/AppServiceConsoleLogs',
    connections: 8,
    size: 500,
    table: 'AppServiceConsoleLogs',
    target: '≥ 20000/s, p99 ≤ 500 ms',
  },
};

interface Load {
  readonly url: string;
  readonly key: string;
  readonly run: Run;
  readonly seconds: number;
}

interface LoadResult {
  readonly acknowledged: number;
  readonly refused: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly processorMicroseconds: number;
}

if (process.argv[2] === 'load') {
  process.once('message', (load: Load) => {
    void sendLoad(load).then((result) => process.send?.(result, () => process.exit(0)));
  });
} else await main();

async function main(): Promise<void> {
  const seconds = Number(process.argv[2] ?? 10);
  const names = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(RUNS);
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-'));
  const server = await startServer(folder);
  try {
    const idle = memory(server);
    console.log(
      `resident memory idle: server ${idle.server} MB + store ${idle.store} MB = ${idle.server + idle.store} MB (target ≤ 450)`,
    );
    console.log(
      'run | acknowledged/s | visible/s | p50 ms | p99 ms | max ms | refused | memory MB | µs/event server | store | load | target',
    );
    for (const name of names) {
      const run = RUNS[name];
      if (run === undefined) throw new Error(`there is no run ${name}`);
      await measure(server, run, seconds);
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function memory(server: RunningServer): { server: number; store: number } {
  const megabytes = (pid: number | undefined): number =>
    pid === undefined ? 0 : Math.round(residentBytes(pid) / 2 ** 20);
  return { server: megabytes(server.pid()), store: megabytes(childrenOf(server.pid())[0]) };
}

/** Microseconds of processor time that a process has used, from /proc (Linux; a tick is 10 ms). */
function processorMicroseconds(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function countOf(server: RunningServer, table: string): Promise<number> {
  return Number((await ask(server, `${table} | count`))[0]?.[0]);
}

async function measure(server: RunningServer, run: Run, seconds: number): Promise<void> {
  const before = await countOf(server, run.table);
  const pids = [server.pid(), childrenOf(server.pid())[0]];
  const processorBefore = pids.map(processorMicroseconds);
  const beganMs = performance.now();
  const result = await inOwnProcess({ url: server.url, key: server.key, run, seconds });
  const wanted = before + result.acknowledged;
  while ((await countOf(server, run.table)) < wanted) {
    if (performance.now() - beganMs > seconds * 1000 + 120_000) throw new Error('acknowledged events are missing');
    await sleep(50);
  }
  const visibleSeconds = (performance.now() - beganMs) / 1000;
  const counted = await countOf(server, run.table);
  if (counted !== wanted) throw new Error(`${counted} rows, ${wanted} acknowledged`);
  const sorted = [...result.latenciesMs].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const used = memory(server);
  const [serverCost, storeCost] = pids.map((pid, index) =>
    ((processorMicroseconds(pid) - (processorBefore[index] ?? 0)) / Math.max(1, result.acknowledged)).toFixed(1),
  );
  console.log(
    [
      run.name,
      Math.round(result.acknowledged / result.seconds),
      Math.round(result.acknowledged / visibleSeconds),
      at(0.5),
      at(0.99),
      at(1),
      result.refused,
      used.server + used.store,
      serverCost,
      storeCost,
      (result.processorMicroseconds / Math.max(1, result.acknowledged)).toFixed(1),
      run.target,
    ].join(' | '),
  );
}

function inOwnProcess(load: Load): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['load'], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    child.once('message', (result) => resolve(result as LoadResult));
    child.once('error', reject);
    child.send(load);
  });
}

let serial = 0;

function eventOf(run: Run, at: string): string {
  serial += 1;
  return run.table === 'AppServiceConsoleLogs'
    ? `{"TimeGenerated":"${at}","Level":"Informational","Host":"web-1","ResultDescription":"GET /account/${serial} 200 user_id: auth0|${serial % 5000}, email: u${serial % 5000}@example.org"}`
    : `{"EventType":"Sign-In","UserName":"user${serial % 5000}","ComputerName":"PC-${serial % 900}","IPAddress":"10.1.${serial % 200}.${serial % 250}","Timestamp":"${at}","retry":0,"n":${serial}}`;
}

/** Every connection sends its next request when the one before is answered. */
async function sendLoad({ url, key, run, seconds }: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const endMs = performance.now() + seconds * 1000;
  const latenciesMs: number[] = [];
  let acknowledged = 0;
  let refused = 0;
  const head = `POST ${run.path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nX-API-Key: ${key}\r\nContent-Length: `;
  const connection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let sentMs = 0;
      let answer = '';
      const send = (): void => {
        const at = new Date().toISOString();
        const body =
          run.size === 1 ? eventOf(run, at) : `[${Array.from({ length: run.size }, () => eventOf(run, at)).join(',')}]`;
        sentMs = performance.now();
        socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
      };
      socket.setEncoding('latin1');
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (chunk: string) => {
        answer += chunk;
        const headEnd = answer.indexOf('\r\n\r\n');
        if (headEnd === -1) return;
        const length = Number(/content-length: (\d+)/i.exec(answer)?.[1]);
        if (answer.length < headEnd + 4 + length) return;
        if (answer.startsWith('HTTP/1.1 200')) {
          acknowledged += run.size;
          latenciesMs.push(performance.now() - sentMs);
        } else refused += run.size;
        const again = answer.startsWith('HTTP/1.1 429') ? 200 : 0;
        answer = '';
        if (performance.now() >= endMs) {
          socket.end();
          resolve();
        } else if (again > 0) setTimeout(send, again);
        else send();
      });
    });
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: run.connections }, connection));
  const { user, system } = process.cpuUsage();
  return {
    acknowledged,
    refused,
    seconds: (performance.now() - beganMs) / 1000,
    latenciesMs,
    processorMicroseconds: user + system,
  };
}
