import type { FunctionFault, KqlError } from '@gatehouse/kql';
import { GatehouseError, type ErrorDetail } from '../../platform/errors.ts';

/** What can go wrong with a query before or while it runs; limits of time and memory keep the store's codes. */
export const QUERY_ERRORS = {
  KQL_ERROR: { status: 400, message: 'The query is not valid.' },
  QUERY_TOO_LONG: { status: 400, message: 'The query is longer than this server takes.' },
  QUERY_TOO_COMPLEX: { status: 422, message: 'The query takes too much time or memory to compile; make it smaller.' },
  QUERY_FAILED: { status: 422, message: 'The query could not be computed on the data.' },
  QUERY_BUSY: { status: 429, message: 'Too many queries of this company are waiting; try again in a moment.' },
  QUERY_CANCELLED: { status: 499, message: 'The query was cancelled.' },
  QUERY_ID_TAKEN: { status: 409, message: 'A query with this X-Query-Id is running.' },
  QUERY_UNKNOWN: { status: 404, message: 'No query of yours with this id is running.' },
  EXTERNAL_DATA_FAILED: { status: 422, message: 'External data of the query could not be read.' },
  LIBRARY_FORBIDDEN: { status: 403, message: 'Only a global administrator may change what belongs to every company.' },
  VERSION_UNKNOWN: { status: 404, message: 'There is no such version.' },
  FUNCTION_UNKNOWN: { status: 404, message: 'There is no such function.' },
  FUNCTION_INVALID: { status: 400, message: 'The function is not valid.' },
  FUNCTION_NAME_TAKEN: { status: 409, message: 'There is a function of this name.' },
  FUNCTION_CHANGED: { status: 409, message: 'Somebody changed the function meanwhile; look at it again.' },
  FUNCTION_LIMIT: { status: 409, message: 'There are as many functions as there may be.' },
  WATCHLIST_UNKNOWN: { status: 404, message: 'There is no such watchlist.' },
  WATCHLIST_INVALID: { status: 400, message: 'A field of the watchlist is wrong.' },
  WATCHLIST_CSV_INVALID: { status: 400, message: 'The CSV cannot be taken.' },
  WATCHLIST_ALIAS_TAKEN: { status: 409, message: 'There is a watchlist of this alias.' },
  WATCHLIST_CHANGED: { status: 409, message: 'Somebody changed the watchlist meanwhile; look at it again.' },
  WATCHLIST_LIMIT: { status: 409, message: 'There are as many watchlists or items as there may be.' },
  WATCHLIST_ITEM_UNKNOWN: { status: 404, message: 'The watchlist has no such item.' },
  TIMESPAN_INVALID: { status: 400, message: 'The timespan is not an ISO 8601 duration or interval.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type QueryErrorCode = keyof typeof QUERY_ERRORS;

/** Seconds after which a full queue is worth another try. */
const BUSY_RETRY_SECONDS = 2;

export class QueryError extends GatehouseError {
  override readonly name: string = 'QueryError';
  declare readonly code: QueryErrorCode;

  constructor(
    code: QueryErrorCode,
    options: { message?: string; details?: readonly ErrorDetail[]; cause?: unknown } = {},
  ) {
    const { status, message } = QUERY_ERRORS[code];
    super(code, status, options.message ?? message, {
      ...(options.details === undefined ? {} : { details: options.details }),
      ...(code === 'QUERY_BUSY' ? { retryAfterSeconds: BUSY_RETRY_SECONDS } : {}),
      cause: options.cause,
    });
  }
}

/** What the caller is told of one thing that is wrong in the text, with the place that every detail of ours has. */
export interface KqlErrorDetail extends KqlError, ErrorDetail {}

/** The function's text is wrong: every fault with its field, and its place in that field. */
export class FunctionError extends QueryError {
  override readonly name = 'FunctionError';

  constructor(faults: readonly FunctionFault[]) {
    const [first] = faults;
    const place = first === undefined ? '' : ` (${first.field}, line ${first.line}): ${first.message}`;
    const details = faults.map(({ field, ...fault }): KqlErrorDetail => ({
      ...fault,
      field: `/${field}`,
      reason: fault.message,
    }));
    super('FUNCTION_INVALID', { message: `The function is not valid${place === '' ? '.' : place}`, details });
  }
}

/** The query's text is wrong. `errors` are the compiler's, in the order of the text; `details` shows the same on the wire. */
export class KqlQueryError extends QueryError {
  override readonly name = 'KqlQueryError';
  readonly errors: readonly KqlError[];
  declare readonly details: readonly KqlErrorDetail[];

  constructor(errors: readonly KqlError[]) {
    const [first] = errors;
    const place = first === undefined ? '' : ` (line ${first.line}, column ${first.column}): ${first.message}`;
    const details = errors.map((error): KqlErrorDetail => ({ ...error, field: '/query', reason: error.message }));
    super('KQL_ERROR', { message: `The query is not valid${place === '' ? '.' : place}`, details });
    this.errors = errors;
  }
}
