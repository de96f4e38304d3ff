import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = path.join(ROOT, 'packages/server/src/main.ts');

export const ADMIN = { email: 'admin@bench.example', password: `bench-${randomBytes(12).toString('hex')}` };

export interface RunningServer {
  readonly url: string;
  readonly key: string;
  readonly folder: string;
  /** Process id of the server. */
  pid(): number;
  /** Process id of the event store's child, or undefined while there is none. */
  storePid(): number | undefined;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data and waits until it is ready. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server as a user would, on a data folder of its own, set up without anybody present. */
export async function startServer(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const key = `bench_${randomBytes(24).toString('hex')}`;
  const env = {
    ...process.env,
    GATEHOUSE_DATA: folder,
    PORT: String(port),
    GATEHOUSE_APP_LOG_LEVEL: 'warn',
    GATEHOUSE_SETUP_ADMIN_EMAIL: ADMIN.email,
    GATEHOUSE_SETUP_ADMIN_PASSWORD: ADMIN.password,
    GATEHOUSE_SETUP_API_KEY: key,
    ...settings,
  };
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4', MAIN, 'serve'],
      {
        cwd: folder,
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    await untilReady(url, child);
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await gone;
  };
  await start();
  return {
    url,
    key,
    folder,
    pid: () => child.pid ?? 0,
    storePid: () => childrenOf(child.pid ?? 0).find((pid) => commandOf(pid).includes('clickhouse/child')),
    kill,
    restart: start,
    stop: () => kill('SIGTERM'),
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + 120_000;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await sleep(100);
  }
  throw new Error('the server was not ready within two minutes');
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Direct children of a process, from /proc (Linux). */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        return Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${candidate}/status`, 'utf8'))?.[1]) === pid;
      } catch {
        return false;
      }
    });
}

/** The command line of a process, from /proc (Linux). */
function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

/** Resident memory of a process in bytes, from /proc (Linux). */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Rows of a KQL query, asked with the server's own key. */
export async function ask(server: Pick<RunningServer, 'url' | 'key'>, query: string): Promise<unknown[][]> {
  const answer = await fetch(`${server.url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.key },
    body: JSON.stringify({ query }),
  });
  const body = (await answer.json()) as { tables?: { rows: unknown[][] }[]; error?: { message: string } };
  const rows = body.tables?.[0]?.rows;
  if (rows === undefined) throw new Error(`${answer.status}: ${body.error?.message ?? 'no table in the answer'}`);
  return rows;
}
