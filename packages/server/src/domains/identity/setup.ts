import type { Kysely } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/index.ts';
import type { AuditTrail } from '../audit/index.ts';
import { checkName, checkTimeZone, type Company, type CompanyDirectory } from './companies.ts';
import { fieldError, IdentityError } from './errors.ts';
import type { ApiKeys } from './keys.ts';
import { equalHashes, newToken, sha256, weaknessOfGivenKey } from './secrets.ts';
import { claimSetup, setupState, storeSetupSecret } from './store/setup.ts';
import { hasGlobalAdmin, insertUser } from './store/users.ts';
import type { IdentityTables, UserRow } from './tables.ts';
import { prepareUser, userOfRow, type User, type UserDependencies } from './users.ts';

/** An initial secret expires (ASVS 6.4.1); a start of the server makes a new one. */
const SECRET_LIFE_MS = 24 * 3_600_000;

export interface FirstSetup {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  /** Name and zone of the first company. */
  readonly company: string;
  readonly timeZone: string;
}

export interface SetupResult {
  readonly user: User;
  readonly company: Company;
  /** The first key, whole; undefined where an unattended set-up names none. */
  readonly apiKey: string | undefined;
}

export interface Setup {
  /** True until there is an administrator. */
  required(): Promise<boolean>;
  /** See `Identity.prepareSetup`. */
  prepare(): Promise<{ readonly secret: string } | undefined>;
  /** Makes the first administrator, company and key for who has the secret. */
  complete(secret: string, setup: FirstSetup, address: string): Promise<SetupResult>;
}

export interface SetupDependencies extends UserDependencies {
  readonly database: Kysely<IdentityTables>;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly companies: CompanyDirectory;
  readonly keys: ApiKeys;
  readonly config: Pick<Config, 'setup' | 'app'>;
}

interface FirstKey {
  readonly make: boolean;
  /** The operator's own key. */
  readonly given?: string;
}

export function createSetup(dependencies: SetupDependencies): Setup {
  const { database, clock, config } = dependencies;
  const done = async (): Promise<boolean> =>
    (await setupState(database)).completedMs !== null || (await hasGlobalAdmin(database));

  return {
    required: async () => !(await done()),
    prepare: async () => {
      if (await done()) return undefined;
      if (config.setup.adminEmail !== '') {
        await unattended(dependencies);
        return undefined;
      }
      const secret = `setup-${newToken()}`;
      const stored = await storeSetupSecret(database, sha256(secret), clock.now() + SECRET_LIFE_MS);
      return stored ? { secret } : undefined;
    },
    complete: async (secret, setup, address) => {
      if (await done()) throw new IdentityError('SETUP_DONE');
      const state = await setupState(database);
      const right =
        state.secretHash !== '' && equalHashes(state.secretHash, sha256(secret)) && clock.now() < state.secretExpiresMs;
      if (!right) {
        await recordFailure(dependencies.audit, address);
        throw fieldError('SETUP_SECRET_WRONG', '/secret', 'is wrong or has expired');
      }
      return await setUp(dependencies, setup, { make: true }, address);
    },
  };
}

/** From the configuration, once; a server that starts at the same time and loses the race has nothing left to do. */
async function unattended(dependencies: SetupDependencies): Promise<void> {
  const { adminEmail, adminPassword, apiKey, company } = dependencies.config.setup;
  const weakness = apiKey === '' ? undefined : weaknessOfGivenKey(apiKey);
  if (weakness !== undefined) throw fieldError('KEY_TOO_WEAK', 'setup.api_key', weakness);
  const first = {
    email: adminEmail,
    name: 'superadmin',
    password: adminPassword,
    company,
    timeZone: dependencies.config.app.timeZone,
  };
  try {
    await setUp(dependencies, first, apiKey === '' ? { make: false } : { make: true, given: apiKey }, 'configuration');
  } catch (error) {
    if (!(error instanceof IdentityError && error.code === 'SETUP_DONE')) throw error;
  }
}

async function setUp(
  dependencies: SetupDependencies,
  setup: FirstSetup,
  key: FirstKey,
  address: string,
): Promise<SetupResult> {
  const { database, clock, audit, companies } = dependencies;
  // What the person must correct, and the hash, which takes time, come before the transaction.
  const companyName = checkName(setup.company, '/company');
  checkTimeZone(setup.timeZone, '/timeZone');
  const admin = await prepareUser(dependencies, { ...setup, globalRole: 'GlobalAdmin', context: [companyName] });
  const result = await database.transaction().execute(async (transaction) => {
    if (!(await claimSetup(transaction, clock.now()))) throw new IdentityError('SETUP_DONE');
    return await makeFirst(dependencies, transaction, { admin, companyName, timeZone: setup.timeZone, key });
  });
  companies.refresh();
  await audit.record({
    company: null,
    actor: { kind: 'user', id: admin.id, label: admin.email },
    action: 'setup.complete',
    target: result.company.name,
    outcome: 'success',
    address,
  });
  return result;
}

async function makeFirst(
  { companies, keys }: SetupDependencies,
  transaction: Kysely<IdentityTables>,
  first: { admin: UserRow; companyName: string; timeZone: string; key: FirstKey },
): Promise<SetupResult> {
  await insertUser(transaction, first.admin);
  const company = await companies.create({ name: first.companyName, timeZone: first.timeZone }, transaction);
  const user = userOfRow(first.admin);
  if (!first.key.make) return { user, company, apiKey: undefined };
  const { secret } = await keys.create(
    {
      companyId: company.id,
      name: 'First key',
      scopes: ['ingest', 'read'],
      createdBy: user.email,
      ...(first.key.given === undefined ? {} : { given: first.key.given }),
    },
    transaction,
  );
  return { user, company, apiKey: secret };
}

async function recordFailure(audit: AuditTrail, address: string): Promise<void> {
  await audit.record({
    company: null,
    actor: { kind: 'system', id: 'setup', label: 'set-up' },
    action: 'setup.complete',
    outcome: 'failure',
    reason: 'secret wrong or expired',
    address,
  });
}
