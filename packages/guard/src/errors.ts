/** The codes guard's errors carry, with the HTTP status and the sentence each is answered with. */
export const GUARD_ERRORS = {
  PASSWORD_WORK_BUSY: {
    status: 503,
    message: 'Too many passwords are being checked at this moment; try again shortly.',
  },
  CROSS_ORIGIN_REFUSED: { status: 403, message: 'This request did not come from the application itself.' },
} as const;
export type GuardErrorCode = keyof typeof GUARD_ERRORS;

/** What guard refuses: `code` is stable, `statusCode` is the name Fastify and Express read, the message is safe to show. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  readonly code: GuardErrorCode;
  readonly statusCode: number;

  constructor(code: GuardErrorCode, options?: { cause?: unknown }) {
    super(GUARD_ERRORS[code].message, options);
    this.code = code;
    this.statusCode = GUARD_ERRORS[code].status;
  }
}
