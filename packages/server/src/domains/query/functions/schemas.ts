import { Type } from 'typebox';
import { FUNCTION_BOUNDS } from './service.ts';

const TimestampMs = Type.Integer({ description: 'Epoch milliseconds.' });
const Text = Type.String({ maxLength: FUNCTION_BOUNDS.textLength });

const TEXTS = {
  parameters: Type.String({ default: '', description: 'In Kusto’s words: (days:int=7).' }),
  body: Type.String({ description: 'A query or an expression, without braces.' }),
  description: Type.Optional(Text),
  folder: Type.Optional(Type.String({ maxLength: 200 })),
  owner: Type.Optional(Type.String({ maxLength: 254, description: 'Default: who makes it.' })),
};

const Global = Type.Optional(
  Type.Boolean({ description: 'For every company; only global administrators make such ones.' }),
);

export const FunctionBody = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 128 }), ...TEXTS, global: Global },
  { additionalProperties: false, title: 'NewFunction' },
);

export const FunctionChange = Type.Object(
  { ...TEXTS, version: Type.Integer({ minimum: 1, description: 'The version that the change was made from.' }) },
  { additionalProperties: false, title: 'FunctionChange' },
);

export const FunctionCheckBody = Type.Object(
  {
    name: Type.String({ maxLength: 128 }),
    parameters: Type.String({ default: '' }),
    body: Type.String(),
    global: Global,
  },
  { additionalProperties: false, title: 'FunctionText' },
);

export const RestoreBody = Type.Object(
  { version: Type.Integer({ minimum: 1, description: 'The version to go back to.' }) },
  { additionalProperties: false, title: 'RestoreVersion' },
);

export const LibraryQuery = Type.Object({
  company: Type.Optional(Type.String({ maxLength: 40, description: 'Id or number; all of the caller’s otherwise.' })),
  deleted: Type.Optional(Type.Boolean({ description: 'True: the deleted ones.' })),
});

export const IdParams = Type.Object({ id: Type.String({ minLength: 36, maxLength: 36 }) });

export const FunctionShape = Type.Object(
  {
    id: Type.String(),
    company: Type.Union([Type.Integer(), Type.Null()], { description: 'The company’s number; null: every company.' }),
    name: Type.String(),
    parameters: Type.String(),
    body: Type.String(),
    description: Type.String(),
    folder: Type.String(),
    owner: Type.String(),
    version: Type.Integer(),
    createdAt: TimestampMs,
    updatedAt: TimestampMs,
    updatedBy: Type.String(),
    deletedAt: Type.Union([TimestampMs, Type.Null()]),
  },
  { title: 'StoredFunction' },
);

export const FunctionListShape = Type.Object({ functions: Type.Array(FunctionShape) });

export const FunctionVersionsShape = Type.Object({
  versions: Type.Array(
    Type.Object(
      {
        version: Type.Integer(),
        parameters: Type.String(),
        body: Type.String(),
        description: Type.String(),
        madeBy: Type.String(),
        madeAt: TimestampMs,
      },
      { title: 'FunctionVersion' },
    ),
  ),
});

export const FunctionCheckShape = Type.Object(
  {
    faults: Type.Array(
      Type.Object({
        field: Type.Union([Type.Literal('name'), Type.Literal('parameters'), Type.Literal('body')]),
        code: Type.String(),
        message: Type.String(),
        span: Type.Object({ start: Type.Integer(), end: Type.Integer() }),
        line: Type.Integer(),
        column: Type.Integer(),
        frame: Type.String(),
        suggestion: Type.Optional(Type.String()),
      }),
    ),
    columns: Type.Optional(Type.Array(Type.Object({ name: Type.String(), type: Type.String() }))),
    type: Type.Optional(Type.String({ description: 'Of a function that gives one value.' })),
  },
  { title: 'FunctionCheck' },
);
