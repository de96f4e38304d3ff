import { GatehouseError } from '../errors.ts';

/** What can go wrong when the control store is opened or used. */
export const DATABASE_ERRORS = {
  DATABASE_URL_INVALID: { status: 500, message: 'The database URL is not understood.' },
  DATABASE_UNSUPPORTED: { status: 500, message: 'This kind of database is not supported yet.' },
  DATABASE_NEWER: { status: 500, message: 'The database was written by a newer version.' },
  DATABASE_MIGRATION: { status: 500, message: 'A migration of the database failed; nothing of it was kept.' },
  DATABASE_VALUE: { status: 500, message: 'A value has no form in the database.' },
  DATABASE_OUTER_HANDLE: { status: 500, message: 'Inside a transaction only its own handle may be used.' },
  CURSOR_INVALID: { status: 400, message: 'The cursor is not one of this list.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type DatabaseErrorCode = keyof typeof DATABASE_ERRORS;

export class DatabaseError extends GatehouseError {
  override readonly name = 'DatabaseError';
  declare readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message?: string, options: { cause?: unknown; field?: string } = {}) {
    const row = DATABASE_ERRORS[code];
    super(code, row.status, message ?? row.message, {
      cause: options.cause,
      ...(options.field === undefined ? {} : { details: [{ field: options.field, reason: message ?? row.message }] }),
    });
  }
}
