import type { EngineSize } from './engine-config.ts';

/** Threads that the engine's statements run on: that many run at once. */
export const THREAD_POOL_SIZE = 16;

/** What the child needs to know; sent once, so that no secret stands in a command line or an environment. */
export interface ChildOptions {
  /** The event store's folder; the engine's data is in `engine` within. */
  readonly folder: string;
  readonly quotedDatabase: string;
  readonly listen: { readonly socket: string } | { readonly host: string; readonly port: number };
  readonly user: string;
  readonly password: string;
  readonly spool: { readonly fast: string; readonly roomy: string };
  readonly size: EngineSize;
}

export type ParentMessage =
  | { readonly kind: 'start'; readonly options: ChildOptions }
  | { readonly kind: 'ping' }
  | { readonly kind: 'stop'; readonly drainMs: number };

export type ChildMessage =
  /** `mended`: tokens without rows that a killed engine had left; see `deduplication-log.ts`. */
  | { readonly kind: 'ready'; readonly port: number; readonly mended: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'pong'; readonly active: number }
  | { readonly kind: 'stopped' };
