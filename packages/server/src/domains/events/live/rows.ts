import { COMMON_COLUMNS, type KqlType, type LogTable } from '@gatehouse/schema';
import { decodeValue } from '@gatehouse/kql';
import type { EngineRow } from '../store.ts';

/** An event as the live stream and the recent events show it: its columns that have a value, and its company's number. */
export type ShownEvent = Readonly<Record<string, unknown>> & { readonly EventUid: string; readonly Type: string };

const COMMON_TYPES: readonly (readonly [string, KqlType])[] = COMMON_COLUMNS.map((column) => [
  column.name,
  column.type,
]);

/** Columns' types of a table, the common ones included. */
export function typesOf(table: LogTable): ReadonlyMap<string, KqlType> {
  return new Map([...table.columns.map((column) => [column.name, column.type] as const), ...COMMON_TYPES]);
}

/** From the engine's row (of a result, or as it was inserted) to what is shown; both give the same. */
export function shownEvent(row: EngineRow, types: ReadonlyMap<string, KqlType>): ShownEvent {
  const shown: Record<string, unknown> = {};
  for (const name in row) {
    const type = types.get(name);
    const value = row[name];
    if (type === undefined || value === null || value === undefined || value === '') continue;
    shown[name] = decodeValue(type, value);
  }
  return { ...shown, Company: Number(row.CompanyId), EventUid: String(row.EventUid), Type: String(row.Type) };
}
