import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { scopeOf } from '../../../platform/access/index.ts';
import type { Audit } from '../../audit/index.ts';
import { GLOBAL } from '../tables.ts';
import { keeperOf, record, shelfOf } from '../who.ts';
import {
  FunctionBody,
  FunctionChange,
  FunctionCheckBody,
  FunctionCheckShape,
  FunctionListShape,
  FunctionShape,
  FunctionVersionsShape,
  IdParams,
  LibraryQuery,
  RestoreBody,
} from './schemas.ts';
import type { StoredFunction, StoredFunctions } from './service.ts';

const READ = { access: { permission: 'library.read' } } as const;
const MANAGE = { access: { permission: 'library.manage' } } as const;
const tags = ['functions'];

/** `/api/functions`: stored functions, their versions, and a check without keeping anything. */
export function functionRoutes(functions: StoredFunctions, audit: Pick<Audit, 'record'>): FastifyPluginAsyncTypebox {
  const readable = (request: FastifyRequest) => scopeOf(request, 'library.read');
  const written = async (request: FastifyRequest, action: string, one: StoredFunction): Promise<StoredFunction> => {
    const { id, company, name: target, version } = one;
    await record(audit, request, action, { company: company ?? GLOBAL, target, detail: { function: id, version } });
    return one;
  };
  return async (app) => {
    app.get(
      '/api/functions',
      {
        config: READ,
        schema: {
          tags,
          summary: 'The stored functions',
          querystring: LibraryQuery,
          response: { 200: FunctionListShape },
        },
      },
      async (request) => ({
        functions: [...(await functions.list(readable(request), { deleted: request.query.deleted === true }))],
      }),
    );
    app.get(
      '/api/functions/:id',
      { config: READ, schema: { tags, summary: 'One function', params: IdParams, response: { 200: FunctionShape } } },
      async (request) => await functions.get(readable(request), request.params.id),
    );
    app.get(
      '/api/functions/:id/versions',
      {
        config: READ,
        schema: {
          tags,
          summary: 'Every text that a function had, the latest first',
          params: IdParams,
          response: { 200: FunctionVersionsShape },
        },
      },
      async (request) => ({ versions: [...(await functions.versions(readable(request), request.params.id))] }),
    );
    app.post(
      '/api/functions/check',
      {
        config: MANAGE,
        schema: {
          tags,
          summary: 'What is wrong with a function, without keeping it',
          body: FunctionCheckBody,
          response: { 200: FunctionCheckShape },
        },
      },
      async (request) => {
        const { global: isGlobal, ...text } = request.body;
        const checked = await functions.check(shelfOf(request, isGlobal), text);
        return checked.ok ? { faults: [], ...(checked.result as object) } : { faults: [...checked.faults] };
      },
    );
    app.post(
      '/api/functions',
      {
        config: MANAGE,
        schema: { tags, summary: 'Make a function', body: FunctionBody, response: { 201: FunctionShape } },
      },
      async (request, reply) => {
        const { global: isGlobal, ...draft } = request.body;
        const made = await functions.create(shelfOf(request, isGlobal), draft, keeperOf(request));
        return reply.code(201).send(await written(request, 'function.create', made));
      },
    );
    app.put(
      '/api/functions/:id',
      {
        config: MANAGE,
        schema: {
          tags,
          summary: 'Change a function: its next version',
          params: IdParams,
          body: FunctionChange,
          response: { 200: FunctionShape },
        },
      },
      async (request) => {
        const scope = scopeOf(request, 'library.manage');
        const changed = await functions.replace(scope, request.params.id, request.body, keeperOf(request));
        return await written(request, 'function.change', changed);
      },
    );
    app.post(
      '/api/functions/:id/restore',
      {
        config: MANAGE,
        schema: {
          tags,
          summary: 'Go back to an earlier text; brings a deleted function back',
          params: IdParams,
          body: RestoreBody,
          response: { 200: FunctionShape },
        },
      },
      async (request) => {
        const scope = scopeOf(request, 'library.manage');
        const restored = await functions.restore(scope, request.params.id, request.body.version, keeperOf(request));
        return await written(request, 'function.restore', restored);
      },
    );
    app.delete(
      '/api/functions/:id',
      {
        config: MANAGE,
        schema: {
          tags,
          summary: 'Delete a function; it can be restored',
          params: IdParams,
          response: { 200: FunctionShape },
        },
      },
      async (request) => {
        const scope = scopeOf(request, 'library.manage');
        const removed = await functions.remove(scope, request.params.id, keeperOf(request));
        return await written(request, 'function.delete', removed);
      },
    );
  };
}
