import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineSize } from './child/engine-config.ts';
import { THREAD_POOL_SIZE } from './child/messages.ts';
import type { ChildMessage, ChildOptions, ParentMessage } from './child/messages.ts';
import { StoreError } from './errors.ts';
import { endOrphan, forgetChild, rememberChild } from './orphan.ts';
import { privateFolders } from './private-folders.ts';
import { quoteIdentifier } from './identifiers.ts';

export interface SupervisorOptions {
  readonly folder: string;
  readonly database: string;
  readonly size: EngineSize;
  /** A TCP address instead of the private socket; port 0 takes a free one. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** The front's password; a random one where none is given. */
  readonly password?: string;
  /** Other times than `WATCH_TIMING`. */
  readonly timing?: Partial<WatchTiming>;
  /** Told about every start, end and hang of the child, for the log. */
  readonly onEvent?: (event: SupervisorEvent) => void;
}

export interface SupervisorEvent {
  readonly kind: 'started' | 'ended' | 'hung' | 'start-failed';
  readonly pid: number | undefined;
  readonly detail: string;
  /** Starts so far, the first included. */
  readonly starts: number;
}

/** How the child is watched. Milliseconds. */
export interface WatchTiming {
  readonly startLimit: number;
  readonly pingEvery: number;
  readonly hangLimit: number;
  readonly backOff: readonly number[];
  readonly steadyAfter: number;
  readonly drainLimit: number;
}

export const WATCH_TIMING: WatchTiming = {
  /** A data folder with many parts takes its time; nothing is lost by waiting. */
  startLimit: 120_000,
  pingEvery: 1_000,
  /** No answer for this long: the child hangs (its loop, or the engine in a synchronous call) and is killed. */
  hangLimit: 15_000,
  /** Wait before the n-th restart in a row; the last one repeats. */
  backOff: [20, 50, 100, 250, 500, 1_000],
  /** A child that lived this long starts the back-off anew. */
  steadyAfter: 2_000,
  /** How long statements under way may go on when the store is closed. */
  drainLimit: 20_000,
};

export const FRONT_USER = 'gatehouse';

/** Keeps one child alive. `ready()` is what callers wait for before they use the socket. */
export interface Supervisor {
  /** Resolves when the child answers; fails with `STORE_UNAVAILABLE` after `waitMs`, or at once when it is stopped. */
  ready(waitMs: number): Promise<void>;
  /** Where the front listens. */
  readonly address: { readonly socket: string } | { readonly host: string; readonly port: number };
  readonly password: string;
  /** The child's process id while it lives: for metrics and tests. */
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const folder = path.resolve(options.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await endOrphan(folder);
  const folders = privateFolders(folder);
  const timing = { ...WATCH_TIMING, ...options.timing };
  const password = options.password ?? randomBytes(24).toString('base64url');
  let listen: ChildOptions['listen'] = options.listen ?? { socket: path.join(folders.run, 'store.sock') };

  let child: ChildProcess | undefined;
  let isReady = false;
  let stopping = false;
  let starts = 0;
  let failuresInARow = 0;
  let restartTimer: NodeJS.Timeout | undefined;
  const waiting = new Set<{ resolve: () => void; reject: (error: StoreError) => void }>();
  const report = (kind: SupervisorEvent['kind'], detail: string, pid = child?.pid) =>
    options.onEvent?.({ kind, pid, detail, starts });

  const settleWaiting = (error?: StoreError) => {
    for (const each of waiting) {
      if (error === undefined) each.resolve();
      else each.reject(error);
    }
    waiting.clear();
  };

  /** Starts one child; resolves when it is ready, rejects when it ended before. */
  const startChild = (): Promise<void> =>
    new Promise((resolve, reject) => {
      starts += 1;
      const startedAt = performance.now();
      const started = fork(fileURLToPath(new URL('./child/main.ts', import.meta.url)), [], {
        cwd: folder,
        env: childEnvironment(folder),
        execArgv: ['--max-old-space-size=512', '--max-semi-space-size=2', '--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        serialization: 'json',
      });
      child = started;
      rememberChild(folder, started.pid);
      let lastPong = performance.now();
      let lastWords = '';
      let reason = '';
      started.stderr?.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-2_000)));
      const send = (message: ParentMessage) => {
        if (started.connected) started.send(message, () => undefined);
      };
      const startTimer = setTimeout(() => started.kill('SIGKILL'), timing.startLimit);
      const watch = setInterval(() => {
        if (!isReady) return;
        const silentMs = performance.now() - lastPong;
        if (silentMs > timing.hangLimit) {
          report('hung', `no answer for ${Math.round(silentMs)} ms`);
          started.kill('SIGKILL');
        } else send({ kind: 'ping' });
      }, timing.pingEvery);
      started.on('message', (message: ChildMessage) => {
        lastPong = performance.now();
        if (message.kind === 'failed') reason = message.reason;
        if (message.kind !== 'ready') return;
        clearTimeout(startTimer);
        if ('port' in listen) listen = { ...listen, port: message.port };
        isReady = true;
        const mended = message.mended > 0 ? `, ${message.mended} half-done INSERTs forgotten` : '';
        report('started', `ready after ${Math.round(performance.now() - startedAt)} ms${mended}`);
        settleWaiting();
        resolve();
      });
      started.on('error', () => undefined);
      started.on('exit', (code, signal) => {
        clearTimeout(startTimer);
        clearInterval(watch);
        const wasReady = isReady;
        isReady = false;
        child = undefined;
        forgetChild(folder);
        const livedMs = performance.now() - startedAt;
        failuresInARow = wasReady && livedMs > timing.steadyAfter ? 1 : failuresInARow + 1;
        const detail = `${signal ?? `exit ${code}`} after ${Math.round(livedMs)} ms${reason === '' ? '' : `: ${reason}`}${lastWords === '' ? '' : ` (${lastWords.trim()})`}`;
        report(wasReady ? 'ended' : 'start-failed', detail, started.pid);
        reject(startError(reason, detail));
        if (!stopping && (wasReady || starts > 1)) scheduleRestart();
      });
      send({
        kind: 'start',
        options: {
          folder,
          quotedDatabase: quoteIdentifier(options.database),
          listen,
          user: FRONT_USER,
          password,
          spool: { fast: folders.fastSpool, roomy: folders.roomySpool },
          size: options.size,
        },
      });
    });

  const scheduleRestart = () => {
    const waitMs = timing.backOff[Math.min(failuresInARow - 1, timing.backOff.length - 1)] ?? 0;
    restartTimer = setTimeout(() => {
      if (!stopping) startChild().catch(() => undefined);
    }, waitMs);
  };

  try {
    await startChild();
  } catch (error) {
    folders.remove();
    throw error;
  }

  return {
    get address() {
      return listen;
    },
    password,
    pid: () => child?.pid,
    ready(waitMs) {
      if (isReady) return Promise.resolve();
      if (stopping)
        return Promise.reject(new StoreError('STORE_UNAVAILABLE', { message: 'The event store is closed.' }));
      return new Promise((resolve, reject) => {
        const entry = {
          resolve: () => {
            clearTimeout(timer);
            resolve();
          },
          reject: (error: StoreError) => {
            clearTimeout(timer);
            reject(error);
          },
        };
        const timer = setTimeout(() => {
          waiting.delete(entry);
          reject(new StoreError('STORE_UNAVAILABLE'));
        }, waitMs);
        waiting.add(entry);
      });
    },
    async stop() {
      if (stopping) return;
      stopping = true;
      clearTimeout(restartTimer);
      settleWaiting(new StoreError('STORE_UNAVAILABLE', { message: 'The event store is closed.' }));
      const last = child;
      if (last !== undefined) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => last.kill('SIGKILL'), timing.drainLimit + 2_000);
          last.once('exit', () => {
            clearTimeout(timer);
            resolve();
          });
          const message: ParentMessage = { kind: 'stop', drainMs: timing.drainLimit };
          if (last.connected) last.send(message, () => undefined);
          else last.kill('SIGKILL');
        });
      }
      folders.remove();
    },
  };
}

/**
 * No secret of the server's environment reaches the engine. The thread pool bounds the statements that run at once (with the
 * default of 4, one INSERT waited 4.3 s behind scans); the compile cache spares the child the type stripper: 24 MB.
 */
function childEnvironment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    UV_THREADPOOL_SIZE: String(THREAD_POOL_SIZE),
    TZ: 'UTC',
    MALLOC_ARENA_MAX: '2',
    NODE_COMPILE_CACHE: path.join(folder, 'compile-cache'),
  };
}

function startError(reason: string, detail: string): StoreError {
  const locked = /lock|Another (process|instance)|already running/i.test(reason);
  return new StoreError(locked ? 'STORE_LOCKED' : 'STORE_UNAVAILABLE', { cause: new Error(detail) });
}
