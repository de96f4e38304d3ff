/** What a request says about where it comes from. Nothing of it is trusted but what a browser does not let a page forge. */
export interface OriginFacts {
  readonly method: string;
  /** True when the request is authenticated by something a browser adds by itself: a cookie. A header key cannot be forged by a foreign page. */
  readonly ambientCredential: boolean;
  /** `Sec-Fetch-Site`, as sent. */
  readonly fetchSite: string | undefined;
  /** `Origin`, as sent. */
  readonly origin: string | undefined;
  /** The application's own origins, e.g. `https://gatehouse.example.org`. */
  readonly ownOrigins: readonly string[];
}

/** RFC 9110 section 9.2.1. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a request may act: it changes nothing, or it carries no cookie, or the browser says that our own page sent it
 * (Fetch Metadata, then Origin; OWASP CSRF Prevention Cheat Sheet). Fails closed: a cookie with neither header is refused.
 */
export function isSameOrigin(facts: OriginFacts): boolean {
  const ownOrigin = facts.origin !== undefined && facts.ownOrigins.includes(facts.origin);
  return (
    SAFE_METHODS.has(facts.method) ||
    !facts.ambientCredential ||
    (facts.fetchSite === 'same-origin' && (facts.origin === undefined || ownOrigin)) ||
    (facts.fetchSite === undefined && ownOrigin)
  );
}
