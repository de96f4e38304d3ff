import type { Kysely } from 'kysely';
import type { CompanyScope } from '../../platform/access/index.ts';
import { pageOf } from '../../platform/database/index.ts';
import type { DeliveryRow, ResponseTables } from './tables.ts';

/** One message to one target, and how it fares. Times are epoch milliseconds. */
export interface Delivery {
  readonly id: string;
  readonly alertId: string | null;
  readonly alertTitle: string;
  /** The company's number. */
  readonly company: number;
  readonly groupName: string;
  readonly channel: 'mail' | 'webhook';
  readonly target: string;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: number;
  readonly deliveredAt: number | null;
  readonly nextAttemptAt: number | null;
  /** The delivery log, oldest first. */
  readonly log: readonly {
    readonly attempt: number;
    readonly startedAt: number;
    readonly durationMs: number;
    readonly delivered: boolean;
    readonly answer: string;
  }[];
}

export interface DeliveryFilter {
  /** Only of this alert. */
  readonly alert?: string | undefined;
  readonly cursor?: string | undefined;
  /** 1 to 200. */
  readonly limit: number;
}

/** The deliveries of the scope's companies, newest first, each with its log. */
export async function listDeliveries(
  tables: Kysely<ResponseTables>,
  scope: CompanyScope,
  { alert, cursor, limit }: DeliveryFilter,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly nextCursor: string | null }> {
  let query = tables
    .selectFrom('response_deliveries')
    .selectAll()
    .where('company', 'in', scope.companies.length === 0 ? [0] : scope.companies);
  if (alert !== undefined) query = query.where('alert_id', '=', alert);
  const page = await pageOf(query, {
    keys: [
      { column: 'created_ms', direction: 'desc' },
      { column: 'id', direction: 'desc' },
    ],
    limit,
    cursor,
  });
  const ids = page.rows.map(({ id }) => id);
  const attempts =
    ids.length === 0
      ? []
      : await tables
          .selectFrom('response_attempts')
          .selectAll()
          .where('delivery_id', 'in', ids)
          .orderBy('delivery_id')
          .orderBy('attempt')
          .execute();
  const deliveries = page.rows.map((row) => ({
    ...deliveryOf(row),
    log: attempts
      .filter((attempt) => attempt.delivery_id === row.id)
      .map(({ attempt, started_ms, duration_ms, delivered, answer }) => ({
        attempt,
        startedAt: started_ms,
        durationMs: duration_ms,
        delivered: delivered === 1,
        answer,
      })),
  }));
  return { deliveries, nextCursor: page.nextCursor ?? null };
}

/** How many deliveries were given up, in all companies: for the metrics. */
export async function countByState(tables: Kysely<ResponseTables>): Promise<ReadonlyMap<string, number>> {
  const rows = await tables
    .selectFrom('response_deliveries')
    .select((select) => ['state', select.fn.countAll().as('count')])
    .groupBy('state')
    .execute();
  return new Map(rows.map(({ state, count }) => [state, Number(count)]));
}

export function deliveryOf(row: DeliveryRow): Delivery {
  const isOpen = row.state === 'waiting' || row.state === 'sending';
  return {
    id: row.id,
    alertId: row.alert_id,
    alertTitle: row.alert_title,
    company: row.company,
    groupName: row.group_name,
    channel: row.channel === 'webhook' ? 'webhook' : 'mail',
    target: row.target,
    state: row.state === 'delivered' || row.state === 'failed' ? row.state : 'waiting',
    attempts: row.attempts,
    lastError: row.last_error,
    createdAt: row.created_ms,
    deliveredAt: row.delivered_ms,
    nextAttemptAt: isOpen ? row.next_attempt_ms : null,
    log: [],
  };
}

/** What somebody sees who may read alerts and not who is told: `a…@example.org`, or a webhook's host. */
export function maskedTarget({ channel, target }: Pick<Delivery, 'channel' | 'target'>): string {
  if (channel === 'webhook') return URL.canParse(target) ? new URL(target).host : '…';
  const at = target.lastIndexOf('@');
  return `${target.slice(0, 1)}…${target.slice(at)}`;
}
