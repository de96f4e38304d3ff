import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { checkPassword, PASSWORD_PROBLEMS, type PasswordHasher } from '@gatehouse/guard/passwords';
import type { Clock } from '../../platform/clock.ts';
import { checkName } from './companies.ts';
import { fieldError, IdentityError } from './errors.ts';
import type { CompanyRole } from './permissions.ts';
import { insertUser, setMembership, updateUser, userByEmail } from './store/users.ts';
import type { IdentityTables, UserRow } from './tables.ts';

export interface NewUser {
  readonly email: string;
  readonly name: string;
  /** Judged by guard's policy with the person's own words in mind. */
  readonly password: string;
  readonly globalRole?: 'GlobalAdmin';
  /** More words the password must not consist of, e.g. the company's name. */
  readonly context?: readonly string[];
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly globalRole: string | null;
}

export interface Users {
  create(user: NewUser): Promise<User>;
  /** The role a user has in a company; null takes it away. In force with the user's next request. */
  setRole(userId: string, companyId: string, role: CompanyRole | null): Promise<void>;
  setGlobalRole(userId: string, role: 'GlobalAdmin' | null): Promise<void>;
  /** A disabled user cannot sign in, and its sessions hold no longer. */
  setDisabled(userId: string, disabled: boolean): Promise<void>;
}

export interface UserDependencies {
  readonly database: Kysely<IdentityTables>;
  readonly clock: Clock;
  readonly hasher: () => Promise<PasswordHasher>;
}

export function createUsers(dependencies: UserDependencies): Users {
  const { database, clock } = dependencies;
  const change = async (userId: string, values: Parameters<typeof updateUser>[2]): Promise<void> => {
    if (!(await updateUser(database, userId, { ...values, updated_ms: clock.now() })))
      throw new IdentityError('USER_UNKNOWN');
  };
  return {
    create: async (user) => {
      const row = await prepareUser(dependencies, user);
      if ((await userByEmail(database, row.email)) !== undefined) throw fieldError('EMAIL_TAKEN', '/email', 'is taken');
      await insertUser(database, row);
      return userOfRow(row);
    },
    setRole: (userId, companyId, role) =>
      setMembership(database, { id: uuidv7(), userId, companyId, role, createdMs: clock.now() }),
    setGlobalRole: (userId, role) => change(userId, { global_role: role }),
    setDisabled: (userId, disabled) => change(userId, { disabled: disabled ? 1 : 0 }),
  };
}

/** Checks a new user and hashes the password: everything that can be done, and takes time, before a transaction begins. */
export async function prepareUser({ clock, hasher }: UserDependencies, user: NewUser): Promise<UserRow> {
  const email = normaliseEmail(user.email);
  const name = checkName(user.name, '/name');
  const problem = checkPassword(user.password, { context: [email, name, ...(user.context ?? [])] });
  if (problem !== undefined) throw fieldError('PASSWORD_REFUSED', '/password', PASSWORD_PROBLEMS[problem]);
  const nowMs = clock.now();
  return {
    id: uuidv7(),
    email,
    name,
    password_hash: await (await hasher()).hash(user.password),
    global_role: user.globalRole ?? null,
    disabled: 0,
    created_ms: nowMs,
    updated_ms: nowMs,
    last_sign_in_ms: null,
  };
}

/** Trimmed and lower-cased, and shaped like an address: one @, no spaces, at most 254 characters (RFC 5321 section 4.5.3.1). */
export function normaliseEmail(given: string): string {
  const email = given.trim().toLowerCase();
  if (email.length > 254 || !/^[^\s@"<>,;\\\p{Cc}]{1,64}@[^\s@"<>,;\\\p{Cc}]{1,253}$/u.test(email))
    throw fieldError('EMAIL_INVALID', '/email', 'is not an e-mail address');
  return email;
}

export function userOfRow(row: Pick<UserRow, 'id' | 'email' | 'name' | 'global_role'>): User {
  return { id: row.id, email: row.email, name: row.name, globalRole: row.global_role };
}
