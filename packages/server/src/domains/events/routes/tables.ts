import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { COMMON_COLUMNS, type LogTable } from '@gatehouse/schema';
import { companyOf, principalOf, scopeOf } from '../../../platform/access/index.ts';
import type { Audit } from '../../audit/index.ts';
import type { TableRegistry } from '../customTables.ts';
import { CompanyQuery, NewColumns, NewTable, Table } from '../schemas.ts';

export interface TableRouteDependencies {
  readonly audit: Pick<Audit, 'record'>;
  readonly tables: TableRegistry;
}

/** GET /api/tables, POST /api/tables, POST /api/tables/:name/columns. */
export function tableRoutes({ audit, tables }: TableRouteDependencies): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api/tables',
      {
        config: { access: { permission: 'tables.read' } },
        schema: {
          tags: ['tables'],
          summary: 'The log tables that you can read, with their columns',
          querystring: Type.Object(CompanyQuery),
          response: { 200: Type.Object({ tables: Type.Array(Table) }) },
        },
      },
      async (request) => ({ tables: (await tables.visibleTo(scopeOf(request, 'tables.read'))).map(shown) }),
    );

    app.post(
      '/api/tables',
      {
        config: { access: { permission: 'tables.manage' } },
        schema: {
          tags: ['tables'],
          summary: 'Declares a table of your company',
          body: NewTable,
          response: { 201: Table },
        },
      },
      async (request, reply) => {
        const company = companyOf(request, 'tables.manage');
        const table = await tables.declare(company.number, request.body);
        const { kind, id, label } = principalOf(request);
        await audit.record({
          company: company.number,
          actor: { kind, id, label },
          action: 'table.create',
          target: table.name,
          outcome: 'success',
          address: request.ip,
        });
        return reply.code(201).send(shown(table));
      },
    );

    app.post(
      '/api/tables/:name/columns',
      {
        config: { access: { permission: 'tables.manage' } },
        schema: {
          tags: ['tables'],
          summary: 'Adds columns to a table of your company while it is used',
          params: Type.Object({ name: Type.String() }),
          body: NewColumns,
          response: { 200: Table },
        },
      },
      async (request) => {
        const company = companyOf(request, 'tables.manage');
        const table = await tables.addColumns(company.number, request.params.name, request.body.columns);
        const { kind, id, label } = principalOf(request);
        await audit.record({
          company: company.number,
          actor: { kind, id, label },
          action: 'table.extend',
          target: table.name,
          outcome: 'success',
          address: request.ip,
          detail: { columns: request.body.columns.map((column) => column.name) },
        });
        return shown(table);
      },
    );
  };
}

function shown(table: LogTable) {
  const columns = [...COMMON_COLUMNS, ...table.columns].map(({ name, type, description }) => ({
    name,
    type,
    description,
  }));
  return { name: table.name, description: table.description, origin: table.origin, columns };
}
