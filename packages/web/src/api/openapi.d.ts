/** Provisional: written by hand until the server's OpenAPI document is there; `npm run api` then writes this file. */
interface Answer<T> {
  headers: { [name: string]: unknown };
  content: { 'application/json': T };
}
type Operation<Success, Body = never, Query = never, Path = never> = {
  parameters: ([Query] extends [never] ? { query?: never } : { query?: Query }) &
    ([Path] extends [never] ? { path?: never } : { path: Path });
  responses: { 200: Answer<Success> };
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: { content: { 'application/json': Body } } });
interface Company {
  id: string;
  number: number;
  name: string;
  timeZone: string;
}
interface User {
  id: string;
  email: string;
  name: string;
}
interface Span {
  start: number;
  end: number;
}
interface KqlProblem {
  severity: 'error' | 'warning' | 'suggestion';
  code: string;
  message: string;
  span: Span;
  line: number;
  column: number;
  frame: string;
  suggestion?: string;
}
type Severity = 'High' | 'Medium' | 'Low' | 'Informational';
type AlertStatus = 'new' | 'acknowledged' | 'closed';
interface AlertSummary {
  id: string;
  company: number;
  ruleId: string;
  ruleName: string;
  title: string;
  severity: Severity;
  status: AlertStatus;
  createdAt: number;
  rowCount: number;
  entities: { type: string; identifiers: Record<string, string> }[];
}
interface AlertDetail extends AlertSummary {
  description: string;
  tactics: string[];
  columns: { name: string; type: string }[];
  rows: unknown[][];
  firstEventAt: number;
  lastEventAt: number;
  query: string;
  windowStart: number;
  windowEnd: number;
}
interface Delivery {
  id: string;
  alertId: string | null;
  alertTitle: string;
  company: number;
  groupName: string;
  channel: 'mail' | 'webhook';
  target: string;
  state: 'waiting' | 'sending' | 'delivered' | 'failed';
  attempts: number;
  lastError: string | null;
  createdAt: number;
  deliveredAt: number | null;
  nextAttemptAt: number | null;
}
interface ActionGroup {
  id: string;
  minimumSeverity: Severity;
  name: string;
  recipients: string[];
  webhookUrl?: string | null;
  enabled: boolean;
}
interface Rule {
  id: string;
  name: string;
  description: string;
  severity: Severity;
  enabled: boolean;
  frequencySeconds: number;
  periodSeconds: number;
  tactics: string[];
  state: 'running' | 'failing' | 'disabled';
  lagSeconds: number | null;
  lastRunAt: number | null;
  lastError: string | null;
  query: string;
}
export interface paths {
  '/api/setup': {
    get: Operation<{ required: boolean }>;
    post: Operation<
      { user: User; apiKey: string },
      { secret: string; email: string; name: string; password: string; company: string; timeZone: string }
    >;
  };
  '/api/session': {
    get: Operation<{ user: User; companies: (Company & { permissions: string[] })[] }>;
    post: Operation<{ user: User }, { email: string; password: string }>;
    delete: Operation<unknown>;
  };
  '/api/keys': {
    get: Operation<{
      keys: {
        id: string;
        name: string;
        prefix: string;
        company: number;
        scopes: string[];
        createdAt: number;
        createdBy: string;
        expiresAt: number | null;
        revokedAt: number | null;
        lastUsedAt: number | null;
      }[];
    }>;
    post: Operation<{ key: { id: string }; secret: string }, { name: string; scopes: ('ingest' | 'read' | 'decisions' | 'admin')[]; expiresInDays?: number }>;
  };
  '/api/keys/{id}': { delete: Operation<unknown, never, never, { id: string }> };
  '/api/tables': { get: Operation<{ tables: { name: string; description: string; columns: { name: string; type: string }[] }[] }> };
  '/api/events/recent': { get: Operation<{ events: Record<string, unknown>[] }, never, { table?: string; limit?: number }> };
  '/api/query': {
    post: Operation<
      {
        tables: { name: string; columns: { name: string; type: string }[]; rows: unknown[][] }[];
        error?: { code: string; message: string; details: { code: string; message: string; innererror: { code: string; message: string } }[] };
      },
      { query: string; timespan?: string }
    >;
  };
  '/api/query/{id}': { delete: Operation<unknown, never, never, { id: string }> };
  '/api/query/diagnostics': { post: Operation<{ diagnostics: KqlProblem[] }, { query: string }> };
  '/api/query/completions': {
    post: Operation<
      { span: Span; items: { label: string; match: string; kind: string; before: string; after: string; description?: string }[] },
      { query: string; position: number }
    >;
  };
  '/api/rules': { get: Operation<{ rules: Rule[] }> };
  '/api/alerts': {
    get: Operation<
      { alerts: AlertSummary[]; nextCursor?: string | null },
      never,
      { status?: string; severity?: string; cursor?: string; limit?: number }
    >;
  };
  '/api/alerts/{id}': {
    get: Operation<AlertDetail, never, never, { id: string }>;
    patch: Operation<AlertSummary, { status: AlertStatus }, never, { id: string }>;
  };
  '/api/action-groups': {
    get: Operation<{ groups: ActionGroup[] }>;
    post: Operation<ActionGroup & { webhookSecret?: string }, Omit<ActionGroup, 'id'> & { newWebhookSecret?: boolean }>;
  };
  '/api/action-groups/{id}': {
    put: Operation<ActionGroup & { webhookSecret?: string }, Omit<ActionGroup, 'id'> & { newWebhookSecret?: boolean }, never, { id: string }>;
    delete: Operation<unknown, never, never, { id: string }>;
  };
  '/api/action-groups/{id}/test': { post: Operation<{ deliveries: Delivery[] }, never, never, { id: string }> };
  '/api/deliveries': {
    get: Operation<{ deliveries: Delivery[]; nextCursor?: string | null }, never, { cursor?: string; limit?: number; alert?: string }>;
  };
}
