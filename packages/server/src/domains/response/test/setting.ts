import { Registry } from 'prom-client';
import { createTestPlatform, type TestPlatform } from '../../../platform/testing.ts';
import { confineTo } from '../../../platform/access/index.ts';
import { auditMigrations, createAudit } from '../../audit/index.ts';
import { createIdentity, identityMigrations, type Company } from '../../identity/index.ts';
import { createAlerts } from '../../detection/alerting/alerts.ts';
import { hitsOf } from '../../detection/alerting/content.ts';
import { recordRun } from '../../detection/alerting/record-run.ts';
import { detectionMigrations } from '../../detection/migrations.ts';
import type { Rule } from '../../detection/rule-files/rule.ts';
import type { DetectionTables } from '../../detection/tables.ts';
import { createResponse, responseMigrations, type Response } from '../index.ts';

const MINUTE_MS = 60_000;

export const RULE: Rule = {
  id: '0b1f7d0e-3a53-4f0c-9d2e-0d6b8c1e5a01',
  kind: 'Scheduled',
  name: 'Too many requests',
  description: 'Somebody asked too often.\nAsk back.',
  severity: 'Medium',
  query: 'T | take 1',
  queryPlace: { line: 1, indent: 0 },
  frequencyMs: 5 * MINUTE_MS,
  periodMs: 15 * MINUTE_MS,
  trigger: { operator: 'gt', threshold: 0 },
  tactics: ['Discovery'],
  techniques: [],
  entityMappings: [{ entityType: 'Account', fieldMappings: [{ identifier: 'FullName', columnName: 'user' }] }],
  customDetails: { Count: 'count_' },
  alertDetails: { displayNameFormat: '{{user}} asked {{count_}} times' },
  grouping: 'entities',
  suppressionMs: undefined,
  version: '1.2.3',
  enabled: true,
  carried: {},
};

export interface Setting {
  readonly platform: TestPlatform;
  readonly companies: readonly [Company, Company];
  readonly response: Response;
  /** A second process on the same stores. */
  readonly another: () => Response;
  /** Records a run that found the given users, and so makes or extends their alerts. */
  readonly find: (
    company: Company,
    users: readonly string[],
    options?: { runMs?: number; rule?: Partial<Rule> },
  ) => Promise<void>;
  close(): Promise<void>;
}

/** Two companies, the alerts' tables and response over them; no event store. */
export async function createSetting(settings: Readonly<Record<string, string>> = {}): Promise<Setting> {
  const platform = await createTestPlatform({
    withStore: false,
    settings: {
      'app.publicUrl': 'https://gatehouse.example',
      'mail.from': 'Gatehouse <alerts@gatehouse.example>',
      ...settings,
    },
    migrations: [...auditMigrations, ...identityMigrations, ...detectionMigrations, ...responseMigrations],
  });
  const audit = createAudit(platform);
  const identity = createIdentity(platform, { audit });
  const companies = [
    await identity.createCompany({ name: 'Contoso', timeZone: 'Europe/London' }),
    await identity.createCompany({ name: 'Fabrikam', timeZone: 'Asia/Tokyo' }),
  ] as const;
  const tables = platform.database.withTables<DetectionTables>();
  const detection = { alerts: createAlerts(tables, platform.clock) };
  const build = (): Response =>
    createResponse({ ...withStoreLeftOut(platform) }, { audit, identity, detection }, { random: () => 0.5 });
  const response = build();
  return {
    platform,
    companies,
    response,
    another: build,
    async find(company, users, { runMs = platform.clock.now(), rule: changes = {} } = {}) {
      const rule = { ...RULE, ...changes };
      const columns = [
        { name: 'user', type: 'string' },
        { name: 'count_', type: 'long' },
      ];
      const hits =
        users.length === 0
          ? []
          : hitsOf(rule, { columns, rows: users.map((user) => [user, 11]), ordered: true }, runMs);
      const run = {
        rule,
        ruleHash: 'hash',
        company: company.number,
        runMs,
        columns,
        hits,
        evaluatedMs: platform.clock.now(),
        arrivedThroughMs: runMs,
      };
      await tables.transaction().execute((transaction) => recordRun(transaction, run));
    },
    close: () => platform.close(),
  };
}

/** Another registry, so that a second process's metrics do not meet the first one's. */
function withStoreLeftOut(platform: TestPlatform): TestPlatform {
  const { config, clock, database, mail, log } = platform;
  return { config, clock, database, mail, log, metrics: new Registry() } as unknown as TestPlatform;
}

export { confineTo };
