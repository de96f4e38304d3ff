import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { createHttpServer } from '../../platform/http/index.ts';
import { createTestPlatform, type TestPlatform, type TestPlatformOptions } from '../../platform/testing.ts';
import { auditMigrations, createAudit } from '../audit/index.ts';
import { createIdentity, identityMigrations, type Company, type Identity } from '../identity/index.ts';
import { createEvents, eventsMigrations, type Events } from './index.ts';

/** Two companies with a key that may do everything each, over the real stores and the real HTTP server. */
export interface EventsHarness {
  readonly platform: TestPlatform;
  readonly identity: Identity;
  readonly events: Events;
  readonly http: FastifyInstance;
  readonly companies: readonly [Company, Company];
  readonly keys: readonly [string, string];
  /** Posts with the first company's key unless `headers` name another. */
  post(url: string, payload: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** Rows of a statement over the store, as text; `${db}` is the database. */
  rows(sql: (database: string) => string): Promise<unknown[][]>;
  close(): Promise<void>;
}

export async function createEventsHarness(
  options: TestPlatformOptions & { readonly timeZone?: string } = {},
): Promise<EventsHarness> {
  const platform = await createTestPlatform({
    ...options,
    migrations: [...auditMigrations, ...identityMigrations, ...eventsMigrations],
  });
  const audit = createAudit(platform);
  const identity = createIdentity(platform, { audit });
  const events = createEvents(platform, { audit, identity });
  const http = await createHttpServer({
    config: platform.config,
    log: platform.log,
    authenticate: identity.authenticate,
    version: 'test',
  });
  await http.register(events.routes);
  await http.ready();
  const timeZone = options.timeZone ?? 'UTC';
  const first = await identity.createCompany({ name: 'Northwind', timeZone });
  const second = await identity.createCompany({ name: 'Southwind', timeZone });
  const keyOf = async (company: Company): Promise<string> =>
    (await identity.createApiKey({ companyId: company.id, name: 'test', scopes: ['ingest', 'read', 'admin'] })).secret;
  const keys = [await keyOf(first), await keyOf(second)] as const;
  return {
    platform,
    identity,
    events,
    http,
    companies: [first, second],
    keys,
    post: (url, payload, headers = {}) =>
      http.inject({
        method: 'POST',
        url,
        payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
        headers: { 'content-type': 'application/json', 'x-api-key': keys[0], ...headers },
      }),
    get: (url, headers = {}) => http.inject({ method: 'GET', url, headers: { 'x-api-key': keys[0], ...headers } }),
    rows: async (sql) => {
      await events.settle();
      return (await platform.store.read(sql(platform.store.database))).rows.map((row) => [...row]);
    },
    close: async () => {
      await http.close();
      await identity.stop?.();
      await platform.close();
    },
  };
}
