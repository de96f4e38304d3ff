import { GatehouseError, type ErrorDetail } from '../../platform/errors.ts';

/** Identity's codes: status and sentence. What an attacker could learn from is said in one and the same way. */
export const IDENTITY_ERRORS = {
  SIGN_IN_FAILED: { status: 401, message: 'The e-mail address or the password is wrong.' },
  SIGN_IN_THROTTLED: {
    status: 429,
    message: 'Too many failed sign-ins from here for this account; wait before the next try.',
  },
  SIGN_IN_BUSY: { status: 503, message: 'Too many sign-ins at this moment; try again shortly.' },
  SETUP_DONE: { status: 409, message: 'This installation is set up already; sign in.' },
  SETUP_SECRET_WRONG: {
    status: 403,
    message: 'The set-up secret is wrong or has expired; the server prints a new one when it starts.',
  },
  PASSWORD_REFUSED: { status: 400, message: 'This password cannot be used.' },
  EMAIL_INVALID: { status: 400, message: 'This is not an e-mail address.' },
  EMAIL_TAKEN: { status: 409, message: 'A user with this e-mail address exists already.' },
  NAME_INVALID: { status: 400, message: 'This name cannot be used.' },
  TIME_ZONE_UNKNOWN: { status: 400, message: 'There is no such time zone; use an IANA name such as Europe/London.' },
  COMPANY_NAME_TAKEN: { status: 409, message: 'A company of this name exists already.' },
  USER_UNKNOWN: { status: 404, message: 'There is no such user.' },
  KEY_UNKNOWN: { status: 404, message: 'There is no such API key.' },
  KEY_SCOPE_REFUSED: { status: 403, message: 'You cannot make a key that may do more than you may.' },
  KEY_TOO_WEAK: { status: 400, message: 'A key given by the operator needs at least 24 random characters.' },
  KEY_TAKEN: { status: 409, message: 'This key is in use already.' },
  GLOBAL_ONLY: { status: 403, message: 'Only a GlobalAdmin may do this.' },
} as const;
export type IdentityErrorCode = keyof typeof IDENTITY_ERRORS;

export class IdentityError extends GatehouseError {
  override readonly name = 'IdentityError';
  constructor(
    code: IdentityErrorCode,
    options: { details?: readonly ErrorDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(code, IDENTITY_ERRORS[code].status, IDENTITY_ERRORS[code].message, options);
  }
}

/** An error about one field of the request. */
export function fieldError(code: IdentityErrorCode, field: string, reason: string): IdentityError {
  return new IdentityError(code, { details: [{ field, reason }] });
}
