import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, securityHeaders, securityHeadersPlugin } from './index.ts';

const NONCE = 'q83vASNFZ4mrze8BI0VniQ==';

describe('content security policy', () => {
  it('starts from nothing and never allows inline scripts', () => {
    expect(contentSecurityPolicy()).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    );
    expect(contentSecurityPolicy(NONCE)).toContain(`style-src 'self' 'nonce-${NONCE}';`);
    for (const policy of [contentSecurityPolicy(), contentSecurityPolicy(NONCE)])
      expect(policy).not.toContain('unsafe');
  });

  it('takes no nonce that could be more than a nonce', () => {
    for (const nonce of ['', 'short', "x'; script-src *; y", 'a'.repeat(20) + '\n', `${NONCE} 'unsafe-inline'`])
      expect(() => contentSecurityPolicy(nonce)).toThrow(new TypeError('a nonce is at least 16 characters of base64'));
  });
});

it('sends Strict-Transport-Security over TLS only', () => {
  expect(securityHeaders(true)['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  expect(securityHeaders(false)['strict-transport-security']).toBeUndefined();
  expect(securityHeaders(true, { hstsSeconds: 0 })['strict-transport-security']).toBeUndefined();
});

it('is on every answer, errors and missing pages too', async () => {
  const app = Fastify({ trustProxy: true });
  await app.register(securityHeadersPlugin, {});
  app.get('/', async () => 'x');
  app.get('/asset', async (_request, reply) => reply.header('cache-control', 'public, max-age=60').send('x'));
  app.get('/page', async (request) => {
    request.styleNonce = NONCE;
    return 'x';
  });
  app.get('/fails', async () => {
    throw new Error('no');
  });
  for (const url of ['/', '/asset', '/page', '/fails', '/missing']) {
    const { headers } = await app.inject({ url, headers: { 'x-forwarded-proto': 'https' } });
    expect(headers, url).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-xss-protection': '0',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'permissions-policy': expect.stringContaining('camera=()'),
      'content-security-policy': contentSecurityPolicy(url === '/page' ? NONCE : undefined),
      'cache-control': url === '/asset' ? 'public, max-age=60' : 'no-store',
    });
  }
  await app.close();
});
