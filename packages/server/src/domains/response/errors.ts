import { GatehouseError } from '../../platform/errors.ts';

/** Every error this domain answers with: code, HTTP status, and what the caller reads. */
export const RESPONSE_ERRORS = {
  ACTION_GROUP_UNKNOWN: { status: 404, message: 'There is no such action group.' },
  ACTION_GROUP_NAME_TAKEN: { status: 409, message: 'The company has an action group of this name.' },
  ACTION_GROUP_INVALID: { status: 400, message: 'A field of the action group is wrong.' },
  ACTION_GROUP_LIMIT: { status: 409, message: 'The company has as many action groups as it may have.' },
} as const;
export type ResponseErrorCode = keyof typeof RESPONSE_ERRORS;

/** Builds the error of the given code; with a field, what is wrong with it. */
export function responseError(code: ResponseErrorCode, field?: string, reason?: string): GatehouseError {
  const { status, message } = RESPONSE_ERRORS[code];
  return new GatehouseError(
    code,
    status,
    message,
    field === undefined ? {} : { details: [{ field, reason: reason ?? message }] },
  );
}
