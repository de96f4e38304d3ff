import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import Fastify, { LogController, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { securityHeadersPlugin } from '@gatehouse/guard/headers';
import { sameOriginPlugin } from '@gatehouse/guard/same-origin';
import { accessPlugin, type Authenticate } from '../access/index.ts';
import type { Config } from '../config/index.ts';
import { installErrors } from './errors.ts';

/** Largest body of a route that sets no limit of its own. */
const DEFAULT_BODY_LIMIT = 1_048_576;

export interface HttpOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly authenticate: Authenticate;
  /** What `GET /api/openapi.json` calls this version. */
  readonly version: string;
}

/**
 * The HTTP server with everything that holds for every route: request ids, one error shape, security headers, same-origin check,
 * permissions, rate limits, validation without silent coercion of bodies, and the OpenAPI document.
 */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { config } = options;
  const app = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: () => uuidv7(),
    trustProxy: config.proxy.trusted.length === 0 ? false : [...config.proxy.trusted],
    bodyLimit: DEFAULT_BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    ...(config.server.sslCertfile === ''
      ? {}
      : {
          https: {
            cert: readFileSync(config.server.sslCertfile),
            key: readFileSync(config.server.sslKeyfile),
            minVersion: 'TLSv1.2',
          },
        }),
  }) as unknown as FastifyInstance<Server, IncomingMessage, ServerResponse>;
  installValidation(app);
  installErrors(app);
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const level = reply.statusCode >= 500 ? 'warn' : 'debug';
    request.log[level](
      {
        method: request.method,
        url: request.routeOptions.url ?? request.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
  await app.register(fastifyCookie);
  await app.register(securityHeadersPlugin, { hstsSeconds: config.security.hstsSeconds });
  await app.register(sameOriginPlugin, {
    publicOrigins: config.app.publicUrl === '' ? [] : [new URL(config.app.publicUrl).origin],
    onRefused: (request) => request.log.warn({ origin: request.headers.origin, url: request.url }, 'malicious_csrf'),
  });
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Gatehouse',
        version: options.version,
        description: 'Self-hosted sign-in and security event monitor.',
      },
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-gatehouse' },
        },
      },
    },
  });
  await app.register(accessPlugin, { authenticate: options.authenticate });
  await app.register(fastifyRateLimit, {
    global: true,
    // After the route is known: ingest has back-pressure of its own (429 of a full queue), static files none.
    hook: 'preHandler',
    max: config.rateLimiting.api.count,
    timeWindow: config.rateLimiting.api.windowMs,
    keyGenerator: (request) => request.principal?.id ?? request.ip,
    allowList: (request) => {
      const permission = request.routeOptions.config.access?.permission;
      return (
        permission === undefined ||
        permission === 'events.write' ||
        request.routeOptions.url?.startsWith('/assets/') === true
      );
    },
  });
  return app;
}

/** Bodies are taken as they are; query strings and path parameters, which are text on the wire, are read as their type. */
function installValidation(app: FastifyInstance): void {
  const strict = new Ajv({
    coerceTypes: false,
    useDefaults: true,
    removeAdditional: false,
    allErrors: true,
    strict: false,
  });
  const reading = new Ajv({
    coerceTypes: 'array',
    useDefaults: true,
    removeAdditional: false,
    allErrors: true,
    strict: false,
  });
  addFormats.default(strict);
  addFormats.default(reading);
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : reading).compile(schema as object),
  );
}
