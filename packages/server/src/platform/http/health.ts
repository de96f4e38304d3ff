import { statfs } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { Domain } from '../domain.ts';
import type { Platform } from '../platform.ts';

/** Below this share of free space the server is not ready: an insert needs room for its parts and their merge. */
const MIN_FREE_SHARE = 0.02;
const MIN_FREE_BYTES = 256 * 2 ** 20;

const Checks = Type.Object({ status: Type.String(), checks: Type.Record(Type.String(), Type.String()) });

/** `ok`, or what is wrong, in words without internals. */
async function check(probe: () => Promise<string | undefined>): Promise<string> {
  try {
    return (await probe()) ?? 'ok';
  } catch {
    return 'failed';
  }
}

async function diskProblem(folder: string): Promise<string | undefined> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  const low = free < MIN_FREE_BYTES || disk.bavail / disk.blocks < MIN_FREE_SHARE;
  return low ? `only ${Math.round(free / 2 ** 20)} MiB free` : undefined;
}

/** GET /healthz (the process answers), /readyz (stores, disk, background work), /metrics (Prometheus). */
export function registerHealth(app: FastifyInstance, platform: Platform, domains: readonly Domain[]): void {
  app.get(
    '/healthz',
    {
      config: { access: { permission: 'public' } },
      schema: {
        tags: ['operations'],
        summary: 'Is the process alive?',
        response: { 200: Type.Object({ status: Type.String() }) },
      },
    },
    async () => ({ status: 'ok' }),
  );
  app.get(
    '/readyz',
    {
      config: { access: { permission: 'public' } },
      schema: { tags: ['operations'], summary: 'Can it do its work?', response: { 200: Checks, 503: Checks } },
    },
    async (_request, reply) => {
      const checks: Record<string, string> = {
        control_store: await check(async () => {
          await sql`select 1`.execute(platform.database);
          return undefined;
        }),
        event_store: await check(async () => ((await platform.store.ping()) ? undefined : 'does not answer')),
        disk: await check(() => diskProblem(platform.config.dataFolder)),
      };
      for (const domain of domains)
        if (domain.health !== undefined)
          checks[domain.name] = await check(() => domain.health?.() ?? Promise.resolve(undefined));
      const ready = Object.values(checks).every((answer) => answer === 'ok');
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready', checks });
    },
  );
  app.get(
    '/metrics',
    {
      // Figures only, no names of companies or people; still not for the world when the server is public.
      config: { access: { permission: 'metrics.read' } },
      schema: { tags: ['operations'], summary: 'Prometheus metrics', response: { 200: Type.String() } },
    },
    async (_request, reply) => reply.type(platform.metrics.contentType).send(await platform.metrics.metrics()),
  );
}
