import type { IncomingHttpHeaders } from 'node:http';

/** Longer than any key: whatever is longer is refused unread. */
const MAX_KEY_LENGTH = 512;

/**
 * The API key a request presents, untrusted: `X-API-Key: k`, `Authorization: Bearer k`, `ApiKey k` (also Elastic's base64 of
 * `id:k`), or the password of `Basic`. The first of these that is present counts. Undefined: none, or nothing usable.
 */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const direct = headers['x-api-key'];
  const key = direct ?? fromAuthorization(headers.authorization);
  return typeof key === 'string' && key.length > 0 && key.length <= MAX_KEY_LENGTH ? key : undefined;
}

/** True when the request tries a key at all, usable or not: a wrong key never falls back to a cookie. */
export function presentsKey(headers: IncomingHttpHeaders): boolean {
  return headers['x-api-key'] !== undefined || headers.authorization !== undefined;
}

function fromAuthorization(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MAX_KEY_LENGTH * 2) return undefined;
  const [, scheme = '', value = ''] = /^([A-Za-z]+) +(\S+) *$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'apikey': {
      const decoded = afterColon(value);
      return decoded?.startsWith('gh_') === true ? decoded : value;
    }
    case 'basic':
      return afterColon(value);
    default:
      return undefined;
  }
}

/** What follows the first colon of a base64 text (RFC 7617 section 2). */
function afterColon(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : text.slice(colon + 1);
}
