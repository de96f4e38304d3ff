import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Catalogue } from '@gatehouse/kql';
import { QueryError } from '../errors.ts';
import { FairQueue } from '../queue.ts';
import type { Job, JobKind, Jobs, Reply, Request } from './messages.ts';

export interface CompilerProcessOptions {
  /** Milliseconds one job may take; past it the process is ended and the job refused as `QUERY_TOO_COMPLEX`. Default 10,000. */
  readonly jobMs?: number;
  /** Milliseconds without a job after which the process is ended, to give its memory back. Default 60,000. */
  readonly idleMs?: number;
  /** Heap after which the process is ended once its job is answered, in bytes. Default 256 MiB. */
  readonly recycleHeapBytes?: number;
  /** Jobs of one lane that may wait; one more is refused with `QUERY_BUSY`. Default 50. */
  readonly waitingPerLane?: number;
}

/** Milliseconds a process may take to load Microsoft's parser before its start counts as failed. */
const START_MS = 60_000;

/**
 * The parser makes much garbage and keeps next to none: after 10,000 texts its live heap is what it was after the first hundred
 * (about 115 MB, `bench/compile.bench.ts`), while the process has grown by what V8 had not yet collected. A young generation of 16 MB
 * makes it half as slow again as the default of the smallest; `--optimize-for-size` would take a third of the memory and half of the
 * speed. Past the heap bound V8 ends the process, and the job counts as too complex.
 */
const CHILD_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=16', '--max-old-space-size=768'];

const CHILD_FILE = fileURLToPath(new URL('./child.ts', import.meta.url));

/**
 * The KQL compiler in a process of its own, one job at a time, lane by lane in turn: whoever sends texts that take long holds
 * up nobody by more than one of them.
 *
 * Compiling takes 20 ms of CPU as a rule and seconds at worst. Apart from the server it holds up no ingest, a text that takes
 * too long can be stopped, and Microsoft's parser, which keeps half a gigabyte after some thousand texts, gives its memory
 * back: when it has grown, and when nobody asked for a while. A worker thread was measured too: it shares the flags of the
 * server, and its memory stayed with the server after its end.
 */
export interface CompilerProcess {
  /** Throws `QUERY_TOO_COMPLEX`, `QUERY_BUSY`. */
  run<K extends JobKind>(
    lane: string,
    job: Extract<Job, { kind: K }>,
    catalogue: Catalogue,
  ): Promise<Jobs[K]['answer']>;
  /** Starts the process ahead of the first query. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The process that runs now, for metrics and tests. */
  readonly pid: number | undefined;
}

export function createCompilerProcess(options: CompilerProcessOptions = {}): CompilerProcess {
  const { jobMs = 10_000, idleMs = 60_000, recycleHeapBytes = 256 * 2 ** 20, waitingPerLane = 50 } = options;
  const queue = new FairQueue({ total: 1, perLane: 1, waitingPerLane });
  let current: Promise<ChildProcess> | undefined;
  let pid: number | undefined;
  let stopped = false;
  let idle: NodeJS.Timeout | undefined;

  async function open(): Promise<ChildProcess> {
    const child = fork(CHILD_FILE, [], {
      execArgv: CHILD_FLAGS,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // It needs nothing else of the environment, and what it does not have it cannot leak.
      env: { TZ: 'UTC' },
    });
    // An error without a listener would end the server; whoever waits for an answer listens for itself.
    child.on('error', () => undefined);
    pid = child.pid;
    await nextReply(child, START_MS);
    return child;
  }

  /** Ends the process at once; it holds nothing that is worth keeping. */
  function end(child: ChildProcess): void {
    child.kill('SIGKILL');
    child.unref();
    if (child.connected) child.disconnect();
  }

  /** Forgets and ends the process; the next job starts a new one. */
  async function discard(): Promise<void> {
    const ending = current;
    current = undefined;
    pid = undefined;
    const child = await ending?.catch(() => undefined);
    if (child !== undefined) end(child);
  }

  /** The next message of the process. Where this rejects, the process is at an end. Only a wait keeps the server alive. */
  function nextReply(child: ChildProcess, timeoutMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        child.off('message', succeed).off('error', fail).off('exit', exited);
        child.unref();
        child.channel?.unref();
      };
      const succeed = (reply: unknown) => {
        settle();
        resolve(reply as Reply);
      };
      const fail = (cause: unknown) => {
        settle();
        end(child);
        reject(new QueryError('QUERY_TOO_COMPLEX', { cause }));
      };
      const exited = (code: number | null, signal: string | null) =>
        fail(new Error(`the compiler ended (${signal ?? String(code)})`));
      const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      child.ref();
      child.channel?.ref();
      child.on('message', succeed).on('error', fail).on('exit', exited);
      if (child.exitCode !== null || child.signalCode !== null) exited(child.exitCode, child.signalCode);
    });
  }

  function ask(child: ChildProcess, request: Request): Promise<Reply> {
    const reply = nextReply(child, jobMs);
    child.send(request, () => undefined);
    return reply;
  }

  /** The running process, or a new one where there is none or it died since the last job. */
  async function running(): Promise<ChildProcess> {
    const child = await current;
    if (child !== undefined && child.connected && child.exitCode === null && child.signalCode === null) return child;
    current = open();
    return current;
  }

  async function work(job: Job, catalogue: Catalogue): Promise<Jobs[JobKind]['answer']> {
    if (stopped) throw new QueryError('QUERY_BUSY', { message: 'The server is stopping.' });
    clearTimeout(idle);
    let reply: Reply;
    try {
      const child = await running();
      const { version } = catalogue;
      reply = await ask(child, { job, version });
      if (reply.kind === 'catalogueNeeded') reply = await ask(child, { job, version, catalogue });
    } catch (error) {
      current = undefined;
      throw error;
    } finally {
      rest();
    }
    if (reply.kind !== 'answer')
      throw new Error(`the compiler failed: ${reply.kind === 'failure' ? reply.message : reply.kind}`);
    if (reply.heapBytes > recycleHeapBytes) await discard();
    return reply.answer;
  }

  /** Ends the process after a while, unless a job comes before. */
  function rest(): void {
    clearTimeout(idle);
    idle = setTimeout(() => void discard(), idleMs);
    idle.unref();
  }

  return {
    run: (lane, job, catalogue) => queue.run(lane, () => work(job, catalogue)),
    async start() {
      current ??= open();
      await current;
      rest();
    },
    async stop() {
      stopped = true;
      clearTimeout(idle);
      await discard();
    },
    get pid() {
      return pid;
    },
  };
}
