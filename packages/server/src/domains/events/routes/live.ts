import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { scopeOf } from '../../../platform/access/index.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { TableRegistry } from '../customTables.ts';
import { EventError } from '../errors.ts';
import type { LiveHub } from '../live/hub.ts';
import { latestEvents, liveStream, placeOf, watchedTables } from '../live/stream.ts';
import { CompanyQuery } from '../schemas.ts';

export interface LiveRouteDependencies {
  readonly platform: Pick<Platform, 'clock' | 'store'>;
  readonly tables: TableRegistry;
  readonly hub: LiveHub;
  /** Resolves when everything acknowledged before the call is visible, or after a bounded wait. */
  readonly settle: () => Promise<unknown>;
}

/** Streams that are open at once; each holds a socket and some memory. */
const STREAM_LIMIT = 1_000;

/** GET /api/events/live (server-sent events), GET /api/events/recent. */
export function liveRoutes({ platform, tables, hub, settle }: LiveRouteDependencies): FastifyPluginAsyncTypebox {
  const { clock, store } = platform;
  return async (app) => {
    const open = new Set<Readable>();
    app.addHook('preClose', async () => {
      for (const stream of open) stream.destroy();
    });

    app.get(
      '/api/events/live',
      {
        config: { access: { permission: 'events.read' } },
        schema: {
          tags: ['events'],
          summary: 'What arrives, as server-sent events; Last-Event-ID goes on without a gap',
          querystring: Type.Object({
            ...CompanyQuery,
            table: Type.Optional(
              Type.String({
                description:
                  'One table; default: all but Authentication, whose events are there as what they were made of.',
              }),
            ),
          }),
        },
      },
      async (request, reply) => {
        const scope = scopeOf(request, 'events.read');
        const visible = await tables.visibleTo(scope);
        const { table } = request.query;
        if (table !== undefined && !visible.some(({ name }) => name === table))
          throw new EventError('TABLE_UNKNOWN', { details: [{ field: 'table', reason: 'is no table of yours' }] });
        if (open.size >= STREAM_LIMIT)
          throw new EventError('QUEUE_FULL', { message: 'Too many live streams are open.', retryAfterSeconds: 10 });
        for (const one of visible) hub.learn(one);
        const lastId = request.headers['last-event-id'];
        const stream = liveStream({
          hub,
          store,
          scope,
          tables: visible,
          table,
          after: placeOf(typeof lastId === 'string' ? lastId : undefined),
          nowMs: () => clock.now(),
        });
        open.add(stream);
        stream.once('close', () => open.delete(stream));
        stream.on('error', (error) => request.log.warn({ err: error }, 'a live stream ended'));
        return reply
          .type('text/event-stream; charset=utf-8')
          .header('cache-control', 'no-store')
          .header('x-accel-buffering', 'no')
          .send(stream);
      },
    );

    app.get(
      '/api/events/recent',
      {
        config: { access: { permission: 'events.read' } },
        schema: {
          tags: ['events'],
          summary: 'The events that arrived last, the latest first',
          querystring: Type.Object({
            ...CompanyQuery,
            table: Type.Optional(Type.String({ description: 'One table; default: all but Authentication.' })),
            limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
          }),
          response: { 200: Type.Object({ events: Type.Array(Type.Record(Type.String(), Type.Unknown())) }) },
        },
      },
      async (request) => {
        const scope = scopeOf(request, 'events.read');
        const { table, limit } = request.query;
        const watched = watchedTables(await tables.visibleTo(scope), table);
        if (watched.length === 0)
          throw new EventError('TABLE_UNKNOWN', { details: [{ field: 'table', reason: 'is no table of yours' }] });
        await settle();
        const events = await latestEvents(store, scope, watched, limit, clock.now());
        return { events: events.map(({ event }) => event) };
      },
    );
  };
}
