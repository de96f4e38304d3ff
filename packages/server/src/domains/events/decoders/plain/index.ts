import type { Decoder, NativeEvent } from '../../event.ts';
import { isRecord, type RawRecord } from '../../record.ts';
import { readTime } from '../../time/index.ts';
import { senderUidOf, UID_FIELDS } from '../../uid.ts';
import { cleanText } from '../../windows/accounts.ts';
import { deriveSecurityColumns } from '../../windows/securityEvent.ts';
import { AUTHENTICATION_SOURCES } from './sources.ts';

/** Where a record says when it happened, the first that is there. */
const TIME_FIELDS = ['TimeGenerated', '@timestamp', 'timestamp', 'Timestamp', 'time', 'datetime'] as const;

/** Common columns that only we fill; a sender's values under these names are its own and kept in `AdditionalFields`. */
const OURS: ReadonlySet<string> = new Set(['Type', 'TimeReading', 'TimeFlag', 'TimeGenerated', ...UID_FIELDS]);

/**
 * JSON objects whose fields are the table's columns. A value that does not fit its column refuses the record; a field without a
 * column is kept in `AdditionalFields`, and so is what the sender itself put into a field of that name.
 */
export const plain: Decoder = {
  name: 'plain',

  accepts: () => true,

  decode(record, context): NativeEvent {
    const { table } = context;
    const timeField = TIME_FIELDS.find(
      (name) => record[name] !== undefined && record[name] !== null && record[name] !== '',
    );
    const written = timeField === undefined ? undefined : record[timeField];
    const time = readTime(written, context);
    const fields = ownFields(record, timeField);
    if (time.flag === 'unreadable') fields.TimeWritten = written;
    if (table === 'SecurityEvent')
      deriveSecurityColumns(
        fields,
        cleanText(record.EventSourceName) || 'Microsoft-Windows-Security-Auditing',
        cleanText(record.Channel) || 'Security',
        Number(cleanText(record.EventID) || NaN),
      );
    const { retry: _retry, ...content } = record;
    return {
      table,
      fields,
      time,
      senderUid: senderUidOf(record),
      retry: 0,
      content: JSON.stringify(content),
      authentication: AUTHENTICATION_SOURCES[table]?.(record),
      strict: true,
    };
  },
};

/** What is the record's own; what it put into `AdditionalFields` stands beside the rest, so that it is kept there again. */
function ownFields(record: RawRecord, timeField: string | undefined): Record<string, unknown> {
  const given = record.AdditionalFields;
  const fields: Record<string, unknown> = isRecord(given)
    ? { ...given }
    : given === undefined
      ? {}
      : { AdditionalFields: given };
  for (const name in record)
    if (!OURS.has(name) && name !== 'AdditionalFields' && name !== timeField) fields[name] = record[name];
  return fields;
}
