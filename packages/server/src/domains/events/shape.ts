import { COMMON_COLUMNS, type KqlType, type LogTable } from '@gatehouse/schema';
import { isSecretName, redact, redactText, REDACTED } from '@gatehouse/guard/redact';
import { FieldError } from './errors.ts';
import { readTime, storeTime, zoneOf } from './time/index.ts';

/** A log table as the row writer needs it: its columns' types by name, the common ones left out. */
export interface TableShape {
  readonly name: string;
  readonly types: ReadonlyMap<string, KqlType>;
}

const COMMON: ReadonlySet<string> = new Set(COMMON_COLUMNS.map((column) => column.name));

export function shapeOf(table: LogTable): TableShape {
  return {
    name: table.name,
    types: new Map(
      table.columns.filter((column) => !COMMON.has(column.name)).map((column) => [column.name, column.type]),
    ),
  };
}

/** Text that a column can hold is no longer than this; the rest is cut and `…` says so. One row stays far below the engine's limits. */
const TEXT_LIMIT = 1_000_000;

const NOT_FITTING = Symbol('not fitting');

const GUID = /^\{?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\}?$/i;
const INT32 = 2 ** 31;
const TIMESPAN = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?$/;

type Fit = (value: unknown) => unknown;

function fitInteger(value: unknown, limit: number): unknown {
  const number = typeof value === 'string' && /^\s*[+-]?\d{1,16}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= -limit && number < limit
    ? number
    : NOT_FITTING;
}

function fitReal(value: unknown): unknown {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : NOT_FITTING;
}

function fitBoolean(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  if (value === 1 || (typeof value === 'string' && /^(?:true|1)$/i.test(value))) return true;
  return value === 0 || (typeof value === 'string' && /^(?:false|0)$/i.test(value)) ? false : NOT_FITTING;
}

function fitDatetime(value: unknown): unknown {
  const found = readTime(value, { zone: zoneOf('UTC'), order: 'day-first', arrivalMs: 0 });
  return found.flag === 'unreadable' ? NOT_FITTING : storeTime(found.ms, found.ticks);
}

function fitTimespan(value: unknown): unknown {
  const match = typeof value === 'string' ? TIMESPAN.exec(value) : null;
  if (match === null) return NOT_FITTING;
  const seconds = Number(match[2] ?? 0) * 86_400 + Number(match[3]) * 3600 + Number(match[4]) * 60 + Number(match[5]);
  const ticks = seconds * 10_000_000 + Number((match[6] ?? '').padEnd(7, '0'));
  return Number.isSafeInteger(ticks) ? (match[1] === undefined ? ticks : -ticks) : NOT_FITTING;
}

function fitText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text;
}

function fitDynamic(value: unknown): unknown {
  return fitText(typeof value === 'string' && isJson(value) ? value : JSON.stringify(value));
}

/** A value as the engine takes it for the type, or `NOT_FITTING`. Text that means the type's value is taken as it. */
const FIT: Readonly<Record<KqlType, Fit>> = {
  string: fitText,
  dynamic: fitDynamic,
  int: (value) => fitInteger(value, INT32),
  long: (value) => fitInteger(value, Number.MAX_SAFE_INTEGER),
  real: fitReal,
  decimal: (value) => (typeof value === 'string' && /^-?\d{1,20}(?:\.\d{1,18})?$/.test(value) ? value : fitReal(value)),
  bool: fitBoolean,
  datetime: fitDatetime,
  timespan: fitTimespan,
  guid: (value) => (typeof value === 'string' ? (GUID.exec(value)?.[1]?.toLowerCase() ?? NOT_FITTING) : NOT_FITTING),
};

/** A text sent for a dynamic column is JSON already when it is an object or an array; any other text is a JSON string. */
function isJson(text: string): boolean {
  const first = text.trimStart().charAt(0);
  if (first !== '{' && first !== '[') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export interface ShapedRow {
  /** The row as JSON without its opening brace: `"Name":"value",…}`. */
  readonly tail: string;
  /** How many values were secrets and are not kept. */
  readonly redactions: number;
}

/**
 * Sorts an event's values into a table's columns, as JSON text behind `head` (`"Type":"…",…`); secrets are taken out on the way.
 * What has no column, or does not fit its column's type, goes to `AdditionalFields` by its name. Null and absent are the same: the
 * column's default.
 *
 * @throws FieldError in `strict`, naming the field whose value does not fit.
 */
export function shapeRow(
  shape: TableShape,
  head: string,
  fields: Readonly<Record<string, unknown>>,
  strict: boolean,
): ShapedRow {
  const plain = writeRow(shape, head, fields, strict, false);
  // One look at the whole row is cheaper than one at each value, and nearly always the last.
  return redactText(plain.tail) === plain.tail ? plain : writeRow(shape, head, fields, strict, true);
}

/**
 * The same of a row whose values are all another row's: `secrets` says whether that one had any, and without them this one is not
 * looked through again.
 */
export function shapeDerivedRow(
  shape: TableShape,
  head: string,
  fields: Readonly<Record<string, unknown>>,
  secrets: boolean,
): string {
  return writeRow(shape, head, fields, false, secrets).tail;
}

function writeRow(
  shape: TableShape,
  head: string,
  fields: Readonly<Record<string, unknown>>,
  strict: boolean,
  redacting: boolean,
): ShapedRow {
  let tail = head;
  let rest: Record<string, unknown> | undefined;
  let redactions = 0;
  for (const name in fields) {
    let value = fields[name];
    if (value === undefined || value === null) continue;
    if (isSecretName(name) && value !== '') {
      value = REDACTED;
      redactions += 1;
    } else if (redacting) {
      const clean = redact(value);
      if (clean !== value) redactions += 1;
      value = clean;
    }
    const type = shape.types.get(name);
    const fitted = type === undefined ? NOT_FITTING : FIT[type](value);
    if (fitted !== NOT_FITTING) tail += `,"${name}":${jsonOf(fitted)}`;
    else if (type !== undefined && strict) throw new FieldError(name, `is not a ${type}`);
    else (rest ??= {})[name] = value;
  }
  if (rest !== undefined) {
    // Names inside of what has no column may be secret ones too; `redact` gives the same object back where there is none.
    const clean = redact(rest);
    if (clean !== rest) redactions += 1;
    tail += `,"AdditionalFields":${jsonOf(fitText(clean))}`;
  }
  return { tail: `${tail}}`, redactions };
}

/** A value as the engine's JSON reader takes it: a lone surrogate would make it refuse the row, so it becomes U+FFFD. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(typeof value === 'string' && !value.isWellFormed() ? value.toWellFormed() : value);
}
