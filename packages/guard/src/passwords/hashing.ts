import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { GuardError } from '../errors.ts';
import { PASSWORD_MAX_BYTES } from './policy.ts';

/** Cost of one argon2id hash (RFC 9106 section 3.1). */
export interface HashCost {
  /** Memory, KiB. */
  readonly memoryCost: number;
  /** Passes over the memory. */
  readonly timeCost: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet, argon2id: m = 19 MiB, t = 2, p = 1. About 20 ms on a server core. */
export const DEFAULT_HASH_COST: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface PasswordHasherOptions {
  /** Cost of new hashes; a stored hash of another cost verifies and is reported as `outdated`. Default: `DEFAULT_HASH_COST`. */
  readonly cost?: HashCost;
  /** Hashes computed at once; each takes `memoryCost` of memory and a core. Default 2, at least 1. */
  readonly concurrency?: number;
  /** Hashes that may wait; the next one is refused with `PASSWORD_WORK_BUSY`, so a flood costs memory for none. Default 100. */
  readonly queueLimit?: number;
}

export interface Verdict {
  readonly correct: boolean;
  /** True when the password is correct and its hash is not of today's cost: store a new one. */
  readonly outdated: boolean;
}

export interface PasswordHasher {
  /** PHC string of a new hash with a random salt. Throws `TypeError` for a password that `checkPassword` would not let in. */
  hash(password: string): Promise<string>;
  /**
   * Verifies a password against a stored PHC string. `undefined` stands for an account that does not exist: the same work is
   * done against a hash that nothing matches, so the time tells nothing (ASVS 6.3.8).
   */
  verify(stored: string | undefined, password: string): Promise<Verdict>;
}

/**
 * Hashes and verifies passwords with argon2id.
 *
 * @example
 * const hasher = await createPasswordHasher();
 * const stored = await hasher.hash('correct horse battery staple');
 * (await hasher.verify(stored, 'correct horse battery staple')).correct; // true
 */
export async function createPasswordHasher(options: PasswordHasherOptions = {}): Promise<PasswordHasher> {
  const cost = options.cost ?? DEFAULT_HASH_COST;
  const turn = takeTurns(options.concurrency ?? 2, options.queueLimit ?? 100);
  // Made at once and not at the first unknown user, who would otherwise wait for two hashes.
  const unmatchable = await hash(randomBytes(32), cost);
  return {
    hash: (password) => {
      if (!isHashable(password)) throw new TypeError('password is not well-formed text of at most 1024 bytes');
      return turn(() => hash(password, cost));
    },
    verify: async (stored, password) => {
      const usable = stored !== undefined && isHashable(password);
      const matches = await turn(() => verify(usable ? stored : unmatchable, usable ? password : 'x'));
      const correct = usable && matches;
      return { correct, outdated: correct && isOutdated(stored, cost) };
    },
  };
}

function isHashable(password: string): boolean {
  return password.isWellFormed() && Buffer.byteLength(password) <= PASSWORD_MAX_BYTES;
}

function isOutdated(stored: string, cost: HashCost): boolean {
  const was = parseOptions(stored);
  return was.memoryCost !== cost.memoryCost || was.timeCost !== cost.timeCost || was.parallelism !== cost.parallelism;
}

/** At most `concurrency` tasks at once, at most `queueLimit` waiting, first come first served. */
function takeTurns(concurrency: number, queueLimit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= concurrency) {
      if (waiting.length >= queueLimit) throw new GuardError('PASSWORD_WORK_BUSY');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await task();
    } finally {
      // The turn is handed on as it is, so nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
