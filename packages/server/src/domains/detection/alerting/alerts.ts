import type { Kysely } from 'kysely';
import type { CompanyScope } from '../../../platform/access/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import { pageOf } from '../../../platform/database/index.ts';
import { detectionError } from '../errors.ts';
import { SEVERITIES, type Severity } from '../rule-files/rule.ts';
import type { AlertRow, DetectionTables } from '../tables.ts';
import type { Entity } from './content.ts';
import { nextChangeNumber } from './marks.ts';

export const ALERT_STATUSES = ['new', 'acknowledged', 'closed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** An alert as the other domains and the API see it. Times are epoch milliseconds. */
export interface Alert {
  readonly id: string;
  /** The company's number. */
  readonly company: number;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly ruleVersion: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: AlertStatus;
  /** Why the system closed it; null where a person did, or it is open. */
  readonly statusReason: 'retracted' | 'merged' | null;
  readonly mergedInto: string | null;
  /** True where the rule's suppression says that nobody is to be told. */
  readonly suppressed: boolean;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly entities: readonly Entity[];
  readonly customDetails: Readonly<Record<string, readonly string[]>>;
  /** Runs of the rule that found it, first and last, and how many. */
  readonly firstRunAt: number;
  readonly lastRunAt: number;
  readonly runCount: number;
  readonly firstEventAt: number;
  readonly lastEventAt: number;
  /** Most rows that one run had. */
  readonly rowCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is behind an alert: the rows of the run that had most, and how to see them again. */
export interface AlertEvidence {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The first rows of it. */
  readonly rows: readonly (readonly unknown[])[];
  /** The run that they are of. */
  readonly runAt: number;
  readonly query: string;
  /** The run's window: `windowStart < TimeGenerated <= windowEnd`. */
  readonly windowStart: number;
  readonly windowEnd: number;
  /** Every run, the first 500. */
  readonly runs: readonly { readonly runAt: number; readonly rowCount: number; readonly evaluatedAt: number }[];
}

export interface AlertFilter {
  readonly status?: AlertStatus | undefined;
  readonly severity?: Severity | undefined;
  /** 1 to 200. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Alerts {
  /** Newest first; alerts that were merged into others are not shown. */
  list(
    scope: CompanyScope,
    filter: AlertFilter,
  ): Promise<{ readonly alerts: readonly Alert[]; readonly nextCursor: string | null }>;
  /** @throws GatehouseError `ALERT_UNKNOWN`, also for another company's. */
  get(scope: CompanyScope, id: string): Promise<Alert>;
  evidence(scope: CompanyScope, id: string): Promise<AlertEvidence>;
  /** @throws GatehouseError `ALERT_UNKNOWN`, `ALERT_MERGED`. */
  setStatus(scope: CompanyScope, id: string, status: AlertStatus): Promise<Alert>;
  /**
   * Alerts in the order in which they changed, after the given change number (0: from the start): what response reads. An
   * alert that changed twice comes once, with its last state. Internal: all companies.
   */
  changedSince(change: number, limit: number): Promise<{ readonly alerts: readonly Alert[]; readonly change: number }>;
}

export function createAlerts(tables: Kysely<DetectionTables>, clock: Clock): Alerts {
  const inScope = (scope: CompanyScope) =>
    tables
      .selectFrom('detection_alerts')
      .selectAll()
      .where('company', 'in', scope.companies.length === 0 ? [0] : scope.companies);
  const row = async (scope: CompanyScope, id: string): Promise<AlertRow> => {
    const found = await inScope(scope).where('id', '=', id).executeTakeFirst();
    if (found === undefined) throw detectionError('ALERT_UNKNOWN');
    return found;
  };
  return {
    async list(scope, { status, severity, limit, cursor }) {
      let query = inScope(scope).where('merged_into', 'is', null);
      if (status !== undefined) query = query.where('status', '=', status);
      if (severity !== undefined) query = query.where('severity', '=', SEVERITIES.indexOf(severity));
      const page = await pageOf(query, {
        keys: [
          { column: 'created_ms', direction: 'desc' },
          { column: 'id', direction: 'desc' },
        ],
        limit,
        cursor,
      });
      return { alerts: page.rows.map(alertOf), nextCursor: page.nextCursor ?? null };
    },
    get: async (scope, id) => alertOf(await row(scope, id)),
    evidence: async (scope, id) => evidenceOf(tables, await row(scope, id)),
    async setStatus(scope, id, status) {
      const alert = await row(scope, id);
      if (alert.merged_into !== null) throw detectionError('ALERT_MERGED');
      if (alert.status === status) return alertOf(alert);
      const nowMs = clock.now();
      await tables.transaction().execute(async (transaction) => {
        await transaction
          .updateTable('detection_alerts')
          .set({
            status,
            status_reason: null,
            status_ms: nowMs,
            updated_ms: nowMs,
            change_number: await nextChangeNumber(transaction),
          })
          .where('id', '=', id)
          .where('merged_into', 'is', null)
          .execute();
      });
      return alertOf(await row(scope, id));
    },
    async changedSince(change, limit) {
      const { rows } = await pageOf(
        tables.selectFrom('detection_alerts').selectAll().where('change_number', '>', change),
        {
          keys: [{ column: 'change_number', direction: 'asc' }],
          limit,
        },
      );
      return { alerts: rows.map(alertOf), change: rows.at(-1)?.change_number ?? change };
    },
  };
}

async function evidenceOf(tables: Kysely<DetectionTables>, alert: AlertRow): Promise<AlertEvidence> {
  const { rows: runs } = await pageOf(
    tables
      .selectFrom('detection_hits')
      .select(['id', 'run_ms', 'row_count', 'evaluated_ms'])
      .where('alert_id', '=', alert.id),
    { keys: [{ column: 'run_ms', direction: 'asc' }], limit: 500 },
  );
  const most = runs.reduce<(typeof runs)[number] | undefined>(
    (best, run) => (best === undefined || run.row_count > best.row_count ? run : best),
    undefined,
  );
  const hit =
    most === undefined
      ? undefined
      : await tables
          .selectFrom('detection_hits')
          .select(['columns', 'rows'])
          .where('id', '=', most.id)
          .executeTakeFirst();
  const runMs = most?.run_ms ?? alert.first_run_ms;
  return {
    columns: JSON.parse(hit?.columns ?? '[]') as AlertEvidence['columns'],
    rows: JSON.parse(hit?.rows ?? '[]') as AlertEvidence['rows'],
    runAt: runMs,
    query: alert.query,
    windowStart: runMs - alert.period_ms,
    windowEnd: runMs,
    runs: runs.map((run) => ({ runAt: run.run_ms, rowCount: run.row_count, evaluatedAt: run.evaluated_ms })),
  };
}

function alertOf(row: AlertRow): Alert {
  return {
    id: row.id,
    company: row.company,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    ruleVersion: row.rule_version,
    title: row.title,
    description: row.description,
    severity: SEVERITIES[row.severity] ?? 'Informational',
    status: row.status as AlertStatus,
    statusReason: row.status_reason as Alert['statusReason'],
    mergedInto: row.merged_into,
    suppressed: row.suppressed === 1,
    tactics: JSON.parse(row.tactics) as string[],
    techniques: JSON.parse(row.techniques) as string[],
    entities: JSON.parse(row.entities) as Entity[],
    customDetails: JSON.parse(row.custom_details) as Record<string, string[]>,
    firstRunAt: row.first_run_ms,
    lastRunAt: row.last_run_ms,
    runCount: row.hit_count,
    firstEventAt: row.first_event_ms,
    lastEventAt: row.last_event_ms,
    rowCount: row.row_count,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  };
}
