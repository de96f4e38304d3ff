import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { principalOf, scopeOf } from '../../../platform/access/index.ts';
import type { Audit } from '../../audit/index.ts';
import type { Identity } from '../../identity/index.ts';
import { readBody } from '../body.ts';
import { EventError } from '../errors.ts';
import type { Ingest } from '../ingest.ts';
import type { Quarantine } from '../quarantine.ts';
import { CompanyQuery, QuarantineEntry } from '../schemas.ts';
import type { QuarantineRow } from '../tables.ts';

export interface QuarantineRouteDependencies {
  readonly audit: Pick<Audit, 'record'>;
  readonly companies: Identity['companies'];
  readonly quarantine: Quarantine;
  /** Writes without keeping refusals again: they are in the quarantine already. */
  readonly ingest: Ingest;
}

/** GET /api/quarantine, POST /api/quarantine/:id/replay. */
export function quarantineRoutes({
  audit,
  companies,
  quarantine,
  ingest,
}: QuarantineRouteDependencies): FastifyPluginAsyncTypebox {
  const take = async (row: QuarantineRow): Promise<void> => {
    const company = await companies.byNumber(row.company);
    if (company === undefined) throw new EventError('QUARANTINE_UNKNOWN');
    const body = readBody(row.body, undefined);
    const [malformed] = body.malformed;
    if (malformed !== undefined)
      throw new EventError('JSON_MALFORMED', { details: [{ field: '', reason: malformed.reason }] });
    // The entry's id makes a second replay of the same entry a duplicate.
    const { refused } = await ingest.ingest(company, row.table_name, body.records, {
      source: row.source,
      idempotencyKey: `quarantine-${row.id}`,
    });
    const [first] = refused;
    if (first !== undefined)
      throw new EventError('EVENT_REFUSED', { details: [{ field: first.field, reason: first.reason }] });
  };
  return async (app) => {
    app.get(
      '/api/quarantine',
      {
        config: { access: { permission: 'quarantine.manage' } },
        schema: {
          tags: ['quarantine'],
          summary: 'What was sent and could not be taken, the latest first',
          querystring: Type.Object({
            ...CompanyQuery,
            limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
            cursor: Type.Optional(Type.String({ maxLength: 200 })),
          }),
          response: {
            200: Type.Object({ entries: Type.Array(QuarantineEntry), nextCursor: Type.Optional(Type.String()) }),
          },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const page = await quarantine.list(scopeOf(request, 'quarantine.manage'), { limit, cursor });
        return {
          entries: page.rows.map(shown),
          ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
        };
      },
    );

    app.post(
      '/api/quarantine/:id/replay',
      {
        config: { access: { permission: 'quarantine.manage' } },
        schema: {
          tags: ['quarantine'],
          summary: 'Tries an entry again, after the cause was mended',
          params: Type.Object({ id: Type.String({ maxLength: 36 }) }),
          querystring: Type.Object(CompanyQuery),
          response: { 200: Type.Object({ replayed: Type.Boolean() }) },
        },
      },
      async (request) => {
        const scope = scopeOf(request, 'quarantine.manage');
        const { kind, id, label } = principalOf(request);
        let company: number | null = null;
        await quarantine.replay(scope, request.params.id, async (row) => {
          await take(row);
          company = row.company;
        });
        await audit.record({
          company,
          actor: { kind, id, label },
          action: 'quarantine.replay',
          target: request.params.id,
          outcome: 'success',
          address: request.ip,
        });
        return { replayed: true };
      },
    );
  };
}

function shown(row: QuarantineRow) {
  return {
    id: row.id,
    company: row.company,
    receivedAt: row.received_ms,
    table: row.table_name,
    source: row.source,
    field: row.field,
    reason: row.reason,
    body: row.body,
    truncated: row.truncated === 1,
    attempts: row.attempts,
  };
}
