import path from 'node:path';
import type { LogTable } from '@gatehouse/schema';
import type { CompanyScope } from '../../platform/access/index.ts';
import type { Domain } from '../../platform/domain.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Audit } from '../audit/index.ts';
import type { Identity } from '../identity/index.ts';
import { TableRegistry } from './customTables.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { LiveHub, type LiveListener } from './live/hub.ts';
import { createMetrics } from './metrics.ts';
import { createQuarantine } from './quarantine.ts';
import { loadKnown } from './remembered.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { liveRoutes } from './routes/live.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { tableRoutes } from './routes/tables.ts';
import { createStoredUids } from './store.ts';
import type { EventTables } from './tables.ts';
import { Writer } from './writer/writer.ts';

export { EVENT_ERRORS, EventError, type EventErrorCode } from './errors.ts';
export type { IngestCompany, IngestOptions, IngestOutcome, Refusal } from './ingest.ts';
export type { LiveEvent, LiveListener } from './live/hub.ts';
export { eventsMigrations } from './migrations.ts';

export interface Events extends Domain, Ingest {
  /** The tables that the scope's companies have: built in, and what they declared; without a scope the built-in ones. */
  tables(scope?: CompanyScope): Promise<readonly LogTable[]>;
  /** Changes with any custom table. */
  tablesVersion(): string;
  /** The arrival watermark, epoch ms: every row whose `IngestedAt` is at or before it is visible in the store. Never goes back. */
  settledThroughMs(): number;
  /** Resolves when everything acknowledged before the call is visible in the store; at the latest when the store is back. */
  settle(): Promise<void>;
  /** Like `settle`, for two seconds at the most: for a question that must not wait for a store that is behind. */
  settleForReader(): Promise<void>;
  readonly live: {
    /**
     * Hands over rows of the scope's companies as they become visible, in the order of their arrival. `table` undefined: all but
     * `Authentication`. Returns what ends it.
     */
    subscribe(scope: CompanyScope, listener: LiveListener, table?: string): () => void;
  };
  /** Makes the physical tables and moves what a killed process left; `start` does it, and so does the first event. */
  prepare(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface EventsNeeds {
  readonly audit: Pick<Audit, 'record'>;
  readonly identity: Pick<Identity, 'companies'>;
}

/** From the wire to the store: decoding, normalising, deduplicating, group commit, live stream, quarantine, custom tables. */
export function createEvents(platform: Platform, { audit, identity }: EventsNeeds): Events {
  const { config, clock, store, log } = platform;
  const database = platform.database.withTables<EventTables>();
  const tables = new TableRegistry(database, store, clock);
  const quarantine = createQuarantine(database, clock);
  const hub = new LiveHub();
  const writer = new Writer({
    store,
    log,
    clock,
    folder: path.join(config.dataFolder, 'journal'),
    queueLimitBytes: config.ingest.queueLimit,
    gatherMs: config.ingest.groupCommitMs,
    storedUids: createStoredUids(store),
    loadKnown: async (known) => loadKnown(known, store, await tables.allNames(), clock),
    onVisible: (rows) => hub.publish(rows),
    onBadRow: async ({ table, json, reason }) => {
      const company = Number((JSON.parse(json) as { CompanyId: unknown }).CompanyId);
      await quarantine.keep(company, [{ table, source: 'store', field: '', reason, text: json }]);
    },
  });
  const metrics = createMetrics(
    platform.metrics,
    () => writer.waitingBytes,
    () => hub.size,
  );
  const ingest = createIngest({ clock, tables, writer, quarantine, metrics });
  const replaying = createIngest({ clock, tables, writer, quarantine: { keep: async () => 0 }, metrics });
  let prepared: Promise<void> | undefined;
  const prepare = (): Promise<void> => {
    prepared ??= (async () => {
      await tables.migrate();
      await writer.prepare();
    })().catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };
  return {
    name: 'events',
    routes: async (app) => {
      // Also where nobody calls `start`: a command that brings the server up for a moment.
      app.addHook('onReady', prepare);
      app.addHook('onClose', () => writer.stop());
      await app.register(ingestRoutes({ platform, ingest, quarantine }));
      await app.register(liveRoutes({ platform, tables, hub, settle: () => writer.settleForReader() }));
      await app.register(tableRoutes({ audit, tables }));
      await app.register(quarantineRoutes({ audit, companies: identity.companies, quarantine, ingest: replaying }));
    },
    prepare,
    start: prepare,
    stop: () => writer.stop(),
    health: async () => writer.trouble,
    ingest: async (company, table, records, options) => {
      await prepare();
      return await ingest.ingest(company, table, records, options);
    },
    tables: (scope) => tables.visibleTo(scope),
    tablesVersion: () => tables.version(),
    settledThroughMs: () => writer.settledThroughMs(),
    settle: () => writer.settle(),
    settleForReader: () => writer.settleForReader(),
    live: { subscribe: (scope, listener, table) => hub.subscribe(scope, table, listener) },
  };
}
