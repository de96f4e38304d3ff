import { COMMON_PASSWORDS, COMMON_WORDS } from './common.ts';
import { isMadeOfRuns, isRepetition } from './patterns.ts';

/** Default minimum, in characters (Unicode code points). ASVS 5.0 6.2.1 asks for 8 and recommends 15. */
export const PASSWORD_MIN_CHARACTERS = 12;
/** Most bytes of UTF-8 that are taken; well above the 64 characters that ASVS 6.2.9 asks for. A longer one is refused, never cut (6.2.8). */
export const PASSWORD_MAX_BYTES = 1024;
/** What must be left of a password once the words an attacker would guess first are taken out. */
const MIN_CHARACTERS_BESIDE_CONTEXT = 8;

/** Why a password is refused, each with the sentence for the person who chose it. */
export const PASSWORD_PROBLEMS = {
  TOO_SHORT: 'is shorter than 12 characters',
  TOO_LONG: 'is longer than 1024 bytes',
  NOT_TEXT: 'holds characters that are not valid text',
  COMMON: 'is among the passwords that attackers try first',
  REPETITIVE: 'repeats the same few characters',
  SEQUENCE: 'follows the alphabet, the digits or the keyboard',
  CONTEXT: 'is made of your name, your address or the name of this service',
} as const;
export type PasswordProblem = keyof typeof PASSWORD_PROBLEMS;

export interface PasswordPolicy {
  /** Code points; default 12, bounds 8 and 64. */
  readonly minCharacters?: number;
  /** Words that this person's password must not consist of: e-mail address, name, company, product. Shorter than 4 letters: ignored. */
  readonly context?: readonly string[];
}

/**
 * Judges a new password by length and by what attackers try first; no composition rules (ASVS 5.0 6.2.5, NIST SP 800-63B
 * 3.1.1.2). Returns the first problem, or undefined when the password may be used.
 */
export function checkPassword(password: string, policy: PasswordPolicy = {}): PasswordProblem | undefined {
  const minimum = policy.minCharacters ?? PASSWORD_MIN_CHARACTERS;
  if (!Number.isInteger(minimum) || minimum < 8 || minimum > 64)
    throw new TypeError('minCharacters must be an integer from 8 to 64');
  if (!password.isWellFormed()) return 'NOT_TEXT';
  if (Buffer.byteLength(password) > PASSWORD_MAX_BYTES) return 'TOO_LONG';
  if (characters(password) < minimum) return 'TOO_SHORT';
  const folded = password.toLowerCase();
  if (isCommon(folded)) return 'COMMON';
  if (isRepetition(folded)) return 'REPETITIVE';
  if (isMadeOfRuns(folded)) return 'SEQUENCE';
  if (isContext(folded, policy.context ?? [])) return 'CONTEXT';
  return undefined;
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

const LEET: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** A common password as it is, or common words with nothing beside them but digits and signs: `P@ssword2024!`, `adminadmin12`. */
function isCommon(folded: string): boolean {
  if (COMMON_PASSWORDS.has(folded)) return true;
  const core = folded.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  // Signs at the end may be letters in disguise (`pa$$`), so both readings are tried.
  return [core, unleet(core), unleet(folded).replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')].some(isWords);
}

function unleet(text: string): string {
  return text.replace(/[@4310!$57]/g, (sign) => LEET[sign] ?? sign);
}

/** True when the text is one to three common words, with any digits and signs between them. */
function isWords(text: string): boolean {
  const letters = text.replace(/[^\p{L}]+/gu, '');
  return letters.length >= 4 && segments(letters, 3);
}

function segments(letters: string, left: number): boolean {
  if (letters === '') return true;
  if (left === 0) return false;
  for (let length = Math.min(letters.length, 14); length >= 3; length -= 1)
    if (COMMON_WORDS.has(letters.slice(0, length)) && segments(letters.slice(length), left - 1)) return true;
  return false;
}

function isContext(folded: string, context: readonly string[]): boolean {
  const words = [...context, 'gatehouse']
    .flatMap((one) => one.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((text, word) => text.replaceAll(word, ''), folded);
  return rest !== folded && characters(rest) < MIN_CHARACTERS_BESIDE_CONTEXT;
}
