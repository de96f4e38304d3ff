import { v7 as uuidv7 } from 'uuid';
import type { Kysely } from 'kysely';
import type { DetectionTables, StateRow } from '../tables.ts';
import type { RunRange } from './grid.ts';
import type { Ranges } from './ranges.ts';

/** How far one rule has come in one company: `StateRow` with its ranges read. */
export interface RunState {
  readonly ruleId: string;
  readonly company: number;
  cursorMs: number;
  pending: Ranges;
  failures: number;
  retryAtMs: number;
}

/** What the last evaluation left for the rule's health. */
export interface RunOutcome {
  readonly runMs: number;
  readonly evaluatedMs: number;
  readonly durationMs: number;
  readonly rows: number;
  /** What was wrong with a run that counts all the same, e.g. rows past the limit. */
  readonly warning: string | undefined;
}

type Tables = Kysely<DetectionTables>;

/** Every state, by rule and company; states of rules that are gone are left alone. */
export async function readStates(tables: Tables): Promise<Map<string, RunState>> {
  const rows = await tables
    .selectFrom('detection_states')
    .select(['rule_id', 'company', 'cursor_ms', 'pending', 'failures', 'retry_at_ms'])
    .execute();
  return new Map(
    rows.map((row) => [
      stateKey(row.rule_id, row.company),
      {
        ruleId: row.rule_id,
        company: row.company,
        cursorMs: row.cursor_ms,
        pending: (JSON.parse(row.pending) as [number, number][]).map(([fromMs, throughMs]) => ({ fromMs, throughMs })),
        failures: row.failures,
        retryAtMs: row.retry_at_ms,
      },
    ]),
  );
}

export function stateKey(ruleId: string, company: number): string {
  return `${ruleId} ${company}`;
}

export async function createState(
  tables: Tables,
  ruleId: string,
  company: number,
  cursorMs: number,
): Promise<RunState> {
  await tables
    .insertInto('detection_states')
    .values({ rule_id: ruleId, company, cursor_ms: cursorMs, pending: '[]', failures: 0, retry_at_ms: 0, runs: 0 })
    .execute();
  return { ruleId, company, cursorMs, pending: [], failures: 0, retryAtMs: 0 };
}

/** Writes what changed of a state; with an outcome, also what the rule's health shows. */
export async function writeState(tables: Tables, state: RunState, outcome?: RunOutcome): Promise<void> {
  await tables
    .updateTable('detection_states')
    .set({
      cursor_ms: state.cursorMs,
      pending: JSON.stringify(state.pending.map(({ fromMs, throughMs }) => [fromMs, throughMs])),
      failures: state.failures,
      retry_at_ms: state.retryAtMs,
    })
    .$if(outcome !== undefined, (update) => update.set(outcomeColumns(outcome)))
    .$if(outcome !== undefined, (update) => update.set((row) => ({ runs: row('runs', '+', 1) })))
    .where('rule_id', '=', state.ruleId)
    .where('company', '=', state.company)
    .execute();
}

function outcomeColumns(outcome: RunOutcome | undefined): Partial<StateRow> {
  if (outcome === undefined) return {};
  return {
    last_run_ms: outcome.runMs,
    last_evaluated_ms: outcome.evaluatedMs,
    last_duration_ms: Math.round(outcome.durationMs),
    last_rows: outcome.rows,
    last_error: outcome.warning ?? null,
  };
}

/** Keeps why a run failed, beside the state that says when it is tried again. */
export async function writeFailure(tables: Tables, state: RunState, error: string): Promise<void> {
  await tables
    .updateTable('detection_states')
    .set({ failures: state.failures, retry_at_ms: state.retryAtMs, last_error: error.slice(0, 2000) })
    .where('rule_id', '=', state.ruleId)
    .where('company', '=', state.company)
    .execute();
}

export async function recordGap(
  tables: Tables,
  state: RunState,
  range: RunRange,
  reason: string,
  recordedMs: number,
): Promise<void> {
  await tables
    .insertInto('detection_gaps')
    .values({
      id: uuidv7(),
      rule_id: state.ruleId,
      company: state.company,
      from_ms: range.fromMs,
      through_ms: range.throughMs,
      reason: reason.slice(0, 450),
      recorded_ms: recordedMs,
    })
    .execute();
}
