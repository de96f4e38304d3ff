import { hash } from 'node:crypto';
import type { RawRecord } from './record.ts';

/** Fields in which senders put their own id of an event, the first that is there. */
export const UID_FIELDS = ['EventUid', '_id', 'log_id'] as const;
const LENGTH_LIMIT = 256;

/** The sender's own id; undefined without one. An id longer than 256 characters is kept as its hash. */
export function senderUidOf(record: RawRecord): string | undefined {
  for (const name of UID_FIELDS) {
    const value = record[name];
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && text !== '')
      return text.length > LENGTH_LIMIT ? contentUid('', text) : text.toWellFormed();
  }
  return undefined;
}

/** 128 bits of SHA-256 over table and content, as 32 hexadecimal digits. */
export function contentUid(table: string, content: string): string {
  return hash('sha256', `${table}\n${content}`, 'hex').slice(0, 32);
}
