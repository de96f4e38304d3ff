import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendError } from './errors.ts';

/** Where `npm run build -w @gatehouse/web` puts the console. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../../../../web/dist', import.meta.url));

const PLACEHOLDER = '__CSP_NONCE__';

/**
 * Serves the console: hashed assets for as long as `staticSeconds`, and index.html, never cached, with a fresh style nonce, for
 * every other address that a browser asks for as a page. Scripts come from our own files only; no inline script exists.
 */
export async function registerConsole(app: FastifyInstance, staticSeconds: number): Promise<void> {
  const indexFile = path.join(CONSOLE_FOLDER, 'index.html');
  const built = existsSync(indexFile);
  const index = built ? readFileSync(indexFile, 'utf8') : '';
  if (built) {
    await app.register(fastifyStatic, { root: path.join(CONSOLE_FOLDER, 'assets'), serve: false });
    app.get<{ Params: { '*': string } }>(
      '/assets/*',
      { config: { access: { permission: 'public' } }, schema: { hide: true } },
      (request, reply) =>
        reply
          .header('cache-control', `public, max-age=${staticSeconds}, immutable`)
          .sendFile(request.params['*'], { cacheControl: false }),
    );
  }
  app.setNotFoundHandler((request, reply) => {
    const page =
      (request.method === 'GET' || request.method === 'HEAD') &&
      !request.url.startsWith('/api/') &&
      !request.url.startsWith('/assets/');
    if (!page)
      return sendError(request, reply, {
        status: 404,
        code: 'NOT_FOUND',
        message: 'There is nothing at this address.',
        details: [],
      });
    if (!built)
      return sendError(request, reply, {
        status: 503,
        code: 'CONSOLE_NOT_BUILT',
        message: 'The console is not built: run "npm run build".',
        details: [],
      });
    return sendIndex(request, reply, index);
  });
}

function sendIndex(request: FastifyRequest, reply: FastifyReply, index: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  request.styleNonce = nonce;
  return reply
    .code(200)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(index.replaceAll(PLACEHOLDER, nonce));
}
