import type { FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import type { Platform } from '../../platform/platform.ts';
import type { Audit } from '../audit/index.ts';
import { functionRoutes } from './functions/routes.ts';
import { createStoredFunctions } from './functions/service.ts';
import type { Library } from './library.ts';
import type { QueryService } from './service.ts';
import { GLOBAL, type LibraryTables } from './tables.ts';
import { createItemStore } from './watchlists/items.ts';
import { watchlistRoutes } from './watchlists/routes.ts';
import { createWatchlists } from './watchlists/service.ts';
import { sweep } from './watchlists/sweep.ts';

/** How often old lists are looked for. */
const SWEEP_EVERY_MS = 3_600_000;

interface KeptNeeds {
  readonly audit: Pick<Audit, 'record'>;
  readonly library: Library;
  readonly service: Pick<QueryService, 'checkFunction'>;
  readonly tables: Kysely<LibraryTables>;
}

/** What companies keep for their queries: stored functions and watchlists, with their routes and their housekeeping. */
export function createKept(platform: Platform, { audit, library, service, tables: database }: KeptNeeds) {
  const { clock, log } = platform;
  const functions = createStoredFunctions({
    database,
    clock,
    library,
    checkText: (text, scope) => service.checkFunction(text, scope),
  });
  // Asked for at each use: a test platform may have none.
  const items = createItemStore(() => platform.store);
  const watchlists = createWatchlists({ database, clock, library, items });

  async function clear(): Promise<void> {
    const expired = await sweep(database, items, clock.now());
    if (expired.length > 0) library.refresh();
    for (const { id, company, alias } of expired)
      await audit.record({
        company: company === GLOBAL ? null : company,
        actor: { kind: 'system', id: 'query', label: 'housekeeping' },
        action: 'watchlist.delete',
        target: alias,
        outcome: 'success',
        reason: 'it expired long ago',
        detail: { watchlist: id },
      });
  }

  let timer: NodeJS.Timeout | undefined;
  let clearing: Promise<void> = Promise.resolve();
  const tick = (): void => {
    clearing = clear().catch((error: unknown) =>
      log.error({ err: error }, 'query: old watchlists could not be cleared'),
    );
  };
  return {
    functions,
    watchlists,
    clear,
    routes: async (app: FastifyInstance): Promise<void> => {
      // Also where nobody calls `start`: a command that brings the server up for a moment.
      app.addHook('onReady', () => items.prepare());
      await app.register(functionRoutes(functions, audit));
      await app.register(watchlistRoutes(watchlists, audit));
    },
    async start(): Promise<void> {
      await items.prepare();
      tick();
      timer = setInterval(tick, SWEEP_EVERY_MS);
      timer.unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await clearing;
    },
  };
}
