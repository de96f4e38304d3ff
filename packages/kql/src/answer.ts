import type { KqlType } from './catalogue.ts';
import type { Session } from './lower/scope.ts';
import type { Table } from './relation/tree.ts';
import { call, column, type SelectColumn, type Sql } from './sql/tree.ts';

/**
 * How a column of the answer leaves the engine: as text where JSON would lose digits or the spelling depends on a setting.
 * `decodeValue` reads it back.
 */
const ENCODED: Readonly<Record<KqlType, (sql: Sql) => Sql>> = {
  bool: (sql) => call('toBool', sql),
  int: (sql) => sql,
  long: (sql) => call('toString', sql),
  real: (sql) => call('toString', sql),
  decimal: (sql) => call('toString', sql),
  string: (sql) => sql,
  // As ticks: the engine's text has the years 1900 to 2299 only.
  datetime: (sql) => call('toString', call('reinterpretAsInt64', sql)),
  timespan: (sql) => call('toString', sql),
  guid: (sql) => call('toString', sql),
  dynamic: (sql) => sql,
};

/** The columns of the answer. */
export function encodeAnswer(table: Table, session: Session): readonly SelectColumn[] {
  return table.columns.map((entry) => ({ id: session.newColumn(), value: ENCODED[entry.type](column(entry.id)) }));
}
