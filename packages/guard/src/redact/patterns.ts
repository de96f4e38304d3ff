/** One kind of secret in free text. */
export interface SecretPattern {
  readonly kind: string;
  /** Global; replaced by `replacement`, or by what it makes of the match. */
  readonly pattern: RegExp;
  readonly replacement: string | ((match: string, ...groups: (string | undefined)[]) => string);
}

const mask = (kind: string) => `[redacted:${kind}]`;

/** Names whose value is a secret, in text such as `db_password=…` and JSON such as `"X-API-Key": "…"`; a prefix may stand before. */
const NAME =
  '[\\w-]{0,40}?(?:pass(?:word|wd|phrase)|passwort|pwd|secret(?:[_-]?key)?|api[_-]?key|private[_-]?key|token|cvv2?|connection[_-]?string)';

/** A JSON string, also one inside a string of JSON, also one that was cut off. */
const JSON_STRING = String.raw`"(?:[^"\\]|\\.)*"?|\\"[^"\\]*(?:\\")?`;

/** A quoted value in text. A quote before `,`, `:` or a bracket is not its beginning but the end of the JSON string it stands in. */
const QUOTED = String.raw`"(?!\s*[,:}\]])(?:[^"\\]|\\.)*"?|\\"(?!\s*[,:}\]])[^"\\]*(?:\\")?|'[^'"\\]*'?`;

/** What may stand in a PEM body, as it is or as JSON writes it. */
const PEM = String.raw`[A-Za-z0-9+/=\s:,.-]|\\[nrt]`;

/** Each leaves JSON that it is used on JSON: the server's log lines are redacted as text. */
export const PATTERNS: readonly SecretPattern[] = [
  {
    kind: 'private-key',
    // RFC 7468, as far as its end, or as far as it goes.
    pattern: new RegExp(
      `-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:${PEM})*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|(?!${PEM})|$)`,
      'g',
    ),
    replacement: mask('private-key'),
  },
  // RFC 7519: header and payload are base64url of `{"`.
  { kind: 'jwt', pattern: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, replacement: mask('jwt') },
  {
    kind: 'gatehouse-key',
    pattern: /\bgh_[A-Za-z0-9]{8}_[\w-]{16,}/g,
    replacement: (match) => `${match.slice(0, 11)}_${mask('key')}`,
  },
  {
    kind: 'vendor-token',
    pattern:
      /\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|xox[abprs]-[\w-]{10,}|sk_live_\w{16,})/g,
    replacement: mask('token'),
  },
  // RFC 9110 section 11.6.2. Two words of a sentence ("basic authentication") are no credentials: a digit or sign must be in it.
  {
    kind: 'authorization',
    pattern: /\b(bearer|basic|apikey)\s{1,20}(?=[A-Za-z.~-]*[\d=_+/])[\w.~+/-]{8,}={0,2}/gi,
    replacement: (_match, scheme = '') => `${scheme} ${mask('credentials')}`,
  },
  // RFC 3986 section 3.2.1, `scheme://user:password@host`.
  {
    kind: 'url-password',
    pattern: /(:\/\/[^\s:/?#@"'\\<>]{0,100}):[^\s/?#@"'\\<>]{1,200}@/g,
    replacement: (_match, start = '') => `${start}:${mask('password')}@`,
  },
  {
    kind: 'json-field',
    pattern: new RegExp(`(\\\\?")(${NAME})\\1(\\s{0,4}:\\s{0,4})(?:${JSON_STRING}|-?\\d[\\d.eE+-]*|true|false)`, 'gi'),
    // The quotes are those of the name: of JSON, or of JSON inside a string.
    replacement: (_match, quote = '', name = '', colon = '') =>
      `${quote}${name}${quote}${colon}${quote}${mask('secret')}${quote}`,
  },
  {
    kind: 'assigned',
    pattern: new RegExp(`(\\b${NAME}\\s{0,4}[=:]\\s{0,4})(${QUOTED}|(?!\\[redacted:)[^\\s,;&"'\\\\<>}\\]]+)`, 'gi'),
    replacement: (_match, name = '', value = '') => {
      const quote = /^(?:\\"|["'])/.exec(value)?.[0] ?? '';
      return `${name}${quote}${mask('secret')}${value.length > quote.length && value.endsWith(quote) ? quote : ''}`;
    },
  },
  {
    kind: 'card',
    pattern:
      /([:[,]\s?)?(?<![\w.-])(\d{13,19}|\d{4}([ -])\d{4}\3\d{4}\3\d{1,7}|\d{4}([ -])\d{6}\4\d{5})(?![\w-]|\.\d)(\s?[,}\]])?/g,
    // Between such signs it may be a bare number of JSON or stand in a JSON string: `null` is right in both.
    replacement: (match, before = '', number = '', _separator, _other, after = '') => {
      if (!isCardNumber(number.replace(/[ -]/g, ''))) return match;
      return before !== '' && after !== '' ? `${before}null${after}` : `${before}${mask('card')}${after}`;
    },
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
