import type { Kysely } from 'kysely';
import type { CompanyScope } from '../../../platform/access/index.ts';
import { pageOf } from '../../../platform/database/index.ts';
import type { DetectionTables } from '../tables.ts';

/** How a rule fares in the companies of a scope. Times are epoch milliseconds. */
export interface RuleHealth {
  /** The last run that was evaluated, and when that was. */
  readonly lastRunAt: number | null;
  readonly lastEvaluatedAt: number | null;
  readonly lastDurationMs: number | null;
  readonly lastRows: number | null;
  readonly lastError: string | null;
  /** Seconds between now and the run that the slowest company has come to. */
  readonly lagSeconds: number | null;
  readonly runs: number;
  /** Runs that wait to be repeated, because events arrived late. */
  readonly waitingRuns: boolean;
}

export interface RuleGap {
  readonly company: number;
  readonly fromRunAt: number;
  readonly throughRunAt: number;
  readonly reason: string;
  readonly recordedAt: number;
}

/** Health of every rule that has run or tried to, by its id. */
export async function readHealth(
  tables: Kysely<DetectionTables>,
  scope: CompanyScope,
  nowMs: number,
): Promise<ReadonlyMap<string, RuleHealth>> {
  const rows = await tables
    .selectFrom('detection_states')
    .selectAll()
    .where('company', 'in', scope.companies.length === 0 ? [0] : scope.companies)
    .execute();
  const health = new Map<string, RuleHealth>();
  for (const row of rows) {
    const before = health.get(row.rule_id);
    const isNewer = (row.last_evaluated_ms ?? 0) >= (before?.lastEvaluatedAt ?? 0);
    const lagSeconds = Math.max(0, Math.round((nowMs - row.cursor_ms) / 1000));
    health.set(row.rule_id, {
      lastRunAt: isNewer || before === undefined ? row.last_run_ms : before.lastRunAt,
      lastEvaluatedAt: isNewer || before === undefined ? row.last_evaluated_ms : before.lastEvaluatedAt,
      lastDurationMs: isNewer || before === undefined ? row.last_duration_ms : before.lastDurationMs,
      lastRows: isNewer || before === undefined ? row.last_rows : before.lastRows,
      lastError: row.last_error ?? before?.lastError ?? null,
      lagSeconds: Math.max(lagSeconds, before?.lagSeconds ?? 0),
      runs: row.runs + (before?.runs ?? 0),
      waitingRuns: row.pending !== '[]' || (before?.waitingRuns ?? false),
    });
  }
  return health;
}

/** The latest gaps of a rule, newest first. */
export async function readGaps(
  tables: Kysely<DetectionTables>,
  scope: CompanyScope,
  ruleId: string,
): Promise<readonly RuleGap[]> {
  const { rows } = await pageOf(
    tables
      .selectFrom('detection_gaps')
      .selectAll()
      .where('rule_id', '=', ruleId)
      .where('company', 'in', scope.companies.length === 0 ? [0] : scope.companies),
    {
      keys: [
        { column: 'from_ms', direction: 'desc' },
        { column: 'id', direction: 'desc' },
      ],
      limit: 100,
    },
  );
  return rows.map((row) => ({
    company: row.company,
    fromRunAt: row.from_ms,
    throughRunAt: row.through_ms,
    reason: row.reason,
    recordedAt: row.recorded_ms,
  }));
}
