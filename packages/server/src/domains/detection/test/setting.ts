import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { confineTo } from '../../../platform/access/index.ts';
import type { Domain } from '../../../platform/domain.ts';
import { createHttpServer } from '../../../platform/http/index.ts';
import type { Migration } from '../../../platform/database/index.ts';
import { createTestPlatform, type TestPlatform } from '../../../platform/testing.ts';
import { auditMigrations, createAudit, type Audit } from '../../audit/index.ts';
import { createEvents, eventsMigrations, type Events } from '../../events/index.ts';
import { createIdentity, identityMigrations, type Company, type Identity } from '../../identity/index.ts';
import { createQuery, type Query } from '../../query/index.ts';
import { createDetection, detectionMigrations, type Alert, type Detection, type DetectionOptions } from '../index.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export interface Setting {
  readonly platform: TestPlatform;
  readonly audit: Audit;
  readonly identity: Identity;
  readonly events: Events;
  readonly query: Query;
  /** A scheduler on the stores, as a process that just started has it; the old ones may go on. */
  readonly startDetection: (options?: DetectionOptions, query?: Pick<Query, 'compile' | 'run'>) => Promise<Detection>;
  readonly company: (name: string) => Promise<Company>;
  /** Stores lines of a web application's console; the time is the event's, it arrives now. */
  readonly log: (
    company: Company,
    lines: readonly { readonly timeMs: number; readonly text: string; readonly uid?: string }[],
  ) => Promise<void>;
  readonly alerts: (company: Company) => Promise<readonly Alert[]>;
  /** Writes a folder of rules; the value is each rule's YAML after the common part. */
  readonly rules: (rules: Readonly<Record<string, string>>) => string;
  /** The real HTTP server with the given domains' routes; closed with the setting. */
  readonly serve: (...domains: readonly Domain[]) => Promise<FastifyInstance>;
  /** A key of the company that may do what a key may. */
  readonly keyOf: (company: Company) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Real stores, real compiler, real ingest; the clock stands still. */
export async function createSetting(
  options: { clockMs?: number; migrations?: readonly Migration[]; settings?: Readonly<Record<string, string>> } = {},
): Promise<Setting> {
  const platform = await createTestPlatform({
    ...options,
    migrations: [
      ...auditMigrations,
      ...identityMigrations,
      ...eventsMigrations,
      ...detectionMigrations,
      ...(options.migrations ?? []),
    ],
  });
  const audit = createAudit(platform);
  const identity = createIdentity(platform, { audit });
  const events = createEvents(platform, { audit, identity });
  const query = createQuery(platform, { audit, events });
  await events.start();
  await query.start?.();
  const servers: FastifyInstance[] = [];
  const folders: string[] = [];
  let ruleCount = 0;
  return {
    platform,
    audit,
    identity,
    events,
    query,
    async startDetection(given = {}, queries = query) {
      const { config, clock, database, store, mail, log } = platform;
      const detection = createDetection(
        { config, clock, database, store, mail, log, metrics: new Registry() },
        {
          audit,
          identity,
          events,
          query: {
            compile: (text, scope) => queries.compile(text, scope),
            run: (scope, text, how) => queries.run(scope, text, how),
            catalogueVersion: () => query.catalogueVersion(),
          },
        },
        { verify: false, lateIntervalMs: 0, ...given },
      );
      await detection.load();
      return detection;
    },
    company: (name) => identity.createCompany({ name, timeZone: 'UTC' }),
    async log(company, lines) {
      const records = lines.map(({ timeMs, text, uid }) => ({
        TimeGenerated: new Date(timeMs).toISOString(),
        ResultDescription: text,
        ...(uid === undefined ? {} : { EventUid: uid }),
      }));
      const outcome = await events.ingest(company, 'AppServiceConsoleLogs', records, { visible: true });
      if (outcome.refused.length > 0) throw new Error(JSON.stringify(outcome.refused));
    },
    alerts: async (company) =>
      (await createAlertsOf(platform, company)).filter(({ statusReason }) => statusReason === null),
    rules(rules) {
      const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-rules-'));
      folders.push(folder);
      for (const [name, yaml] of Object.entries(rules)) {
        ruleCount += 1;
        mkdirSync(path.join(folder, name));
        writeFileSync(path.join(folder, name, 'rule.yaml'), `${commonPart(name, ruleCount)}${yaml}`);
      }
      return folder;
    },
    async serve(...domains) {
      const { config, log } = platform;
      const http = await createHttpServer({ config, log, authenticate: identity.authenticate, version: 'test' });
      for (const domain of domains) await http.register(domain.routes);
      await http.ready();
      servers.push(http);
      return http;
    },
    keyOf: async (company) =>
      (await identity.createApiKey({ companyId: company.id, name: 'test', scopes: ['ingest', 'read', 'admin'] }))
        .secret,
    async close() {
      for (const http of servers) await http.close();
      await query.stop?.();
      await events.stop();
      await identity.stop?.();
      await platform.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function createAlertsOf(platform: TestPlatform, company: Company): Promise<readonly Alert[]> {
  const { createAlerts } = await import('../alerting/alerts.ts');
  const alerts = createAlerts(platform.database.withTables(), platform.clock);
  return (await alerts.list(confineTo([company.number]), { limit: 200 })).alerts;
}

function commonPart(name: string, index: number): string {
  return [
    `id: 0b1f7d0e-3a53-4f0c-9d2e-0d6b8c1e5b${String(index).padStart(2, '0')}`,
    `name: ${name}`,
    'kind: Scheduled',
    `description: The rule ${name}.`,
    'severity: Low',
    'requiredDataConnectors: []',
    '',
  ].join('\n');
}

/** More than `most` lines of one user within a quarter of an hour, looked at every five minutes. */
export function burstRule(most: number): string {
  return `queryFrequency: 5m
queryPeriod: 15m
triggerOperator: gt
triggerThreshold: 0
query: |
  AppServiceConsoleLogs
  | extend user = extract(@"user_id: ([^,]+)", 1, ResultDescription)
  | where isnotempty(user)
  | summarize Lines = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by user
  | where Lines > ${most}
entityMappings:
  - entityType: Account
    fieldMappings:
      - identifier: FullName
        columnName: user
alertDetailsOverride:
  alertDisplayNameFormat: '{{user}} wrote {{Lines}} lines'
`;
}

/** Passes until nothing is left to do. */
export async function drain(detection: Detection): Promise<void> {
  for (let pass = 0; pass < 100; pass += 1) if ((await detection.tick()).remaining === 0) return;
  throw new Error('the scheduler does not come to an end');
}
