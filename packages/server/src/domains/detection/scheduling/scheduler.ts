import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Clock } from '../../../platform/clock.ts';
import type { EventStore } from '../../../platform/clickhouse/index.ts';
import { acquireLease, releaseLease, type Database } from '../../../platform/database/index.ts';
import { GatehouseError } from '../../../platform/errors.ts';
import { raiseArrivalMark, readMark } from '../alerting/marks.ts';
import { detectionError } from '../errors.ts';
import { firesOnNothing } from '../rule-files/rule.ts';
import type { DetectionTables } from '../tables.ts';
import { arrivedBuckets, isOccupied, occupiedBuckets, type Bucket } from './arrivals.ts';
import { evaluateRun, type ActiveRule, type RunQuery } from './evaluate.ts';
import { firstRunAt, lastRunAt, runsThatSee } from './grid.ts';
import { workThrough, type Work } from './pool.ts';
import { addRanges, clampRanges, takeFirst } from './ranges.ts';
import { createState, readStates, recordGap, stateKey, writeFailure, writeState, type RunState } from './states.ts';

export interface SchedulerOptions {
  /** Milliseconds a run waits after its time, for events under way. */
  readonly settleMs: number;
  /** Milliseconds before now that missed runs and late events are made up for; what is older is a gap. */
  readonly lookbackMs: number;
  /** Arrival times looked at again, for servers whose clocks or flushes differ a little. */
  readonly overlapMs: number;
  /** Least milliseconds between two rounds of repeated runs of one rule in one company; the first is prompt. */
  readonly lateIntervalMs: number;
  /** Runs of the grid, and repeated runs, that one pass evaluates at most; the rest is next pass's. */
  readonly runsPerPass: number;
  readonly lateRunsPerPass: number;
  /** Failed attempts after which a run is recorded as a gap and the rule goes on. */
  readonly attempts: number;
}

export interface SchedulerNeeds {
  readonly database: Database;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly query: RunQuery;
  /** Every row with `IngestedAt` at or before this is visible in the store. */
  readonly settledThroughMs: () => number;
  readonly companies: () => Promise<readonly { readonly number: number }[]>;
  readonly rules: () => readonly ActiveRule[];
  /** True where the company has all these tables: a rule on a custom table runs only for those that declared it. */
  readonly hasTables: (company: number, tables: readonly string[]) => Promise<boolean>;
  /** Names this process in the lease. */
  readonly holder: string;
}

export interface PassReport {
  /** False where another server runs the rules. */
  readonly held: boolean;
  readonly evaluated: number;
  /** Rules, each in one company, that have runs left for the next pass. */
  readonly remaining: number;
}

interface Job {
  readonly active: ActiveRule;
  readonly state: RunState;
  /** State that is newer than the store's: written at the end of the pass. */
  dirty: boolean;
}

/** Queries of rules that run at once, each of another rule or company; people's queries have lines of their own. */
const RUNS_AT_ONCE = 3;
const LEASE = 'detection.scheduler';
const LEASE_MS = 60_000;
/** Back-off of a failing run: doubled from the first to the last. */
const RETRY_MS = { first: 5000, last: 300_000 } as const;
/** Errors that say something of the system and nothing of the rule: they cost no attempt. */
const TRANSIENT: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'QUERY_BUSY', 'QUERY_CANCELLED']);

/**
 * Runs the rules on the grid of event time, and again where events arrived late. Everything it knows is in the stores: any
 * number of instances, one after the other or side by side, come to the same alerts.
 */
export class Scheduler {
  readonly #needs: SchedulerNeeds;
  readonly #options: SchedulerOptions;
  readonly #tables: Kysely<DetectionTables>;
  /** When a rule's next round of repeated runs may begin; memory only, it is about load and not about correctness. */
  readonly #lateNotBefore = new Map<string, number>();

  #heldAtMs: number | undefined;

  constructor(needs: SchedulerNeeds, options: SchedulerOptions) {
    this.#needs = needs;
    this.#options = options;
    this.#tables = needs.database.withTables<DetectionTables>();
  }

  /** One pass. Rejects where the stores fail; what was done until then stays done. */
  async pass(): Promise<PassReport> {
    const { clock, settledThroughMs, rules } = this.#needs;
    this.#heldAtMs = undefined;
    if (!(await this.#hold())) return { held: false, evaluated: 0, remaining: 0 };
    const times = { nowMs: clock.now(), settledMs: settledThroughMs() };
    const jobs = await this.#jobs(rules(), times.nowMs);
    await this.#noteArrivals(jobs, times);
    const due = await this.#runDue(jobs, times);
    const late = await this.#runLate(jobs, times);
    await this.#writeDirty(jobs);
    return { held: true, evaluated: due.evaluated + late.evaluated, remaining: due.remaining + late.remaining };
  }

  /** Gives the lease back, so that another server need not wait for its end. */
  async release(): Promise<void> {
    await releaseLease(this.#needs.database, LEASE, this.#needs.holder);
  }

  /** Takes the lease or makes it last longer, at most once in a sixth of its time. */
  async #hold(): Promise<boolean> {
    const { database, clock, holder } = this.#needs;
    const nowMs = clock.now();
    if (this.#heldAtMs !== undefined && nowMs - this.#heldAtMs < LEASE_MS / 6) return true;
    const held = await acquireLease(database, clock, LEASE, holder, LEASE_MS);
    this.#heldAtMs = held ? nowMs : undefined;
    return held;
  }

  /** Every rule in every company. A pair that is new begins with the last run that is already due. */
  async #jobs(rules: readonly ActiveRule[], nowMs: number): Promise<Job[]> {
    const states = await readStates(this.#tables);
    const companies = await this.#needs.companies();
    const jobs: Job[] = [];
    for (const active of rules)
      for (const { number: company } of companies) {
        if (!(await this.#needs.hasTables(company, active.tables))) continue;
        const { id, frequencyMs } = active.rule;
        const firstCursorMs = lastRunAt(nowMs - this.#options.settleMs, frequencyMs) - frequencyMs;
        const state =
          states.get(stateKey(id, company)) ?? (await createState(this.#tables, id, company, firstCursorMs));
        // A grid that changed with the rule's file: the cursor steps back onto it.
        jobs.push({ active, state: { ...state, cursorMs: lastRunAt(state.cursorMs, frequencyMs) }, dirty: false });
      }
    return jobs;
  }

  /** Finds the past runs whose windows got new events, and writes them down together with the watermark that says so. */
  async #noteArrivals(jobs: readonly Job[], { nowMs, settledMs }: Times): Promise<void> {
    const { store } = this.#needs;
    const markMs = await readMark(this.#tables, 'arrival');
    if (settledMs <= markMs || jobs.length === 0) return;
    const afterMs = Math.max(0, markMs - this.#options.overlapMs);
    const horizonMs = nowMs - this.#options.lookbackMs;
    const changed = new Set<Job>();
    for (const [table, readers] of byTable(jobs)) {
      const longestMs = Math.max(...readers.map(({ active }) => active.rule.periodMs));
      const buckets = await arrivedBuckets(store, table, {
        afterMs,
        throughMs: settledMs,
        horizonMs: Math.max(0, horizonMs - longestMs),
      });
      const byCompany = Map.groupBy(buckets, ({ company }) => company);
      for (const job of readers) {
        const { rule } = job.active;
        const arrived = byCompany.get(job.state.company) ?? [];
        const seen = clampRanges(
          arrived.map(({ firstMs, lastMs }) => runsThatSee(firstMs, lastMs, rule)),
          firstRunAt(horizonMs, rule.frequencyMs),
          job.state.cursorMs,
        );
        if (seen.length === 0) continue;
        job.state.pending = addRanges(job.state.pending, seen, rule.frequencyMs);
        changed.add(job);
      }
    }
    await this.#tables.transaction().execute(async (transaction) => {
      for (const { state } of changed) await writeState(transaction, state);
      await raiseArrivalMark(transaction, settledMs);
    });
  }

  /** Runs of the grid that are due, in order; those whose windows are empty only move the cursor. */
  async #runDue(jobs: readonly Job[], times: Times): Promise<Work> {
    const readyMs = Math.min(times.nowMs - this.#options.settleMs, times.settledMs);
    const waiting: DueJob[] = [];
    for (const job of jobs) {
      await this.#skipBeyondLookback(job, times.nowMs);
      const lastMs = lastRunAt(readyMs, job.active.rule.frequencyMs);
      if (lastMs > job.state.cursorMs && times.nowMs >= job.state.retryAtMs) waiting.push({ job, lastMs });
    }
    const occupied = await this.#occupied(waiting);
    return workThrough(waiting, { limit: this.#options.runsPerPass, atOnce: RUNS_AT_ONCE }, (due) => {
      if (!skipEmpty(due, occupied)) return undefined;
      const runMs = due.job.state.cursorMs + due.job.active.rule.frequencyMs;
      return () => this.#evaluate(due.job, runMs, { cursorMs: runMs }, times);
    });
  }

  /** Runs to be repeated; those of one rule and company in order of their time. */
  async #runLate(jobs: readonly Job[], times: Times): Promise<Work> {
    const key = ({ state }: Job): string => stateKey(state.ruleId, state.company);
    const waiting = jobs.filter(
      (job) =>
        job.state.pending.length > 0 &&
        times.nowMs >= job.state.retryAtMs &&
        times.nowMs >= (this.#lateNotBefore.get(key(job)) ?? 0),
    );
    const work = await workThrough(waiting, { limit: this.#options.lateRunsPerPass, atOnce: RUNS_AT_ONCE }, (job) => {
      const next = takeFirst(job.state.pending, job.active.rule.frequencyMs);
      return next && (() => this.#evaluate(job, next.runMs, { pending: next.rest }, times));
    });
    for (const job of waiting)
      if (job.state.pending.length === 0) this.#lateNotBefore.set(key(job), times.nowMs + this.#options.lateIntervalMs);
    return work;
  }

  /** Evaluates one run and moves the state as given. False where it failed and is to be tried again when the state says. */
  async #evaluate(
    job: Job,
    runMs: number,
    moved: Partial<Pick<RunState, 'cursorMs' | 'pending'>>,
    times: Times,
  ): Promise<boolean> {
    const { query, clock, log } = this.#needs;
    const { state, active } = job;
    const next: RunState = { ...state, ...moved, failures: 0, retryAtMs: 0 };
    try {
      const run = { company: state.company, runMs, arrivedThroughMs: times.settledMs, next };
      await evaluateRun({ tables: this.#tables, query, clock }, active, run);
      Object.assign(state, next);
      job.dirty = false;
      // A long pass keeps its lease; one that lost it stops.
      if (!(await this.#hold())) throw detectionError('LEASE_LOST');
      return true;
    } catch (error) {
      const code = error instanceof GatehouseError ? error.code : 'UNEXPECTED';
      if (code === 'LEASE_LOST' || TRANSIENT.has(code) || !(await this.#needs.store.ping())) throw error;
      log.warn(
        { err: error, rule: active.rule.id, company: state.company, run: new Date(runMs).toISOString() },
        'detection: a rule failed',
      );
      return this.#fail(job, runMs, next, error instanceof Error ? error.message : String(error));
    }
  }

  /** Plans another attempt, or writes the run down as a gap and goes on (true). */
  async #fail({ state }: Job, runMs: number, next: RunState, reason: string): Promise<boolean> {
    const nowMs = this.#needs.clock.now();
    const failures = state.failures + 1;
    if (failures >= this.#options.attempts) {
      await this.#tables.transaction().execute(async (transaction) => {
        await recordGap(
          transaction,
          state,
          { fromMs: runMs, throughMs: runMs },
          `failed ${failures} times: ${reason}`,
          nowMs,
        );
        await writeState(transaction, next);
        await writeFailure(transaction, next, reason);
      });
      Object.assign(state, next);
      return true;
    }
    state.failures = failures;
    state.retryAtMs = nowMs + Math.min(RETRY_MS.first * 2 ** (failures - 1), RETRY_MS.last);
    await writeFailure(this.#tables, state, reason);
    return false;
  }

  /** Runs further back than we make up for are written down as a gap, never dropped in silence. */
  async #skipBeyondLookback(job: Job, nowMs: number): Promise<void> {
    const { frequencyMs } = job.active.rule;
    const fromMs = job.state.cursorMs + frequencyMs;
    const throughMs = firstRunAt(nowMs - this.#options.lookbackMs, frequencyMs) - frequencyMs;
    if (throughMs < fromMs) return;
    const next = { ...job.state, cursorMs: throughMs };
    await this.#tables.transaction().execute(async (transaction) => {
      await recordGap(
        transaction,
        job.state,
        { fromMs, throughMs },
        'older than the look-back when the server came back',
        nowMs,
      );
      await writeState(transaction, next);
    });
    Object.assign(job.state, next);
  }

  /** For every table of the waiting rules: where it has events. */
  async #occupied(waiting: readonly DueJob[]): Promise<ReadonlyMap<string, readonly Bucket[]>> {
    const spans = new Map<string, { afterMs: number; throughMs: number }>();
    for (const { job, lastMs } of waiting) {
      const { rule, tables } = job.active;
      if (firesOnNothing(rule.trigger)) continue;
      const afterMs = job.state.cursorMs + rule.frequencyMs - rule.periodMs;
      for (const table of tables) {
        const span = spans.get(table);
        spans.set(table, {
          afterMs: Math.min(span?.afterMs ?? afterMs, afterMs),
          throughMs: Math.max(span?.throughMs ?? lastMs, lastMs),
        });
      }
    }
    const found = new Map<string, readonly Bucket[]>();
    for (const [table, span] of spans) found.set(table, await occupiedBuckets(this.#needs.store, table, span));
    return found;
  }

  async #writeDirty(jobs: readonly Job[]): Promise<void> {
    const dirty = jobs.filter((job) => job.dirty);
    if (dirty.length === 0) return;
    await this.#tables.transaction().execute(async (transaction) => {
      for (const { state } of dirty) await writeState(transaction, state);
    });
  }
}

interface Times {
  readonly nowMs: number;
  readonly settledMs: number;
}

interface DueJob {
  readonly job: Job;
  /** The last run that is due. */
  readonly lastMs: number;
}

/** Moves the cursor over runs that have nothing to look at; true where it stands before one that has. */
function skipEmpty({ job, lastMs }: DueJob, occupied: ReadonlyMap<string, readonly Bucket[]>): boolean {
  const { state, active } = job;
  const { rule, tables } = active;
  while (state.cursorMs < lastMs) {
    const runMs = state.cursorMs + rule.frequencyMs;
    if (firesOnNothing(rule.trigger) || tables.length === 0) return true;
    if (tables.some((table) => isOccupied(occupied.get(table) ?? [], state.company, runMs - rule.periodMs, runMs)))
      return true;
    state.cursorMs = runMs;
    job.dirty = true;
  }
  return false;
}

function byTable(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const readers = new Map<string, Job[]>();
  for (const job of jobs)
    for (const table of job.active.tables) {
      const known = readers.get(table);
      if (known === undefined) readers.set(table, [job]);
      else known.push(job);
    }
  return readers;
}
