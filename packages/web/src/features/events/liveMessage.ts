import { textOf } from '../../components/visibleText.ts';
import type { LiveEvent } from './liveBuffer.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The events in one message of the live stream; what cannot be read is no event (the stream goes on). */
export function readLiveMessage(data: string): readonly LiveEvent[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap(readLiveEvent);
}

/** One event as the stream and `GET /api/events/recent` send it: its row, with the table's name in `Type`. */
export function readLiveEvent(value: unknown): readonly LiveEvent[] {
  if (!isRecord(value)) return [];
  const { EventUid: uid, Type: table, Company: company } = value;
  if (typeof uid !== 'string' || typeof table !== 'string') return [];
  return [{ uid: `${textOf(company)} ${table} ${uid}`, table, row: value }];
}
