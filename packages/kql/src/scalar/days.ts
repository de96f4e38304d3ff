import { TICKS_PER_DAY } from '../storage.ts';
import { anchoredTicks } from '../lower/text.ts';
import { datetimeToTicks, ticksToDatetime } from '../lower/value.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';

/** Ticks of a day. */
export const DAY = Number(TICKS_PER_DAY);
export const ticks = (value_: number): Sql => literal('Int64', BigInt(value_));
export const int = (sql: Sql): Sql => call('toInt32', sql);

/** The tick at which the day of a datetime begins. */
export const dayTicks = (datetime: Sql): Sql =>
  call('minus', datetimeToTicks(datetime), call('modulo', anchoredTicks(datetime), ticks(DAY)));
/** From a Date of the engine (days since 1970) to a datetime. */
export const fromDate = (date: Sql): Sql =>
  ticksToDatetime(call('multiply', call('toInt64', call('toInt32', date)), ticks(DAY)));
export const date32 = (datetime: Sql): Sql => call('toDate32', datetime);
export const shiftDays = (datetime: Sql, days: Sql): Sql =>
  ticksToDatetime(call('plus', dayTicks(datetime), call('multiply', call('toInt64', days), ticks(DAY))));

/** Days of the week count from Sunday = 0. */
export const weekday = (datetime: Sql): Sql => call('modulo', call('toDayOfWeek', datetime), constant(7));
