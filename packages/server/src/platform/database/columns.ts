import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * Column types that mean the same in SQLite, PostgreSQL, MariaDB and SQL Server, for `addColumn`.
 *
 * | helper | column | values |
 * |---|---|---|
 * | `id` | `varchar(36)` | UUIDv7, made by the application |
 * | `ms` | `bigint` | milliseconds since 1970, UTC |
 * | `count` | `bigint` | an integer |
 * | `flag` | `smallint` | 0 or 1 |
 * | `json`, `text` | `text` | JSON or text of any length; never indexed |
 * | `short(n)` | `varchar(n)` | text that may be indexed; n from 1 to 450, SQL Server's bound for a key in two-byte characters |
 */
export const columnType = {
  id: 'varchar(36)',
  ms: 'bigint',
  count: 'bigint',
  flag: 'smallint',
  json: 'text',
  text: 'text',
  short(length: number): `varchar(${number})` {
    if (!Number.isInteger(length) || length < 1 || length > SHORT_LIMIT)
      throw new TypeError(`a short text has 1 to ${SHORT_LIMIT} characters, not ${length}`);
    return `varchar(${length})`;
  },
} as const;

const SHORT_LIMIT = 450;

/** `1` or `0` for a `flag` column. */
export function flagOf(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** A default of an integer column, as DDL takes it: a parameter is not allowed there. */
export function integerDefault(value: number): RawBuilder<number> {
  if (!Number.isSafeInteger(value)) throw new TypeError(`not an integer: ${value}`);
  return sql.raw(String(value));
}
