import { Gauge } from 'prom-client';
import type { Domain } from '../../platform/domain.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Audit } from '../audit/index.ts';
import { createCatalogues, type TableSource } from './catalogue.ts';
import { createExternalData } from './external/index.ts';
import { createCompilerProcess } from './compiler/process.ts';
import { queryRoutes } from './routes.ts';
import { createQueryService, type QueryService } from './service.ts';

export { catalogueOf, SCOPE_PARAMETER } from './catalogue.ts';
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

/** KQL over the event store: compiled in a process of its own, confined to a scope of companies, bounded, cancellable. */
export function createQuery(platform: Platform, { audit, events }: QueryNeeds): Query {
  const compiler = createCompilerProcess();
  const external = createExternalData(platform.config.externalData, platform.clock);
  const service = createQueryService({
    store: platform.store,
    limits: platform.config.query,
    compiler,
    catalogues: createCatalogues(events, platform.config.store.database, external.policy),
    external,
    settle: () => events.settleForReader(),
  });
  measure(platform, service);
  return Object.assign(service, {
    name: 'query',
    routes: queryRoutes({ service, audit, clock: platform.clock }),
    start: async () => {
      // Ahead of the first query, and not awaited: ingest need not wait for it, and a failure shows with the first query.
      compiler.start().catch((error: unknown) => platform.log.warn({ err: error }, 'the KQL compiler did not start'));
    },
    stop: () => compiler.stop(),
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
