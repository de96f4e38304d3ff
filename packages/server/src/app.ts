import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createAudit } from './domains/audit/index.ts';
import { createDetection } from './domains/detection/index.ts';
import { createEvents } from './domains/events/index.ts';
import { createIdentity } from './domains/identity/index.ts';
import { createQuery } from './domains/query/index.ts';
import { createResponse } from './domains/response/index.ts';
import { migrations } from './migrations.ts';
import {
  controlSocketPath,
  createControlSocket,
  localOperator,
  metricsScraper,
  type Authenticate,
} from './platform/access/index.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { openEventStore, type EventStore } from './platform/clickhouse/index.ts';
import type { Config } from './platform/config/index.ts';
import { openDatabase, type Database } from './platform/database/index.ts';
import type { Domain } from './platform/domain.ts';
import { createHttpServer, registerConsole, registerHealth } from './platform/http/index.ts';
import { installationSecret } from './platform/keys.ts';
import { createMailer } from './platform/mail/index.ts';
import type { Platform } from './platform/platform.ts';
import { VERSION } from './version.ts';

export interface AppOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** The monitor, put together and not yet listening. */
export interface App {
  readonly fastify: FastifyInstance;
  readonly platform: Platform;
  readonly domains: Domains;
  /** One-time secret of the first set-up, where nobody is set up yet. */
  readonly setupSecret: string | undefined;
  /** Opens the control socket alone: enough for a command that needs the server for a moment, without its background work. */
  openControl(): Promise<void>;
  /** Opens the control socket, begins background work, listens; resolves to the address as a URL. */
  start(): Promise<string>;
  /** Ends in order: no new requests, requests under way, background work, stores. */
  stop(): Promise<void>;
}

export type Domains = Awaited<ReturnType<typeof createDomains>>;

/** The domains, each from what stands left of it. This list is the whole product. */
async function createDomains(platform: Platform) {
  const audit = createAudit(platform);
  const identity = createIdentity(platform, { audit });
  const events = createEvents(platform, { audit, identity });
  const query = createQuery(platform, { audit, events }, { library: 'kept' });
  const detection = createDetection(platform, { audit, identity, events, query });
  const response = createResponse(platform, { audit, identity, detection });
  return { audit, identity, events, query, detection, response };
}

/**
 * Opens the stores, brings their tables up to date, and puts the server together.
 * @throws ConfigError, or the stores' errors: a newer schema, a locked data folder, a server that does not answer.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const clock = options.clock ?? systemClock;
  const { log } = options;
  mkdirSync(options.config.dataFolder, { recursive: true, mode: 0o700 });
  const config = withSecret(options.config);
  const database = await openDatabase({ url: config.database.url, folder: config.dataFolder, clock }, migrations);
  let store: EventStore | undefined;
  try {
    store = await openStore(config, log);
    const metrics = new Registry();
    collectDefaultMetrics({ register: metrics });
    const mail = createMailer(config.mail);
    const platform: Platform = { config, log, clock, database, store, mail, metrics };
    return await assemble(platform);
  } catch (error) {
    await store?.close();
    await database.destroy();
    throw error;
  }
}

async function assemble(platform: Platform): Promise<App> {
  const { config, database, store, mail } = platform;
  const domains = await createDomains(platform);
  const list: readonly Domain[] = Object.values(domains);
  const control = createControlSocket(controlSocketPath(config.dataFolder));
  const authenticate: Authenticate = async (request, via) =>
    control.owns(request.raw)
      ? localOperator(await domains.identity.companies.list())
      : (metricsScraper(request, config.server.metricsToken) ?? (await domains.identity.authenticate(request, via)));
  const fastify = await createHttpServer({ config, log: platform.log, authenticate, version: VERSION });
  for (const domain of list) await fastify.register(domain.routes);
  registerHealth(fastify, platform, list);
  registerDocument(fastify);
  await registerConsole(fastify, config.cache.staticSeconds);
  await fastify.ready();
  const setup = await domains.identity.prepareSetup();
  const started: Domain[] = [];
  const openControl = () => control.listen((request, response) => fastify.routing(request, response));
  return {
    fastify,
    platform,
    domains,
    setupSecret: setup?.secret,
    openControl,
    async start() {
      await openControl();
      for (const domain of list) {
        await domain.start?.();
        started.push(domain);
      }
      return await fastify.listen({ host: config.server.host, port: config.server.port });
    },
    async stop() {
      await control.close();
      await fastify.close();
      for (const domain of started.reverse()) await domain.stop?.();
      mail.close();
      await store.close();
      await database.destroy();
    },
  };
}

/** The OpenAPI document: generated from the routes' schemas, also committed as packages/server/openapi.json. */
function registerDocument(fastify: FastifyInstance): void {
  fastify.get('/api/openapi.json', { config: { access: { permission: 'public' } }, schema: { hide: true } }, async () =>
    fastify.swagger(),
  );
}

function withSecret(config: Config): Config {
  if (config.app.secretKey !== '') return config;
  return { ...config, app: { ...config.app, secretKey: installationSecret(config.dataFolder) } };
}

function openStore(config: Config, log: Logger): Promise<EventStore> {
  const { url, user, password, database, memory } = config.store;
  return url === ''
    ? openEventStore({
        kind: 'embedded',
        folder: path.join(config.dataFolder, 'events'),
        database,
        size: { maxServerMemoryBytes: memory },
        onEvent: (event) => log.info({ store: event }, 'event store'),
      })
    : openEventStore({ kind: 'remote', url, user, password, database });
}

export type { Database };
