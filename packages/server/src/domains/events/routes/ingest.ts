import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { companyOf, principalOf, type PrincipalCompany } from '../../../platform/access/index.ts';
import type { Platform } from '../../../platform/platform.ts';
import { readBody, unpackBody, type ReadBody } from '../body.ts';
import { LOG_EVENT_TABLE } from '../decoders/index.ts';
import { EventError } from '../errors.ts';
import { agentHealth } from '../health.ts';
import type { Ingest, IngestOptions, IngestOutcome, Refusal } from '../ingest.ts';
import type { Quarantine } from '../quarantine.ts';
import { CompanyQuery, HealthAnswer, LogEventAnswer, LogEventBody, LogsAnswer } from '../schemas.ts';

export interface IngestRouteDependencies {
  readonly platform: Pick<Platform, 'config' | 'clock' | 'store'>;
  readonly ingest: Ingest;
  readonly quarantine: Quarantine;
}

/** The agents' own answer; nothing may be added to it. */
const LOGGED = { message: 'Event logged successfully', status: 'success' } as const;
const LOGGED_TEXT = JSON.stringify(LOGGED);
const RETRY_LIMIT = 1_000_000;
const REFUSALS_SHOWN = 100;

/** Bodies are read by us, so that a line of a thousand that is broken does not refuse the others; the schema documents them. */
const passThrough = { validatorCompiler: () => () => true } as const;

/** POST /api/log_event, POST|GET /api/health, POST /api/logs/:table. */
export function ingestRoutes({ platform, ingest, quarantine }: IngestRouteDependencies): FastifyPluginAsyncTypebox {
  const { config, clock, store } = platform;
  const bodyLimit = config.ingest.bodyLimit;
  const lastArrivalMs = new Map<number, number>();

  /** Unpacks and parses; what is no JSON goes to the quarantine and is answered as refused. */
  const read = async (request: FastifyRequest, company: PrincipalCompany, table: string): Promise<ReadBody> => {
    const given = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const body = await unpackBody(given, request.headers['content-encoding'], bodyLimit);
    const text = body.toString('utf8');
    if (text.trim() === '')
      throw new EventError('JSON_MALFORMED', { message: 'The body is empty; JSON was expected.' });
    const found = readBody(text, request.headers['content-type']);
    if (found.malformed.length > 0)
      await quarantine.keep(
        company.number,
        found.malformed.map(({ reason, text: broken }) => ({
          table,
          source: principalOf(request).label,
          field: '',
          reason,
          text: broken,
        })),
      );
    const [malformed] = found.malformed;
    if (found.records.length === 0 && malformed !== undefined)
      throw new EventError('JSON_MALFORMED', { details: [{ field: '', reason: malformed.reason }] });
    return found;
  };

  const take = async (
    request: FastifyRequest,
    table: string,
    more: IngestOptions = {},
  ): Promise<{ body: ReadBody; outcome: IngestOutcome }> => {
    const company = companyOf(request, 'events.write');
    const body = await read(request, company, table);
    const outcome = await ingest.ingest(company, table, body.records, {
      source: principalOf(request).label,
      indexes: body.indexes,
      ...more,
    });
    if (outcome.stored > 0) lastArrivalMs.set(company.number, clock.now());
    const broken = body.malformed.map(({ index, reason }) => ({ index, field: '', reason }));
    const refused = [...outcome.refused, ...broken].sort((a, b) => a.index - b.index);
    if (outcome.stored + outcome.duplicates === 0 && refused.length > 0) throw refusedAll(refused, body.single);
    return { body, outcome: { ...outcome, refused, quarantined: outcome.quarantined + broken.length } };
  };

  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));

    app.post(
      '/api/log_event',
      {
        bodyLimit,
        ...passThrough,
        config: { access: { permission: 'events.write' } },
        schema: {
          tags: ['events'],
          summary: 'Takes one event of a workstation agent, or an array or lines of them; gzip is understood',
          body: LogEventBody,
          response: { 200: LogEventAnswer },
        },
        serializerCompiler: () => (answer: unknown) => (answer === LOGGED ? LOGGED_TEXT : JSON.stringify(answer)),
      },
      async (request, reply) => {
        const { body, outcome } = await take(request, LOG_EVENT_TABLE, retryOption(request));
        void reply.type('application/json; charset=utf-8');
        if (body.single) return reply.send(LOGGED);
        const partial = outcome.refused.length > 0;
        return reply.send({
          message: partial ? 'Some events were refused' : 'Event logged successfully',
          status: partial ? 'partial' : 'success',
          ...shownOutcome(outcome),
        });
      },
    );

    for (const method of ['GET', 'POST'] as const)
      app.route({
        method,
        url: '/api/health',
        bodyLimit,
        ...passThrough,
        config: { access: { permission: 'events.write' } },
        schema: {
          tags: ['events'],
          summary: "An agent's check: is the key right, is the store there, is my clock right?",
          response: { 200: HealthAnswer, 503: HealthAnswer },
        },
        handler: async (request, reply) => {
          const company = companyOf(request, 'events.write');
          const health = await agentHealth(clock, store, {
            company,
            callerTime: callerTime(request),
            lastArrivalMs: lastArrivalMs.get(company.number),
          });
          return reply.code(health.status === 'ok' ? 200 : 503).send(health);
        },
      });

    app.post(
      '/api/logs/:table',
      {
        bodyLimit,
        validatorCompiler: () => () => true,
        config: { access: { permission: 'events.write' } },
        schema: {
          tags: ['events'],
          summary: 'Takes rows of a log table: a JSON array, an object, or one object a line; gzip is understood',
          params: Type.Object({ table: Type.String() }),
          querystring: Type.Object({
            ...CompanyQuery,
            retry: Type.Optional(
              Type.Integer({
                minimum: 0,
                description: '1 or more: this was sent before; equal rows are stored once. Also the header X-Retry.',
              }),
            ),
            zone: Type.Optional(
              Type.String({ description: 'IANA zone of times without one; default: the company’s.' }),
            ),
            order: Type.Optional(Type.Union([Type.Literal('day-first'), Type.Literal('month-first')])),
            visible: Type.Optional(Type.Integer({ description: '1: answer only when queries see the rows.' })),
          }),
          response: { 200: LogsAnswer },
        },
      },
      async (request, reply) => {
        const { outcome } = await take(request, request.params.table, logsOptions(request));
        return reply.send(shownOutcome(outcome));
      },
    );
  };
}

function shownOutcome(outcome: IngestOutcome) {
  return { ...outcome, tables: { ...outcome.tables }, refused: outcome.refused.slice(0, REFUSALS_SHOWN) };
}

/** Nothing of the body was taken: the caller is told of each record, or of the one. */
function refusedAll(refused: readonly Refusal[], single: boolean): EventError {
  const details = refused.slice(0, REFUSALS_SHOWN).map(({ index, field, reason }) => ({
    field: single ? field : `/${index}${field === '' ? '' : `/${field}`}`,
    reason,
  }));
  const [first] = details;
  return new EventError('EVENT_REFUSED', {
    ...(first === undefined ? {} : { message: `No event of the body could be taken: ${first.field} ${first.reason}.` }),
    details,
  });
}

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function queryText(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function badOption(field: string, reason: string): EventError {
  return new EventError('EVENT_REFUSED', { message: `${field} ${reason}.`, details: [{ field, reason }] });
}

/** `?retry=` or X-Retry, and Idempotency-Key. */
function retryOption(request: FastifyRequest): IngestOptions {
  const written = queryText(request, 'retry') ?? headerText(request, 'x-retry');
  if (written !== undefined && (!/^\d{1,7}$/.test(written) || Number(written) > RETRY_LIMIT))
    throw badOption('retry', `is not a whole number from 0 to ${RETRY_LIMIT}`);
  const idempotencyKey = headerText(request, 'idempotency-key');
  if (idempotencyKey !== undefined && idempotencyKey.length > 200)
    throw badOption('Idempotency-Key', 'is longer than 200 characters');
  return {
    ...(written === undefined ? {} : { retry: Number(written) }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function logsOptions(request: FastifyRequest): IngestOptions {
  const zone = queryText(request, 'zone');
  if (zone !== undefined && !isZone(zone)) throw badOption('zone', 'is no IANA time zone');
  const order = queryText(request, 'order');
  if (order !== undefined && order !== 'day-first' && order !== 'month-first')
    throw badOption('order', 'is neither day-first nor month-first');
  const ordinals = headerText(request, 'x-ordinals');
  return {
    ...retryOption(request),
    ...(zone === undefined ? {} : { zone }),
    ...(order === undefined ? {} : { order }),
    ...(queryText(request, 'visible') === '1' ? { visible: true } : {}),
    ...(ordinals === undefined ? {} : { ordinals: readOrdinals(ordinals), wait: true }),
  };
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `index=ordinal,…`, or `none`: how many equal lines came before a line of an imported file. */
function readOrdinals(text: string): ReadonlyMap<number, number> {
  const ordinals = new Map<number, number>();
  if (text === 'none') return ordinals;
  for (const part of text.split(',')) {
    const match = /^(\d{1,9})=(\d{1,9})$/.exec(part);
    if (match === null) throw badOption('X-Ordinals', 'is not like 3=1,7=2');
    ordinals.set(Number(match[1]), Number(match[2]));
  }
  return ordinals;
}

/** The agent's clock: Timestamp of a JSON body, else its Date header. */
function callerTime(request: FastifyRequest): unknown {
  const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8').trim() : '';
  if (body.startsWith('{') && body.length < 10_000) {
    try {
      const value = JSON.parse(body) as { Timestamp?: unknown };
      if (value.Timestamp !== undefined) return value.Timestamp;
    } catch {
      // A health check's body means nothing; only its clock is of interest.
    }
  }
  return headerText(request, 'date');
}
