import { GatehouseError, type ErrorDetail } from '../../platform/errors.ts';

/** Every error that this domain answers, with its HTTP status and what it says. */
export const EVENT_ERRORS = {
  JSON_MALFORMED: { status: 400, message: 'The body is not valid JSON.' },
  EVENT_REFUSED: { status: 400, message: 'No event of the body could be taken.' },
  ENCODING_UNKNOWN: { status: 415, message: 'This content encoding is not understood here; send gzip or none.' },
  BODY_TOO_LARGE: { status: 413, message: 'The body is larger than this server takes.' },
  QUEUE_FULL: { status: 429, message: 'More events wait for the store than may; send again a little later.' },
  JOURNAL_UNAVAILABLE: {
    status: 503,
    message: 'Events cannot be written to disk at the moment; send again a little later.',
  },
  STORE_BEHIND: {
    status: 503,
    message: 'The event store is behind; the events are kept here, sending them again does no harm.',
  },
  STOPPING: { status: 503, message: 'The server is stopping; send again a little later.' },
  TABLE_UNKNOWN: { status: 404, message: 'There is no such table.' },
  TABLE_EXISTS: { status: 409, message: 'There is a table of this name already.' },
  TABLE_INVALID: { status: 400, message: 'The table cannot be declared like this.' },
  QUARANTINE_UNKNOWN: { status: 404, message: 'There is no such entry in the quarantine.' },
  REPLAY_REFUSED: { status: 422, message: 'The entry still cannot be taken.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type EventErrorCode = keyof typeof EVENT_ERRORS;

/** An error of this domain; `details` name the fields. */
export class EventError extends GatehouseError {
  override readonly name = 'EventError';
  declare readonly code: EventErrorCode;

  constructor(
    code: EventErrorCode,
    options: { message?: string; details?: readonly ErrorDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(code, EVENT_ERRORS[code].status, options.message ?? EVENT_ERRORS[code].message, options);
  }
}

/** One field of one record is wrong: the record is refused, its neighbours are not. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly field: string;
  readonly reason: string;

  constructor(field: string, reason: string) {
    super(`${field} ${reason}`);
    this.field = field;
    this.reason = reason;
  }
}
