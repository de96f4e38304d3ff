import type { Kysely, Transaction } from 'kysely';
import type { DetectionTables } from '../tables.ts';

/**
 * The next number in the alerts' order of changes. Taken inside the transaction that writes the alert: the row stays locked
 * until the commit, so a smaller number is never seen after a larger one.
 */
export async function nextChangeNumber(tables: Transaction<DetectionTables>): Promise<number> {
  await tables
    .updateTable('detection_marks')
    .set((row) => ({ value: row('value', '+', 1) }))
    .where('name', '=', 'change')
    .execute();
  return readMark(tables, 'change');
}

export async function readMark(tables: Kysely<DetectionTables>, name: 'arrival' | 'change'): Promise<number> {
  const mark = await tables
    .selectFrom('detection_marks')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return mark.value;
}

/** Moves the arrival watermark forward; never back, whichever server was slower. */
export async function raiseArrivalMark(tables: Kysely<DetectionTables>, valueMs: number): Promise<void> {
  await tables
    .updateTable('detection_marks')
    .set({ value: valueMs })
    .where('name', '=', 'arrival')
    .where('value', '<', valueMs)
    .execute();
}
