import { Type } from 'typebox';

export const LogEventBody = Type.Object(
  {
    EventType: Type.String({
      description: 'Sign-In, Sign-Out, Lock, Unlock, Sign-In-Failed, RDP-Connect, RDP-Disconnect, or any other.',
    }),
    UserName: Type.String(),
    ComputerName: Type.String(),
    IPAddress: Type.Optional(Type.String()),
    Timestamp: Type.Optional(
      Type.Union([Type.String(), Type.Number()], { description: 'RFC 3339, epoch, FILETIME …; default: the arrival.' }),
    ),
    retry: Type.Optional(
      Type.Integer({ minimum: 0, description: '0 the first time; 1 or more marks a resend, which is stored once.' }),
    ),
  },
  { title: 'LogEvent' },
);

export const LogEventAnswer = Type.Object(
  { message: Type.String(), status: Type.String() },
  { title: 'LogEventAnswer', additionalProperties: true },
);

export const HealthAnswer = Type.Object(
  {
    status: Type.String(),
    message: Type.String(),
    timestamp: Type.String({ format: 'date-time' }),
    database: Type.String(),
    api_key_verified: Type.Boolean(),
    company_id: Type.Integer(),
    clock_skew_seconds: Type.Union([Type.Number(), Type.Null()], {
      description: "How far the caller's clock is ahead, from its Timestamp or Date header.",
    }),
    last_event_age_seconds: Type.Union([Type.Number(), Type.Null()], {
      description: "Seconds since the caller's company's last event arrived.",
    }),
  },
  { title: 'AgentHealth' },
);

const Refusal = Type.Object({ index: Type.Integer(), field: Type.String(), reason: Type.String() });

export const LogsAnswer = Type.Object(
  {
    stored: Type.Integer(),
    duplicates: Type.Integer(),
    refused: Type.Array(Refusal),
    quarantined: Type.Integer(),
    tables: Type.Record(Type.String(), Type.Integer()),
  },
  { title: 'IngestOutcome' },
);

const Column = Type.Object({
  name: Type.String(),
  type: Type.String(),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
});

export const Table = Type.Object(
  { name: Type.String(), description: Type.String(), origin: Type.String(), columns: Type.Array(Column) },
  { title: 'LogTable' },
);

export const NewTable = Type.Object({
  name: Type.String({ description: 'Ends in _CL.' }),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  columns: Type.Array(Column, { minItems: 1 }),
});

export const NewColumns = Type.Object({ columns: Type.Array(Column, { minItems: 1 }) });

export const CompanyQuery = {
  company: Type.Optional(Type.String({ description: 'Only this company (id or number).' })),
};

export const QuarantineEntry = Type.Object(
  {
    id: Type.String(),
    company: Type.Integer(),
    receivedAt: Type.Integer({ description: 'Epoch milliseconds.' }),
    table: Type.String(),
    source: Type.String(),
    field: Type.String(),
    reason: Type.String(),
    body: Type.String(),
    truncated: Type.Boolean(),
    attempts: Type.Integer(),
  },
  { title: 'QuarantineEntry' },
);
