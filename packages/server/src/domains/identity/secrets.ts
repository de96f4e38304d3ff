import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 in hex: how tokens and keys of at least 128 random bits are kept. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Compares two hex hashes in a time that does not depend on where they differ. */
export function equalHashes(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** A token of 256 random bits, base64url, 43 characters (ASVS 7.2.3). */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

const PREFIX_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const KEY_FORM = /^gh_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;

export interface NewKey {
  /** `gh_<8 characters>_<43 characters>`: shown once. */
  readonly secret: string;
  readonly prefix: string;
  readonly hash: string;
}

/** A new API key: 256 random bits behind a prefix by which people and the look-up know it. */
export function newKey(): NewKey {
  const prefix = Array.from(randomBytes(8), (byte) => PREFIX_ALPHABET[byte % PREFIX_ALPHABET.length]).join('');
  const secret = `gh_${prefix}_${newToken()}`;
  return { secret, prefix, hash: sha256(secret) };
}

/** The prefix a key is looked up by: its own, or eight digits of its hash where the operator chose the key. */
export function prefixOf(key: string, keyHash: string): string {
  return KEY_FORM.exec(key)?.[1] ?? keyHash.slice(0, 8);
}

/** Why a key given by the operator is too easy to guess, or undefined. */
export function weaknessOfGivenKey(key: string): string | undefined {
  if (key.length < 24 || key.length > 512) return 'needs 24 to 512 characters';
  if (!/^[\x21-\x7e]+$/.test(key)) return 'needs printable ASCII without spaces, so that it fits into a header';
  if (new Set(key).size < 10) return 'repeats too few different characters';
  return undefined;
}
