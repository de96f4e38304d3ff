import type { FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Authenticate, Principal, PrincipalCompany } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Companies } from './companies.ts';
import type { ApiKeys } from './keys.ts';
import { permissionsOfRole } from './permissions.ts';
import { presentedKey, presentsKey } from './presented.ts';
import type { OnSecurityEvent } from './securityEvents.ts';
import type { CookieJar, Sessions, SessionUser } from './sessions.ts';
import { membershipsOf } from './store/users.ts';
import type { IdentityTables } from './tables.ts';

export interface AuthenticateDependencies {
  readonly database: Kysely<IdentityTables>;
  readonly clock: Clock;
  readonly companies: Companies;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly cookies: CookieJar;
  readonly onSecurityEvent: OnSecurityEvent;
}

/** A company of a user, with the role held there. */
export interface CompanyOfUser extends PrincipalCompany {
  readonly name: string;
  readonly role: string;
}

/** Resolves who calls: by key where one is presented, else by the session's cookie. Read from server state on each request. */
export function createAuthenticate(dependencies: AuthenticateDependencies): Authenticate {
  return async (request, via) => {
    if (via.includes('apiKey') && presentsKey(request.headers)) {
      const key = presentedKey(request.headers);
      return key === undefined ? undefined : await dependencies.keys.resolve(key, request.ip);
    }
    return via.includes('session') ? await bySession(dependencies, request) : undefined;
  };
}

async function bySession(
  dependencies: AuthenticateDependencies,
  request: FastifyRequest,
): Promise<Principal | undefined> {
  const { clock, cookies, sessions, onSecurityEvent } = dependencies;
  const token = cookies.read(request);
  if (token === undefined) return undefined;
  const found = await sessions.find(token);
  if (found.state === 'over')
    onSecurityEvent({
      name: 'session_use_after_expire',
      arguments: [found.userId],
      atMs: clock.now(),
      address: request.ip,
      description: 'a session was used after its end',
    });
  return found.state === 'live' ? await principalOfUser(dependencies, found.user) : undefined;
}

async function principalOfUser(dependencies: AuthenticateDependencies, user: SessionUser): Promise<Principal> {
  return {
    kind: 'user',
    id: user.userId,
    label: user.email,
    companies: await companiesOfUser(dependencies, user.userId, user.globalRole),
    globalPermissions: user.globalRole === null ? new Set() : permissionsOfRole(user.globalRole),
  };
}

/** A user's companies: all of them for a GlobalAdmin, else those it has a role in. */
export async function companiesOfUser(
  { database, companies }: Pick<AuthenticateDependencies, 'database' | 'companies'>,
  userId: string,
  globalRole: string | null,
): Promise<readonly CompanyOfUser[]> {
  const all = await companies.list();
  if (globalRole !== null)
    return all.map((company) => ({ ...company, role: globalRole, permissions: permissionsOfRole(globalRole) }));
  const roles = new Map((await membershipsOf(database, userId)).map((one) => [one.companyId, one.role]));
  return all.flatMap((company) => {
    const role = roles.get(company.id);
    return role === undefined ? [] : [{ ...company, role, permissions: permissionsOfRole(role) }];
  });
}
