import type { FastifyPluginAsync } from 'fastify';

/** What app.ts needs of a domain: its routes, its background work, its health. */
export interface Domain {
  readonly name: string;
  readonly routes: FastifyPluginAsync;
  /** Begins background work; called once the routes are registered and the stores are ready. */
  start?(): Promise<void>;
  /** Ends background work; resolves when nothing of it is under way. Called in the reverse order of `start`. */
  stop?(): Promise<void>;
  /** For /readyz: resolves to why the domain is not ready, or undefined. */
  health?(): Promise<string | undefined>;
}
