import { pino } from 'pino';
import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { companiesOf, companyOf, scopeOf, type Permission, type Principal } from '../access/index.ts';
import { readConfig } from '../config/index.ts';
import { GatehouseError } from '../errors.ts';
import { createHttpServer } from './server.ts';

function company(number: number, ...permissions: Permission[]) {
  return { id: `company-${number}`, number, timeZone: 'UTC', permissions: new Set(permissions) };
}

const READER: Principal = {
  kind: 'apiKey',
  id: 'reader',
  label: 'gh_reader',
  companies: [company(1, 'events.read'), company(2, 'events.read'), company(3, 'events.write')],
  globalPermissions: new Set(),
};

let app: FastifyInstance;
let caller: Principal | undefined;

beforeEach(async () => {
  caller = undefined;
  const config = readConfig({ env: {}, cwd: '/nonexistent', overrides: { 'rateLimiting.api': '20 per minute' } });
  app = await createHttpServer({
    config,
    log: pino({ level: 'silent' }),
    version: '0.0.0',
    authenticate: async () => caller,
  });
});
afterEach(() => app.close());

describe('permissions', () => {
  test('a route without one stops the boot', () => {
    expect(() => app.get('/forgotten', async () => 'x')).toThrow('route GET /forgotten declares no permission');
  });

  test('nobody, somebody without it, somebody with it', async () => {
    app.get(
      '/events',
      { config: { access: { permission: 'events.read' } } },
      async (request) => scopeOf(request, 'events.read').companies,
    );
    app.get('/keys', { config: { access: { permission: 'keys.manage' } } }, async () => 'never');
    expect((await app.inject('/events')).json()).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
    caller = READER;
    expect((await app.inject('/events')).json()).toEqual([1, 2]);
    const refused = await app.inject('/keys');
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ error: { code: 'FORBIDDEN' } });
  });

  test.each([
    ['company-2', 200],
    ['2', 200],
    ['company-3', 404],
    ['99', 404],
    ["1' OR 1=1", 404],
  ])('X-Company: %s', async (wanted, status) => {
    app.get(
      '/events',
      { config: { access: { permission: 'events.read' } } },
      async (request) => companiesOf(request, 'events.read').length,
    );
    caller = READER;
    const answer = await app.inject({ url: '/events', headers: { 'x-company': wanted } });
    expect(answer.statusCode).toBe(status);
    if (status === 404) expect(answer.json()).toMatchObject({ error: { code: 'COMPANY_UNKNOWN' } });
  });

  test('a write needs to know the one company', async () => {
    app.post(
      '/events',
      { config: { access: { permission: 'events.read' } } },
      async (request) => companyOf(request, 'events.read').number,
    );
    caller = READER;
    const answer = await app.inject({ method: 'POST', url: '/events' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'COMPANY_NEEDED', details: [{ field: 'X-Company' }] } });
  });
});

describe('errors', () => {
  test('ours are said, others are hidden behind a request id', async () => {
    app.get('/ours', { config: { access: { permission: 'public' } } }, async () => {
      throw new GatehouseError('BUSY', 429, 'Wait.', { retryAfterSeconds: 7 });
    });
    app.get('/other', { config: { access: { permission: 'public' } } }, async () => {
      throw new Error('password=hunter2 at /srv/secret.ts');
    });
    const ours = await app.inject('/ours');
    expect(ours.statusCode).toBe(429);
    expect(ours.headers['retry-after']).toBe('7');
    const other = await app.inject('/other');
    expect(other.statusCode).toBe(500);
    expect(other.body).not.toContain('hunter2');
    expect(other.json()).toMatchObject({ error: { code: 'INTERNAL', requestId: other.headers['x-request-id'] } });
  });

  test('a wrong field is named, and bodies are not coerced', async () => {
    const body = Type.Object({ count: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });
    app.post('/count', { config: { access: { permission: 'public' } }, schema: { body } }, async () => 'fine');
    for (const [payload, field] of [
      [{ count: '3' }, '/count'],
      [{ count: 0 }, '/count'],
      [{}, '/count'],
      [{ count: 1, extra: true }, '/extra'],
    ] as const) {
      const answer = await app.inject({ method: 'POST', url: '/count', payload });
      expect(answer.json()).toMatchObject({ error: { code: 'VALIDATION_FAILED', details: [{ field }] } });
    }
    expect((await app.inject({ method: 'POST', url: '/count', payload: { count: 3 } })).body).toBe('fine');
    const malformed = await app.inject({
      method: 'POST',
      url: '/count',
      payload: '{"count":',
      headers: { 'content-type': 'application/json' },
    });
    expect(malformed.json()).toMatchObject({ error: { code: 'JSON_MALFORMED' } });
  });
});

describe('every answer', () => {
  test('carries the security headers and a request id, errors too', async () => {
    app.get('/fine', { config: { access: { permission: 'public' } } }, async () => 'fine');
    for (const url of ['/fine', '/nowhere']) {
      const answer = await app.inject(url);
      expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
      expect(answer.headers['content-security-policy']).not.toContain('unsafe-inline');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('a foreign page may not act with a cookie', async () => {
    app.post('/act', { config: { access: { permission: 'public' } } }, async () => 'done');
    const headers = { cookie: 'gatehouse=x', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await app.inject({ method: 'POST', url: '/act', headers })).statusCode).toBe(403);
    const own = { ...headers, origin: 'http://localhost:80', 'sec-fetch-site': 'same-origin' };
    expect((await app.inject({ method: 'POST', url: '/act', headers: own })).statusCode).toBe(200);
  });

  test('one caller is slowed down, ingest is not', async () => {
    app.get('/ask', { config: { access: { permission: 'events.read' } } }, async () => 'x');
    app.post('/ingest', { config: { access: { permission: 'events.write' } } }, async () => 'x');
    caller = READER;
    const statuses = { ask: new Set<number>(), ingest: new Set<number>() };
    for (let count = 0; count < 25; count += 1) {
      statuses.ask.add((await app.inject('/ask')).statusCode);
      statuses.ingest.add((await app.inject({ method: 'POST', url: '/ingest' })).statusCode);
    }
    expect([...statuses.ask]).toEqual([200, 429]);
    expect([...statuses.ingest]).toEqual([200]);
  });
});
