export { contentSecurityPolicy, securityHeaders, type HeaderOptions } from './headers.ts';
export { securityHeadersPlugin, type HeadersPluginOptions } from './fastify.ts';
