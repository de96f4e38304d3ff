import type { KqlType } from '../catalogue.ts';
import { datetimeParameter, isNullableStorage, storageType } from '../storage.ts';
import { call, cast, literal, NULL, type Sql } from '../sql/tree.ts';

/** A constant of the query, in this package's own terms: ticks for datetime (since 1970) and timespan, text for the rest. */
export type Constant = string | number | bigint | boolean | null;

/** A scalar expression on its way to SQL. */
export interface Value {
  readonly sql: Sql;
  readonly type: KqlType;
  /** False where the engine's value is never NULL. */
  readonly nullable: boolean;
  /** The value itself, where the text gives it. */
  readonly constant?: Constant;
  /** now() plus so many ticks: arithmetic with constants stays a bound moment, which reaches the sorting key. */
  readonly nowOffset?: bigint;
  /** Where a dynamic value comes from, so that a whole path is read by one call. */
  readonly path?: { readonly root: Sql; readonly steps: readonly Sql[] };
}

export function value(sql: Sql, type: KqlType, nullable: boolean): Value {
  return { sql, type, nullable: nullable && isNullableStorage(type) };
}

/** ClickHouse's type without a null map, for parameters and casts. */
export function plainType(type: KqlType): string {
  return storageType(type, { required: true });
}

/** A typed NULL; the empty text for the types whose null is empty. */
export function nullOf(type: KqlType): Value {
  if (!isNullableStorage(type))
    return { sql: { kind: 'constant', value: '' }, type, nullable: false, constant: type === 'dynamic' ? null : '' };
  return { sql: cast(NULL, storageType(type)), type, nullable: true, constant: null };
}

/** How each type's constant is bound. */
const BOUND: Readonly<Record<KqlType, (constant: Exclude<Constant, null>) => Sql>> = {
  bool: (constant) => literal('Bool', constant === true),
  int: (constant) => literal('Int32', Number(constant)),
  long: (constant) => literal('Int64', BigInt(constant)),
  real: (constant) => literal('Float64', Number(constant)),
  decimal: (constant) => literal(plainType('decimal'), String(constant)),
  string: (constant) => literal('String', String(constant)),
  datetime: (constant) => datetimeLiteral(BigInt(constant)),
  timespan: (constant) => literal('Int64', BigInt(constant)),
  guid: (constant) => literal('UUID', String(constant)),
  dynamic: (constant) => literal('String', String(constant)),
};

/** 1900-01-01 and 2299-12-31T23:59:59: what the engine reads as text. Other moments are bound as ticks. */
const [FIRST_TEXT, LAST_TEXT] = [-22_089_888_000_000_000n, 104_138_783_990_000_000n];

function datetimeLiteral(ticks: bigint): Sql {
  return ticks < FIRST_TEXT || ticks > LAST_TEXT
    ? ticksToDatetime(literal('Int64', ticks))
    : literal(plainType('datetime'), datetimeParameter(ticks));
}

/** A constant of the query as a bound literal. */
export function constantValue(type: KqlType, constant: Constant): Value {
  if (constant === null) return nullOf(type);
  return { sql: BOUND[type](constant), type, nullable: false, constant };
}

/** now() plus ticks. */
export function momentValue(offsetTicks: bigint): Value {
  return { sql: { kind: 'now', offsetTicks }, type: 'datetime', nullable: false, nowOffset: offsetTicks };
}

/** Ticks since 1970 of a datetime. */
export function datetimeToTicks(sql: Sql): Sql {
  return call('reinterpretAsInt64', sql);
}

/** The datetime of ticks since 1970. */
export function ticksToDatetime(sql: Sql): Sql {
  return call('reinterpret', sql, { kind: 'constant', value: plainType('datetime') });
}
