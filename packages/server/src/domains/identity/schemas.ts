import { Type } from 'typebox';
import { KEY_SCOPES } from './permissions.ts';

const TimestampMs = Type.Integer({ description: 'Epoch milliseconds.' });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const strict = { additionalProperties: false } as const;

/** Long enough for any password that the policy takes (1024 bytes); what is longer is refused before it is hashed. */
const Password = Type.String({ minLength: 1, maxLength: 1024 });
const Email = Type.String({ minLength: 3, maxLength: 254 });
const Name = Type.String({ minLength: 1, maxLength: 200 });

export const UserView = Type.Object(
  { id: Type.String(), email: Type.String(), name: Type.String(), globalRole: Nullable(Type.String()) },
  { title: 'User' },
);
export const CompanyView = Type.Object(
  { id: Type.String(), number: Type.Integer(), name: Type.String(), timeZone: Type.String() },
  { title: 'Company' },
);
export const OwnCompanyView = Type.Object(
  {
    id: Type.String(),
    number: Type.Integer(),
    name: Type.String(),
    timeZone: Type.String(),
    role: Type.String(),
    permissions: Type.Array(Type.String()),
  },
  { title: 'OwnCompany' },
);
export const SessionView = Type.Object({ user: UserView, companies: Type.Array(OwnCompanyView) }, { title: 'Session' });

export const SetupBody = Type.Object(
  {
    secret: Type.String({ minLength: 1, maxLength: 200, description: 'The one-time secret that the server printed.' }),
    email: Email,
    name: Type.String({ minLength: 1, maxLength: 200, default: 'superadmin' }),
    password: Password,
    company: Name,
    timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA zone, e.g. Europe/London.' }),
  },
  strict,
);
export const SetupAnswer = Type.Object({
  user: UserView,
  company: CompanyView,
  apiKey: Type.String({ description: 'The first key (scopes ingest and read); shown this once.' }),
});

export const SignInBody = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 1024 }) },
  strict,
);

export const CompanyBody = Type.Object({ name: Name, timeZone: Type.String({ minLength: 1, maxLength: 64 }) }, strict);

export const KeyView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    prefix: Type.String({ description: 'First characters, by which a key is recognised.' }),
    company: Type.Integer({ description: 'Company number.' }),
    scopes: Type.Array(Type.String()),
    createdAt: TimestampMs,
    createdBy: Type.String(),
    expiresAt: Nullable(TimestampMs),
    revokedAt: Nullable(TimestampMs),
    lastUsedAt: Nullable(TimestampMs),
    lastAddress: Nullable(Type.String()),
    useCount: Type.Integer(),
  },
  { title: 'ApiKey' },
);
export const KeyBody = Type.Object(
  {
    name: Name,
    scopes: Type.Array(Type.Union(KEY_SCOPES.map((scope) => Type.Literal(scope))), {
      minItems: 1,
      maxItems: 10,
      uniqueItems: true,
    }),
    expiresInDays: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3650, description: 'Absent: it does not expire.' }),
    ),
  },
  strict,
);
export const KeyCreated = Type.Object({
  key: KeyView,
  secret: Type.String({ description: 'The whole key; shown this once.' }),
});
