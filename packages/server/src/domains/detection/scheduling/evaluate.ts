import type { Kysely } from 'kysely';
import { confineTo, type CompanyScope } from '../../../platform/access/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { QueryResult, RunOptions } from '../../query/index.ts';
import { hitsOf, missingColumns } from '../alerting/content.ts';
import { detectionError } from '../errors.ts';
import { recordRun } from '../alerting/record-run.ts';
import { isTriggered, type Rule } from '../rule-files/rule.ts';
import type { DetectionTables } from '../tables.ts';
import { writeState, type RunState } from './states.ts';

/** A rule that may run: read, compiled, its tests green. */
export interface ActiveRule {
  readonly rule: Rule;
  /** SHA-256 of its files. */
  readonly hash: string;
  /** The log tables its query reads. */
  readonly tables: readonly string[];
}

export interface RunQuery {
  run(scope: CompanyScope, text: string, options: RunOptions): Promise<QueryResult>;
}

export interface EvaluationNeeds {
  readonly tables: Kysely<DetectionTables>;
  readonly query: RunQuery;
  readonly clock: Clock;
}

/** Most rows of one run that are looked at; Sentinel's thresholds end at 10,000. */
export const RESULT_ROWS_LIMIT = 20_000;

/** Columns that the rule maps and that no row of this run had: where the data gives the columns, they are null. */
function withNulls(result: QueryResult, names: readonly string[]): QueryResult {
  if (names.length === 0) return result;
  const columns = [...result.columns, ...names.map((name) => ({ name, type: 'dynamic' as const }))];
  return { ...result, columns, rows: result.rows.map((row) => [...row, ...names.map(() => null)]) };
}

/**
 * Evaluates one run and records it: hits, alerts and the rule's state in one transaction, so that a crash leaves either all or
 * nothing of it and the run is simply repeated. Nothing happens to `state` itself; `next` is what it becomes.
 * @throws what the query throws, and `GatehouseError` `RULE_COLUMNS_MISSING`.
 */
export async function evaluateRun(
  { tables, query, clock }: EvaluationNeeds,
  { rule, hash }: ActiveRule,
  run: { readonly company: number; readonly runMs: number; readonly arrivedThroughMs: number; readonly next: RunState },
): Promise<void> {
  const { company, runMs, arrivedThroughMs } = run;
  const answer = await query.run(confineTo([company]), rule.query, {
    nowMs: runMs,
    window: { afterMs: runMs - rule.periodMs, throughMs: runMs },
    arrivedThroughMs,
    limits: { maxResultRows: RESULT_ROWS_LIMIT },
    line: 'rules',
  });
  const missing = missingColumns(rule, answer.columns);
  if (missing.length > 0 && answer.open !== true)
    throw detectionError(
      'RULE_COLUMNS_MISSING',
      `The query's result has no column ${missing.join(', ')}, which the rule maps.`,
    );
  const result = withNulls(answer, missing);
  const hits = isTriggered(rule.trigger, result.rows.length) ? hitsOf(rule, result, runMs) : [];
  const evaluatedMs = clock.now();
  await tables.transaction().execute(async (transaction) => {
    await recordRun(transaction, {
      rule,
      ruleHash: hash,
      company,
      runMs,
      columns: result.columns,
      hits,
      evaluatedMs,
      arrivedThroughMs,
    });
    await writeState(transaction, run.next, {
      runMs,
      evaluatedMs,
      durationMs: result.statistics.elapsedMs,
      rows: result.rows.length,
      warning: result.partial?.message,
    });
  });
}
