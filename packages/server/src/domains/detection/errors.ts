import { GatehouseError } from '../../platform/errors.ts';

/** Every error this domain answers with: code, HTTP status, and what the caller reads. */
export const DETECTION_ERRORS = {
  RULE_UNKNOWN: { status: 404, message: 'There is no such rule.' },
  ALERT_UNKNOWN: { status: 404, message: 'There is no such alert.' },
  ALERT_MERGED: { status: 409, message: 'This alert was merged into another one; change that one.' },
  RULE_COLUMNS_MISSING: { status: 422, message: 'The query’s result lacks columns that the rule maps.' },
  LEASE_LOST: { status: 503, message: 'Another server runs the rules.' },
} as const;
export type DetectionErrorCode = keyof typeof DETECTION_ERRORS;

/** Builds the error of the given code; `reason` says more than the table's message where there is more to say. */
export function detectionError(code: DetectionErrorCode, reason?: string): GatehouseError {
  const { status, message } = DETECTION_ERRORS[code];
  return new GatehouseError(code, status, reason ?? message);
}
