import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from 'kysely';
import { SEVERITIES, type Rule } from '../rule-files/rule.ts';
import type { AlertRow, DetectionTables, HitRow } from '../tables.ts';
import { planChange, type Change, type Hit } from './chains.ts';
import type { HitContent, RunResult } from './content.ts';
import { nextChangeNumber } from './marks.ts';
import { summaryOf } from './summary.ts';

type Tables = Transaction<DetectionTables>;

/** One rule's run in one company, evaluated. */
export interface EvaluatedRun {
  readonly rule: Rule;
  /** SHA-256 of the rule's files. */
  readonly ruleHash: string;
  /** The company's number. */
  readonly company: number;
  readonly runMs: number;
  readonly columns: RunResult['columns'];
  /** Empty where the trigger did not hold. */
  readonly hits: readonly HitContent[];
  readonly evaluatedMs: number;
  readonly arrivedThroughMs: number;
}

/**
 * Puts a run's hits in the place of those that an earlier evaluation of the same run left, and brings the alerts in line.
 * Idempotent: the same run recorded again changes nothing. Call inside the transaction that also moves the rule's cursor.
 */
export async function recordRun(tables: Tables, run: EvaluatedRun): Promise<void> {
  const { rule, company, runMs } = run;
  const earlier = await tables
    .selectFrom('detection_hits')
    .select(['id', 'group_hash', 'alert_id'])
    .where('rule_id', '=', rule.id)
    .where('company', '=', company)
    .where('run_ms', '=', runMs)
    .execute();
  const now = new Map(run.hits.map((hit) => [hit.groupHash, hit]));
  const touched = new Set<string>();
  for (const groupHash of new Set([...now.keys(), ...earlier.map(({ group_hash }) => group_hash)])) {
    const old = earlier.find((hit) => hit.group_hash === groupHash);
    for (const alertId of await changeGroup(tables, run, groupHash, now.get(groupHash), old)) touched.add(alertId);
  }
  for (const alertId of touched) await refresh(tables, run, alertId);
}

type OldHit = Pick<HitRow, 'id' | 'alert_id'> | undefined;

/** Applies the planned change to one group; returns the alerts whose hits changed. */
async function changeGroup(
  tables: Tables,
  run: EvaluatedRun,
  groupHash: string,
  content: HitContent | undefined,
  old: OldHit,
): Promise<readonly string[]> {
  const place: Place = { ruleId: run.rule.id, company: run.company, groupHash };
  const change = planChange(
    {
      at: old === undefined ? undefined : { runMs: run.runMs, alertId: old.alert_id },
      before: await neighbour(tables, place, run.runMs, 'before'),
      after: await neighbour(tables, place, run.runMs, 'after'),
    },
    content !== undefined,
    run.runMs,
    run.rule.periodMs,
  );
  if (content === undefined) {
    if (old !== undefined) await tables.deleteFrom('detection_hits').where('id', '=', old.id).execute();
    return loseHit(tables, run, place, change);
  }
  const alertId = await alertFor(tables, run, content, change);
  const values = hitValues(run, content, alertId);
  if (old === undefined)
    await tables
      .insertInto('detection_hits')
      .values({
        id: uuidv7(),
        rule_id: place.ruleId,
        company: place.company,
        group_hash: groupHash,
        run_ms: run.runMs,
        ...values,
      })
      .execute();
  else await tables.updateTable('detection_hits').set(values).where('id', '=', old.id).execute();
  return [alertId];
}

interface Place {
  readonly ruleId: string;
  readonly company: number;
  readonly groupHash: string;
}

/** The nearest hit of the group on one side, by an aggregate: "first row only" is spelt differently everywhere. */
async function neighbour(
  tables: Tables,
  place: Place,
  runMs: number,
  side: 'before' | 'after',
): Promise<Hit | undefined> {
  const hits = tables
    .selectFrom('detection_hits')
    .where('rule_id', '=', place.ruleId)
    .where('company', '=', place.company)
    .where('group_hash', '=', place.groupHash);
  const found = await (
    side === 'before'
      ? hits.where('run_ms', '<', runMs).select((select) => select.fn.max('run_ms').as('run_ms'))
      : hits.where('run_ms', '>', runMs).select((select) => select.fn.min('run_ms').as('run_ms'))
  ).executeTakeFirst();
  if (typeof found?.run_ms !== 'number') return undefined;
  const hit = await hits.where('run_ms', '=', found.run_ms).select('alert_id').executeTakeFirst();
  return hit === undefined ? undefined : { runMs: found.run_ms, alertId: hit.alert_id };
}

async function alertFor(tables: Tables, run: EvaluatedRun, content: HitContent, change: Change): Promise<string> {
  if (change.kind === 'join') return change.alertId;
  if (change.kind === 'merge') return merge(tables, run, change.alertIds);
  return createAlert(tables, run, content.groupHash, JSON.stringify(content.groupValues));
}

async function loseHit(tables: Tables, run: EvaluatedRun, place: Place, change: Change): Promise<readonly string[]> {
  switch (change.kind) {
    case 'retract':
      await closeBySystem(tables, run, change.alertId, { status_reason: 'retracted' });
      return [];
    case 'shrink':
      return [change.alertId];
    case 'split': {
      const values = await tables
        .selectFrom('detection_alerts')
        .select('group_values')
        .where('id', '=', change.alertId)
        .executeTakeFirstOrThrow();
      const alertId = await createAlert(tables, run, place.groupHash, values.group_values);
      await tables
        .updateTable('detection_hits')
        .set({ alert_id: alertId })
        .where('alert_id', '=', change.alertId)
        .where('run_ms', '>=', change.fromRunMs)
        .execute();
      return [change.alertId, alertId];
    }
    case 'none':
    case 'create':
    case 'join':
    case 'merge':
      return [];
  }
}

/** Joins the younger alert into the older one, which people may have been told of already. Returns the older one's id. */
async function merge(tables: Tables, run: EvaluatedRun, alertIds: readonly [string, string]): Promise<string> {
  const alerts = await tables
    .selectFrom('detection_alerts')
    .select(['id', 'created_ms', 'status'])
    .where('id', 'in', alertIds)
    .execute();
  const [older, younger] = alerts.sort((a, b) => a.created_ms - b.created_ms || (a.id < b.id ? -1 : 1));
  if (older === undefined || younger === undefined)
    throw new Error('invariant: a hit belongs to an alert that is gone');
  await tables.updateTable('detection_hits').set({ alert_id: older.id }).where('alert_id', '=', younger.id).execute();
  await tables
    .updateTable('detection_alerts')
    .set({ merged_into: older.id })
    .where('merged_into', '=', younger.id)
    .execute();
  await closeBySystem(tables, run, younger.id, { status_reason: 'merged', merged_into: older.id });
  if (older.status === 'closed' && younger.status !== 'closed')
    await tables
      .updateTable('detection_alerts')
      .set({ status: younger.status, status_reason: null, status_ms: run.evaluatedMs })
      .where('id', '=', older.id)
      .execute();
  return older.id;
}

async function closeBySystem(
  tables: Tables,
  run: EvaluatedRun,
  alertId: string,
  why: Partial<AlertRow>,
): Promise<void> {
  await tables
    .updateTable('detection_alerts')
    .set({
      ...why,
      status: 'closed',
      status_ms: run.evaluatedMs,
      updated_ms: run.evaluatedMs,
      change_number: await nextChangeNumber(tables),
    })
    .where('id', '=', alertId)
    .execute();
}

/** An alert without hits yet: `refresh` fills in what follows from them. */
async function createAlert(tables: Tables, run: EvaluatedRun, groupHash: string, groupValues: string): Promise<string> {
  const { rule } = run;
  const id = uuidv7();
  await tables
    .insertInto('detection_alerts')
    .values({
      id,
      rule_id: rule.id,
      company: run.company,
      group_hash: groupHash,
      group_values: groupValues,
      rule_name: rule.name,
      rule_version: rule.version,
      rule_hash: run.ruleHash,
      query: rule.query,
      period_ms: rule.periodMs,
      severity: SEVERITIES.indexOf(rule.severity),
      title: rule.name,
      description: rule.description,
      tactics: JSON.stringify(rule.tactics),
      techniques: JSON.stringify(rule.techniques),
      entities: '[]',
      custom_details: '{}',
      first_run_ms: run.runMs,
      last_run_ms: run.runMs,
      first_event_ms: run.runMs,
      last_event_ms: run.runMs,
      hit_count: 0,
      row_count: 0,
      status: 'new',
      status_reason: null,
      status_ms: null,
      merged_into: null,
      suppressed: (await isSuppressed(tables, run)) ? 1 : 0,
      created_ms: run.evaluatedMs,
      updated_ms: run.evaluatedMs,
      change_number: await nextChangeNumber(tables),
    })
    .execute();
  return id;
}

/** True where an alert of the rule that people were told of began less than the suppression's duration before. */
async function isSuppressed(tables: Tables, { rule, company, runMs }: EvaluatedRun): Promise<boolean> {
  if (rule.suppressionMs === undefined) return false;
  const { count } = await tables
    .selectFrom('detection_alerts')
    .select((select) => select.fn.countAll().as('count'))
    .where('rule_id', '=', rule.id)
    .where('company', '=', company)
    .where('suppressed', '=', 0)
    // Neither merged into another nor without evidence by now.
    .where('status_reason', 'is', null)
    .where('first_run_ms', '<=', runMs)
    .where('first_run_ms', '>', runMs - rule.suppressionMs)
    .executeTakeFirstOrThrow();
  return Number(count) > 0;
}

/** Brings an alert in line with its hits. A new event after somebody closed the alert opens it again. */
async function refresh(tables: Tables, run: EvaluatedRun, alertId: string): Promise<void> {
  const summary = await summaryOf(tables, alertId);
  if (summary === undefined) return;
  const alert = await tables
    .selectFrom('detection_alerts')
    .selectAll()
    .where('id', '=', alertId)
    .executeTakeFirstOrThrow();
  const same = Object.entries(summary).every(([key, value]) => alert[key as keyof typeof summary] === value);
  if (same) return;
  const reopened =
    alert.status === 'closed' &&
    alert.status_reason === null &&
    alert.status_ms !== null &&
    summary.last_event_ms > alert.status_ms;
  await tables
    .updateTable('detection_alerts')
    .set({
      ...summary,
      ...(reopened ? { status: 'new', status_ms: run.evaluatedMs } : {}),
      query: run.rule.query,
      period_ms: run.rule.periodMs,
      updated_ms: run.evaluatedMs,
      change_number: await nextChangeNumber(tables),
    })
    .where('id', '=', alertId)
    .execute();
}

function hitValues(run: EvaluatedRun, content: HitContent, alertId: string) {
  return {
    alert_id: alertId,
    rule_version: run.rule.version,
    rule_hash: run.ruleHash,
    row_count: content.rowCount,
    severity: SEVERITIES.indexOf(content.severity),
    title: content.title,
    description: content.description,
    tactics: JSON.stringify(content.tactics),
    entities: JSON.stringify(content.entities),
    custom_details: JSON.stringify(content.customDetails),
    columns: JSON.stringify(run.columns),
    rows: JSON.stringify(content.rows),
    first_event_ms: content.firstEventMs,
    last_event_ms: content.lastEventMs,
    evaluated_ms: run.evaluatedMs,
    arrived_through_ms: run.arrivedThroughMs,
  };
}
