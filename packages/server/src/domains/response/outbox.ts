import type { Kysely, Transaction } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { confineTo } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { claim } from '../../platform/database/index.ts';
import { SEVERITIES, type Alert, type Detection } from '../detection/index.ts';
import type { Companies } from '../identity/index.ts';
import type { ActionGroup, ActionGroups } from './groups.ts';
import { noticeOfAlert, type Notice } from './notice.ts';
import type { DeliveryRow, ResponseTables } from './tables.ts';

export interface OutboxDependencies {
  readonly tables: Kysely<ResponseTables>;
  readonly clock: Clock;
  readonly alerts: Pick<Detection['alerts'], 'changedSince' | 'evidence'>;
  readonly companies: Pick<Companies, 'byNumber'>;
  readonly groups: ActionGroups;
}

/** Alerts that one step looks at. */
const STEP_ALERTS = 100;

/**
 * Writes deliveries for alerts that nobody was told of yet. The mark moves and the deliveries appear in one transaction, and only
 * where the mark still stands where we read it: of two servers one writes, and a crash leaves nothing half done. Returns how
 * many deliveries were written.
 */
export async function fillOutbox(dependencies: OutboxDependencies): Promise<number> {
  let written = 0;
  for (;;) {
    const step = await fillStep(dependencies);
    written += step.written;
    if (step.done) return written;
  }
}

async function fillStep({
  tables,
  clock,
  alerts,
  companies,
  groups,
}: OutboxDependencies): Promise<{ written: number; done: boolean }> {
  const { value: mark } = await tables
    .selectFrom('response_marks')
    .select('value')
    .where('name', '=', 'alerts')
    .executeTakeFirstOrThrow();
  const changes = await alerts.changedSince(mark, STEP_ALERTS);
  if (changes.alerts.length === 0) return { written: 0, done: true };
  const nowMs = clock.now();
  const seen = await seenAmong(tables, changes.alerts);
  const fresh = changes.alerts.filter((alert) => !seen.has(alert.id) && isForPeople(alert));
  const deliveries: DeliveryRow[] = [];
  for (const alert of fresh) {
    const company = await companies.byNumber(alert.company);
    if (company === undefined || alert.suppressed) continue;
    // The scope is the alert's own company: nothing of another can be in the message.
    const scope = confineTo([alert.company]);
    const told = (await groups.list(scope)).filter((group) => wants(group, alert));
    if (told.length === 0) continue;
    const notice = noticeOfAlert(company, alert, await alerts.evidence(scope, alert.id));
    for (const group of told) deliveries.push(...deliveriesOf(group, notice, nowMs));
  }
  const moved = await tables.transaction().execute(async (transaction) => {
    const mine = await claim(
      transaction
        .updateTable('response_marks')
        .set({ value: changes.change })
        .where('name', '=', 'alerts')
        .where('value', '=', mark),
    );
    if (!mine) return false;
    for (const alert of fresh)
      await transaction.insertInto('response_alerts').values({ alert_id: alert.id, seen_ms: nowMs }).execute();
    await insertDeliveries(transaction, deliveries);
    return true;
  });
  return { written: moved ? deliveries.length : 0, done: !moved || changes.alerts.length < STEP_ALERTS };
}

/** Alerts that grew into others, or whose evidence went, before anybody was told are told by nobody. */
function isForPeople(alert: Alert): boolean {
  return alert.status !== 'closed' && alert.mergedInto === null;
}

function wants(group: ActionGroup, alert: Alert): boolean {
  return group.enabled && SEVERITIES.indexOf(alert.severity) >= SEVERITIES.indexOf(group.minimumSeverity);
}

async function seenAmong(tables: Kysely<ResponseTables>, alerts: readonly Alert[]): Promise<ReadonlySet<string>> {
  const rows = await tables
    .selectFrom('response_alerts')
    .select('alert_id')
    .where(
      'alert_id',
      'in',
      alerts.map(({ id }) => id),
    )
    .execute();
  return new Set(rows.map(({ alert_id }) => alert_id));
}

/** One message a mail address, so that one that fails is tried again alone, and one for the webhook. */
export function deliveriesOf(group: ActionGroup, notice: Notice, nowMs: number): DeliveryRow[] {
  const targets: readonly (readonly ['mail' | 'webhook', string])[] = [
    ...group.recipients.map((address) => ['mail', address] as const),
    ...(group.webhookUrl === null ? [] : [['webhook', group.webhookUrl] as const]),
  ];
  return targets.map(([channel, target]) => ({
    id: uuidv7(),
    alert_id: notice.alertId,
    company: group.company,
    group_id: group.id,
    group_name: group.name,
    alert_title: notice.title,
    channel,
    target,
    notice: JSON.stringify(notice),
    state: 'waiting',
    attempts: 0,
    last_error: null,
    created_ms: nowMs,
    next_attempt_ms: nowMs,
    delivered_ms: null,
  }));
}

export async function insertDeliveries(
  tables: Kysely<ResponseTables> | Transaction<ResponseTables>,
  deliveries: readonly DeliveryRow[],
): Promise<void> {
  for (const delivery of deliveries) await tables.insertInto('response_deliveries').values(delivery).execute();
}
