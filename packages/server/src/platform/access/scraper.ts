import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Principal } from './principal.ts';

const SCRAPER: Principal = {
  kind: 'apiKey',
  id: '00000000-0000-0000-0000-000000000001',
  label: 'metrics token',
  companies: [],
  globalPermissions: new Set(['metrics.read']),
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who reads the metrics with the configured token (`server.metrics_token`): it may do that and nothing else. Undefined: nobody. */
export function metricsScraper(request: FastifyRequest, token: string): Principal | undefined {
  if (token === '' || request.routeOptions.url !== '/metrics') return undefined;
  const sent = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return sent !== undefined && timingSafeEqual(digest(sent), digest(token)) ? SCRAPER : undefined;
}
