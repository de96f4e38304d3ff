import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { companiesOf, principalOf, scopeOf } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatehouseError } from '../../platform/errors.ts';
import type { Audit } from '../audit/index.ts';
import { answerOf } from './answer.ts';
import { editorRoutes } from './editorRoutes.ts';
import { QueryError } from './errors.ts';
import { RunningQueries } from './running.ts';
import { AnswerShape, CompanyQuery, IdParams, QueryBody, QUERY_BODY_LIMIT_BYTES } from './schemas.ts';
import type { QueryResult, QueryService } from './service.ts';
import { windowOf } from './timespan.ts';

/** Characters of a query's text that the audit trail keeps. */
const AUDITED_CHARACTERS = 2000;

/** Letters a client may make its id of. */
const QUERY_ID = /^[\w.:-]{1,100}$/;

const ACCESS = { access: { permission: 'query.run' } } as const;

export interface QueryRoutesOptions {
  readonly service: QueryService;
  readonly audit: Pick<Audit, 'record'>;
  readonly clock: Clock;
}

export function queryRoutes({ service, audit, clock }: QueryRoutesOptions): FastifyPluginAsyncTypebox {
  const running = new RunningQueries();

  /** One entry in the trail of every company whose rows the query could read. */
  async function record(request: FastifyRequest, text: string, outcome: Outcome): Promise<void> {
    const { kind, id, label } = principalOf(request);
    const detail = {
      query: text.slice(0, AUDITED_CHARACTERS),
      characters: text.length,
      ...('result' in outcome
        ? {
            tables: outcome.result.tables,
            rows: outcome.result.rows.length,
            ms: Math.round(outcome.result.statistics.elapsedMs),
          }
        : {}),
    };
    for (const company of companiesOf(request, 'query.run'))
      await audit.record({
        company: company.number,
        actor: { kind, id, label },
        action: 'query.run',
        address: request.ip,
        detail,
        ...('result' in outcome ? { outcome: 'success' } : { outcome: 'failure', reason: reasonOf(outcome.error) }),
      });
  }

  return async (app) => {
    await app.register(editorRoutes(service));

    app.post(
      '/api/query',
      {
        config: ACCESS,
        bodyLimit: QUERY_BODY_LIMIT_BYTES,
        schema: {
          tags: ['query'],
          summary: 'Run a KQL query over the caller’s companies; cut answers carry a PartialError',
          body: QueryBody,
          querystring: CompanyQuery,
          headers: Type.Object({
            'x-query-id': Type.Optional(Type.String({ description: 'Id to cancel the query by.' })),
          }),
          response: { 200: AnswerShape },
        },
        // The answer is written as it is: a schema would only slow down tens of thousands of rows.
        serializerCompiler: () => (data) => JSON.stringify(data),
      },
      async (request, reply) => {
        const { query, timespan, parameters } = request.body;
        const scope = scopeOf(request, 'query.run');
        const controller = cancelledWith(request, reply);
        const handle = register(request, controller);
        try {
          const nowMs = clock.now();
          const result = await service.run(scope, query, {
            nowMs,
            line: 'people',
            signal: controller.signal,
            ...(timespan === undefined ? {} : { window: windowOf(timespan, nowMs) }),
            ...(parameters === undefined ? {} : { parameters }),
          });
          await record(request, query, { result });
          return answerOf(result);
        } catch (error) {
          await record(request, query, { error });
          throw error;
        } finally {
          handle?.done();
        }
      },
    );

    app.delete(
      '/api/query/:id',
      {
        config: ACCESS,
        schema: {
          tags: ['query'],
          summary: 'Cancel the caller’s query with this X-Query-Id',
          params: IdParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        running.cancel(principalOf(request).id, request.params.id);
        return reply.code(204).send(null);
      },
    );
  };

  function register(request: FastifyRequest, controller: AbortController) {
    const id = request.headers['x-query-id'];
    if (id === undefined) return undefined;
    if (typeof id !== 'string' || !QUERY_ID.test(id))
      throw new GatehouseError('VALIDATION_FAILED', 400, 'A field is missing or wrong.', {
        details: [{ field: 'X-Query-Id', reason: 'is 1 to 100 letters, digits, dots, colons, hyphens or underscores' }],
      });
    return running.add(principalOf(request).id, id, controller);
  }
}

type Outcome = { readonly result: QueryResult } | { readonly error: unknown };

function reasonOf(error: unknown): string {
  return error instanceof QueryError || error instanceof GatehouseError
    ? `${error.code}: ${error.message}`
    : 'INTERNAL';
}

/** Aborted when the client goes away before it was answered. */
function cancelledWith(_request: FastifyRequest, reply: FastifyReply): AbortController {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) controller.abort();
  });
  return controller;
}
