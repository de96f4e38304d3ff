import { GuardError } from '@gatehouse/guard/errors';
import type { Kysely } from 'kysely';
import type { PasswordHasher } from '@gatehouse/guard/passwords';
import type { Clock } from '../../platform/clock.ts';
import type { AuditTrail } from '../audit/index.ts';
import { IdentityError } from './errors.ts';
import type { OnSecurityEvent } from './securityEvents.ts';
import type { Sessions } from './sessions.ts';
import { updateUser, userByEmail } from './store/users.ts';
import type { IdentityTables, UserRow } from './tables.ts';
import { PAIR_LIMIT, type Reservation, type Throttle } from './throttle.ts';
import { userOfRow, type User } from './users.ts';

export interface SignInRequest {
  /** Untrusted. */
  readonly email: string;
  readonly password: string;
  readonly address: string;
  readonly userAgent: string;
}

export interface SignInDependencies {
  readonly database: Kysely<IdentityTables>;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly hasher: () => Promise<PasswordHasher>;
  readonly throttle: Throttle;
  readonly sessions: Sessions;
  readonly onSecurityEvent: OnSecurityEvent;
}

export interface SignedIn {
  readonly user: User;
  /** The new session's token. */
  readonly token: string;
}

type Failure = 'user unknown' | 'user disabled' | 'password wrong';
type Allowed = Extract<Reservation, { allowed: true }>;

/** Refusals of one pair are written to the trail once in this long: a flood of guesses must not become a flood of rows. */
const REFUSAL_NOTE_MS = 60_000;
const REFUSALS_REMEMBERED = 10_000;

/**
 * Signs a user in by password. Unknown user, disabled user and wrong password are one answer after the same work; the trail
 * has the reason.
 */
export function createSignIn(dependencies: SignInDependencies): (request: SignInRequest) => Promise<SignedIn> {
  const { database, clock, audit, hasher, throttle, sessions, onSecurityEvent } = dependencies;
  const notedRefusals = new Map<string, number>();

  const tell = (
    name: Parameters<OnSecurityEvent>[0]['name'],
    args: readonly string[],
    request: SignInRequest,
    description: string,
  ): void => onSecurityEvent({ name, arguments: args, atMs: clock.now(), address: request.address, description });

  const record = (
    request: SignInRequest,
    user: UserRow | undefined,
    outcome: 'success' | 'failure',
    reason?: string,
  ): Promise<void> =>
    audit.record({
      company: null,
      actor: { kind: 'user', id: user?.id ?? '-', label: request.email },
      action: 'session.create',
      outcome,
      address: request.address,
      detail: { userAgent: request.userAgent },
      ...(reason === undefined ? {} : { reason }),
    });

  const refuse = async (request: SignInRequest, refusal: Extract<Reservation, { allowed: false }>): Promise<never> => {
    const pair = `${request.email} ${request.address}`;
    const nowMs = clock.now();
    if (nowMs - (notedRefusals.get(pair) ?? -Infinity) >= REFUSAL_NOTE_MS) {
      if (notedRefusals.size >= REFUSALS_REMEMBERED) notedRefusals.clear();
      notedRefusals.set(pair, nowMs);
      await record(request, undefined, 'failure', `throttled by ${refusal.reason}`);
      tell('authn_login_lock', [request.email, 'maxretries'], request, `sign-in throttled by ${refusal.reason}`);
    }
    throw new IdentityError('SIGN_IN_THROTTLED', { retryAfterSeconds: refusal.retryAfterSeconds });
  };

  const verify = async (reservation: Allowed, user: UserRow | undefined, password: string) => {
    try {
      return await (await hasher()).verify(user?.password_hash, password);
    } catch (cause) {
      await throttle.withdraw(reservation);
      if (cause instanceof GuardError) throw new IdentityError('SIGN_IN_BUSY', { retryAfterSeconds: 2, cause });
      throw cause;
    }
  };

  const fail = async (
    request: SignInRequest,
    user: UserRow | undefined,
    failure: Failure,
    reservation: Allowed,
  ): Promise<never> => {
    await record(request, user, 'failure', failure);
    tell('authn_login_fail', [request.email], request, failure);
    if (reservation.failures + 1 === PAIR_LIMIT)
      tell('authn_login_fail_max', [request.email, String(PAIR_LIMIT)], request, failure);
    throw new IdentityError('SIGN_IN_FAILED');
  };

  return async (given) => {
    const request = { ...given, email: given.email.trim().toLowerCase() };
    const reservation = await throttle.reserve(request.email, request.address);
    if (!reservation.allowed) return await refuse(request, reservation);
    const user = await userByEmail(database, request.email);
    const verdict = await verify(reservation, user, request.password);
    const failure = failureOf(user, verdict.correct);
    if (user === undefined || failure !== undefined)
      return await fail(request, user, failure ?? 'user unknown', reservation);
    await throttle.succeeded(reservation);
    const nowMs = clock.now();
    await updateUser(database, user.id, {
      last_sign_in_ms: nowMs,
      ...(verdict.outdated ? { password_hash: await (await hasher()).hash(request.password) } : {}),
    });
    const token = await sessions.begin(user.id, request);
    await record(request, user, 'success');
    if (reservation.failures > 0)
      tell('authn_login_successafterfail', [user.email, String(reservation.failures)], request, 'signed in');
    else tell('authn_login_success', [user.email], request, 'signed in');
    return { user: userOfRow(user), token };
  };
}

/** Fails closed: only an existing, enabled user with the right password has no failure. */
function failureOf(user: UserRow | undefined, passwordCorrect: boolean): Failure | undefined {
  if (user === undefined) return 'user unknown';
  if (!passwordCorrect) return 'password wrong';
  if (user.disabled !== 0) return 'user disabled';
  return undefined;
}
