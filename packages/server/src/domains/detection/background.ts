import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { PassReport } from './scheduling/scheduler.ts';

/** Pause before the next pass where the last one left work: short, but the rest of the server gets its turn. */
const BUSY_PAUSE_MS = 100;
/** The scheduler is called stuck when no pass has ended for this many of its intervals, and at least a minute. */
const STUCK_INTERVALS = 12;

export interface Background {
  start(): void;
  /** Resolves when no pass is under way. */
  stop(): Promise<void>;
  /** For /readyz: why the scheduler is not well, or undefined. */
  problem(): string | undefined;
}

/** Passes of the scheduler, one after the other, for as long as the server runs. */
export function createBackground({
  everyMs,
  tick,
  clock,
  log,
}: {
  readonly everyMs: number;
  readonly tick: () => Promise<PassReport>;
  readonly clock: Clock;
  readonly log: Logger;
}): Background {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = true;
  let lastEndMs = 0;
  let lastError: string | undefined;

  const pass = async (): Promise<void> => {
    let pauseMs = everyMs;
    try {
      const report = await tick();
      if (report.remaining > 0) pauseMs = BUSY_PAUSE_MS;
      lastEndMs = clock.now();
      lastError = undefined;
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
      log.error({ err: error }, 'detection: a pass of the scheduler failed; the next one goes on where it stopped');
    }
    if (!stopped) plan(pauseMs);
  };
  const plan = (pauseMs: number): void => {
    timer = setTimeout(() => {
      running = pass();
    }, pauseMs);
  };

  return {
    start() {
      stopped = false;
      lastEndMs = clock.now();
      plan(0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
    problem() {
      if (stopped) return undefined;
      const silentMs = clock.now() - lastEndMs;
      if (silentMs < Math.max(60_000, STUCK_INTERVALS * everyMs)) return undefined;
      return `the rules' scheduler has not finished a pass for ${Math.round(silentMs / 1000)} s${lastError === undefined ? '' : `: ${lastError}`}`;
    },
  };
}
