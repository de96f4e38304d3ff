import os from 'node:os';
import { ENGINE_DEFAULTS } from './child/engine-config.ts';
import type { EngineSize } from './child/engine-config.ts';
import { createStore } from './store.ts';
import { FRONT_USER, startSupervisor } from './supervisor.ts';
import type { SupervisorEvent, WatchTiming } from './supervisor.ts';
import type { EventStore } from './types.ts';

export interface EmbeddedStoreOptions {
  readonly kind: 'embedded';
  /** Folder of the store; made where it is missing. One server process uses it at a time. */
  readonly folder: string;
  readonly database: string;
  /** How big the engine may grow; see `ENGINE_DEFAULTS`. */
  readonly size?: Partial<EngineSize>;
  /** Other times of watching than `WATCH_TIMING`. */
  readonly timing?: Partial<WatchTiming>;
  /** Told about starts, ends and hangs of the child, for the log and the metrics. */
  readonly onEvent?: (event: SupervisorEvent) => void;
}

export interface RemoteStoreOptions {
  readonly kind: 'remote';
  /** `http://` or `https://` address of a ClickHouse server's HTTP interface. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** An existing database with the Atomic or Replicated engine. */
  readonly database: string;
}

/** The embedded store also says which process its engine is: for metrics and for tests that kill it. */
export interface EmbeddedEventStore extends EventStore {
  readonly childPid: () => number | undefined;
}

/** Part of the machine's memory that the engine may take where nothing else is said. */
const MEMORY_SHARE = 0.5;

export function defaultEngineSize(): EngineSize {
  return {
    ...ENGINE_DEFAULTS,
    maxServerMemoryBytes: Math.min(ENGINE_DEFAULTS.maxServerMemoryBytes, Math.floor(os.totalmem() * MEMORY_SHARE)),
  };
}

/**
 * Opens the event plane and waits until it answers. Errors: `STORE_LOCKED` when another server uses the folder,
 * `STORE_UNAVAILABLE` when the engine does not start.
 *
 * @example const store = await openEventStore({ kind: 'embedded', folder: './data/events', database: 'gatehouse' });
 */
export async function openEventStore(options: EmbeddedStoreOptions): Promise<EmbeddedEventStore>;
export async function openEventStore(options: EmbeddedStoreOptions | RemoteStoreOptions): Promise<EventStore>;
export async function openEventStore(options: EmbeddedStoreOptions | RemoteStoreOptions): Promise<EventStore> {
  if (options.kind === 'remote')
    return createStore({
      ...options,
      exclusive: false,
      ready: () => Promise.resolve(),
      onClose: () => Promise.resolve(),
    });
  const supervisor = await startSupervisor({
    folder: options.folder,
    database: options.database,
    size: { ...defaultEngineSize(), ...options.size },
    ...(options.timing === undefined ? {} : { timing: options.timing }),
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
  });
  if (!('socket' in supervisor.address)) throw new TypeError('the embedded store listens on a socket');
  const store = createStore({
    url: 'http://localhost',
    socketPath: supervisor.address.socket,
    user: FRONT_USER,
    password: supervisor.password,
    database: options.database,
    exclusive: true,
    ready: (waitMs) => supervisor.ready(waitMs),
    onClose: () => supervisor.stop(),
  });
  return Object.assign(store, { childPid: supervisor.pid });
}
