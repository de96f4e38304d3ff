import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { companiesOf, principalOf } from '../../platform/access/index.ts';
import type { AuditTrail } from './service.ts';
import type { AuditRow } from './tables.ts';

const Entry = Type.Object(
  {
    id: Type.String(),
    company: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Company number; null for the installation as a whole.',
    }),
    at: Type.Integer({ description: 'Epoch milliseconds.' }),
    actor: Type.Object({ kind: Type.String(), id: Type.String(), label: Type.String() }),
    action: Type.String(),
    target: Type.Union([Type.String(), Type.Null()]),
    outcome: Type.String(),
    reason: Type.Union([Type.String(), Type.Null()]),
    address: Type.Union([Type.String(), Type.Null()]),
    detail: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  },
  { title: 'AuditEntry' },
);

/** GET /api/audit: the trail of the caller's companies; a GlobalAdmin also sees the installation's own. */
export function auditRoutes(trail: AuditTrail): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api/audit',
      {
        config: { access: { permission: 'audit.read' } },
        schema: {
          tags: ['audit'],
          summary: 'Who did what, newest first',
          querystring: Type.Object({
            limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
            cursor: Type.Optional(Type.String({ maxLength: 200, description: '`nextCursor` of the page before.' })),
            company: Type.Optional(Type.String({ description: 'Only this company (id or number).' })),
          }),
          response: { 200: Type.Object({ entries: Type.Array(Entry), nextCursor: Type.Optional(Type.String()) }) },
        },
      },
      async (request) => {
        const named = request.query.company ?? request.headers['x-company'];
        const everything =
          principalOf(request).globalPermissions.has('audit.read') && (named === undefined || named === '');
        const chains = companiesOf(request, 'audit.read').map((company) => company.number);
        const page = await trail.list({
          chains: everything ? [0, ...chains] : chains,
          limit: request.query.limit,
          cursor: request.query.cursor,
        });
        return {
          entries: page.rows.map(entryOf),
          ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
        };
      },
    );
  };
}

function entryOf(row: AuditRow) {
  return {
    id: row.id,
    company: row.chain === 0 ? null : row.chain,
    at: row.at_ms,
    actor: { kind: row.actor_kind, id: row.actor_id, label: row.actor_label },
    action: row.action,
    target: row.target,
    outcome: row.outcome,
    reason: row.reason,
    address: row.address,
    detail: row.detail === null ? null : (JSON.parse(row.detail) as Record<string, unknown>),
  };
}
