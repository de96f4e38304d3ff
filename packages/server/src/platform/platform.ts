import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config/index.ts';
import type { Database } from './database/index.ts';
import type { EventStore } from './clickhouse/index.ts';
import type { Mailer } from './mail/index.ts';

/** What app.ts hands to every domain. */
export interface Platform {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly database: Database;
  readonly store: EventStore;
  readonly mail: Mailer;
  readonly metrics: Registry;
}
