/** Times are epoch milliseconds, flags 0 or 1, ids UUIDv7. */
export interface CompanyRow {
  readonly id: string;
  /** 1, 2, 3 …, never reused. */
  readonly number: number;
  readonly name: string;
  /** The name in lower case: no two companies differ by case alone. */
  readonly name_key: string;
  readonly time_zone: string;
  readonly created_ms: number;
}

/** A number that only grows; `company` hands out company numbers. */
export interface CounterRow {
  readonly name: string;
  readonly value: number;
}

export interface UserRow {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string;
  /** PHC string. */
  readonly password_hash: string;
  /** `GlobalAdmin` or null. */
  readonly global_role: string | null;
  readonly disabled: number;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly last_sign_in_ms: number | null;
}

export interface MembershipRow {
  readonly id: string;
  readonly user_id: string;
  readonly company_id: string;
  readonly role: string;
  readonly created_ms: number;
}

export interface SessionRow {
  readonly id: string;
  /** SHA-256 of the cookie's value, hex. */
  readonly token_hash: string;
  readonly user_id: string;
  readonly created_ms: number;
  readonly last_seen_ms: number;
  readonly expires_ms: number;
  readonly ended_ms: number | null;
  readonly address: string;
  readonly user_agent: string;
}

export interface ApiKeyRow {
  readonly id: string;
  readonly company_id: string;
  readonly name: string;
  /** Eight characters by which the key is found and shown. */
  readonly prefix: string;
  /** SHA-256 of the whole key, hex; enough for 256 random bits. */
  readonly secret_hash: string;
  /** JSON array of scopes. */
  readonly scopes: string;
  readonly created_ms: number;
  readonly created_by: string;
  readonly expires_ms: number | null;
  readonly revoked_ms: number | null;
  readonly last_used_ms: number | null;
  readonly last_address: string | null;
  readonly use_count: number;
}

/** One row, `id` = `setup`. */
export interface SetupRow {
  readonly id: string;
  readonly secret_hash: string;
  readonly secret_expires_ms: number;
  readonly completed_ms: number | null;
}

export interface SignInAttemptRow {
  readonly id: string;
  /** SHA-256 of the address that was tried, whether it exists or not. */
  readonly account: string;
  /** IPv4 address or IPv6 /64 it came from. */
  readonly network: string;
  readonly at_ms: number;
}

export interface IdentityTables {
  companies: CompanyRow;
  counters: CounterRow;
  users: UserRow;
  memberships: MembershipRow;
  sessions: SessionRow;
  api_keys: ApiKeyRow;
  setup: SetupRow;
  sign_in_attempts: SignInAttemptRow;
}
