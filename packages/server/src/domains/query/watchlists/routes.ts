import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { scopeOf } from '../../../platform/access/index.ts';
import type { Audit } from '../../audit/index.ts';
import { IdParams, LibraryQuery, RestoreBody } from '../functions/schemas.ts';
import { GLOBAL } from '../tables.ts';
import { keeperOf, record, shelfOf } from '../who.ts';
import { EXPIRY_COLUMN, readContents } from './contents.ts';
import { formatCsv } from './csv.ts';
import type { Item } from './items.ts';
import {
  ItemBody,
  ItemListShape,
  ItemParams,
  ItemShape,
  ItemsQuery,
  ListBody,
  ListChange,
  ListShape,
  ListsShape,
  ListVersionsShape,
  PreviewBody,
  PreviewShape,
  UploadBody,
} from './schemas.ts';
import { reasonOf, type Watchlist, type Watchlists } from './service.ts';

const READ = { access: { permission: 'library.read' } } as const;
const MANAGE = { access: { permission: 'library.manage' } } as const;
const tags = ['watchlists'];

/** A CSV of the longest length, as JSON escapes it. */
const BODY_LIMIT_BYTES = 40 * 2 ** 20;

/** Rows of a preview. */
const PREVIEWED = 20;

/** `/api/watchlists`: lists, their items, versions, CSV in and out. */
export function watchlistRoutes(lists: Watchlists, audit: Pick<Audit, 'record'>): FastifyPluginAsyncTypebox {
  const managed = (request: FastifyRequest) => scopeOf(request, 'library.manage');
  const readable = (request: FastifyRequest) => scopeOf(request, 'library.read');
  const written = async (
    request: FastifyRequest,
    action: string,
    list: Watchlist,
    more: Record<string, unknown> = {},
  ): Promise<ReturnType<typeof shownList>> => {
    const detail = { watchlist: list.id, version: list.version, items: list.items, ...more };
    await record(audit, request, action, { company: list.company ?? GLOBAL, target: list.alias, detail });
    return shownList(list);
  };
  return async (app) => {
    app.get(
      '/api/watchlists',
      {
        config: READ,
        schema: { tags, summary: 'The watchlists', querystring: LibraryQuery, response: { 200: ListsShape } },
      },
      async (request) => {
        const found = await lists.list(readable(request), { deleted: request.query.deleted === true });
        return { watchlists: found.map(shownList) };
      },
    );
    app.get(
      '/api/watchlists/:id',
      { config: READ, schema: { tags, summary: 'One watchlist', params: IdParams, response: { 200: ListShape } } },
      async (request) => shownList(await lists.get(readable(request), request.params.id)),
    );
    app.get(
      '/api/watchlists/:id/versions',
      {
        config: READ,
        schema: {
          tags,
          summary: 'What a list’s items were, the latest version first',
          params: IdParams,
          response: { 200: ListVersionsShape },
        },
      },
      async (request) => ({
        versions: (await lists.versions(readable(request), request.params.id)).map((one) => ({
          ...one,
          columns: [...one.columns],
        })),
      }),
    );
    app.get(
      '/api/watchlists/:id/items',
      {
        config: READ,
        schema: {
          tags,
          summary: 'Items by their key, page by page',
          params: IdParams,
          querystring: ItemsQuery,
          response: { 200: ItemListShape },
        },
      },
      async (request) => {
        const { items, nextCursor } = await lists.items(readable(request), request.params.id, request.query);
        return { items: items.map(shownItem), nextCursor };
      },
    );
    app.get(
      '/api/watchlists/:id/csv',
      {
        config: READ,
        schema: {
          tags,
          summary: 'The items as CSV',
          params: IdParams,
          produces: ['text/csv'],
          response: { 200: Type.String() },
        },
        serializerCompiler: () => String,
      },
      async (request, reply) => {
        const { list, items } = await lists.all(readable(request), request.params.id);
        const names = list.columns.map(({ name }) => name);
        const expiring = items.some(({ expiresMs }) => expiresMs !== null);
        const rows = items.map(({ values, expiresMs }) => [
          ...names.map((name) => values[name] ?? ''),
          ...(expiring ? [expiresMs === null ? '' : new Date(expiresMs).toISOString()] : []),
        ]);
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${list.alias.replace(/[^\w.-]/g, '_')}.csv"`)
          .send(formatCsv([[...names, ...(expiring ? [EXPIRY_COLUMN] : [])], ...rows]));
      },
    );
    app.post(
      '/api/watchlists/preview',
      {
        config: MANAGE,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          tags,
          summary: 'What a CSV would make, and what is wrong with it',
          body: PreviewBody,
          response: { 200: PreviewShape },
        },
      },
      async (request) => {
        const { csv, ...options } = request.body;
        const { columns, searchKey, items, problems } = readContents(csv, options);
        return {
          columns: [...columns],
          searchKey,
          items: items.length,
          rows: items.slice(0, PREVIEWED).map(({ values }) => columns.map(({ name }) => values[name] ?? '')),
          problems: problems.map(reasonOf),
        };
      },
    );
    app.post(
      '/api/watchlists',
      {
        config: MANAGE,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: { tags, summary: 'Make a watchlist', body: ListBody, response: { 201: ListShape } },
      },
      async (request, reply) => {
        const { global: isGlobal, ...draft } = request.body;
        const list = await lists.create(shelfOf(request, isGlobal), draft, keeperOf(request));
        return reply.code(201).send(await written(request, 'watchlist.create', list));
      },
    );
    app.put(
      '/api/watchlists/:id',
      {
        config: MANAGE,
        schema: {
          tags,
          summary: 'Change what is said about a list; its items stay',
          params: IdParams,
          body: ListChange,
          response: { 200: ListShape },
        },
      },
      async (request) => {
        const list = await lists.change(managed(request), request.params.id, request.body, keeperOf(request));
        return await written(request, 'watchlist.change', list, { owner: list.owner, expiresAt: list.expiresAt });
      },
    );
    app.put(
      '/api/watchlists/:id/csv',
      {
        config: MANAGE,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          tags,
          summary: 'Upload a list’s items: its next version',
          params: IdParams,
          body: UploadBody,
          response: { 200: ListShape },
        },
      },
      async (request) => {
        const list = await lists.upload(managed(request), request.params.id, request.body, keeperOf(request));
        return await written(request, 'watchlist.upload', list, { mode: request.body.mode });
      },
    );
    app.post(
      '/api/watchlists/:id/items',
      {
        config: MANAGE,
        schema: { tags, summary: 'Add an item', params: IdParams, body: ItemBody, response: { 201: ItemShape } },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { list, item } = await lists.putItem(managed(request), id, undefined, request.body, keeperOf(request));
        await written(request, 'watchlist.item.create', list, { item: item.id, key: item.key });
        return reply.code(201).send(shownItem(item));
      },
    );
    app.put(
      '/api/watchlists/:id/items/:item',
      {
        config: MANAGE,
        schema: { tags, summary: 'Change an item', params: ItemParams, body: ItemBody, response: { 200: ItemShape } },
      },
      async (request) => {
        const { id, item: itemId } = request.params;
        const { list, item } = await lists.putItem(managed(request), id, itemId, request.body, keeperOf(request));
        await written(request, 'watchlist.item.change', list, { item: item.id, key: item.key });
        return shownItem(item);
      },
    );
    app.delete(
      '/api/watchlists/:id/items/:item',
      {
        config: MANAGE,
        schema: { tags, summary: 'Delete an item', params: ItemParams, response: { 200: ListShape } },
      },
      async (request) => {
        const { id, item } = request.params;
        const list = await lists.removeItem(managed(request), id, item, keeperOf(request));
        return await written(request, 'watchlist.item.delete', list, { item });
      },
    );
    app.post(
      '/api/watchlists/:id/restore',
      {
        config: MANAGE,
        schema: {
          tags,
          summary: 'Go back to an earlier version’s items; brings a deleted list back',
          params: IdParams,
          body: RestoreBody,
          response: { 200: ListShape },
        },
      },
      async (request) => {
        const { version } = request.body;
        const list = await lists.restore(managed(request), request.params.id, version, keeperOf(request));
        return await written(request, 'watchlist.restore', list, { from: version });
      },
    );
    app.delete(
      '/api/watchlists/:id',
      {
        config: MANAGE,
        schema: {
          tags,
          summary: 'Delete a list; it can be restored for 30 days',
          params: IdParams,
          response: { 200: ListShape },
        },
      },
      async (request) =>
        await written(
          request,
          'watchlist.delete',
          await lists.remove(managed(request), request.params.id, keeperOf(request)),
        ),
    );
  };
}

function shownList(list: Watchlist) {
  return { ...list, columns: [...list.columns] };
}

function shownItem({ id, key, values, expiresMs, updatedMs }: Item) {
  return { id, key, values: { ...values }, expiresAt: expiresMs, updatedAt: updatedMs };
}
