import type { ReadTime, TimeContext } from './time/index.ts';
import type { RawRecord } from './record.ts';

/** A decoded event: what becomes one row of a log table, and a row of `Authentication` where it is one. */
export interface NativeEvent {
  /** The log table it belongs to; not always the one it was sent to (see the Windows decoder). */
  readonly table: string;
  /** Values by column name; names without a column end in `AdditionalFields`. */
  readonly fields: Record<string, unknown>;
  readonly time: ReadTime;
  /** The sender's own id of the event; undefined where it gives none. */
  readonly senderUid: string | undefined;
  /** How often the sender had tried before; 0 the first time. */
  readonly retry: number;
  /** What the content hash is made of, where there is no sender's id. */
  readonly content: string;
  /** Values of the ASIM row by column name; undefined where the event is no authentication. */
  readonly authentication: Record<string, unknown> | undefined;
  /** True where a value that does not fit its column refuses the event; otherwise it goes to `AdditionalFields`. */
  readonly strict: boolean;
}

export interface DecodeContext extends TimeContext {
  /** The table that the record was sent to. */
  readonly table: string;
}

/** One format. The first decoder of the list that accepts a record decodes it. */
export interface Decoder {
  readonly name: string;
  /** True when the record, sent to the table, has this decoder's shape. */
  accepts(record: RawRecord, table: string): boolean;
  /** @throws FieldError when a field is missing or wrong. */
  decode(record: RawRecord, context: DecodeContext): NativeEvent;
}
