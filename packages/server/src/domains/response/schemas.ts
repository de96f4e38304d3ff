import { Type } from 'typebox';
import { SEVERITIES } from '../detection/index.ts';

const TimestampMs = Type.Integer({ description: 'Epoch milliseconds.' });
const TimestampOrNull = Type.Union([TimestampMs, Type.Null()]);
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const SeverityName = Type.Enum([...SEVERITIES]);

export const GroupBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    recipients: Type.Array(Type.String({ maxLength: 500 }), { maxItems: 100, default: [] }),
    webhookUrl: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
    minimumSeverity: Type.Optional(
      Type.Enum([...SEVERITIES], { description: 'Less severe alerts are not sent; default Informational.' }),
    ),
    enabled: Type.Optional(Type.Boolean()),
    newWebhookSecret: Type.Optional(
      Type.Boolean({ description: 'True makes a new secret; the old one is void at once.' }),
    ),
  },
  { additionalProperties: false },
);

const GROUP_FIELDS = {
  id: Type.String(),
  company: Type.Integer(),
  name: Type.String(),
  recipients: Type.Array(Type.String()),
  webhookUrl: TextOrNull,
  minimumSeverity: SeverityName,
  enabled: Type.Boolean(),
  createdAt: TimestampMs,
  updatedAt: TimestampMs,
};
export const GroupShape = Type.Object(GROUP_FIELDS);
export const SavedGroupShape = Type.Object({
  ...GROUP_FIELDS,
  webhookSecret: Type.Optional(Type.String({ description: 'The secret that signs; shown this once.' })),
});
export const GroupListShape = Type.Object({ groups: Type.Array(GroupShape) });
export const IdParams = Type.Object({ id: Type.String({ minLength: 36, maxLength: 36 }) });

export const DeliveryShape = Type.Object({
  id: Type.String(),
  alertId: TextOrNull,
  alertTitle: Type.String(),
  company: Type.Integer(),
  groupName: Type.String(),
  channel: Type.Enum(['mail', 'webhook']),
  target: Type.String(),
  state: Type.Enum(['waiting', 'delivered', 'failed']),
  attempts: Type.Integer(),
  lastError: TextOrNull,
  createdAt: TimestampMs,
  deliveredAt: TimestampOrNull,
  nextAttemptAt: TimestampOrNull,
  log: Type.Array(
    Type.Object({
      attempt: Type.Integer(),
      startedAt: TimestampMs,
      durationMs: Type.Integer(),
      delivered: Type.Boolean(),
      answer: Type.String(),
    }),
  ),
});
export const DeliveryListShape = Type.Object({ deliveries: Type.Array(DeliveryShape), nextCursor: TextOrNull });
export const TestShape = Type.Object({ deliveries: Type.Array(DeliveryShape) });
export const DeliveryListQuery = Type.Object({
  alert: Type.Optional(Type.String({ minLength: 36, maxLength: 36 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  company: Type.Optional(Type.String({ maxLength: 40, description: 'Id or number; all of the caller’s otherwise.' })),
});
