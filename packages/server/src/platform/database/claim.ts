import type { UpdateResult } from 'kysely';

/**
 * Runs a conditional update that takes one row for the caller, and says whether it did: of two that try at the same time one
 * gets `true`. Instead of RETURNING, row locks and upserts, which the four databases do not share.
 *
 * @example const mine = await claim(db.updateTable('deliveries').set({ state: 'sending' }).where('id', '=', id).where('state', '=', 'waiting'));
 */
export async function claim(update: { executeTakeFirst(): Promise<UpdateResult | undefined> }): Promise<boolean> {
  const result = await update.executeTakeFirst();
  return (result?.numUpdatedRows ?? 0n) > 0n;
}
