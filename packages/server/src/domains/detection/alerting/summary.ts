import type { Transaction } from 'kysely';
import { pageOf } from '../../../platform/database/index.ts';
import type { AlertRow, DetectionTables } from '../tables.ts';
import { SAMPLE, type Entity } from './content.ts';

/** Hits whose entities are gathered into the alert; the group's rows rarely name more. */
const GATHERED_HITS = 200;

export type AlertSummary = Pick<
  AlertRow,
  | 'rule_version'
  | 'rule_hash'
  | 'severity'
  | 'title'
  | 'description'
  | 'tactics'
  | 'entities'
  | 'custom_details'
  | 'first_run_ms'
  | 'last_run_ms'
  | 'first_event_ms'
  | 'last_event_ms'
  | 'hit_count'
  | 'row_count'
>;

/**
 * What an alert shows, from its hits alone: words of the first run, the highest severity, all entities, the widest times.
 * Undefined where the alert has no hits (left).
 */
export async function summaryOf(
  tables: Transaction<DetectionTables>,
  alertId: string,
): Promise<AlertSummary | undefined> {
  const hits = tables.selectFrom('detection_hits').where('alert_id', '=', alertId);
  const totals = await hits
    .select((select) => [
      select.fn.countAll().as('hit_count'),
      select.fn.min('run_ms').as('first_run_ms'),
      select.fn.max('run_ms').as('last_run_ms'),
      select.fn.min('first_event_ms').as('first_event_ms'),
      select.fn.max('last_event_ms').as('last_event_ms'),
      select.fn.max('severity').as('severity'),
      select.fn.max('row_count').as('row_count'),
    ])
    .executeTakeFirstOrThrow();
  if (Number(totals.hit_count) === 0) return undefined;
  const first = await hits
    .select(['rule_version', 'rule_hash', 'title', 'description', 'tactics', 'custom_details'])
    .where('run_ms', '=', totals.first_run_ms)
    .executeTakeFirstOrThrow();
  const { rows } = await pageOf(hits.select(['run_ms', 'entities']), {
    keys: [{ column: 'run_ms', direction: 'asc' }],
    limit: GATHERED_HITS,
  });
  return {
    ...first,
    ...totals,
    hit_count: Number(totals.hit_count),
    entities: gather(rows.map(({ entities }) => entities)),
  };
}

function gather(lists: readonly string[]): string {
  const distinct = new Map<string, Entity>();
  // Most hits of an alert name the same entities in the same words: each wording is read once.
  for (const list of new Set(lists))
    for (const entity of JSON.parse(list) as Entity[])
      if (distinct.size < SAMPLE.entities) distinct.set(JSON.stringify(entity), entity);
  return JSON.stringify([...distinct.values()]);
}
