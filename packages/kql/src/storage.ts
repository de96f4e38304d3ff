import type { KqlType } from './catalogue.ts';

/**
 * How each Kusto type is kept in ClickHouse. The one place that knows: tables are created from it, parameters are bound
 * with it, results are decoded by it.
 *
 * - `string` has no null in Kusto (`isnull("")` is false), so it is a plain String.
 * - `dynamic` is the JSON text; the empty text is Kusto's null. A JSON column loads four times slower; paths are read with
 *   one JSONExtract each.
 * - `datetime` counts 100-ns ticks as Kusto does, and leaves the engine as ticks: its own text has the years 1900 to 2299 only.
 * - `timespan` is a number of 100-ns ticks.
 * - `decimal` has 18 digits after the point and 20 before it (Kusto: 34 significant digits, floating).
 *
 * Source: KQL documentation, "Scalar data types"; ClickHouse documentation, "Data types".
 */
const PLAIN_TYPES: Readonly<Record<KqlType, string>> = {
  bool: 'Bool',
  int: 'Int32',
  long: 'Int64',
  real: 'Float64',
  decimal: 'Decimal(38, 18)',
  string: 'String',
  datetime: "DateTime64(7, 'UTC')",
  timespan: 'Int64',
  guid: 'UUID',
  dynamic: 'String',
};

/** Types whose null is the empty text, so that the engine's column needs no null map. */
const NULL_IS_EMPTY: ReadonlySet<KqlType> = new Set(['string', 'dynamic']);

/** True when a column of the type has a null map in the engine unless it is declared without nulls. */
export function isNullableStorage(type: KqlType): boolean {
  return !NULL_IS_EMPTY.has(type);
}

/**
 * The ClickHouse type of a column of the Kusto type, e.g. `Nullable(Int64)`.
 * `required` drops the null map, for columns that every row has (`TimeGenerated`, `IngestedAt`).
 */
export function storageType(type: KqlType, options: { readonly required?: boolean } = {}): string {
  const plain = PLAIN_TYPES[type];
  return options.required === true || !isNullableStorage(type) ? plain : `Nullable(${plain})`;
}

/** 100-ns ticks between 0001-01-01 (Kusto's zero) and 1970-01-01. */
export const EPOCH_TICKS = 621_355_968_000_000_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_DAY = 864_000_000_000n;

/** Kusto's datetime text from ticks since 1970: `2023-01-02T03:04:05.1234567Z`. */
export function formatDatetime(ticksSinceEpoch: bigint): string {
  const [milliseconds, rest] = floorDivide(ticksSinceEpoch, TICKS_PER_MILLISECOND);
  const iso = new Date(Number(milliseconds)).toISOString();
  return `${iso.slice(0, -1)}${String(rest).padStart(4, '0')}Z`;
}

/** ClickHouse's datetime text from ticks since 1970: `2023-01-02 03:04:05.1234567`. */
export function datetimeParameter(ticksSinceEpoch: bigint): string {
  return formatDatetime(ticksSinceEpoch).slice(0, -1).replace('T', ' ');
}

/** Kusto's timespan text from ticks: `1.02:03:04.5000000`, days and fraction only where they are not zero. */
export function formatTimespan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const days = size / TICKS_PER_DAY;
  const seconds = (size % TICKS_PER_DAY) / TICKS_PER_SECOND;
  const fraction = size % TICKS_PER_SECOND;
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0'));
  return [
    ticks < 0n ? '-' : '',
    days > 0n ? `${String(days)}.` : '',
    clock.join(':'),
    fraction > 0n ? `.${String(fraction).padStart(7, '0')}` : '',
  ].join('');
}

function floorDivide(value: bigint, divisor: bigint): [bigint, bigint] {
  const rest = ((value % divisor) + divisor) % divisor;
  return [(value - rest) / divisor, rest];
}

type Decoder = (value: unknown) => unknown;

function decodeInteger(value: unknown): unknown {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

const NOT_FINITE: Readonly<Record<string, string>> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' };

function decodeReal(value: unknown): unknown {
  const text = String(value);
  return NOT_FINITE[text] ?? Number(text);
}

/** Ticks since 1970, as the compiler's statements give them, or the engine's own text. */
function decodeDatetime(value: unknown): unknown {
  if (/^-?\d+$/.test(String(value))) return formatDatetime(BigInt(String(value)));
  const [date = '', clock = '00:00:00'] = String(value).split(/[T ]/);
  const [seconds = '', fraction = ''] = clock.replace(/Z$/, '').split('.');
  return `${date}T${seconds}.${fraction.padEnd(7, '0')}Z`;
}

function decodeDynamic(value: unknown): unknown {
  if (value === '') return null;
  try {
    return JSON.parse(String(value));
  } catch {
    // Not JSON: Kusto's parse_json() keeps such text as a string value.
    return String(value);
  }
}

/** From the engine's JSONCompact value, as the compiler's outermost SELECT gives it, to the value of Kusto's v2 answer. */
const DECODERS: Readonly<Record<KqlType, Decoder>> = {
  bool: (value) => value === true || value === 1 || value === 'true',
  int: Number,
  long: decodeInteger,
  real: decodeReal,
  decimal: (value) => String(value),
  string: String,
  datetime: decodeDatetime,
  timespan: (value) => formatTimespan(BigInt(String(value))),
  guid: String,
  dynamic: decodeDynamic,
};

/** One value of a result, in the encoding of the Kusto v2 REST answer: null, boolean, number, string or JSON. */
export function decodeValue(type: KqlType, value: unknown): unknown {
  return value === null || value === undefined ? null : DECODERS[type](value);
}
