import { setImmediate as yieldToRequests, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../platform/clock.ts';
import { EventError } from '../errors.ts';
import { storeTime } from '../time/index.ts';
import type { StoredUids } from '../store.ts';
import { Journal, type Lines, type Segment } from './journal.ts';
import { KnownUids } from './known.ts';
import { askStore } from './lookups.ts';
import { MoveInterrupted, moveSegment, type MoverOptions } from './mover.ts';
import { addRows, keyOf, type Outcome, type PreparedEvent } from './prepared.ts';

export interface WriterOptions extends Omit<MoverOptions, 'stopping'> {
  readonly clock: Clock;
  /** Folder of the journal; one process uses it. */
  readonly folder: string;
  /** Bytes of rows that may wait for the store; at the bound a submission is refused (429) or, with `wait`, held. */
  readonly queueLimitBytes: number;
  /** Milliseconds for which rows are gathered before they are moved into the store. */
  readonly gatherMs: number;
  readonly storedUids: StoredUids;
  /** Loads the memory of stored ids; called once, in the background. */
  readonly loadKnown: (known: KnownUids) => Promise<void>;
  /** Told of rows, by table, when they are visible in the store; in the order of their arrival times. */
  readonly onVisible: (rows: ReadonlyMap<string, readonly Lines[]>) => void;
}

export interface SubmitOptions {
  /** Hold the call while the queue is full, instead of refusing it. For imports. */
  readonly wait?: boolean;
  /** Answer only when the rows are visible in the store, not when they are in the journal. */
  readonly visible?: boolean;
}

/** A segment this big is moved without waiting for more; one twice as big is ended. */
const EAGER_BYTES = 4 * 2 ** 20;
const SEGMENT_BYTES = 24 * 2 ** 20;
/** The store gets at least as long a pause as the last move took, up to this: small inserts would eat a core. */
const LONGEST_PAUSE_MS = 250;
/** How long a reader waits for what is on its way to the store. */
const READER_WAIT_MS = 2_000;
/** A submission that must be visible is given up after this, with 503: the rows are in the journal, a resend is stored once. */
const VISIBLE_WAIT_MS = 20_000;

/** Rounds of look-ups; a memory that turned twice during them is beyond reason, and what is known then decides. */
const LOOKUP_ROUNDS = 3;

interface Group {
  readonly events: PreparedEvent[];
  readonly uids: string[];
  readonly keys: string[];
  bytes: number;
  readonly durable: PromiseWithResolvers<undefined>;
}

interface Moving {
  readonly visible: PromiseWithResolvers<undefined>;
  readonly keys: string[];
  bytes: number;
}

function newGroup(): Group {
  const durable = Promise.withResolvers<undefined>();
  durable.promise.catch(() => undefined);
  return { events: [], uids: [], keys: [], bytes: 0, durable };
}

/**
 * From requests to the store: decides what is new, writes it to the journal in groups, moves the journal into the store.
 * Nothing is acknowledged before it is flushed to disk.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #known = new KnownUids(Infinity);
  /** Keys that are in the queue or the journal and not yet visible in the store. */
  readonly #pending = new Set<string>();
  readonly #moving = new Map<Segment, Moving>();
  readonly #sealed: Segment[] = [];
  /** Look-ups under way, by the move count they began at; keys moved since must stay in `#pending` until they end. */
  readonly #lookups = new Set<{ readonly beganAt: number }>();
  #dropped: { readonly at: number; readonly keys: readonly string[] }[] = [];
  #moves = 0;
  #journal: Journal | undefined;
  #group = newGroup();
  #pumping: Promise<void> | undefined;
  #mover: Promise<void> | undefined;
  #ready: Promise<void> | undefined;
  #pendingBytes = 0;
  #lastStampMs = 0;
  #writingStampMs: number | undefined;
  #settledMs = 0;
  #stopping = false;
  #sealWanted: PromiseWithResolvers<undefined> | undefined;
  #suffix = 0;
  #lastMoveMs = 0;
  /** Why rows do not reach the store at the moment; undefined when they do. */
  trouble: string | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Bytes of rows that are acknowledged, or about to be, and not yet in the store. */
  get waitingBytes(): number {
    return this.#pendingBytes;
  }

  /** Moves what an earlier process left, and begins to take events. Called by the first submission where nobody did before. */
  prepare(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #prepare(): Promise<void> {
    const journal = await Journal.open(this.#options.folder);
    for (const segment of await journal.leftovers()) {
      this.#lastStampMs = Math.max(this.#lastStampMs, segment.firstStampMs);
      await moveSegment(segment, { ...this.#options, stopping: () => this.#stopping });
      await journal.remove(segment);
      this.#options.log.info({ rows: segment.rowCount }, 'moved what an earlier process left in the journal');
    }
    this.#journal = journal;
    this.#options.loadKnown(this.#known).catch((error: unknown) => {
      this.#options.log.warn(
        { err: error },
        'the ids of stored events could not be loaded; the store is asked instead',
      );
    });
  }

  /**
   * Stores events, in the order given. Resolves when all of them are on disk, with what became of each.
   * @throws EventError QUEUE_FULL, STOPPING, JOURNAL_UNAVAILABLE; StoreError where ids had to be looked up and the store is down.
   */
  async submit(events: readonly PreparedEvent[], options: SubmitOptions = {}): Promise<Outcome[]> {
    await this.prepare();
    await this.#admission(options.wait === true);
    const { outcomes, group } = await this.#decide(events);
    await this.#acknowledged(group, options);
    return outcomes;
  }

  /** Looks up what must be looked up, then admits all events in one turn of the event loop. */
  async #decide(events: readonly PreparedEvent[]): Promise<{ outcomes: Outcome[]; group: Group }> {
    const asked = new Set<string>();
    const found = new Set<string>();
    const lookup = { beganAt: this.#moves };
    try {
      // A second round only where the memory turned during the first.
      for (let round = 0; round < LOOKUP_ROUNDS; round += 1) {
        const doubtful = events.filter((event) => !asked.has(event.key) && this.#isDoubtful(event));
        if (doubtful.length === 0) break;
        this.#lookups.add(lookup);
        for (const event of doubtful) asked.add(event.key);
        for (const key of await askStore(doubtful, this.#options.storedUids)) found.add(key);
      }
      return this.#admit(events, found);
    } finally {
      this.#lookups.delete(lookup);
      this.#drop();
    }
  }

  async #admission(wait: boolean): Promise<void> {
    while (this.#pendingBytes >= this.#options.queueLimitBytes) {
      if (this.#stopping) break;
      if (!wait) throw new EventError('QUEUE_FULL', { retryAfterSeconds: 1 });
      await sleep(20);
    }
    if (this.#stopping) throw new EventError('STOPPING', { retryAfterSeconds: 5 });
  }

  /** True where only the store can say whether the event is there already, and the answer matters. */
  #isDoubtful(event: PreparedEvent): boolean {
    const { key } = event;
    if (this.#pending.has(key)) return false;
    const verdict = this.#known.judge(key, event.timeMs - event.lookbackMs);
    if (verdict === 'new') return false;
    // A first copy is stored in any case; an id that may be taken gets a suffix without asking.
    return event.identity === 'unique' || event.retry > 0 || verdict === 'unknown';
  }

  #admit(events: readonly PreparedEvent[], found: ReadonlySet<string>): { outcomes: Outcome[]; group: Group } {
    const group = this.#group;
    const outcomes: Outcome[] = [];
    for (const event of events) {
      const { key } = event;
      const there = this.#pending.has(key) || found.has(key);
      if (there && (event.identity === 'unique' || event.retry > 0)) {
        outcomes.push('duplicate');
        continue;
      }
      // Two genuine events may be equal in every field; both count, under different ids.
      const first = event.identity === 'content' && event.retry === 0;
      const taken = first && (there || this.#known.judge(key, Infinity) === 'maybe');
      const uid = taken ? this.#distinct(event.uid) : event.uid;
      const bytes = event.tail.length + (event.authenticationTail?.length ?? 0) + 200;
      const ownKey = uid === event.uid ? key : keyOf(event, uid);
      this.#pending.add(ownKey);
      this.#known.remember(ownKey, event.timeMs);
      group.events.push(event);
      group.uids.push(uid);
      group.keys.push(ownKey);
      group.bytes += bytes;
      this.#pendingBytes += bytes;
      outcomes.push('stored');
    }
    this.#pumping ??= this.#pump();
    return { outcomes, group };
  }

  #distinct(uid: string): string {
    this.#suffix += 1;
    return `${uid}.${this.#options.clock.now().toString(36)}${process.pid.toString(36)}${this.#suffix.toString(36)}`;
  }

  /**
   * Waits until the group is on disk; for its visibility too where that was asked for, and where other processes write to the same
   * store and could not see this journal.
   */
  async #acknowledged(group: Group, options: SubmitOptions): Promise<void> {
    await group.durable.promise;
    if (options.visible !== true && this.#options.store.exclusive) return;
    if (await isLate(this.settle(), VISIBLE_WAIT_MS)) throw new EventError('STORE_BEHIND', { retryAfterSeconds: 5 });
  }

  /** Writes groups to the journal, one after the other; what arrives during a flush is the next group. */
  async #pump(): Promise<void> {
    await yieldToRequests();
    const journal = this.#journal;
    if (journal === undefined) throw new Error('invariant: prepared before events are taken');
    for (;;) {
      if (this.#group.events.length === 0) break;
      if (this.#sealWanted !== undefined || (journal.active?.bytes ?? 0) >= SEGMENT_BYTES) await this.#seal(journal);
      const group = this.#group;
      this.#group = newGroup();
      await this.#writeGroup(journal, group);
      await yieldToRequests();
    }
    // A duplicate of what is in the journal is as durable as that.
    this.#group.durable.resolve(undefined);
    this.#group = newGroup();
    this.#pumping = undefined;
  }

  async #writeGroup(journal: Journal, group: Group): Promise<void> {
    // A segment's stamps are all later than those before it, so that arrival time and id order rows as they become visible.
    const earliestMs = journal.active === undefined ? this.#lastStampMs + 1 : this.#lastStampMs;
    const stampMs = Math.max(this.#options.clock.now(), earliestMs, this.#settledMs + 1);
    this.#lastStampMs = stampMs;
    this.#writingStampMs = stampMs;
    const ingestedAt = storeTime(stampMs);
    const texts = new Map<string, string[]>();
    for (const [index, event] of group.events.entries())
      addRows(texts, event, group.uids[index] ?? event.uid, ingestedAt);
    const tables = new Map<string, Lines>();
    for (const [table, lines] of texts)
      tables.set(table, { bytes: Buffer.from(`${lines.join('\n')}\n`), count: lines.length });
    try {
      const segment = await journal.append(tables, stampMs);
      const moving = this.#movingOf(segment);
      moving.bytes += group.bytes;
      for (const key of group.keys) moving.keys.push(key);
      group.durable.resolve(undefined);
      this.#mover ??= this.#move(journal);
    } catch (error) {
      this.#options.log.error({ err: error }, 'events could not be written to the journal');
      this.#fail(group, error);
      // In the next group may be duplicates of what has just failed, which only wait for it.
      this.#fail(this.#group, error);
      this.#group = newGroup();
    } finally {
      this.#writingStampMs = undefined;
    }
  }

  #fail(group: Group, cause: unknown): void {
    for (const key of group.keys) this.#pending.delete(key);
    this.#pendingBytes -= group.bytes;
    group.durable.reject(new EventError('JOURNAL_UNAVAILABLE', { retryAfterSeconds: 5, cause }));
  }

  #movingOf(segment: Segment): Moving {
    let moving = this.#moving.get(segment);
    if (moving === undefined)
      this.#moving.set(segment, (moving = { visible: Promise.withResolvers<undefined>(), keys: [], bytes: 0 }));
    return moving;
  }

  async #seal(journal: Journal): Promise<void> {
    const segment = await journal.seal();
    if (segment !== undefined) this.#sealed.push(segment);
    this.#sealWanted?.resolve(undefined);
    this.#sealWanted = undefined;
  }

  /** Moves segments into the store, the oldest first, as long as there are any. */
  async #move(journal: Journal): Promise<void> {
    for (;;) {
      if (this.#sealed.length === 0) {
        if (journal.active === undefined) break;
        await this.#gather(journal);
        await this.#sealBetweenGroups(journal);
      }
      const segment = this.#sealed.shift();
      if (segment === undefined) continue;
      try {
        await this.#moveOne(journal, segment);
      } catch (error) {
        this.trouble = 'events wait in the journal';
        this.#sealed.unshift(segment);
        if (this.#stopping || error instanceof MoveInterrupted) break;
        this.#options.log.error({ err: error }, 'a segment of the journal could not be moved');
        await sleep(1_000);
      }
    }
    this.#mover = undefined;
  }

  /** Only the pump writes to the journal: while it runs, it ends the segment between two of its groups. */
  async #sealBetweenGroups(journal: Journal): Promise<void> {
    if (this.#sealed.length > 0) return;
    if (this.#pumping === undefined) {
      await this.#seal(journal);
      return;
    }
    this.#sealWanted ??= Promise.withResolvers<undefined>();
    await Promise.race([this.#sealWanted.promise, this.#pumping]);
  }

  async #gather(journal: Journal): Promise<void> {
    const pauseMs = Math.max(this.#options.gatherMs, Math.min(this.#lastMoveMs, LONGEST_PAUSE_MS));
    const untilMs = performance.now() + pauseMs;
    while (
      !this.#stopping &&
      this.#sealed.length === 0 &&
      performance.now() < untilMs &&
      (journal.active?.bytes ?? 0) < EAGER_BYTES
    )
      await sleep(Math.min(10, Math.max(1, untilMs - performance.now())));
  }

  async #moveOne(journal: Journal, segment: Segment): Promise<void> {
    const beganMs = performance.now();
    await moveSegment(segment, { ...this.#options, stopping: () => this.#stopping });
    this.#lastMoveMs = performance.now() - beganMs;
    this.trouble = undefined;
    const moving = this.#movingOf(segment);
    this.#moves += 1;
    this.#dropped.push({ at: this.#moves, keys: moving.keys });
    this.#drop();
    this.#moving.delete(segment);
    this.#pendingBytes -= moving.bytes;
    this.#options.onVisible(segment.rows);
    moving.visible.resolve(undefined);
    await journal.remove(segment);
  }

  /** Forgets keys that are visible to every look-up under way. */
  #drop(): void {
    let oldest = Infinity;
    for (const { beganAt } of this.#lookups) oldest = Math.min(oldest, beganAt);
    this.#dropped = this.#dropped.filter(({ at, keys }) => {
      if (at > oldest) return true;
      for (const key of keys) this.#pending.delete(key);
      return false;
    });
  }

  /**
   * Every row with `IngestedAt` at or before this is visible in the store: the arrival watermark, ms. Never goes back. 0 before what
   * an earlier process left has been moved.
   */
  settledThroughMs(): number {
    if (this.#journal === undefined) return 0;
    const oldest = Math.min(
      this.#writingStampMs ?? Infinity,
      ...[...this.#moving.keys()].map((segment) => segment.firstStampMs),
    );
    const settled = oldest === Infinity ? Math.max(this.#options.clock.now(), this.#lastStampMs) : oldest - 1;
    this.#settledMs = Math.max(this.#settledMs, settled);
    return this.#settledMs;
  }

  /**
   * Like `settle`, but for no longer than two seconds: whoever sends and then asks finds the event, and a store that is behind holds
   * up no question.
   */
  async settleForReader(): Promise<void> {
    await isLate(this.settle(), READER_WAIT_MS);
  }

  /** Resolves when everything acknowledged before the call is visible in the store. */
  async settle(): Promise<void> {
    await Promise.all([...this.#moving.values()].map((moving) => moving.visible.promise));
  }

  /** Takes no more, and moves what is in the journal as far as the store lets it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#pumping;
    await this.#mover;
    await this.#journal?.seal();
  }
}

/** True when `waitMs` pass first. */
async function isLate(work: Promise<unknown>, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), waitMs);
  });
  try {
    return await Promise.race([work.then(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
