import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import type { Domain } from '../../platform/domain.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Audit } from '../audit/index.ts';
import { createCatalogues, type TableSource } from './catalogue.ts';
import { createExternalData } from './external/index.ts';
import { createCompilerProcess } from './compiler/process.ts';
import { createKept } from './kept.ts';
import { createLibrary } from './library.ts';
import { createPlaces } from './places/index.ts';
import { queryRoutes } from './routes.ts';
import { createQueryService, type QueryService } from './service.ts';
import type { LibraryTables } from './tables.ts';

export { catalogueOf, SCOPE_PARAMETER } from './catalogue.ts';
export { queryMigrations } from './migrations.ts';
export { KqlQueryError, QueryError, QUERY_ERRORS, type QueryErrorCode } from './errors.ts';
export type { QueryResult, QueryService, RunOptions } from './service.ts';
export { windowOf, type Window } from './timespan.ts';

export type Query = Domain & QueryService;

/** What query needs of the domains left of it. */
export interface QueryNeeds {
  readonly audit: Pick<Audit, 'record'>;
  readonly events: TableSource & {
    /** Resolves when everything acknowledged before the call is visible in the store, or after a bounded wait. */
    settleForReader(): Promise<void>;
  };
}

export interface QueryOptions {
  /**
   * `kept`: the functions and watchlists that companies keep, with their routes. Left out: there are none, and a text may name
   * any watchlist, which is empty; for work on scratch data.
   */
  readonly library?: 'kept';
}

/** KQL over the event store: compiled in a process of its own, confined to a scope of companies, bounded, cancellable. */
export function createQuery(platform: Platform, needs: QueryNeeds, options: QueryOptions = {}): Query {
  const { audit, events } = needs;
  const compiler = createCompilerProcess();
  const external = createExternalData(platform.config.externalData, platform.clock);
  const tables = platform.database.withTables<LibraryTables>();
  const library = options.library === 'kept' ? createLibrary(tables, platform.clock) : undefined;
  const places = createPlaces(platform.config.geo.database, platform.config.store.database, () => platform.store);
  const service = createQueryService({
    store: platform.store,
    limits: platform.config.query,
    compiler,
    catalogues: createCatalogues(events, platform.config.store.database, external.policy, library, () =>
      library === undefined ? 'unknown' : places.current(),
    ),
    external,
    ...(library === undefined ? {} : { snapshots: (scope, nowMs) => library.snapshots(scope, nowMs) }),
    settle: () => events.settleForReader(),
  });
  measure(platform, service);
  const kept = library === undefined ? undefined : createKept(platform, { audit, library, service, tables });
  return Object.assign(service, {
    name: 'query',
    routes: async (app: FastifyInstance) => {
      await app.register(queryRoutes({ service, audit, clock: platform.clock }));
      if (kept !== undefined) await app.register(kept.routes);
    },
    start: async () => {
      await kept?.start();
      if (library !== undefined)
        places.start((error) => {
          platform.log.error({ err: error }, 'the database of places (geo.database) cannot be read');
        });
      // Ahead of the first query, and not awaited: ingest need not wait for it, and a failure shows with the first query.
      compiler.start().catch((error: unknown) => platform.log.warn({ err: error }, 'the KQL compiler did not start'));
    },
    stop: async () => {
      await places.stop();
      await kept?.stop();
      await compiler.stop();
    },
  });
}

function measure({ metrics }: Platform, service: QueryService): void {
  new Gauge({
    name: 'gatehouse_queries',
    help: 'KQL queries that run and that wait for their turn.',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      const { running, waiting } = service.load;
      this.set({ state: 'running' }, running);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
