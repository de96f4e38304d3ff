import { Type } from 'typebox';
import { SEVERITIES } from './rule-files/rule.ts';
import { ALERT_STATUSES } from './alerting/alerts.ts';

const TimestampMs = Type.Integer({ description: 'Epoch milliseconds.' });
const TimestampOrNull = Type.Union([TimestampMs, Type.Null()]);
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);
const SeverityName = Type.Enum([...SEVERITIES]);
const StatusName = Type.Enum([...ALERT_STATUSES]);
const Company = Type.Integer({ description: 'The company’s number.' });

export const EntityShape = Type.Object({
  type: Type.String({ description: 'Sentinel’s entity type, e.g. Account.' }),
  identifiers: Type.Record(Type.String(), Type.String()),
});

const ALERT_FIELDS = {
  id: Type.String(),
  company: Company,
  ruleId: Type.String(),
  ruleName: Type.String(),
  ruleVersion: Type.String(),
  title: Type.String(),
  description: Type.String(),
  severity: SeverityName,
  status: StatusName,
  statusReason: Type.Union([Type.Enum(['retracted', 'merged']), Type.Null()]),
  mergedInto: TextOrNull,
  suppressed: Type.Boolean(),
  tactics: Type.Array(Type.String()),
  techniques: Type.Array(Type.String()),
  entities: Type.Array(EntityShape),
  customDetails: Type.Record(Type.String(), Type.Array(Type.String())),
  firstRunAt: TimestampMs,
  lastRunAt: TimestampMs,
  runCount: Type.Integer(),
  firstEventAt: TimestampMs,
  lastEventAt: TimestampMs,
  rowCount: Type.Integer({ description: 'Most rows that one run had.' }),
  createdAt: TimestampMs,
  updatedAt: TimestampMs,
};

export const AlertShape = Type.Object(ALERT_FIELDS);
export const AlertDetailShape = Type.Object({
  ...ALERT_FIELDS,
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  rows: Type.Array(Type.Array(Type.Unknown()), { description: 'The first rows of the run that had most.' }),
  runAt: TimestampMs,
  query: Type.String(),
  windowStart: TimestampMs,
  windowEnd: TimestampMs,
  runs: Type.Array(Type.Object({ runAt: TimestampMs, rowCount: Type.Integer(), evaluatedAt: TimestampMs })),
});
export const AlertListShape = Type.Object({ alerts: Type.Array(AlertShape), nextCursor: TextOrNull });
export const AlertListQuery = Type.Object({
  status: Type.Optional(StatusName),
  severity: Type.Optional(SeverityName),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  company: Type.Optional(Type.String({ maxLength: 40, description: 'Id or number; all of the caller’s otherwise.' })),
});
export const IdParams = Type.Object({ id: Type.String({ minLength: 36, maxLength: 36 }) });
export const StatusBody = Type.Object({ status: StatusName }, { additionalProperties: false });

const RULE_FIELDS = {
  id: Type.String({ description: 'The rule’s GUID; empty where the file has none that can be read.' }),
  folder: Type.String(),
  name: Type.String(),
  description: Type.String(),
  severity: SeverityName,
  version: Type.String(),
  kind: Type.String(),
  enabled: Type.Boolean(),
  state: Type.Enum(['running', 'failing', 'disabled']),
  reasons: Type.Array(Type.String(), { description: 'Why it does not run.' }),
  problems: Type.Array(
    Type.Object({
      level: Type.Enum(['error', 'warning']),
      file: Type.String(),
      line: Type.Integer(),
      field: Type.String(),
      message: Type.String(),
    }),
  ),
  tests: Type.Object({ state: Type.String(), count: Type.Integer() }),
  frequencySeconds: Type.Number(),
  periodSeconds: Type.Number(),
  tactics: Type.Array(Type.String()),
  techniques: Type.Array(Type.String()),
  tables: Type.Array(Type.String()),
  query: Type.String(),
  lastRunAt: TimestampOrNull,
  lastEvaluatedAt: TimestampOrNull,
  lastDurationMs: NumberOrNull,
  lastRows: NumberOrNull,
  lastError: TextOrNull,
  lagSeconds: NumberOrNull,
  runs: Type.Integer(),
  waitingRuns: Type.Boolean(),
};

export const RuleShape = Type.Object(RULE_FIELDS);
export const RuleListShape = Type.Object({ rules: Type.Array(RuleShape) });
export const RuleDetailShape = Type.Object({
  ...RULE_FIELDS,
  gaps: Type.Array(
    Type.Object({
      company: Company,
      fromRunAt: TimestampMs,
      throughRunAt: TimestampMs,
      reason: Type.String(),
      recordedAt: TimestampMs,
    }),
    { description: 'Runs that were not evaluated, and why; the latest 100.' },
  ),
});
