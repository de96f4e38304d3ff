import { GatehouseError } from '../../platform/errors.ts';

/** Every error this domain answers with: code, HTTP status, and what the caller reads. */
export const DETECTION_ERRORS = {
  RULE_UNKNOWN: { status: 404, message: 'There is no such rule.' },
  ALERT_UNKNOWN: { status: 404, message: 'There is no such alert.' },
  ALERT_MERGED: { status: 409, message: 'This alert was merged into another one; change that one.' },
  ALERT_CURSOR_INVALID: { status: 400, message: 'The cursor is not one that this list gave.' },
} as const;
export type DetectionErrorCode = keyof typeof DETECTION_ERRORS;

/** Builds the error of the given code; `field` names what was wrong in the request. */
export function detectionError(code: DetectionErrorCode, field?: string): GatehouseError {
  const { status, message } = DETECTION_ERRORS[code];
  return new GatehouseError(
    code,
    status,
    message,
    field === undefined ? {} : { details: [{ field, reason: message }] },
  );
}
