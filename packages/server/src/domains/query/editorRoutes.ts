import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Definition } from '@gatehouse/kql/editor';
import { scopeOf } from '../../platform/access/index.ts';
import {
  CompanyQuery,
  CompletionsShape,
  DefinitionShape,
  DiagnosticsShape,
  FormatShape,
  HoverShape,
  PositionBody,
  QUERY_BODY_LIMIT_BYTES,
  TextBody,
} from './schemas.ts';
import type { QueryService } from './service.ts';

const ACCESS = { access: { permission: 'query.run' } } as const;

/** What an editor asks while somebody writes a query; nothing here runs one. */
export function editorRoutes(service: QueryService): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/api/query/diagnostics',
      {
        config: ACCESS,
        bodyLimit: QUERY_BODY_LIMIT_BYTES,
        schema: {
          tags: ['query'],
          summary: 'What is wrong with a KQL text, without running it',
          body: TextBody,
          querystring: CompanyQuery,
          response: { 200: DiagnosticsShape },
        },
      },
      async (request) => ({
        diagnostics: [...(await service.diagnostics(request.body.query, scopeOf(request, 'query.run')))],
      }),
    );

    app.post(
      '/api/query/completions',
      {
        config: ACCESS,
        bodyLimit: QUERY_BODY_LIMIT_BYTES,
        schema: {
          tags: ['query'],
          summary: 'What may stand at a place of a KQL text, the best first',
          body: PositionBody,
          querystring: CompanyQuery,
          response: { 200: CompletionsShape },
        },
      },
      async (request) => {
        const { query, position } = request.body;
        const { span, items } = await service.completions(query, position, scopeOf(request, 'query.run'));
        return { span, items: [...items] };
      },
    );

    app.post(
      '/api/query/hover',
      {
        config: ACCESS,
        bodyLimit: QUERY_BODY_LIMIT_BYTES,
        schema: {
          tags: ['query'],
          summary: 'What the name at a place of a KQL text stands for',
          body: PositionBody,
          querystring: CompanyQuery,
          response: { 200: HoverShape },
        },
      },
      async (request) => {
        const { query, position } = request.body;
        return { lines: [...(await service.hover(query, position, scopeOf(request, 'query.run'))).lines] };
      },
    );

    app.post(
      '/api/query/definition',
      {
        config: ACCESS,
        bodyLimit: QUERY_BODY_LIMIT_BYTES,
        schema: {
          tags: ['query'],
          summary:
            'Where the name at a place of a KQL text is defined: in the text, as a stored function or as a table',
          body: PositionBody,
          querystring: CompanyQuery,
          response: { 200: DefinitionShape },
        },
      },
      async (request) => {
        const { query, position } = request.body;
        const found = await service.definition(query, position, scopeOf(request, 'query.run'));
        return found === undefined ? {} : { definition: wireDefinition(found) };
      },
    );

    app.post(
      '/api/query/format',
      {
        config: ACCESS,
        bodyLimit: QUERY_BODY_LIMIT_BYTES,
        schema: {
          tags: ['query'],
          summary: 'A KQL text, laid out an operator a line; a text with a syntax error comes back as it is',
          body: TextBody,
          querystring: CompanyQuery,
          response: { 200: FormatShape },
        },
      },
      async (request) => ({ query: await service.format(request.body.query, scopeOf(request, 'query.run')) }),
    );
  };
}

/** A table's columns are copied: the catalogue's own are not to be changed by a serializer. */
function wireDefinition(found: Definition) {
  return found.kind === 'table' ? { ...found, columns: found.columns.map((column) => ({ ...column })) } : { ...found };
}
