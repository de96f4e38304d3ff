import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { createHttpServer } from '../../platform/http/index.ts';
import { createTestPlatform, type TestPlatform } from '../../platform/testing.ts';
import { auditMigrations, createAudit, type Audit } from '../audit/index.ts';
import { createIdentity, identityMigrations, type Identity, type SecurityEvent } from './index.ts';

/** A password that the policy takes. */
export const GOOD_PASSWORD = 'violet harbour 82 kestrel';

/** What a browser says of a request that our own page sends. */
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

/** The HTTP server with audit and identity over a real SQLite file, for tests. */
export interface IdentityHarness {
  readonly platform: TestPlatform;
  readonly audit: Audit;
  readonly identity: Identity;
  readonly http: FastifyInstance;
  readonly securityEvents: SecurityEvent[];
  post(
    url: string,
    payload: object,
    headers?: Record<string, string>,
    address?: string,
  ): Promise<LightMyRequestResponse>;
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  delete(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export async function createIdentityHarness(settings: Readonly<Record<string, string>> = {}): Promise<IdentityHarness> {
  const platform = await createTestPlatform({
    withStore: false,
    migrations: [...auditMigrations, ...identityMigrations],
    // Sign-in's own throttle is what most tests look at, not the limit of requests an address.
    settings: { 'rateLimiting.login': '10000 per minute', ...settings },
  });
  const securityEvents: SecurityEvent[] = [];
  const audit = createAudit(platform);
  const identity = createIdentity(platform, { audit, onSecurityEvent: (event) => securityEvents.push(event) });
  const http = await createHttpServer({
    config: platform.config,
    log: platform.log,
    authenticate: identity.authenticate,
    version: 'test',
  });
  await http.register(audit.routes);
  await http.register(identity.routes);
  await http.ready();
  return {
    platform,
    audit,
    identity,
    http,
    securityEvents,
    post: (url, payload, headers = {}, remoteAddress = '192.0.2.1') =>
      http.inject({ method: 'POST', url, payload, headers: { ...OWN_PAGE, ...headers }, remoteAddress }),
    get: (url, headers = {}) => http.inject({ method: 'GET', url, headers }),
    delete: (url, headers = {}) => http.inject({ method: 'DELETE', url, headers: { ...OWN_PAGE, ...headers } }),
    close: async () => {
      await http.close();
      await identity.stop?.();
      await platform.close();
    },
  };
}

/** Does the first set-up and returns the administrator's cookie header and the first key. */
export async function setUp(
  harness: IdentityHarness,
): Promise<{ cookie: string; apiKey: string; company: { id: string; number: number } }> {
  const prepared = await harness.identity.prepareSetup();
  const response = await harness.post('/api/setup', {
    secret: prepared?.secret,
    email: 'Root@Example.org',
    name: 'superadmin',
    password: GOOD_PASSWORD,
    company: 'Northwind',
    timeZone: 'Europe/London',
  });
  if (response.statusCode !== 200) throw new Error(`set-up failed: ${response.body}`);
  return {
    cookie: cookieOf(response),
    ...response.json<{ apiKey: string; company: { id: string; number: number } }>(),
  };
}

/** `name=value` of the session cookie an answer sets, as the `Cookie` header takes it. */
export function cookieOf(response: LightMyRequestResponse): string {
  const [cookie] = response.cookies;
  if (cookie === undefined) throw new Error(`no cookie in ${response.body}`);
  return `${cookie.name}=${cookie.value}`;
}
