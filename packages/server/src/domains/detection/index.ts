import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOG_TABLES } from '@gatehouse/schema';
import { Counter, Gauge } from 'prom-client';
import { v7 as uuidv7 } from 'uuid';
import { confineTo, type CompanyScope } from '../../platform/access/index.ts';
import type { Domain } from '../../platform/domain.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Audit } from '../audit/index.ts';
import type { Companies } from '../identity/index.ts';
import type { QueryService } from '../query/index.ts';
import { createAlerts, type Alerts } from './alerting/alerts.ts';
import { createBackground } from './background.ts';
import { detectionRoutes } from './routes.ts';
import { RuleBook, type BookedRule } from './rules/rule-book.ts';
import { keepVerdict, readVerified, verdictOf } from './rules/verdicts.ts';
import { testRules } from './rule-tests/verify.ts';
import { Scheduler, type PassReport, type SchedulerOptions } from './scheduling/scheduler.ts';
import type { DetectionTables } from './tables.ts';

export type { Alert, AlertEvidence, Alerts, AlertStatus } from './alerting/alerts.ts';
export type { Entity } from './alerting/content.ts';
export { DETECTION_ERRORS, type DetectionErrorCode } from './errors.ts';
export { detectionMigrations } from './migrations.ts';
export { SEVERITIES, type Severity } from './rule-files/rule.ts';
export { loadRules, type RuleFolder } from './rule-files/load.ts';
export { testRules, type TestReport } from './rule-tests/verify.ts';
export { VERIFIED_FILE } from './rules/verdicts.ts';
export type { PassReport, SchedulerOptions } from './scheduling/scheduler.ts';
export type { BookedRule } from './rules/rule-book.ts';

/** What detection needs of the domains left of it. */
export interface DetectionNeeds {
  readonly audit: Pick<Audit, 'record'>;
  readonly identity: { readonly companies: Pick<Companies, 'list'> };
  readonly events: {
    /** Every row with `IngestedAt` at or before this is visible in the store. */
    settledThroughMs(): number;
    tables(scope: CompanyScope): Promise<readonly { readonly name: string }[]>;
  };
  readonly query: Pick<QueryService, 'compile' | 'run' | 'catalogueVersion'>;
}

export interface DetectionOptions extends Partial<SchedulerOptions> {
  /** Default: the configuration's, or the shipped rules. */
  readonly rulesFolder?: string;
  /** False: rules run whatever their tests say; for tests of the domain. Default true. */
  readonly verify?: boolean;
}

export interface Detection extends Domain {
  readonly alerts: Alerts;
  /** The rules as they were loaded; empty before `start` or `load`. */
  rules(): readonly BookedRule[];
  /** Reads the rules' folder; `start` does it too. */
  load(): Promise<void>;
  /** One pass of the scheduler, for tests and the demo; never two at a time. */
  tick(): Promise<PassReport>;
}

/** The shipped rules: the folder `rules` at the top of the repository. */
export const SHIPPED_RULES = fileURLToPath(new URL('../../../../../rules', import.meta.url));

/** Rules, their runs, and the alerts that they make. */
export function createDetection(platform: Platform, needs: DetectionNeeds, options: DetectionOptions = {}): Detection {
  const { clock, config, log } = platform;
  const { identity, events, query } = needs;
  const tables = platform.database.withTables<DetectionTables>();
  const folder =
    options.rulesFolder ??
    (config.detection.rulesFolder === '' ? SHIPPED_RULES : path.resolve(config.detection.rulesFolder));
  const verify = options.verify ?? true;
  let verified: ReadonlySet<string> = new Set();
  const book = new RuleBook({
    folder,
    compile: (text, scope) => query.compile(text, scope),
    companies: () => identity.companies.list(),
    catalogueVersion: () => query.catalogueVersion(),
    verdictOf: async (hash) =>
      !verify ? { state: 'none' } : verified.has(hash) ? { state: 'passed' } : verdictOf(tables, hash),
    verify: async (folders) => {
      const reports = await testRules(platform, folders);
      return new Map(
        await Promise.all(
          reports.map(async (report) => [report.folder.name, await keepVerdict(tables, clock, report)] as const),
        ),
      );
    },
  });
  const scheduler = new Scheduler(
    {
      database: platform.database,
      // Asked for at each use: a test platform may have none.
      get store() {
        return platform.store;
      },
      clock,
      log,
      query,
      settledThroughMs: () => events.settledThroughMs(),
      companies: () => identity.companies.list(),
      rules: () => book.active,
      hasTables: async (company, names) => {
        const custom = names.filter((name) => !BUILT_IN.has(name));
        if (custom.length === 0) return true;
        const found = new Set((await events.tables(confineTo([company]))).map(({ name }) => name));
        return custom.every((name) => found.has(name));
      },
      holder: uuidv7(),
    },
    schedulerOptions(platform, options),
  );
  const alerts = createAlerts(tables, clock);
  const metrics = createMetrics(platform, book);

  let passing: Promise<unknown> = Promise.resolve();
  const tick = (): Promise<PassReport> => {
    const pass = passing
      .then(async () => {
        await book.refresh();
        return scheduler.pass();
      })
      .then((report) => {
        metrics.passed(report);
        return report;
      });
    passing = pass.catch(() => undefined);
    return pass;
  };
  const background = createBackground({ everyMs: config.detection.tickSeconds * 1000, tick, clock, log });
  let verifying: Promise<unknown> = Promise.resolve();
  let stopping = false;

  const load = async (): Promise<void> => {
    verified = await readVerified(folder);
    await book.load();
    for (const { folder: found, reasons } of book.rules)
      if (reasons.length > 0) log.warn({ rule: found.name, reasons }, 'detection: a rule does not run');
  };

  return {
    name: 'detection',
    routes: detectionRoutes({ book, alerts, tables, clock, audit: needs.audit }),
    alerts,
    rules: () => book.rules,
    load,
    tick,
    async start() {
      stopping = false;
      await load();
      // The scheduler waits for the tests: the arrival watermark must not pass a rule that is about to run.
      verifying = book
        .verify()
        .catch((error: unknown) => log.error({ err: error }, 'detection: the tests of the rules could not be run'))
        .then(() => {
          if (!stopping) background.start();
        });
    },
    async stop() {
      stopping = true;
      await verifying;
      await background.stop();
      await passing;
      await scheduler.release();
    },
    health: async () => background.problem(),
  };
}

const BUILT_IN: ReadonlySet<string> = new Set(LOG_TABLES.map(({ name }) => name));
const HOUR_MS = 3_600_000;

function schedulerOptions({ config, store }: Platform, options: DetectionOptions): SchedulerOptions {
  return {
    settleMs: options.settleMs ?? config.detection.settleSeconds * 1000,
    lookbackMs: options.lookbackMs ?? config.detection.maxLookbackHours * HOUR_MS,
    overlapMs: options.overlapMs ?? (store.exclusive ? 1000 : 30_000),
    lateIntervalMs: options.lateIntervalMs ?? 15_000,
    runsPerPass: options.runsPerPass ?? 500,
    lateRunsPerPass: options.lateRunsPerPass ?? 300,
    attempts: options.attempts ?? 8,
  };
}

function createMetrics({ metrics }: Platform, book: RuleBook) {
  const runs = new Counter({
    name: 'gatehouse_rule_runs_total',
    help: 'Runs of rules that were evaluated.',
    registers: [metrics],
  });
  const waiting = new Gauge({
    name: 'gatehouse_rules_behind',
    help: 'Rules, each in one company, that have runs left to do.',
    registers: [metrics],
  });
  new Gauge({
    name: 'gatehouse_rules',
    help: 'Rules by whether they run.',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      this.set({ state: 'running' }, book.active.length);
      this.set({ state: 'disabled' }, book.rules.length - book.active.length);
    },
  });
  return {
    passed: (report: PassReport) => {
      runs.inc(report.evaluated);
      waiting.set(report.remaining);
    },
  };
}
