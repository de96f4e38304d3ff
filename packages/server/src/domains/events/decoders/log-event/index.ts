import { accountFacts, asimRow } from '../../authentication.ts';
import { FieldError } from '../../errors.ts';
import type { Decoder, NativeEvent } from '../../event.ts';
import type { RawRecord } from '../../record.ts';
import { senderUidOf } from '../../uid.ts';
import { readTime } from '../../time/index.ts';
import { cleanAddress, userTypeOf } from '../../windows/accounts.ts';
import { eventTypeMeaning } from './eventTypes.ts';

/** The table of these events, and the name that routes them here. */
export const LOG_EVENT_TABLE = 'SignInEvents_CL';

/** Characters of a name or address; Windows' own limits are below it. */
const TEXT_LIMIT = 1024;
const RETRY_LIMIT = 1_000_000;

function requiredText(record: RawRecord, name: string): string {
  const value = record[name];
  if (value === undefined || value === null) throw new FieldError(name, 'is missing');
  if (typeof value !== 'string') throw new FieldError(name, 'is not a string');
  if (value.trim() === '') throw new FieldError(name, 'is empty');
  if (value.length > TEXT_LIMIT) throw new FieldError(name, `is longer than ${TEXT_LIMIT} characters`);
  return value;
}

function optionalText(record: RawRecord, name: string): string {
  const value = record[name];
  if (value === undefined || value === null || value === '') return '';
  return requiredText(record, name);
}

function retryOf(record: RawRecord): number {
  const value = record.retry ?? 0;
  const number = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw new FieldError('retry', 'is not a whole number');
  if (number < 0 || number > RETRY_LIMIT) throw new FieldError('retry', `is not between 0 and ${RETRY_LIMIT}`);
  return number;
}

const KNOWN: ReadonlySet<string> = new Set([
  'EventType',
  'UserName',
  'ComputerName',
  'IPAddress',
  'Timestamp',
  'retry',
]);

/** The shape of the workstation agent's `POST /api/log_event`. Fields that it does not name are kept in `AdditionalFields`. */
export const logEvent: Decoder = {
  name: 'log-event',

  accepts: (_record, table) => table === LOG_EVENT_TABLE,

  decode(record, context): NativeEvent {
    const eventType = requiredText(record, 'EventType');
    const userName = requiredText(record, 'UserName');
    const computerName = requiredText(record, 'ComputerName');
    const address = optionalText(record, 'IPAddress');
    const written = record.Timestamp;
    if (written !== undefined && written !== null && typeof written !== 'string' && typeof written !== 'number')
      throw new FieldError('Timestamp', 'is neither a string nor a number');
    const retry = retryOf(record);
    const time = readTime(written, context);
    const fields: Record<string, unknown> = {
      EventType: eventType,
      UserName: userName,
      ComputerName: computerName,
      Retry: retry,
    };
    if (address !== '') fields.IPAddress = address;
    if (time.flag === 'unreadable') fields.Timestamp = written;
    for (const name in record) if (!KNOWN.has(name)) fields[name] = record[name];
    const { retry: _retry, ...content } = record;
    return {
      table: LOG_EVENT_TABLE,
      fields,
      time,
      senderUid: senderUidOf(record),
      retry,
      content: JSON.stringify(content),
      authentication: authenticationOf({ eventType, userName, computerName, address }),
      strict: false,
    };
  },
};

interface LogEventText {
  readonly eventType: string;
  readonly userName: string;
  readonly computerName: string;
  readonly address: string;
}

function authenticationOf(event: LogEventText): Record<string, unknown> | undefined {
  const meaning = eventTypeMeaning(event.eventType);
  if (meaning === undefined) return undefined;
  return asimRow({
    type: meaning.type,
    subType: meaning.subType,
    originalType: event.eventType,
    originalSubType: '',
    message: '',
    result: meaning.result,
    resultDetails: meaning.resultDetails,
    originalResultDetails: '',
    vendor: 'Gatehouse',
    product: 'Workstation agent',
    target: accountFacts(event.userName, userTypeOf),
    computer: event.computerName,
    address: cleanAddress(event.address),
    sourceHost: '',
    protocol: '',
    targetApp: '',
    table: LOG_EVENT_TABLE,
  });
}
