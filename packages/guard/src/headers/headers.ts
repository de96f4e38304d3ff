export interface HeaderOptions {
  /** Seconds of Strict-Transport-Security; sent over TLS only (RFC 6797 section 7.2). Default one year (ASVS 3.4.1); 0: not sent. */
  readonly hstsSeconds?: number;
}

/** Directives of the content security policy, least power first: whatever is not listed is refused by `default-src`. */
const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'object-src': "'none'",
};

function print(policy: Readonly<Record<string, string>>): string {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}

const POLICY_WITHOUT_NONCE = print(POLICY);

/**
 * Content-Security-Policy (ASVS 3.4.3). With a nonce, `<style>` elements that carry it apply too, for libraries that insert
 * their style sheets at run time; scripts come from our own files only, always.
 */
export function contentSecurityPolicy(styleNonce?: string): string {
  if (styleNonce === undefined) return POLICY_WITHOUT_NONCE;
  // The nonce becomes part of a header: nothing but base64 may.
  if (!/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(styleNonce))
    throw new TypeError('a nonce is at least 16 characters of base64');
  return print({ ...POLICY, 'style-src': `'self' 'nonce-${styleNonce}'` });
}

/** Powers of the browser that no page of ours uses. */
const PERMISSIONS_POLICY = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** The headers of every answer, but the content security policy. */
export function securityHeaders(tls: boolean, options: HeaderOptions = {}): Readonly<Record<string, string>> {
  const hstsSeconds = options.hstsSeconds ?? 31_536_000;
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': PERMISSIONS_POLICY,
    // The auditor this header steered is gone and was itself a leak; 0 switches off what is left of it.
    'x-xss-protection': '0',
    ...(tls && hstsSeconds > 0 ? { 'strict-transport-security': `max-age=${hstsSeconds}; includeSubDomains` } : {}),
  };
}
