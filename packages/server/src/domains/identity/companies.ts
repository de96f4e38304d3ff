import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../../platform/clock.ts';
import { fieldError } from './errors.ts';
import { allCompanies, allocateCompanyNumber, companyNameTaken, insertCompany } from './store/companies.ts';
import type { CompanyRow, IdentityTables } from './tables.ts';

export interface Company {
  readonly id: string;
  /** Positive, below 2^32, never reused. */
  readonly number: number;
  readonly name: string;
  /** IANA zone that zone-less times are read in. */
  readonly timeZone: string;
}

export interface NewCompany {
  /** 1 to 200 characters, unique without regard to case. */
  readonly name: string;
  readonly timeZone: string;
}

export interface Companies {
  list(): Promise<readonly Company[]>;
  byNumber(number: number): Promise<Company | undefined>;
  byId(id: string): Promise<Company | undefined>;
}

export interface CompanyDirectory extends Companies {
  create(company: NewCompany, transaction?: Kysely<IdentityTables>): Promise<Company>;
  /** Forgets what was read, after a transaction that made a company was committed. */
  refresh(): void;
}

/** Companies change rarely and are asked for on every request: they are read again after this long at the latest. */
const CACHE_MS = 2000;

interface Snapshot {
  readonly list: readonly Company[];
  readonly byNumber: ReadonlyMap<number, Company>;
  readonly byId: ReadonlyMap<string, Company>;
}

export function createCompanyDirectory(database: Kysely<IdentityTables>, clock: Clock): CompanyDirectory {
  let cached: { readonly atMs: number; readonly snapshot: Promise<Snapshot> } | undefined;
  const refresh = (): void => {
    cached = undefined;
  };
  const snapshot = (): Promise<Snapshot> => {
    const nowMs = clock.now();
    if (cached !== undefined && nowMs >= cached.atMs && nowMs - cached.atMs < CACHE_MS) return cached.snapshot;
    const reading = { atMs: nowMs, snapshot: allCompanies(database).then(snapshotOf) };
    cached = reading;
    reading.snapshot.catch(() => {
      if (cached === reading) refresh();
    });
    return reading.snapshot;
  };
  return {
    list: async () => (await snapshot()).list,
    byNumber: async (number) => (await snapshot()).byNumber.get(number),
    byId: async (id) => (await snapshot()).byId.get(id),
    create: async (company, transaction) => {
      const row = await makeCompany(transaction ?? database, company, clock.now());
      refresh();
      return companyOfRow(row);
    },
    refresh,
  };
}

async function makeCompany(
  database: Kysely<IdentityTables>,
  { name: given, timeZone }: NewCompany,
  nowMs: number,
): Promise<CompanyRow> {
  const name = checkName(given, '/name');
  checkTimeZone(timeZone, '/timeZone');
  const nameKey = name.toLowerCase();
  if (await companyNameTaken(database, nameKey)) throw fieldError('COMPANY_NAME_TAKEN', '/name', 'is taken');
  const number = await allocateCompanyNumber(database);
  const row = { id: uuidv7(), number, name, name_key: nameKey, time_zone: timeZone, created_ms: nowMs };
  try {
    await insertCompany(database, row);
  } catch (error) {
    if (await companyNameTaken(database, nameKey)) throw fieldError('COMPANY_NAME_TAKEN', '/name', 'is taken');
    throw error;
  }
  return row;
}

/** A name people read: 1 to 200 characters, trimmed, without control characters. */
export function checkName(given: string, field: string): string {
  const name = given.trim();
  if (name === '' || name.length > 200) throw fieldError('NAME_INVALID', field, 'needs 1 to 200 characters');
  if (/[\p{Cc}\p{Cs}]/u.test(name)) throw fieldError('NAME_INVALID', field, 'holds control characters');
  return name;
}

/** Refuses what is not an IANA zone; offsets such as `+02:00` know no summer time and are none. */
export function checkTimeZone(timeZone: string, field: string): void {
  const reason = 'is not an IANA time zone';
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(timeZone)) throw fieldError('TIME_ZONE_UNKNOWN', field, reason);
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw Object.assign(fieldError('TIME_ZONE_UNKNOWN', field, reason), { cause });
  }
}

function companyOfRow(row: CompanyRow): Company {
  return { id: row.id, number: row.number, name: row.name, timeZone: row.time_zone };
}

function snapshotOf(rows: readonly CompanyRow[]): Snapshot {
  const list = rows.map(companyOfRow);
  return {
    list,
    byNumber: new Map(list.map((company) => [company.number, company])),
    byId: new Map(list.map((company) => [company.id, company])),
  };
}
