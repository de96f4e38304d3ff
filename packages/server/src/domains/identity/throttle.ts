import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../../platform/clock.ts';
import { networkOf } from './network.ts';
import { sha256 } from './secrets.ts';
import {
  attemptsOfNetwork,
  attemptsOfPair,
  deleteAttempt,
  deleteAttemptsOfPair,
  deleteOldAttempts,
  insertAttempt,
} from './store/attempts.ts';
import type { IdentityTables } from './tables.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Failures are counted over this long (seed 004: 5 failures, 30 minutes). */
export const WINDOW_MS = 30 * MINUTE_MS;
/** Failures on one account from one network after which the pair waits until the window lets one go. */
export const PAIR_LIMIT = 5;
/** Failures from one network on whatever accounts: password spraying. */
export const NETWORK_LIMIT = 50;
/** Wait after the n-th failure of a pair, before the limit: a person who mistypes hardly notices, a guesser does. */
const DELAYS_MS: readonly number[] = [0, 0, 0, 2 * SECOND_MS, 10 * SECOND_MS];

export type Reservation =
  | {
      readonly allowed: true;
      readonly id: string;
      readonly account: string;
      readonly network: string;
      readonly failures: number;
    }
  | { readonly allowed: false; readonly retryAfterSeconds: number; readonly reason: 'pair' | 'network' };

export interface Throttle {
  /** Counts an attempt as failed before the password is looked at. Refused: it was not counted, and nothing may be hashed. */
  reserve(email: string, address: string): Promise<Reservation>;
  /** The reserved attempt succeeded: the pair's failures are forgotten. */
  succeeded(reservation: Extract<Reservation, { allowed: true }>): Promise<void>;
  /** The reserved attempt was never decided (the server was too busy): it does not count. */
  withdraw(reservation: Extract<Reservation, { allowed: true }>): Promise<void>;
  deleteOld(): Promise<void>;
}

/**
 * Slows guessing by account *and* network, so that nobody can lock another out from elsewhere (ASVS 6.1.1). The attempt is
 * written first and counted after: of any number that run at once, in any number of processes, each sees at least those
 * written before it, so at most the limit ever reach the hash.
 */
export function createThrottle(database: Kysely<IdentityTables>, clock: Clock): Throttle {
  // One reservation at a time in this process: of guesses that come at once the first are let through, instead of each
  // being refused because of the others.
  let last: Promise<unknown> = Promise.resolve();
  const reserve = async (email: string, address: string): Promise<Reservation> => {
    const attempt = { id: uuidv7(), account: sha256(email), network: networkOf(address), at_ms: clock.now() };
    await insertAttempt(database, attempt);
    const since = { network: attempt.network, sinceMs: attempt.at_ms - WINDOW_MS, exceptId: attempt.id };
    const ofPair = await attemptsOfPair(database, { ...since, account: attempt.account }, PAIR_LIMIT);
    const pairUntilMs = waitUntil(ofPair, PAIR_LIMIT, DELAYS_MS);
    const networkUntilMs = waitUntil(await attemptsOfNetwork(database, since, NETWORK_LIMIT), NETWORK_LIMIT, []);
    const untilMs = Math.max(pairUntilMs, networkUntilMs);
    if (untilMs <= attempt.at_ms) return { allowed: true, ...attempt, failures: ofPair.length };
    // A refused attempt is no guess: it does not make the wait longer.
    await deleteAttempt(database, attempt.id);
    const retryAfterSeconds = Math.ceil((untilMs - attempt.at_ms) / SECOND_MS);
    return { allowed: false, retryAfterSeconds, reason: pairUntilMs > attempt.at_ms ? 'pair' : 'network' };
  };
  return {
    reserve: (email, address) => {
      const mine = last.then(() => reserve(email, address));
      last = mine.catch(() => undefined);
      return mine;
    },
    succeeded: ({ account, network }) => deleteAttemptsOfPair(database, account, network),
    withdraw: ({ id }) => deleteAttempt(database, id),
    deleteOld: () => deleteOldAttempts(database, clock.now() - WINDOW_MS),
  };
}

/** When the next attempt may be made, after failures at `timesMs` (newest first, at most `limit` of them). */
function waitUntil(timesMs: readonly number[], limit: number, delaysMs: readonly number[]): number {
  const newestMs = timesMs[0];
  if (newestMs === undefined) return 0;
  const oldestMs = timesMs[limit - 1];
  return oldestMs === undefined ? newestMs + (delaysMs[timesMs.length] ?? 0) : oldestMs + WINDOW_MS;
}
