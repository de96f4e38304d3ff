import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { checkName, type Companies, type Company } from './companies.ts';
import { fieldError, IdentityError } from './errors.ts';
import { permissionsOfScopes, type KeyScope } from './permissions.ts';
import { equalHashes, newKey, prefixOf, sha256, weaknessOfGivenKey } from './secrets.ts';
import {
  addKeyUsage,
  insertKey,
  keyById,
  keysByPrefix,
  keysOfCompanies,
  revokeKey,
  type KeyUsage,
} from './store/keys.ts';
import type { ApiKeyRow, IdentityTables } from './tables.ts';

const DAY_MS = 86_400_000;
/** How long a resolved key is believed without a look at its row: a revoked key works this long at most. */
const CACHE_MS = 2000;
/** Keys remembered; past it all are forgotten and looked up anew. */
const CACHE_ENTRIES = 10_000;

export interface NewApiKey {
  readonly companyId: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** Days until it expires; absent: it does not. */
  readonly expiresInDays?: number;
  /** A key the operator chose; made here when absent. */
  readonly given?: string;
  /** Who made it, as the trail shows it. Default `system`. */
  readonly createdBy?: string;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly companyId: string;
  readonly scopes: readonly string[];
  /** Times in epoch milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
  readonly lastAddress: string | null;
  readonly useCount: number;
}

export interface CreatedApiKey {
  readonly key: ApiKey;
  /** The whole key: shown once, kept nowhere. */
  readonly secret: string;
}

export interface ApiKeys {
  create(key: NewApiKey, transaction?: Kysely<IdentityTables>): Promise<CreatedApiKey>;
  listOf(companyIds: readonly string[]): Promise<readonly ApiKey[]>;
  byId(id: string): Promise<ApiKey | undefined>;
  /** Revokes; false when it was revoked before. Here at once, in other processes within two seconds. */
  revoke(id: string): Promise<boolean>;
  /** Who a presented key is, counted as a use from `address`. Undefined: unknown, expired, revoked. */
  resolve(presented: string, address: string): Promise<Principal | undefined>;
  /** Writes the counted uses; called every few seconds and at the end. */
  flushUsage(): Promise<void>;
}

interface Resolved {
  readonly principal: Principal | undefined;
  /** Clock time until which this answer holds. */
  readonly untilMs: number;
}

export function createApiKeys(database: Kysely<IdentityTables>, clock: Clock, companies: Companies): ApiKeys {
  const cache = new Map<string, Promise<Resolved>>();
  const usage = new Map<string, KeyUsage>();
  const count = (id: string, more: KeyUsage): void => {
    const before = usage.get(id);
    const newer = before === undefined || before.lastUsedMs <= more.lastUsedMs ? more : before;
    usage.set(id, { ...newer, count: (before?.count ?? 0) + more.count });
  };

  const lookUp = async (presented: string, hash: string): Promise<Resolved> => {
    const nowMs = clock.now();
    const candidates = await keysByPrefix(database, prefixOf(presented, hash));
    const row = candidates.find((candidate) => equalHashes(candidate.secret_hash, hash));
    const company = row === undefined ? undefined : await companies.byId(row.company_id);
    if (row === undefined || company === undefined || !isLive(row, nowMs)) return { principal: undefined, untilMs: 0 };
    return { principal: principalOfKey(row, company), untilMs: Math.min(nowMs + CACHE_MS, row.expires_ms ?? Infinity) };
  };

  const resolveCached = async (presented: string): Promise<Principal | undefined> => {
    const hash = sha256(presented);
    const remembered = cache.get(hash);
    if (remembered !== undefined) {
      const answer = await remembered;
      if (clock.now() < answer.untilMs) return answer.principal;
      // Somebody else may have begun to look again while we waited.
      const newer = cache.get(hash);
      if (newer !== undefined && newer !== remembered) return (await newer).principal;
    }
    const looking = lookUp(presented, hash);
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(hash, looking);
    const forget = (): void => {
      if (cache.get(hash) === looking) cache.delete(hash);
    };
    looking.then((answer) => {
      // Unknown keys are not remembered: they would push out the known ones.
      if (answer.principal === undefined) forget();
    }, forget);
    return (await looking).principal;
  };

  return {
    create: (key, transaction) => makeKey(transaction ?? database, key, clock.now()),
    listOf: async (companyIds) => (await keysOfCompanies(database, companyIds)).map(keyOfRow),
    byId: async (id) => {
      const row = await keyById(database, id);
      return row === undefined ? undefined : keyOfRow(row);
    },
    revoke: async (id) => {
      const revoked = await revokeKey(database, id, clock.now());
      cache.clear();
      return revoked;
    },
    resolve: async (presented, address) => {
      const principal = await resolveCached(presented);
      if (principal === undefined) return undefined;
      count(principal.id, { count: 1, lastUsedMs: clock.now(), address });
      return principal;
    },
    flushUsage: async () => {
      for (const [id, counted] of [...usage]) {
        usage.delete(id);
        try {
          await addKeyUsage(database, id, { ...counted, address: counted.address.slice(0, 64) });
        } catch (error) {
          // Not written, not lost: it joins what was counted meanwhile.
          count(id, counted);
          throw error;
        }
      }
    },
  };
}

async function makeKey(database: Kysely<IdentityTables>, key: NewApiKey, nowMs: number): Promise<CreatedApiKey> {
  const weakness = key.given === undefined ? undefined : weaknessOfGivenKey(key.given);
  if (weakness !== undefined) throw fieldError('KEY_TOO_WEAK', 'apiKey', weakness);
  const fresh = key.given === undefined ? newKey() : givenKey(key.given);
  const row: ApiKeyRow = {
    id: uuidv7(),
    company_id: key.companyId,
    name: checkName(key.name, '/name'),
    prefix: fresh.prefix,
    secret_hash: fresh.hash,
    scopes: JSON.stringify([...new Set(key.scopes)]),
    created_ms: nowMs,
    created_by: (key.createdBy ?? 'system').slice(0, 254),
    expires_ms: key.expiresInDays === undefined ? null : nowMs + key.expiresInDays * DAY_MS,
    revoked_ms: null,
    last_used_ms: null,
    last_address: null,
    use_count: 0,
  };
  if ((await keysByPrefix(database, row.prefix)).some((other) => other.secret_hash === row.secret_hash))
    throw new IdentityError('KEY_TAKEN');
  await insertKey(database, row);
  return { key: keyOfRow(row), secret: fresh.secret };
}

function givenKey(secret: string) {
  const hash = sha256(secret);
  return { secret, hash, prefix: prefixOf(secret, hash) };
}

function isLive(row: ApiKeyRow, nowMs: number): boolean {
  return row.revoked_ms === null && (row.expires_ms === null || nowMs < row.expires_ms);
}

function scopesOf(row: ApiKeyRow): readonly string[] {
  return JSON.parse(row.scopes) as string[];
}

function principalOfKey(row: ApiKeyRow, company: Company): Principal {
  const { id, number, timeZone } = company;
  return {
    kind: 'apiKey',
    id: row.id,
    label: `gh_${row.prefix}`,
    companies: [{ id, number, timeZone, permissions: permissionsOfScopes(scopesOf(row)) }],
    globalPermissions: new Set(),
  };
}

function keyOfRow(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    companyId: row.company_id,
    scopes: scopesOf(row),
    createdAt: row.created_ms,
    createdBy: row.created_by,
    expiresAt: row.expires_ms,
    revokedAt: row.revoked_ms,
    lastUsedAt: row.last_used_ms,
    lastAddress: row.last_address,
    useCount: row.use_count,
  };
}
