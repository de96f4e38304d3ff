import { QueryError } from './errors.ts';

export interface FairQueueOptions {
  /** Tasks that run at once in all; at least 1. */
  readonly total: number;
  /** Tasks of one lane that run at once; at least 1. */
  readonly perLane: number;
  /** Tasks of one lane that may wait; one more is refused with `QUERY_BUSY`. */
  readonly waitingPerLane: number;
}

interface Waiting {
  readonly start: () => void;
}

interface Lane {
  running: number;
  readonly waiting: Waiting[];
}

/**
 * Lets tasks run a few at a time, lane by lane in turn: a company with a hundred waiting queries delays another company's by
 * one query, not by a hundred.
 */
export class FairQueue {
  readonly #options: FairQueueOptions;
  /** In the order of their next turn. */
  readonly #lanes = new Map<string, Lane>();
  #running = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /** Runs the task when it is its lane's turn. An abort while it waits ends the wait with `QUERY_CANCELLED`. */
  async run<T>(lane: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(lane, signal);
    try {
      return await task();
    } finally {
      this.#done(lane);
    }
  }

  /** How many tasks run and wait, for metrics. */
  get load(): { readonly running: number; readonly waiting: number } {
    let waiting = 0;
    for (const lane of this.#lanes.values()) waiting += lane.waiting.length;
    return { running: this.#running, waiting };
  }

  #turn(name: string, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(new QueryError('QUERY_CANCELLED'));
    const lane = this.#lanes.get(name) ?? { running: 0, waiting: [] };
    this.#lanes.set(name, lane);
    if (lane.waiting.length >= this.#options.waitingPerLane) return Promise.reject(new QueryError('QUERY_BUSY'));
    return new Promise((resolve, reject) => {
      const cancel = () => {
        lane.waiting.splice(lane.waiting.indexOf(waiting), 1);
        this.#forget(name, lane);
        reject(new QueryError('QUERY_CANCELLED'));
      };
      const waiting: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', cancel);
          lane.running += 1;
          this.#running += 1;
          resolve();
        },
      };
      signal?.addEventListener('abort', cancel, { once: true });
      lane.waiting.push(waiting);
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.#options.total) {
      const ready = [...this.#lanes].find(
        ([, lane]) => lane.waiting.length > 0 && lane.running < this.#options.perLane,
      );
      if (ready === undefined) return;
      const [name, lane] = ready;
      // To the end of the round: the other lanes come before its next one.
      this.#lanes.delete(name);
      this.#lanes.set(name, lane);
      lane.waiting.shift()?.start();
    }
  }

  #done(name: string): void {
    const lane = this.#lanes.get(name);
    this.#running -= 1;
    if (lane !== undefined) {
      lane.running -= 1;
      this.#forget(name, lane);
    }
    this.#next();
  }

  #forget(name: string, lane: Lane): void {
    if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(name);
  }
}
