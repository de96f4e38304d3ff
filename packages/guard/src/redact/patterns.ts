/** One kind of secret in free text. */
export interface SecretPattern {
  readonly kind: string;
  /** Global; replaced by `replacement`, or by what it makes of the match. */
  readonly pattern: RegExp;
  readonly replacement: string | ((match: string, ...groups: string[]) => string);
}

const MASK = (kind: string) => `[redacted:${kind}]`;

/** Names before `=` or `:` whose value is a secret, in text such as `password=…`, `"api_key": "…"`. */
const ASSIGNED =
  'pass(?:word|wd|phrase)|passwort|pwd|secret(?:[_-]?key)?|client[_-]?secret|api[_-]?key|apikey|private[_-]?key|(?:access|refresh|id|auth|session|csrf|bearer)[_-]?token|token|cvv2?|connection[_-]?string';

export const PATTERNS: readonly SecretPattern[] = [
  {
    kind: 'private-key',
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
    replacement: MASK('private-key'),
  },
  // RFC 7519: header and payload are base64url of `{"`.
  { kind: 'jwt', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, replacement: MASK('jwt') },
  {
    kind: 'gatehouse-key',
    pattern: /\bgh_[A-Za-z0-9]{8}_[\w-]{16,}/g,
    replacement: (match) => `${match.slice(0, 11)}_${MASK('key')}`,
  },
  {
    kind: 'vendor-token',
    pattern:
      /\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|xox[abprs]-[\w-]{10,}|sk_live_\w{16,})/g,
    replacement: MASK('token'),
  },
  // RFC 9110 section 11.6.2. Two words of a sentence ("basic authentication") are no credentials: a digit or sign must be in it.
  {
    kind: 'authorization',
    pattern: /\b(bearer|basic|apikey)\s+(?=[A-Za-z._~+/-]*[\d=_+/])[\w.~+/-]{8,}={0,2}/gi,
    replacement: (_match, scheme = '') => `${scheme} ${MASK('credentials')}`,
  },
  // RFC 3986 section 3.2.1, `scheme://user:password@host`.
  {
    kind: 'url-password',
    pattern: /(:\/\/[^\s:/?#@]{0,100}):[^\s/?#@]{1,200}@/g,
    replacement: (_match, start = '') => `${start}:${MASK('password')}@`,
  },
  {
    kind: 'assigned',
    pattern: new RegExp(
      `(\\b(?:${ASSIGNED})\\\\?["']?\\s{0,4}[=:]\\s{0,4})("(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|\\\\"[^"\\\\]*(?:\\\\")?|(?!\\[redacted:secret\\])[^\\s,;&"'\\\\}\\]]+)`,
      'gi',
    ),
    // The quotes stay, so that what was JSON is JSON still.
    replacement: (_match, name = '', value = '') => {
      const quote = /^(?:\\"|["'])/.exec(value)?.[0] ?? '';
      return `${name}${quote}${MASK('secret')}${quote}`;
    },
  },
  {
    kind: 'card',
    pattern: /(?<![\w.-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})(?![\w-]|\.\d)/g,
    replacement: (match) => (isCardNumber(match.replace(/[ -]/g, '')) ? MASK('card') : match),
  },
];

/**
 * What any of the patterns begins with or holds: one scan that nearly every log line ends with. It must be true wherever a
 * pattern matches (a test holds the two together).
 */
export const SUSPICION =
  /eyJ|gh[pousr]?_|github_pat|AKIA|xox[abprs]-|sk_live|PRIVATE KEY|:\/\/[^\s/]*@|\d{13}|\d{4}[ -]\d{4}[ -]\d{4}|\d{4}[ -]\d{6}[ -]\d{5}|pass|pwd|secret|token|api[_-]?key|private[_-]?key|cvv|bearer|basic|connection[_-]?string/i;

/** Lengths by first digits of the networks in use (ISO/IEC 7812). Event ids, FILETIME and epoch times begin otherwise. */
const NETWORKS: readonly { readonly start: RegExp; readonly lengths: readonly number[] }[] = [
  { start: /^4/, lengths: [13, 16, 19] },
  { start: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { start: /^3[47]/, lengths: [15] },
  { start: /^(?:6011|64[4-9]|65)/, lengths: [16, 17, 18, 19] },
  { start: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] },
  { start: /^(?:30[0-5]|36|38)/, lengths: [14] },
  { start: /^62/, lengths: [16, 17, 18, 19] },
];

/** True for digits that are a payment card's number by network, length and Luhn's check digit (ISO/IEC 7812-1 annex B). */
export function isCardNumber(digits: string): boolean {
  if (!NETWORKS.some((network) => network.start.test(digits) && network.lengths.includes(digits.length))) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
