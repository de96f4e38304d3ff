/** One place or field that is wrong in what the caller sent. */
export interface ErrorDetail {
  /** JSON pointer-like place, e.g. `/0/Timestamp`, or a header's or option's name. */
  readonly field: string;
  readonly reason: string;
}

/**
 * The base of every error that may reach a caller. `code` is stable and documented (each domain's `errors.ts` is its table);
 * `message` is safe to show to anybody who may call the route; what only an administrator may know goes to the log through `cause`.
 */
export class GatehouseError extends Error {
  override readonly name: string = 'GatehouseError';
  readonly code: string;
  /** HTTP status this error is answered with. */
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: string,
    status: number,
    message: string,
    options: { details?: readonly ErrorDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = status;
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** States what must be so whatever the input: a failure is our own mistake, never the caller's. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) throw new Error(`invariant: ${message}`);
}
