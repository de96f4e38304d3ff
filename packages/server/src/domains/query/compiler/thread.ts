import { Worker } from 'node:worker_threads';
import type { Catalogue } from '@gatehouse/kql';
import { QueryError } from '../errors.ts';
import type { Job, JobKind, Jobs, Reply, Request } from './messages.ts';

export interface CompilerThreadOptions {
  /** Milliseconds one job may take; the thread is ended at the bound and the job refused as `QUERY_TOO_COMPLEX`. Default 15,000. */
  readonly jobMs?: number;
  /** Heap after which the thread is replaced by a fresh one, in bytes. Default 200 MiB. */
  readonly recycleHeapBytes?: number;
  /** Jobs that may wait; one more is refused with `QUERY_BUSY`. Default 500. */
  readonly maxWaiting?: number;
}

/** Hard bound of the thread's heap: past it V8 ends the thread, and the job counts as too complex. */
const MAX_HEAP_MB = 768;

/** Milliseconds a thread may take to load Microsoft's parser before its start counts as failed. */
const START_MS = 60_000;

interface Waiting {
  readonly job: Job;
  readonly catalogue: Catalogue;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The compiler in a thread of its own, one job at a time, in the order they came. */
export interface CompilerThread {
  /** Throws `QUERY_TOO_COMPLEX`, `QUERY_BUSY`. */
  run<K extends JobKind>(job: Extract<Job, { kind: K }>, catalogue: Catalogue): Promise<Jobs[K]['answer']>;
  /** Loads and warms the compiler ahead of the first query. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Threads that were started so far: one, and one more for each that was replaced or died. */
  readonly generations: number;
}

export function createCompilerThread(options: CompilerThreadOptions = {}): CompilerThread {
  const { jobMs = 15_000, recycleHeapBytes = 200 * 2 ** 20, maxWaiting = 500 } = options;
  const waiting: Waiting[] = [];
  let thread: Promise<Worker> | undefined;
  let busy = false;
  let stopped = false;
  let generations = 0;

  async function open(): Promise<Worker> {
    generations += 1;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      name: 'kql-compiler',
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      // The thread needs nothing of the environment, and what it does not have it cannot leak.
      env: {},
    });
    // An error without a listener would end the process; whoever waits for the thread listens for itself.
    worker.on('error', () => undefined);
    await nextReply(worker, START_MS);
    return worker;
  }

  /** The next message of the thread. Where this rejects, the thread is at an end. Only a wait keeps the process alive. */
  function nextReply(worker: Worker, timeoutMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        worker.off('message', succeed).off('error', fail).off('exit', ended);
        worker.unref();
      };
      const succeed = (reply: Reply) => {
        settle();
        resolve(reply);
      };
      const fail = (cause: unknown) => {
        settle();
        void worker.terminate();
        reject(new QueryError('QUERY_TOO_COMPLEX', { cause }));
      };
      const ended = (code: number) => fail(new Error(`the thread ended with ${code}`));
      const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      worker.ref();
      worker.on('message', succeed).on('error', fail).on('exit', ended);
    });
  }

  async function ask(worker: Worker, job: Job, catalogue: Catalogue): Promise<Reply> {
    const { version } = catalogue;
    worker.postMessage({ job, version } satisfies Request);
    const reply = await nextReply(worker, jobMs);
    if (reply.kind !== 'catalogueNeeded') return reply;
    worker.postMessage({ job, version, catalogue } satisfies Request);
    return nextReply(worker, jobMs);
  }

  async function work(next: Waiting): Promise<void> {
    let worker: Worker;
    try {
      thread ??= open();
      worker = await thread;
    } catch (error) {
      thread = undefined;
      next.reject(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    try {
      const reply = await ask(worker, next.job, next.catalogue);
      if (reply.kind === 'answer') {
        next.resolve(reply.answer as never);
        if (reply.heapBytes > recycleHeapBytes) replace(worker);
      } else {
        next.reject(new Error(`the compiler failed: ${reply.kind === 'failure' ? reply.message : reply.kind}`));
      }
    } catch (error) {
      thread = undefined;
      next.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** The old thread goes first: two at once would need twice the memory just when it is short. */
  function replace(worker: Worker): void {
    thread = worker.terminate().then(open);
    thread.catch(() => undefined);
  }

  async function drain(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
    busy = false;
  }

  return {
    run(job, catalogue) {
      if (stopped) return Promise.reject(new QueryError('QUERY_BUSY', { message: 'The server is stopping.' }));
      if (waiting.length >= maxWaiting) return Promise.reject(new QueryError('QUERY_BUSY'));
      return new Promise((resolve, reject) => {
        waiting.push({ job, catalogue, resolve: resolve, reject });
        void drain();
      });
    },
    async start() {
      thread ??= open();
      await thread;
    },
    async stop() {
      stopped = true;
      for (const one of waiting.splice(0))
        one.reject(new QueryError('QUERY_BUSY', { message: 'The server is stopping.' }));
      const worker = await thread?.catch(() => undefined);
      thread = undefined;
      await worker?.terminate();
    },
    get generations() {
      return generations;
    },
  };
}
