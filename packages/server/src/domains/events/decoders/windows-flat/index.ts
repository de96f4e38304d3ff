import { FieldError } from '../../errors.ts';
import type { Decoder, NativeEvent } from '../../event.ts';
import type { RawRecord } from '../../record.ts';
import { readTime } from '../../time/index.ts';
import { windowsAuthentication } from '../../windows/authentication.ts';
import { meaningOf, SECURITY_CHANNEL } from '../../windows/meanings.ts';
import { deriveSecurityColumns } from '../../windows/securityEvent.ts';

/** Fields of the envelope and the columns they fill, in both tables. Source: NXLog, im_msvistalog, "Fields". */
const ENVELOPE: Readonly<Record<string, string>> = {
  Hostname: 'Computer',
  Computer: 'Computer',
  Channel: 'Channel',
  EventID: 'EventID',
  RecordNumber: 'EventRecordId',
  Opcode: 'Opcode',
  Task: 'Task',
  Version: 'Version',
  ExecutionProcessID: 'SystemProcessId',
  ThreadID: 'SystemThreadId',
  Severity: 'EventLevelName',
};

/** Envelope fields that differ between the two tables. */
const SECURITY_ONLY: Readonly<Record<string, string>> = { SourceName: 'EventSourceName', SeverityValue: 'Level' };
const OTHER_ONLY: Readonly<Record<string, string>> = {
  SourceName: 'Provider',
  SeverityValue: 'EventLevel',
  UserID: 'SystemUserId',
  ActivityID: 'Correlation',
};

/** What the shippers on the way add; it says nothing of the event itself. */
const TRANSPORT: ReadonlySet<string> = new Set([
  '@timestamp',
  '@version',
  'EventReceivedTime',
  'EventTime',
  'EventType',
  'ERROR_EVT_UNRESOLVED',
  'OpcodeValue',
  'ProviderGuid',
  'SourceModuleName',
  'SourceModuleType',
  'host',
  'port',
  'tags',
]);

const TIME_FIELDS = ['EventTime', 'TimeCreated', 'UtcTime', '@timestamp'] as const;

/** The 64-bit keyword mask as Windows shows it; NXLog writes it as a signed number. */
export function keywordMask(value: unknown): unknown {
  const text =
    typeof value === 'number' && Number.isInteger(value)
      ? BigInt(value)
      : typeof value === 'string' && /^-?\d{1,20}$/.test(value)
        ? BigInt(value)
        : undefined;
  return text === undefined ? value : `0x${BigInt.asUintN(64, text).toString(16)}`;
}

function textOf(record: RawRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/**
 * Windows events as one flat JSON object each, as NXLog's to_json() writes them and the public OTRF data sets have them. The
 * Security channel (spelt in any case) goes to SecurityEvent, every other one to WindowsEvent with its own fields in EventData,
 * whichever of the two tables the file was sent to.
 */
export const windowsFlat: Decoder = {
  name: 'windows-flat',

  accepts: (record, table) =>
    (table === 'SecurityEvent' || table === 'WindowsEvent') &&
    record.EventID !== undefined &&
    typeof record.Channel === 'string' &&
    (record.SourceName !== undefined || record.RecordNumber !== undefined || record.EventTime !== undefined),

  decode(record, context): NativeEvent {
    const id = Number(textOf(record, 'EventID') || NaN);
    if (!Number.isInteger(id) || id < 0 || id > 0xffff_ffff) throw new FieldError('EventID', 'is not an event number');
    const channel = textOf(record, 'Channel');
    const provider = textOf(record, 'SourceName');
    const computer = textOf(record, 'Hostname') || textOf(record, 'Computer');
    if (computer === '') throw new FieldError('Hostname', 'is missing');
    const security = channel.toLowerCase() === SECURITY_CHANNEL;
    const table = security ? 'SecurityEvent' : 'WindowsEvent';
    const time = readTime(
      TIME_FIELDS.map((name) => record[name]).find((value) => value !== undefined && value !== ''),
      context,
    );
    const fields = security ? securityFields(record) : otherFields(record);
    fields.EventID = id;
    if (security) deriveSecurityColumns(fields, provider, channel, id);
    const meaning = meaningOf(provider, channel, id);
    return {
      table,
      fields,
      time,
      senderUid: recordUid(record, computer, channel, time.ms),
      retry: 0,
      content: '',
      authentication: meaning === undefined ? undefined : windowsAuthentication(meaning, record, { computer, table }),
      strict: false,
    };
  },
};

/**
 * A record number is unique in its channel until the log is cleared; the event's second keeps the numbers of the next log apart.
 * Without a number the content decides.
 */
function recordUid(record: RawRecord, computer: string, channel: string, timeMs: number): string | undefined {
  const number = textOf(record, 'RecordNumber');
  if (!/^\d{1,20}$/.test(number)) return undefined;
  return `${computer.toLowerCase()}/${channel.toLowerCase()}/${number}/${Math.floor(timeMs / 1000).toString(36)}`;
}

function securityFields(record: RawRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name in record) {
    const column = ENVELOPE[name] ?? SECURITY_ONLY[name] ?? name;
    fields[column] = name === 'Keywords' ? keywordMask(record[name]) : record[name];
  }
  return fields;
}

function otherFields(record: RawRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const data: Record<string, unknown> = {};
  for (const name in record) {
    const column = ENVELOPE[name] ?? OTHER_ONLY[name];
    if (column !== undefined) fields[column] = record[name];
    else if (name === 'Keywords') fields[name] = keywordMask(record[name]);
    else if (TRANSPORT.has(name)) fields[name] = record[name];
    else data[name] = record[name];
  }
  fields.EventData = data;
  return fields;
}
