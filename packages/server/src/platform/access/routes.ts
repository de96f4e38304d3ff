import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { GatehouseError } from '../errors.ts';
import type { Permission, Principal, PrincipalCompany } from './principal.ts';
import { confineTo, type CompanyScope } from './scope.ts';

/** How a caller may prove who it is. */
export type Credential = 'session' | 'apiKey';

/** What every route declares as `config.access`; one that does not stops the boot. */
export interface RouteAccess {
  /** `public` answers anybody; every other permission needs a principal that holds it. */
  readonly permission: Permission;
  /** Default: `['session', 'apiKey']`. */
  readonly via?: readonly Credential[];
}

/** Resolves who calls, from server state; identity provides it. Undefined: no or wrong credentials. */
export type Authenticate = (request: FastifyRequest, via: readonly Credential[]) => Promise<Principal | undefined>;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Set where the route's permission is not `public`. */
    principal: Principal | undefined;
  }
}

const BOTH: readonly Credential[] = ['session', 'apiKey'];

/** Refuses the boot for a route without `config.access`, and every request whose caller lacks the permission. */
export const accessPlugin = fastifyPlugin<{ authenticate: Authenticate }>(
  async (app: FastifyInstance, { authenticate }) => {
    app.decorateRequest('principal', undefined);
    app.addHook('onRoute', (route) => {
      if (route.config?.access === undefined)
        throw new TypeError(`route ${String(route.method)} ${route.url} declares no permission (config.access)`);
    });
    app.addHook('onRequest', async (request) => {
      const access = request.routeOptions.config.access;
      // No access here means no such route: the not-found handler answers, and it reads nothing.
      if (access === undefined || access.permission === 'public') return;
      const principal = await authenticate(request, access.via ?? BOTH);
      if (principal === undefined) throw new GatehouseError('UNAUTHENTICATED', 401, 'Sign in or send a valid API key.');
      request.principal = principal;
      if (!holds(principal, access.permission)) throw new GatehouseError('FORBIDDEN', 403, 'You may not do this.');
    });
  },
);

function holds(principal: Principal, permission: Permission): boolean {
  return (
    permission === 'session.self' ||
    principal.globalPermissions.has(permission) ||
    principal.companies.some((company) => company.permissions.has(permission))
  );
}

/** The caller of a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined)
    throw new GatehouseError('UNAUTHENTICATED', 401, 'Sign in or send a valid API key.');
  return request.principal;
}

/**
 * The companies of the caller in which it holds `permission`, narrowed to the one it named in the `X-Company` header or the
 * `company` query parameter (id or number). A company that is not the caller's is answered as if it did not exist.
 */
export function companiesOf(request: FastifyRequest, permission: Permission): readonly PrincipalCompany[] {
  const allowed = principalOf(request).companies.filter((company) => company.permissions.has(permission));
  const wanted = request.headers['x-company'] ?? (request.query as { company?: string } | undefined)?.company;
  if (wanted === undefined || wanted === '') return allowed;
  const one = allowed.filter((company) => company.id === wanted || String(company.number) === wanted);
  if (one.length === 0) throw new GatehouseError('COMPANY_UNKNOWN', 404, 'There is no such company.');
  return one;
}

/** The one company a write goes to: the named one, or the caller's only one. */
export function companyOf(request: FastifyRequest, permission: Permission): PrincipalCompany {
  const companies = companiesOf(request, permission);
  const [company] = companies;
  if (company === undefined) throw new GatehouseError('FORBIDDEN', 403, 'You may not do this.');
  if (companies.length > 1)
    throw new GatehouseError('COMPANY_NEEDED', 400, 'Name the company in the X-Company header.', {
      details: [{ field: 'X-Company', reason: 'you belong to several companies' }],
    });
  return company;
}

/** The scope of a reading request. */
export function scopeOf(request: FastifyRequest, permission: Permission): CompanyScope {
  return confineTo(companiesOf(request, permission).map((company) => company.number));
}
