import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { DatabaseError } from './errors.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * A parameter as SQLite takes it: booleans as 0 and 1, dates as milliseconds since 1970. Objects are refused: node:sqlite takes
 * an object in first place for named parameters and shifts the rest, and nobody should have to guess how one is kept.
 * @throws DatabaseError `DATABASE_VALUE`.
 */
export function encodeValue(value: unknown): SQLInputValue {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'number':
      if (!Number.isFinite(value)) throw new DatabaseError('DATABASE_VALUE', `${value} has no form in the database.`);
      return value;
    case 'bigint':
      if (value < INT64_MIN || value > INT64_MAX)
        throw new DatabaseError('DATABASE_VALUE', 'An integer is wider than 64 bits.');
      return value;
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) {
        if (Number.isNaN(value.getTime())) throw new DatabaseError('DATABASE_VALUE', 'A date is invalid.');
        return value.getTime();
      }
      if (value instanceof Uint8Array) return value;
      throw new DatabaseError('DATABASE_VALUE', 'An object or a list is written as JSON text: JSON.stringify it.');
    case 'undefined':
      throw new DatabaseError('DATABASE_VALUE', 'undefined is no value: leave the column out or write null.');
    default:
      throw new DatabaseError('DATABASE_VALUE', `A ${typeof value} has no form in the database.`);
  }
}

/** A value as SQLite gives it with big integers read: a number where it is exact, a bigint beyond 2^53. */
export function decodeValue(value: SQLOutputValue): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
