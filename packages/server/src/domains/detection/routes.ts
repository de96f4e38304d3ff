import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Kysely } from 'kysely';
import { principalOf, scopeOf } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Audit } from '../audit/index.ts';
import type { Alerts } from './alerting/alerts.ts';
import { detectionError } from './errors.ts';
import { readGaps, readHealth, type RuleHealth } from './rules/health.ts';
import type { BookedRule, RuleBook } from './rules/rule-book.ts';
import {
  AlertDetailShape,
  AlertListQuery,
  AlertListShape,
  AlertShape,
  IdParams,
  RuleDetailShape,
  RuleListShape,
  StatusBody,
} from './schemas.ts';
import type { DetectionTables } from './tables.ts';

export interface DetectionRoutesOptions {
  readonly book: RuleBook;
  readonly alerts: Alerts;
  readonly tables: Kysely<DetectionTables>;
  readonly clock: Clock;
  readonly audit: Pick<Audit, 'record'>;
}

/** `/api/rules` and `/api/alerts`. */
export function detectionRoutes({
  book,
  alerts,
  tables,
  clock,
  audit,
}: DetectionRoutesOptions): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api/rules',
      {
        config: { access: { permission: 'rules.read' } },
        schema: { tags: ['rules'], summary: 'The rules and how they fare', response: { 200: RuleListShape } },
      },
      async (request) => {
        const health = await readHealth(tables, scopeOf(request, 'rules.read'), clock.now());
        return { rules: book.rules.map((rule) => ruleView(rule, health)) };
      },
    );
    app.get(
      '/api/rules/:id',
      {
        config: { access: { permission: 'rules.read' } },
        schema: {
          tags: ['rules'],
          summary: 'One rule with its gaps',
          params: IdParams,
          response: { 200: RuleDetailShape },
        },
      },
      async (request) => {
        const rule = book.byId(request.params.id.toLowerCase());
        if (rule === undefined) throw detectionError('RULE_UNKNOWN');
        const scope = scopeOf(request, 'rules.read');
        const view = ruleView(rule, await readHealth(tables, scope, clock.now()));
        return { ...view, gaps: [...(await readGaps(tables, scope, view.id))] };
      },
    );
    app.get(
      '/api/alerts',
      {
        config: { access: { permission: 'alerts.read' } },
        schema: {
          tags: ['alerts'],
          summary: 'Alerts, newest first',
          querystring: AlertListQuery,
          response: { 200: AlertListShape },
        },
      },
      async (request) => alerts.list(scopeOf(request, 'alerts.read'), request.query) as never,
    );
    app.get(
      '/api/alerts/:id',
      {
        config: { access: { permission: 'alerts.read' } },
        schema: {
          tags: ['alerts'],
          summary: 'One alert with the rows behind it',
          params: IdParams,
          response: { 200: AlertDetailShape },
        },
      },
      async (request) => {
        const scope = scopeOf(request, 'alerts.read');
        const { id } = request.params;
        return { ...(await alerts.get(scope, id)), ...(await alerts.evidence(scope, id)) } as never;
      },
    );
    app.patch(
      '/api/alerts/:id',
      {
        config: { access: { permission: 'alerts.write' } },
        schema: {
          tags: ['alerts'],
          summary: 'Acknowledge, close or reopen an alert',
          params: IdParams,
          body: StatusBody,
          response: { 200: AlertShape },
        },
      },
      async (request) => {
        const alert = await alerts.setStatus(scopeOf(request, 'alerts.write'), request.params.id, request.body.status);
        const { kind, id, label } = principalOf(request);
        await audit.record({
          company: alert.company,
          actor: { kind, id, label },
          action: 'alert.status',
          target: alert.id,
          outcome: 'success',
          detail: { status: alert.status },
          address: request.ip,
        });
        return alert as never;
      },
    );
  };
}

const NEVER_RUN: RuleHealth = {
  lastRunAt: null,
  lastEvaluatedAt: null,
  lastDurationMs: null,
  lastRows: null,
  lastError: null,
  lagSeconds: null,
  runs: 0,
  waitingRuns: false,
};

function ruleView(
  { folder, tables, problems, verdict, reasons }: BookedRule,
  healthByRule: ReadonlyMap<string, RuleHealth>,
) {
  const { rule } = folder;
  const health = healthByRule.get(rule?.id ?? '') ?? NEVER_RUN;
  const enabled = reasons.length === 0;
  return {
    id: rule?.id ?? '',
    folder: folder.name,
    name: rule?.name ?? folder.name,
    description: rule?.description ?? '',
    severity: rule?.severity ?? ('Informational' as const),
    version: rule?.version ?? '',
    kind: rule?.kind ?? '',
    enabled,
    state: enabled ? (health.lastError === null ? ('running' as const) : ('failing' as const)) : ('disabled' as const),
    reasons: [...reasons],
    problems: problems.map((problem) => ({ ...problem })),
    tests: { state: verdict.state, count: folder.tests.length },
    frequencySeconds: (rule?.frequencyMs ?? 0) / 1000,
    periodSeconds: (rule?.periodMs ?? 0) / 1000,
    tactics: [...(rule?.tactics ?? [])],
    techniques: [...(rule?.techniques ?? [])],
    tables: [...tables],
    query: rule?.query ?? '',
    ...health,
    // A rule that does not run says why where people look for it.
    lastError: enabled ? health.lastError : (reasons[0] ?? health.lastError),
  };
}
