import type { FastifyPluginAsync } from 'fastify';

/** Lets a plugin's hooks reach the routes of the application that registers it, and not only its own. */
export function unscoped<Options extends object>(plugin: FastifyPluginAsync<Options>): FastifyPluginAsync<Options> {
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
