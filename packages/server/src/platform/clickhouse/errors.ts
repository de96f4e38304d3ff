import { ClickHouseError } from '@clickhouse/client';
import { GatehouseError } from '../errors.ts';

/** What can go wrong in the event store, with the HTTP status a caller is answered with. */
export const STORE_ERRORS = {
  STORE_UNAVAILABLE: { status: 503, message: 'The event store does not answer at the moment; try again.' },
  STORE_LOCKED: { status: 503, message: 'Another process uses this data folder.' },
  STORE_ERROR: { status: 500, message: 'The event store could not run a statement.' },
  STORE_BAD_ROW: { status: 400, message: 'A row does not fit the table.' },
  STORE_SCHEMA: { status: 500, message: "The event store's tables do not fit this version." },
  TIME_LIMIT: { status: 422, message: 'The query was stopped at its limit of execution time.' },
  MEMORY_LIMIT: { status: 422, message: 'The query was stopped at its limit of memory.' },
  ROW_LIMIT: { status: 422, message: 'The query was stopped at its limit of rows.' },
  CANCELLED: { status: 499, message: 'The query was cancelled.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type StoreErrorCode = keyof typeof STORE_ERRORS;

/** Seconds a caller should wait before it asks an unavailable store again: a restart takes about one. */
const RETRY_AFTER_SECONDS = 2;

/** An error of the event store. `cause` has the engine's own words, for the log only. */
export class StoreError extends GatehouseError {
  override readonly name = 'StoreError';
  declare readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, options: { message?: string; cause?: unknown } = {}) {
    const { status, message } = STORE_ERRORS[code];
    super(code, status, options.message ?? message, {
      ...(code === 'STORE_UNAVAILABLE' ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}),
      cause: options.cause,
    });
  }

  /** True when the same call may succeed a moment later. */
  get retryable(): boolean {
    return this.code === 'STORE_UNAVAILABLE';
  }
}

/**
 * The engine's error numbers that mean something to a caller; every other number is `STORE_ERROR`.
 * Source: ClickHouse, src/Common/ErrorCodes.cpp.
 */
const CODE_BY_ENGINE_NUMBER: Readonly<Record<string, StoreErrorCode>> = {
  '6': 'STORE_BAD_ROW', // CANNOT_PARSE_TEXT
  '26': 'STORE_BAD_ROW', // CANNOT_PARSE_QUOTED_STRING
  '27': 'STORE_BAD_ROW', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '38': 'STORE_BAD_ROW', // CANNOT_PARSE_DATE
  '41': 'STORE_BAD_ROW', // CANNOT_PARSE_DATETIME
  '53': 'STORE_BAD_ROW', // TYPE_MISMATCH
  '69': 'STORE_BAD_ROW', // ARGUMENT_OUT_OF_BOUND
  '72': 'STORE_BAD_ROW', // CANNOT_PARSE_NUMBER
  '117': 'STORE_BAD_ROW', // INCORRECT_DATA
  '321': 'STORE_BAD_ROW', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349': 'STORE_BAD_ROW', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '376': 'STORE_BAD_ROW', // CANNOT_PARSE_UUID
  '158': 'ROW_LIMIT', // TOO_MANY_ROWS
  '396': 'ROW_LIMIT', // TOO_MANY_ROWS_OR_BYTES
  '159': 'TIME_LIMIT', // TIMEOUT_EXCEEDED
  '160': 'TIME_LIMIT', // TOO_SLOW
  '241': 'MEMORY_LIMIT', // MEMORY_LIMIT_EXCEEDED
  '394': 'CANCELLED', // QUERY_WAS_CANCELLED
  '202': 'STORE_UNAVAILABLE', // TOO_MANY_SIMULTANEOUS_QUERIES
  '236': 'STORE_UNAVAILABLE', // ABORTED: the engine is shutting down
  '252': 'STORE_UNAVAILABLE', // TOO_MANY_PARTS: merges are behind
  '735': 'CANCELLED', // QUERY_WAS_CANCELLED_BY_CLIENT
};

/** Anything thrown by the client, as one of the store's errors. `signal` tells a caller's own cancellation apart. */
export function toStoreError(error: unknown, signal?: AbortSignal): StoreError {
  if (error instanceof StoreError) return error;
  if (signal?.aborted === true) return new StoreError('CANCELLED', { cause: error });
  if (error instanceof ClickHouseError)
    return new StoreError(CODE_BY_ENGINE_NUMBER[error.code] ?? 'STORE_ERROR', { cause: error });
  if (error instanceof Error && isTransportFailure(error)) return new StoreError('STORE_UNAVAILABLE', { cause: error });
  return new StoreError('STORE_ERROR', { cause: error });
}

const TRANSPORT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_EOF_STATE',
]);

/** True when no connection was made, so that the call was certainly not begun. */
export function neverConnected(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOENT';
}

/** The client's own words for a connection that went away; it gives these no code. */
const TRANSPORT_MESSAGES = ['Timeout error.', 'socket hang up', 'aborted', 'Premature close'];

function isTransportFailure(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return (code !== undefined && TRANSPORT_CODES.has(code)) || TRANSPORT_MESSAGES.includes(error.message);
}
