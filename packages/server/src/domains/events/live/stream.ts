import { Readable } from 'node:stream';
import type { LogTable } from '@gatehouse/schema';
import type { CompanyScope } from '../../../platform/access/index.ts';
import type { EventStore } from '../../../platform/clickhouse/index.ts';
import { latestRows, rowsAfter, type ArrivalPlace, type EngineRow } from '../store.ts';
import { AUTHENTICATION_TABLE } from '../writer/prepared.ts';
import { byArrival, type LiveEvent, type LiveHub } from './hub.ts';
import { shownEvent, typesOf } from './rows.ts';

export interface StreamOptions {
  readonly hub: LiveHub;
  readonly store: EventStore;
  readonly scope: CompanyScope;
  /** Tables that the scope sees. */
  readonly tables: readonly LogTable[];
  /** The one table that is watched; undefined: all but `Authentication`. */
  readonly table: string | undefined;
  /** The `Last-Event-ID` of a stream that goes on; undefined: begins with the latest events. */
  readonly after: ArrivalPlace | undefined;
  readonly nowMs: () => number;
}

/** Events that a new stream begins with; rows of one step of catching up. */
export const FIRST_EVENTS = 50;
const CATCH_UP_ROWS = 500;
/** A stream that is longer cut off than this gets the latest events, not all of the time between. */
const CATCH_UP_STEPS = 20;
/** Characters that may wait for a slow reader before it is cut off; it comes back and goes on where it was. */
const BUFFER_LIMIT = 2_000_000;
const HEARTBEAT_MS = 15_000;
/** After this a stream ends and the browser opens it anew: its session is looked at again. */
const LIFETIME_MS = 10 * 60_000;

/** The `id:` of a stream's message: where the reader stands. */
export function placeText(event: Pick<LiveEvent, 'ingestedAt' | 'uid'>): string {
  return `${event.ingestedAt.replace(' ', 'T')}/${encodeURIComponent(event.uid)}`;
}

/** The place that an `id:` named; undefined for what is none. */
export function placeOf(text: string | undefined): ArrivalPlace | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}\.\d{7})\/([^/\s]{1,2000})$/.exec(text ?? '');
  if (match === null) return undefined;
  try {
    return { ingestedAt: `${match[1] ?? ''} ${match[2] ?? ''}`, uid: decodeURIComponent(match[3] ?? '') };
  } catch {
    return undefined;
  }
}

/** Tables that a subscription without a table watches. */
export function watchedTables(tables: readonly LogTable[], table: string | undefined): readonly LogTable[] {
  return tables.filter(({ name }) => (table === undefined ? name !== AUTHENTICATION_TABLE : name === table));
}

/** The latest events of the tables, the latest first. */
export async function latestEvents(
  store: EventStore,
  scope: CompanyScope,
  tables: readonly LogTable[],
  limit: number,
  nowMs: number,
): Promise<LiveEvent[]> {
  const found = await Promise.all(
    tables.map(async (table) => shownAll(await latestRows(store, scope, table, limit, nowMs), table)),
  );
  return found
    .flat()
    .sort((a, b) => byArrival(b, a))
    .slice(0, limit);
}

function shownAll(rows: readonly EngineRow[], table: LogTable): LiveEvent[] {
  const types = typesOf(table);
  return rows.map((row) => {
    const event = shownEvent(row, types);
    return { ingestedAt: String(row.IngestedAt), uid: event.EventUid, event };
  });
}

/**
 * A stream of server-sent events: first what was missed (or the latest), then what arrives. It listens before it reads, and drops
 * what both gave, so that nothing falls between the two.
 */
export function liveStream(options: StreamOptions): Readable {
  const stream = new Readable({ read: () => undefined });
  let place = options.after;
  let waiting: LiveEvent[] | undefined = [];
  const send = (events: readonly LiveEvent[]): void => {
    const from = place;
    const fresh = from === undefined ? events : events.filter((event) => byArrival(event, from) > 0);
    const last = fresh.at(-1);
    if (last === undefined || stream.destroyed) return;
    place = last;
    stream.push(`id: ${placeText(last)}\ndata: ${JSON.stringify(fresh.map(({ event }) => event))}\n\n`);
    if (stream.readableLength > BUFFER_LIMIT) stream.destroy();
  };
  const unsubscribe = options.hub.subscribe(options.scope, options.table, (events) => {
    if (waiting === undefined) send(events);
    else if (waiting.length < CATCH_UP_ROWS * CATCH_UP_STEPS) waiting.push(...events);
    else stream.destroy();
  });
  const heartbeat = setInterval(() => stream.push(': still here\n\n'), HEARTBEAT_MS);
  const lifetime = setTimeout(() => stream.push(null), LIFETIME_MS);
  stream.once('close', () => {
    unsubscribe();
    clearInterval(heartbeat);
    clearTimeout(lifetime);
  });
  stream.push('retry: 1000\n\n');
  catchUp(options, send)
    .then(() => {
      const held = waiting ?? [];
      waiting = undefined;
      send(held);
    })
    .catch((error: unknown) => stream.destroy(error instanceof Error ? error : undefined));
  return stream;
}

async function catchUp(options: StreamOptions, send: (events: readonly LiveEvent[]) => void): Promise<void> {
  const { store, scope, after } = options;
  if (scope.companies.length === 0) return;
  const tables = watchedTables(options.tables, options.table);
  let place = after;
  for (let step = 0; place !== undefined && step < CATCH_UP_STEPS; step += 1) {
    const from: ArrivalPlace = place;
    const found = await Promise.all(
      tables.map(async (table) => shownAll(await rowsAfter(store, scope, table, from, CATCH_UP_ROWS), table)),
    );
    // Beyond the last row of a table that has more, others may have rows that were not read.
    const bound = found.flatMap((rows) => (rows.length === CATCH_UP_ROWS ? rows.slice(-1) : [])).sort(byArrival)[0];
    const events = found
      .flat()
      .sort(byArrival)
      .filter((event) => bound === undefined || byArrival(event, bound) <= 0);
    send(events);
    if (bound === undefined) return;
    place = bound;
  }
  send((await latestEvents(store, scope, tables, FIRST_EVENTS, options.nowMs())).reverse());
}
