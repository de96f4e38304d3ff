import type { LogTable } from '@gatehouse/schema';
import type { CompanyScope } from '../../../platform/access/index.ts';
import type { EngineRow } from '../store.ts';
import type { Lines } from '../writer/journal.ts';
import { AUTHENTICATION_TABLE } from '../writer/prepared.ts';
import { shownEvent, typesOf, type ShownEvent } from './rows.ts';

/** An event with its place in the order of arrival. */
export interface LiveEvent {
  readonly ingestedAt: string;
  readonly uid: string;
  readonly event: ShownEvent;
}

export type LiveListener = (events: readonly LiveEvent[]) => void;

interface Subscriber {
  readonly companies: ReadonlySet<number>;
  /** Undefined: every table; `Authentication` only by its name, since its events are there as what they were made of. */
  readonly table: string | undefined;
  readonly listener: LiveListener;
}

/** Hands rows that have become visible to whoever watches, in the order of their arrival. */
export class LiveHub {
  readonly #subscribers = new Set<Subscriber>();
  readonly #types = new Map<string, ReturnType<typeof typesOf>>();

  get size(): number {
    return this.#subscribers.size;
  }

  /** Returns what ends the subscription. The listener is called with rows of the scope's companies alone. */
  subscribe(scope: CompanyScope, table: string | undefined, listener: LiveListener): () => void {
    const subscriber = { companies: new Set(scope.companies), table, listener };
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }

  /** Columns' types, to show a table's rows with; told again whenever a table has changed. */
  learn(table: LogTable): void {
    this.#types.set(table.name, typesOf(table));
  }

  publish(rows: ReadonlyMap<string, readonly Lines[]>): void {
    if (this.#subscribers.size === 0) return;
    const events: (LiveEvent & { readonly company: number; readonly table: string })[] = [];
    for (const [table, parts] of rows) {
      const types = this.#types.get(table);
      if (types === undefined || ![...this.#subscribers].some((one) => wants(one, table))) continue;
      for (const line of parts.flatMap(({ bytes }) => bytes.toString('utf8').split('\n'))) {
        if (line === '') continue;
        const row = JSON.parse(line) as EngineRow;
        const event = shownEvent(row, types);
        events.push({
          company: Number(row.CompanyId),
          table,
          ingestedAt: String(row.IngestedAt),
          uid: event.EventUid,
          event,
        });
      }
    }
    events.sort(byArrival);
    for (const subscriber of this.#subscribers) {
      const own = events.filter(({ company, table }) => subscriber.companies.has(company) && wants(subscriber, table));
      if (own.length > 0) subscriber.listener(own);
    }
  }
}

function wants(subscriber: Subscriber, table: string): boolean {
  return subscriber.table === undefined ? table !== AUTHENTICATION_TABLE : subscriber.table === table;
}

export function byArrival(a: Pick<LiveEvent, 'ingestedAt' | 'uid'>, b: Pick<LiveEvent, 'ingestedAt' | 'uid'>): number {
  if (a.ingestedAt !== b.ingestedAt) return a.ingestedAt < b.ingestedAt ? -1 : 1;
  // The engine compares texts by their UTF-8 bytes.
  return Buffer.compare(Buffer.from(a.uid), Buffer.from(b.uid));
}
