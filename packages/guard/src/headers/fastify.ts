import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { unscoped } from '../fastify.ts';
import { contentSecurityPolicy, securityHeaders, type HeaderOptions } from './headers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by whoever renders a page: the nonce that its policy allows for `<style>`. */
    styleNonce: string | undefined;
  }
}

export type HeadersPluginOptions = HeaderOptions;

/**
 * Sets the security headers on every answer, errors included, and `Cache-Control: no-store` on every answer that does not say
 * itself how long it may be kept.
 */
export const securityHeadersPlugin: FastifyPluginAsync<HeadersPluginOptions> = unscoped(
  async (app: FastifyInstance, options: HeadersPluginOptions) => {
    const overTls = securityHeaders(true, options);
    const plain = securityHeaders(false, options);
    if (!app.hasRequestDecorator('styleNonce')) app.decorateRequest('styleNonce', undefined);
    app.addHook('onSend', async (request, reply) => {
      reply.headers(request.protocol === 'https' ? overTls : plain);
      reply.header('content-security-policy', contentSecurityPolicy(request.styleNonce));
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    });
  },
);
