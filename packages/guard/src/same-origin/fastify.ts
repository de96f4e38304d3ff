import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { GuardError } from '../errors.ts';
import { unscoped } from '../fastify.ts';
import { isSameOrigin } from './decision.ts';

export interface SameOriginOptions {
  /** True when the request carries a cookie that signs it in. Default: any `Cookie` header does. */
  readonly ambientCredential?: (request: FastifyRequest) => boolean;
  /** Origins besides the one the request was sent to: the public address behind a proxy that hides it. */
  readonly publicOrigins?: readonly string[];
  /** Called for each refusal, for the log or the security event `malicious_csrf`. */
  readonly onRefused?: (request: FastifyRequest) => void;
}

/** Refuses, before the body is read, every unsafe request with a cookie that our own pages did not send: 403 `CROSS_ORIGIN_REFUSED`. */
export const sameOriginPlugin: FastifyPluginAsync<SameOriginOptions> = unscoped(
  async (app: FastifyInstance, options: SameOriginOptions) => {
    const ambientCredential = options.ambientCredential ?? ((request) => request.headers.cookie !== undefined);
    const publicOrigins = options.publicOrigins ?? [];
    app.addHook('onRequest', async (request) => {
      const fetchSite = request.headers['sec-fetch-site'];
      const allowed = isSameOrigin({
        method: request.method,
        ambientCredential: ambientCredential(request),
        fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite,
        origin: request.headers.origin,
        ownOrigins: [`${request.protocol}://${request.host}`, ...publicOrigins],
      });
      if (allowed) return;
      options.onRefused?.(request);
      throw new GuardError('CROSS_ORIGIN_REFUSED');
    });
  },
);
