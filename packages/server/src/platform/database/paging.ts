import { sql } from 'kysely';
import type { Expression, SelectQueryBuilder, SqlBool } from 'kysely';
import { DatabaseError } from './errors.ts';

/** One column of a list's order; together they are unique, so the last is usually the id. Values are numbers or strings. */
export interface PageKey {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

export interface PageOptions {
  readonly keys: readonly PageKey[];
  /** Rows of a page: 1 to 1,000. */
  readonly limit: number;
  /** What the page before gave as `nextCursor`; untrusted. */
  readonly cursor?: string | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

type CursorValue = string | number;

const LIMIT_BOUND = 1_000;

/** The values of the keys in the last row, as opaque text for a URL. */
export function encodeCursor(values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws DatabaseError `CURSOR_INVALID` for whatever `encodeCursor` did not make for as many keys. */
export function decodeCursor(cursor: string, keyCount: number): readonly CursorValue[] {
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new DatabaseError('CURSOR_INVALID', undefined, { cause, field: 'cursor' });
  }
  const fits =
    Array.isArray(values) &&
    values.length === keyCount &&
    values.every((value) => typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)));
  if (!fits) throw new DatabaseError('CURSOR_INVALID', undefined, { field: 'cursor' });
  return values as readonly CursorValue[];
}

/**
 * One page of a list, by the keys' values and not by a count of rows to skip: rows that come or go in between neither repeat
 * nor vanish. The one place that knows how a database spells "the first n rows".
 * The query selects the key columns under their own names.
 */
export async function pageOf<Tables, Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  options: PageOptions,
): Promise<Page<Row>> {
  const { keys, limit } = options;
  if (keys.length === 0) throw new TypeError('a page has at least one key');
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_BOUND)
    throw new TypeError(`a page has 1 to ${LIMIT_BOUND} rows, not ${limit}`);
  let ordered = query;
  if (options.cursor !== undefined) ordered = ordered.where(after(keys, decodeCursor(options.cursor, keys.length)));
  for (const key of keys) ordered = ordered.orderBy(sql.ref(key.column), key.direction);
  const found = await ordered.limit(limit + 1).execute();
  const rows = found.slice(0, limit);
  const last = rows.at(-1) as Readonly<Record<string, CursorValue>> | undefined;
  if (found.length <= limit || last === undefined) return { rows, nextCursor: undefined };
  const values = keys.map((key) => {
    const value = last[key.column.split('.').at(-1) ?? ''];
    if (value === undefined) throw new TypeError(`the page's query does not select its key ${key.column}`);
    return value;
  });
  return { rows, nextCursor: encodeCursor(values) };
}

/** `a > x or (a = x and (b > y …))`: row values are not portable. */
function after(keys: readonly PageKey[], values: readonly CursorValue[]): Expression<SqlBool> {
  const [key, ...moreKeys] = keys;
  const [value, ...moreValues] = values;
  if (key === undefined) return sql<SqlBool>`1 = 0`;
  const column = sql.ref(key.column);
  const beyond = key.direction === 'asc' ? sql<SqlBool>`${column} > ${value}` : sql<SqlBool>`${column} < ${value}`;
  if (moreKeys.length === 0) return beyond;
  return sql<SqlBool>`(${beyond} or (${column} = ${value} and ${after(moreKeys, moreValues)}))`;
}
