import { createHmac } from 'node:crypto';
import type { AuditRow } from './tables.ts';

/** What the first row of a chain has for a predecessor. */
export const CHAIN_START = '0'.repeat(64);

/** The columns a row's hash covers, in this order; all of them never change. */
const HASHED = [
  'previous_hash',
  'chain',
  'sequence',
  'id',
  'at_ms',
  'actor_kind',
  'actor_id',
  'actor_label',
  'action',
  'target',
  'outcome',
  'reason',
  'address',
  'detail',
] as const satisfies readonly (keyof AuditRow)[];

/**
 * HMAC-SHA-256 over the row and its predecessor's hash. Keyed, so that who can write to the database still cannot forge a
 * trail; JSON of an array, so that no two rows read the same.
 */
export function hashRow(key: Buffer, row: Omit<AuditRow, 'hash'>): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(HASHED.map((column) => row[column])))
    .digest('hex');
}
