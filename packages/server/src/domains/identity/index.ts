import type { FastifyRequest } from 'fastify';
import { createPasswordHasher, type PasswordHasher } from '@gatehouse/guard/passwords';
import type { Authenticate } from '../../platform/access/index.ts';
import type { Config } from '../../platform/config/index.ts';
import type { Domain } from '../../platform/domain.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Audit } from '../audit/index.ts';
import { createAuthenticate } from './authenticate.ts';
import { createCompanyDirectory, type Companies, type Company, type NewCompany } from './companies.ts';
import { createApiKeys, type CreatedApiKey, type NewApiKey } from './keys.ts';
import { identityRoutes } from './routes.ts';
import type { OnSecurityEvent } from './securityEvents.ts';
import { createCookieJar, createSessions } from './sessions.ts';
import { createSetup } from './setup.ts';
import { createSignIn } from './signIn.ts';
import type { IdentityTables } from './tables.ts';
import { createThrottle } from './throttle.ts';
import { createUsers, type Users } from './users.ts';

export type { Companies, Company, NewCompany } from './companies.ts';
export { IDENTITY_ERRORS, IdentityError, type IdentityErrorCode } from './errors.ts';
export type { ApiKey, CreatedApiKey, NewApiKey } from './keys.ts';
export { identityMigrations } from './migrations.ts';
export {
  COMPANY_ROLES,
  KEY_SCOPES,
  PERMISSION_MATRIX,
  ROLES,
  type CompanyRole,
  type KeyScope,
  type Role,
} from './permissions.ts';
export type { OnSecurityEvent, SecurityEvent } from './securityEvents.ts';
export type { NewUser, User, Users } from './users.ts';

const FLUSH_USAGE_MS = 3000;
const CLEAN_UP_MS = 3_600_000;

export interface IdentityDependencies {
  readonly audit: Audit;
  /** Told of sign-ins, lock-outs, late use of sessions; default: nobody. */
  readonly onSecurityEvent?: OnSecurityEvent;
}

/** Who there is: companies, users, sessions, API keys, and the first set-up. */
export interface Identity extends Domain {
  readonly authenticate: Authenticate;
  readonly companies: Companies;
  readonly users: Users;
  /** @throws IdentityError `NAME_INVALID`, `TIME_ZONE_UNKNOWN`, `COMPANY_NAME_TAKEN`. */
  createCompany(company: NewCompany): Promise<Company>;
  createApiKey(key: NewApiKey): Promise<CreatedApiKey>;
  /**
   * Readies the first set-up: applies `GATEHOUSE_SETUP_*` where it is given, else makes a one-time secret that is shown to the
   * operator and valid for a day. Undefined when there is an administrator (now). Every start makes a new secret.
   */
  prepareSetup(): Promise<{ readonly secret: string } | undefined>;
}

export function createIdentity(
  platform: Platform,
  { audit, onSecurityEvent = () => undefined }: IdentityDependencies,
): Identity {
  const { clock, config, log } = platform;
  const database = platform.database.withTables<IdentityTables>();
  const companies = createCompanyDirectory(database, clock);
  const keys = createApiKeys(database, clock, companies);
  const sessions = createSessions(database, clock, config.session);
  const cookies = createCookieJar((request) => isSecure(request, config));
  const throttle = createThrottle(database, clock);
  const hasher = once(createPasswordHasher);
  const users = createUsers({ database, clock, hasher });
  const setup = createSetup({ database, clock, audit, companies, keys, hasher, config });
  const signIn = createSignIn({ database, clock, audit, hasher, throttle, sessions, onSecurityEvent });
  const background = createBackground(
    [
      { everyMs: FLUSH_USAGE_MS, work: () => keys.flushUsage() },
      { everyMs: CLEAN_UP_MS, work: () => Promise.all([sessions.deleteOld(), throttle.deleteOld()]) },
    ],
    (error) => log.error({ err: error }, 'identity: background work failed'),
  );
  return {
    name: 'identity',
    authenticate: createAuthenticate({ database, clock, companies, keys, sessions, cookies, onSecurityEvent }),
    companies,
    users,
    createCompany: (company) => companies.create(company),
    createApiKey: (key) => keys.create(key),
    prepareSetup: () => setup.prepare(),
    routes: identityRoutes({ database, config, audit, companies, keys, sessions, cookies, setup, signIn }),
    start: async () => {
      await hasher();
      background.start();
    },
    stop: async () => {
      await background.stop();
      await keys.flushUsage();
    },
  };
}

/** Does the browser speak TLS: to us, to a proxy that we trust, or to one that hides it and has our public address? */
function isSecure(request: FastifyRequest, config: Config): boolean {
  const { cookieSecure } = config.session;
  if (cookieSecure !== 'auto') return cookieSecure === 'true';
  return request.protocol === 'https' || config.app.publicUrl.startsWith('https:');
}

/** The first call begins, every call gets the same promise. */
function once(make: () => Promise<PasswordHasher>): () => Promise<PasswordHasher> {
  let made: Promise<PasswordHasher> | undefined;
  return () => (made ??= make());
}

interface Task {
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
}

/** Repeats tasks, each never beside itself; `stop` waits for what is under way. */
function createBackground(tasks: readonly Task[], onError: (error: unknown) => void) {
  const timers: NodeJS.Timeout[] = [];
  const underWay = new Map<Task, Promise<unknown>>();
  const run = (task: Task): void => {
    if (underWay.has(task)) return;
    underWay.set(
      task,
      task
        .work()
        .catch(onError)
        .finally(() => underWay.delete(task)),
    );
  };
  return {
    start: () => {
      for (const task of tasks) timers.push(setInterval(() => run(task), task.everyMs).unref());
    },
    stop: async () => {
      for (const timer of timers.splice(0)) clearInterval(timer);
      await Promise.all(underWay.values());
    },
  };
}
