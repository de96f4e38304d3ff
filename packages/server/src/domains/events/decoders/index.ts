import type { DecodeContext, Decoder, NativeEvent } from '../event.ts';
import type { RawRecord } from '../record.ts';
import { logEvent } from './log-event/index.ts';
import { plain } from './plain/index.ts';
import { windowsFlat } from './windows-flat/index.ts';

/** Every format, the most particular first: the first that accepts a record decodes it. A new source is one row and one folder. */
export const DECODERS: readonly Decoder[] = [logEvent, windowsFlat, plain];

/** @throws FieldError when a field is missing or wrong. */
export function decodeRecord(record: RawRecord, context: DecodeContext): NativeEvent {
  for (const decoder of DECODERS) if (decoder.accepts(record, context.table)) return decoder.decode(record, context);
  return plain.decode(record, context);
}

export { LOG_EVENT_TABLE } from './log-event/index.ts';
