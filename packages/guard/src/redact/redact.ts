import { PATTERNS, SUSPICION } from './patterns.ts';

/** What stands where a whole value was secret. */
export const REDACTED = '[redacted]';

/** Deeper than this nothing is looked at any more: the value is replaced, since what is not seen cannot be shown. */
const MAX_DEPTH = 12;

/** Shorter than a card number, the shortest secret that is known without `name=` or `name:` before it. Most fields of an event are. */
const SHORTEST_WITHOUT_SIGN = 13;

/** Names of fields whose whole value is secret, in lower case without signs: `X-API-Key` and `x_api_key` are one. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  `
  password passwd pwd passphrase passwort currentpassword newpassword oldpassword userpassword passwordhash
  secret secretkey clientsecret sharedsecret privatekey apikey xapikey apisecret
  token accesstoken refreshtoken idtoken authtoken sessiontoken csrftoken xcsrftoken bearertoken
  authorization proxyauthorization cookie cookies setcookie
  creditcard creditcardnumber cardnumber ccnumber cvv cvv2 cvc securitycode
  otp totp onetimepassword mfacode recoverycode recoverycodes connectionstring
  `
    .trim()
    .split(/\s+/),
);

/** Names seen, with the answer: a log has few names and many lines. Bounded, since names can come from outside. */
const seenNames = new Map<string, boolean>();
const MAX_SEEN_NAMES = 5000;

/** True when a field of this name holds nothing but a secret. `PasswordLastSet` or `LogonType` are none. */
export function isSecretName(name: string): boolean {
  const seen = seenNames.get(name);
  if (seen !== undefined) return seen;
  const secret = name.length <= 64 && SECRET_NAMES.has(name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  if (seenNames.size >= MAX_SEEN_NAMES) seenNames.clear();
  seenNames.set(name, secret);
  return secret;
}

/**
 * Takes secrets out of free text: private keys, JWTs, API keys, `Authorization` values, passwords in URLs, `password=…`, payment
 * card numbers (Luhn). Returns the same string when there is none.
 *
 * @example
 * redactText('login failed: password=hunter2 from 10.0.0.1'); // 'login failed: password=[redacted:secret] from 10.0.0.1'
 */
export function redactText(text: string): string {
  if (text.length < SHORTEST_WITHOUT_SIGN && !text.includes(':') && !text.includes('=')) return text;
  if (!SUSPICION.test(text)) return text;
  let result = text;
  for (const { pattern, replacement } of PATTERNS)
    result =
      typeof replacement === 'string' ? result.replace(pattern, replacement) : result.replace(pattern, replacement);
  return result;
}

/**
 * Takes secrets out of a JSON-like value: whole values of fields with a secret name, and what `redactText` finds in strings.
 * Nothing is changed in place; a part without secrets is returned as it is, so an event without secrets costs no copy.
 */
export function redact<T>(value: T): T {
  return walk(value, 0) as T;
}

function walk(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return REDACTED;
  if (Array.isArray(value)) return walkArray(value, depth);
  return Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
    ? walkObject(value as Record<string, unknown>, depth)
    : value;
}

function walkArray(value: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const clean = walk(value[index], depth + 1);
    if (clean !== value[index]) (copy ??= [...value])[index] = clean;
  }
  return copy ?? value;
}

function walkObject(value: Record<string, unknown>, depth: number): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const before = value[name];
    const clean =
      isSecretName(name) && before !== null && before !== undefined && before !== ''
        ? REDACTED
        : walk(before, depth + 1);
    if (clean !== before) (copy ??= { ...value })[name] = clean;
  }
  return copy ?? value;
}
