import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Kysely } from 'kysely';
import { companiesOf, companyOf, principalOf, type Principal } from '../../platform/access/index.ts';
import type { Config } from '../../platform/config/index.ts';
import type { AuditActor, AuditTrail } from '../audit/index.ts';
import { companiesOfUser } from './authenticate.ts';
import type { CompanyDirectory } from './companies.ts';
import { IdentityError } from './errors.ts';
import type { ApiKey, ApiKeys } from './keys.ts';
import { permissionsOfScopes } from './permissions.ts';
import {
  CompanyBody,
  CompanyView,
  KeyBody,
  KeyCreated,
  KeyView,
  SessionView,
  SetupAnswer,
  SetupBody,
  SignInBody,
} from './schemas.ts';
import type { CookieJar, Sessions } from './sessions.ts';
import type { Setup } from './setup.ts';
import type { SignedIn, SignInRequest } from './signIn.ts';
import { userById } from './store/users.ts';
import type { IdentityTables } from './tables.ts';
import { userOfRow, type User } from './users.ts';

export interface RouteDependencies {
  readonly database: Kysely<IdentityTables>;
  readonly config: Pick<Config, 'rateLimiting'>;
  readonly audit: AuditTrail;
  readonly companies: CompanyDirectory;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly cookies: CookieJar;
  readonly setup: Setup;
  readonly signIn: (request: SignInRequest) => Promise<SignedIn>;
}

/** `/api/setup`, `/api/session`, `/api/companies`, `/api/keys`. */
export function identityRoutes(dependencies: RouteDependencies): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(setupRoutes(dependencies));
    await app.register(sessionRoutes(dependencies));
    await app.register(companyRoutes(dependencies));
    await app.register(keyRoutes(dependencies));
  };
}

/** The limit of routes that take a password or the set-up's secret. */
function guessable({ config }: RouteDependencies) {
  return { max: config.rateLimiting.login.count, timeWindow: config.rateLimiting.login.windowMs };
}

function setupRoutes(dependencies: RouteDependencies): FastifyPluginAsyncTypebox {
  const { setup, sessions, cookies } = dependencies;
  return async (app) => {
    app.get(
      '/api/setup',
      {
        config: { access: { permission: 'public' } },
        schema: {
          tags: ['identity'],
          summary: 'Is the first set-up still to be done?',
          response: { 200: Type.Object({ required: Type.Boolean() }) },
        },
      },
      async () => ({ required: await setup.required() }),
    );
    app.post(
      '/api/setup',
      {
        config: { access: { permission: 'public' }, rateLimit: guessable(dependencies) },
        schema: {
          tags: ['identity'],
          summary: 'Make the first administrator, company and API key, and sign in',
          body: SetupBody,
          response: { 200: SetupAnswer },
        },
      },
      async (request, reply) => {
        const { secret, ...first } = request.body;
        const { user, company, apiKey } = await setup.complete(secret, first, request.ip);
        const token = await sessions.begin(user.id, originOf(request));
        cookies.set(request, reply, token);
        return { user, company, apiKey: apiKey ?? '' };
      },
    );
  };
}

function sessionRoutes(dependencies: RouteDependencies): FastifyPluginAsyncTypebox {
  const { database, audit, sessions, cookies, signIn } = dependencies;
  return async (app) => {
    app.post(
      '/api/session',
      {
        config: { access: { permission: 'public' }, rateLimit: guessable(dependencies) },
        schema: { tags: ['identity'], summary: 'Sign in', body: SignInBody, response: { 200: SessionView } },
      },
      async (request, reply) => {
        const before = cookies.read(request);
        const { user, token } = await signIn({ ...request.body, ...originOf(request) });
        // A new id at every sign-in (ASVS 7.2.4): the session of before ends, whoever planted it.
        if (before !== undefined) await sessions.end(before);
        cookies.set(request, reply, token);
        return await sessionView(dependencies, user);
      },
    );
    app.get(
      '/api/session',
      {
        config: { access: { permission: 'session.self', via: ['session'] } },
        schema: { tags: ['identity'], summary: 'Who am I, and what may I do?', response: { 200: SessionView } },
      },
      async (request) => {
        const row = await userById(database, principalOf(request).id);
        if (row === undefined) throw new IdentityError('USER_UNKNOWN');
        return await sessionView(dependencies, userOfRow(row));
      },
    );
    app.delete(
      '/api/session',
      {
        config: { access: { permission: 'session.self', via: ['session'] } },
        schema: { tags: ['identity'], summary: 'Sign out', response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        const token = cookies.read(request);
        if (token !== undefined) await sessions.end(token);
        await audit.record({
          company: null,
          actor: actorOf(principalOf(request)),
          action: 'session.end',
          outcome: 'success',
          address: request.ip,
        });
        cookies.clear(request, reply);
        return reply.code(204).send(null);
      },
    );
  };
}

function companyRoutes({ audit, companies }: RouteDependencies): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api/companies',
      {
        config: { access: { permission: 'companies.read' } },
        schema: {
          tags: ['identity'],
          summary: 'The companies the caller belongs to',
          response: { 200: Type.Object({ companies: Type.Array(CompanyView) }) },
        },
      },
      async (request) => {
        const own = new Set(companiesOf(request, 'companies.read').map((company) => company.id));
        return { companies: (await companies.list()).filter((company) => own.has(company.id)) };
      },
    );
    app.post(
      '/api/companies',
      {
        config: { access: { permission: 'companies.manage' } },
        schema: { tags: ['identity'], summary: 'Make a company', body: CompanyBody, response: { 201: CompanyView } },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        if (!principal.globalPermissions.has('companies.manage')) throw new IdentityError('GLOBAL_ONLY');
        const company = await companies.create(request.body);
        await audit.record({
          company: company.number,
          actor: actorOf(principal),
          action: 'company.create',
          target: company.name,
          outcome: 'success',
          address: request.ip,
        });
        return reply.code(201).send(company);
      },
    );
  };
}

function keyRoutes({ audit, companies, keys }: RouteDependencies): FastifyPluginAsyncTypebox {
  const view = async (key: ApiKey) => {
    const { companyId, ...rest } = key;
    return { ...rest, scopes: [...key.scopes], company: (await companies.byId(companyId))?.number ?? 0 };
  };
  return async (app) => {
    app.get(
      '/api/keys',
      {
        config: { access: { permission: 'keys.manage' } },
        schema: {
          tags: ['identity'],
          summary: 'API keys of the caller’s companies, without their secrets',
          response: { 200: Type.Object({ keys: Type.Array(KeyView) }) },
        },
      },
      async (request) => {
        const own = await keys.listOf(companiesOf(request, 'keys.manage').map((company) => company.id));
        return { keys: await Promise.all(own.map(view)) };
      },
    );
    app.post(
      '/api/keys',
      {
        config: { access: { permission: 'keys.manage' } },
        schema: { tags: ['identity'], summary: 'Make an API key', body: KeyBody, response: { 201: KeyCreated } },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const company = companyOf(request, 'keys.manage');
        const wanted = permissionsOfScopes(request.body.scopes);
        // Nobody hands out more than it holds.
        if ([...wanted].some((one) => !company.permissions.has(one))) throw new IdentityError('KEY_SCOPE_REFUSED');
        const created = await keys.create({ ...request.body, companyId: company.id, createdBy: principal.label });
        await audit.record({
          company: company.number,
          actor: actorOf(principal),
          action: 'key.create',
          target: created.key.prefix,
          outcome: 'success',
          address: request.ip,
          detail: { name: created.key.name, scopes: created.key.scopes, expiresAt: created.key.expiresAt },
        });
        return reply.code(201).send({ key: await view(created.key), secret: created.secret });
      },
    );
    app.delete(
      '/api/keys/:id',
      {
        config: { access: { permission: 'keys.manage' } },
        schema: {
          tags: ['identity'],
          summary: 'Revoke an API key',
          params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const key = await keys.byId(request.params.id);
        const company = companiesOf(request, 'keys.manage').find((one) => one.id === key?.companyId);
        // Another company's key is answered as if there were none.
        if (key === undefined || company === undefined) throw new IdentityError('KEY_UNKNOWN');
        if (await keys.revoke(key.id))
          await audit.record({
            company: company.number,
            actor: actorOf(principalOf(request)),
            action: 'key.revoke',
            target: key.prefix,
            outcome: 'success',
            address: request.ip,
            detail: { name: key.name },
          });
        return reply.code(204).send(null);
      },
    );
  };
}

async function sessionView(dependencies: RouteDependencies, user: User) {
  const companies = await companiesOfUser(dependencies, user.id, user.globalRole);
  return { user, companies: companies.map((company) => ({ ...company, permissions: [...company.permissions] })) };
}

function actorOf(principal: Principal): AuditActor {
  return { kind: principal.kind, id: principal.id, label: principal.label };
}

function originOf(request: FastifyRequest) {
  return { address: request.ip, userAgent: request.headers['user-agent'] ?? '' };
}
