import type { Clock } from '../../platform/clock.ts';
import { confineTo } from '../../platform/access/index.ts';
import type { EventStore } from '../../platform/clickhouse/index.ts';
import { LOG_EVENT_TABLE } from './decoders/index.ts';
import { lastArrivalMs } from './store.ts';
import { readTime, zoneOf } from './time/index.ts';

/** What `/api/health` answers. The first six are the agents' contract; their names, order and forms do not change. */
export interface AgentHealth {
  readonly status: string;
  readonly message: string;
  readonly timestamp: string;
  readonly database: string;
  readonly api_key_verified: boolean;
  readonly company_id: number;
  readonly clock_skew_seconds: number | null;
  readonly last_event_age_seconds: number | null;
}

export interface HealthAsk {
  readonly company: { readonly number: number; readonly timeZone: string };
  /** The caller's own clock: a Timestamp it sent, or its Date header; undefined where it gave none. */
  readonly callerTime: unknown;
  /** When the company's last event arrived, as far as this process remembers. */
  readonly lastArrivalMs: number | undefined;
}

/** `database` is `connected` when the event store answers; `status` then is `ok`, otherwise `error`. */
export async function agentHealth(clock: Clock, store: EventStore, ask: HealthAsk): Promise<AgentHealth> {
  const connected = await store.ping();
  const nowMs = clock.now();
  const lastMs =
    ask.lastArrivalMs ??
    (connected ? await lastArrivalMs(store, confineTo([ask.company.number]), LOG_EVENT_TABLE) : undefined);
  return {
    status: connected ? 'ok' : 'error',
    message: connected ? 'Health check passed' : 'The event store does not answer',
    timestamp: `${new Date(nowMs).toISOString().slice(0, 19)}+00:00`,
    database: connected ? 'connected' : 'disconnected',
    api_key_verified: true,
    company_id: ask.company.number,
    clock_skew_seconds: skewSeconds(ask, nowMs),
    last_event_age_seconds: lastMs === undefined ? null : Math.max(0, Math.round((nowMs - lastMs) / 1000)),
  };
}

function skewSeconds({ callerTime, company }: HealthAsk, nowMs: number): number | null {
  const read = readTime(callerTime, { zone: zoneOf(company.timeZone), order: 'day-first', arrivalMs: nowMs });
  return read.reading.startsWith('arrival') ? null : Math.round((read.ms - nowMs) / 100) / 10;
}
