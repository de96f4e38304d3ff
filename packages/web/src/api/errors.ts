/** One place that is wrong in what was sent, as the server names it. */
export interface ApiErrorDetail {
  readonly field: string;
  readonly reason: string;
}

/** What the server answers when it refuses: a stable code, a sentence to show, and the id by which its log knows the request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly details: readonly ApiErrorDetail[];
  readonly requestId: string | undefined;
  /** The answer's body as it came, for errors that carry more (the places in a query). */
  readonly body: unknown;

  constructor(fields: {
    code: string;
    status: number;
    message: string;
    details?: readonly ApiErrorDetail[];
    requestId?: string | undefined;
    body?: unknown;
  }) {
    super(fields.message);
    this.code = fields.code;
    this.status = fields.status;
    this.details = fields.details ?? [];
    this.requestId = fields.requestId;
    this.body = fields.body;
  }

  /** The reason given for one field of a form, or for a part of it (`/recipients/0`), or undefined. */
  reasonFor(field: string): string | undefined {
    return this.details.find((detail) => detail.field.replace(/^\//, '').split('/')[0] === field)?.reason;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readDetails(value: unknown): readonly ApiErrorDetail[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item) && typeof item.field === 'string' && typeof item.reason === 'string'
      ? [{ field: item.field, reason: item.reason }]
      : [],
  );
}

/** Reads an error answer, whatever came: a proxy's HTML page becomes a plain sentence, never a crash. */
export function readApiError(status: number, body: unknown): ApiError {
  const error = isRecord(body) ? body.error : undefined;
  if (!isRecord(error) || typeof error.message !== 'string')
    return new ApiError({
      code: 'UNREADABLE_ANSWER',
      status,
      message: `The server answered ${status} without saying why.`,
      body,
    });
  return new ApiError({
    code: typeof error.code === 'string' ? error.code : 'UNKNOWN',
    status,
    message: error.message,
    details: readDetails(error.details),
    requestId: typeof error.requestId === 'string' ? error.requestId : undefined,
    body,
  });
}

/** Makes an ApiError of whatever was thrown; a request that never got an answer has status 0. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof TypeError)
    return new ApiError({
      code: 'UNREACHABLE',
      status: 0,
      message: 'The server cannot be reached. Is it running, and is this machine online?',
    });
  return new ApiError({
    code: 'CONSOLE_ERROR',
    status: 0,
    message: thrown instanceof Error ? thrown.message : 'Something went wrong in the console.',
  });
}
