import { Type } from 'typebox';
import { KQL_TYPES } from '@gatehouse/schema';

/** The text. Its length is checked by the service, which says the limit; the route's body limit is far above it. */
const Query = Type.String({ minLength: 1, description: 'KQL. A setting bounds its length (query.max_length).' });

/** A query of a million characters arrives and is answered with a clear error; what is larger is not read. */
export const QUERY_BODY_LIMIT_BYTES = 8 * 2 ** 20;

export const QueryBody = Type.Object(
  {
    query: Query,
    timespan: Type.Optional(
      Type.String({
        maxLength: 200,
        description:
          'ISO 8601 duration up to now (PT12H) or interval (2026-03-01/P1D); only rows of this time are read.',
      }),
    ),
    parameters: Type.Optional(
      Type.Record(Type.String({ maxLength: 200 }), Type.String({ maxLength: 10_000 }), {
        maxProperties: 100,
        description:
          'Values for what the query declares by `declare query_parameters(…)`, by name, each written as a literal of its type.',
      }),
    ),
  },
  { title: 'QueryRequest' },
);

export const TextBody = Type.Object({ query: Type.String({ description: 'KQL.' }) }, { title: 'QueryText' });

export const PositionBody = Type.Object(
  {
    query: Type.String({ description: 'KQL.' }),
    position: Type.Integer({ minimum: 0, description: 'UTF-16 offset of the caret.' }),
  },
  { title: 'QueryTextAtPosition' },
);

export const CompanyQuery = Type.Object({
  company: Type.Optional(Type.String({ description: 'Only this company (id or number).' })),
});

export const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });

const PartialErrorShape = Type.Object(
  {
    code: Type.Literal('PartialError'),
    message: Type.String(),
    details: Type.Array(
      Type.Object({
        code: Type.String(),
        message: Type.String(),
        innererror: Type.Object({
          code: Type.String(),
          message: Type.String(),
          severity: Type.Integer(),
          severityName: Type.String(),
        }),
      }),
    ),
  },
  { title: 'PartialError' },
);

export const AnswerShape = Type.Object(
  {
    tables: Type.Array(
      Type.Object({
        name: Type.String(),
        columns: Type.Array(
          Type.Object({ name: Type.String(), type: Type.String({ description: `One of ${KQL_TYPES.join(', ')}.` }) }),
        ),
        rows: Type.Array(Type.Array(Type.Unknown()), { description: 'Values as in the Kusto v2 REST answer.' }),
      }),
    ),
    render: Type.Optional(Type.Record(Type.String(), Type.String())),
    statistics: Type.Object({
      query: Type.Object({ executionTime: Type.Number({ description: 'Seconds.' }), resultRows: Type.Integer() }),
    }),
    error: Type.Optional(PartialErrorShape),
  },
  { title: 'QueryAnswer' },
);

const SpanShape = Type.Object({ start: Type.Integer(), end: Type.Integer() }, { title: 'Span' });

export const DiagnosticsShape = Type.Object(
  {
    diagnostics: Type.Array(
      Type.Object({
        severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('suggestion')]),
        code: Type.String(),
        message: Type.String(),
        span: SpanShape,
        line: Type.Integer(),
        column: Type.Integer(),
        frame: Type.String(),
        suggestion: Type.Optional(Type.String()),
      }),
    ),
  },
  { title: 'Diagnostics' },
);

export const CompletionsShape = Type.Object(
  {
    span: SpanShape,
    items: Type.Array(
      Type.Object({
        label: Type.String(),
        match: Type.String(),
        kind: Type.String(),
        before: Type.String(),
        after: Type.String(),
        description: Type.Optional(Type.String()),
      }),
    ),
  },
  { title: 'Completions' },
);

export const HoverShape = Type.Object({ lines: Type.Array(Type.String()) }, { title: 'Hover' });

/** Where a name is defined; nothing where the place has no name or it is a word of the language. */
export const DefinitionShape = Type.Object(
  {
    definition: Type.Optional(
      Type.Union([
        Type.Object({ kind: Type.Literal('text'), span: SpanShape }),
        Type.Object({
          kind: Type.Literal('function'),
          name: Type.String(),
          parameters: Type.String(),
          body: Type.String(),
          description: Type.Optional(Type.String()),
        }),
        Type.Object({
          kind: Type.Literal('table'),
          name: Type.String(),
          description: Type.Optional(Type.String()),
          columns: Type.Array(
            Type.Object({ name: Type.String(), type: Type.String(), description: Type.Optional(Type.String()) }),
          ),
        }),
      ]),
    ),
  },
  { title: 'Definition' },
);

export const FormatShape = Type.Object({ query: Type.String() }, { title: 'FormattedQuery' });
