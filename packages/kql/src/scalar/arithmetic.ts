import type { KqlType } from '../catalogue.ts';
import { convert } from '../lower/convert.ts';
import {
  constantValue,
  datetimeToTicks,
  momentValue,
  nullOf,
  plainType,
  ticksToDatetime,
  value,
  type Value,
} from '../lower/value.ts';
import { call, constant, literal, NULL, type Sql } from '../sql/tree.ts';
import type { BinaryLowering } from './binary.ts';

type Sign = '+' | '-' | '*' | '/' | '%';

const ENGINE: Readonly<Record<Sign, string>> = {
  '+': 'plus',
  '-': 'minus',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
};
const FOLDED: Partial<Record<Sign, (left: bigint, right: bigint) => bigint>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
};
const NUMBERS: ReadonlySet<KqlType> = new Set(['int', 'long', 'real', 'decimal']);
const WHOLE: ReadonlySet<KqlType> = new Set(['int', 'long']);

/** Constants are computed here, so that what they bound stays a constant for the engine's index. */
function folded(sign: Sign, left: Value, right: Value, type: KqlType): Value | undefined {
  if (left.constant === null || right.constant === null) return nullOf(type);
  if (typeof left.constant !== 'bigint' || typeof right.constant !== 'bigint') return undefined;
  const result = FOLDED[sign]?.(left.constant, right.constant);
  return result === undefined ? undefined : constantValue(type, BigInt.asIntN(type === 'int' ? 32 : 64, result));
}

function numbers(sign: Sign, left: Value, right: Value, type: KqlType): Value | undefined {
  const known = folded(sign, left, right, type);
  if (known !== undefined) return known;
  const nullable = left.nullable || right.nullable;
  if (WHOLE.has(type) && (sign === '/' || sign === '%')) {
    const isSafe = typeof right.constant === 'bigint' && right.constant !== 0n && right.constant !== -1n;
    // Division by zero is null, where the engine would stop the query; a remainder is never negative.
    const divisor = sign === '%' ? call('toInt64', call('abs', right.sql)) : right.sql;
    const [safe, unsafe] = sign === '/' ? ['intDiv', 'intDivOrNull'] : ['positiveModulo', 'positiveModuloOrNull'];
    if (isSafe) return value(typed(call(safe, left.sql, divisor), type), type, nullable);
    return value(typed(call(unsafe, left.sql, divisor), type), type, true);
  }
  if (type === 'decimal') return decimals(sign, convert(left, 'decimal'), convert(right, 'decimal'));
  const [a, b] = [left, right];
  return value(typed(call(ENGINE[sign], a.sql, b.sql), type), type, nullable || a.nullable || b.nullable);
}

/** Decimals in twice the digits; what has more than a decimal holds is null, and so is a division by zero. */
function decimals(sign: Sign, left: Value | undefined, right: Value | undefined): Value | undefined {
  if (left === undefined || right === undefined) return undefined;
  const wide = (side: Value): Sql => call('toDecimal256', side.sql, constant(18));
  const number = (text: string): Sql => literal(plainType('decimal'), text);
  const known = right.nullable ? call('ifNull', right.sql, number('0')) : right.sql;
  const isZero = call('equals', known, number('0'));
  // The engine divides also where the condition says not to, and what lies below a null too.
  const divisor = call('if', isZero, number('1'), known);
  const scale = constant(18);
  const results: Readonly<Record<Sign, () => Sql>> = {
    '+': () => call('plus', wide(left), wide(right)),
    '-': () => call('minus', wide(left), wide(right)),
    '*': () => call('multiplyDecimal', left.sql, right.sql, scale),
    '/': () => call('divideDecimal', left.sql, divisor, scale),
    '%': () => call('modulo', left.sql, divisor),
  };
  const result = call('accurateCastOrNull', results[sign](), constant(plainType('decimal')));
  const sql = sign === '/' || sign === '%' ? call('if', isZero, NULL, result) : result;
  return value(sql, 'decimal', true);
}

function typed(sql: Sql, type: KqlType): Sql {
  return type === 'int'
    ? call('toInt32', sql)
    : type === 'decimal'
      ? call('toDecimal128', sql, constant(18))
      : type === 'long'
        ? call('toInt64', sql)
        : sql;
}

const ticks = (sql: Sql): Sql => call('toInt64', sql);

/** Datetimes and timespans: left type, sign, right type. */
const TIMES: Readonly<Record<string, (left: Value, right: Value) => Value | undefined>> = {
  'datetime - datetime': (left, right) =>
    left.nowOffset !== undefined && right.nowOffset !== undefined
      ? constantValue('timespan', left.nowOffset - right.nowOffset)
      : both(call('minus', datetimeToTicks(left.sql), datetimeToTicks(right.sql)), 'timespan', left, right),
  'datetime + timespan': (left, right) => shift(left, right, 1n),
  'timespan + datetime': (left, right) => shift(right, left, 1n),
  'datetime - timespan': (left, right) => shift(left, right, -1n),
  'timespan + timespan': (left, right) =>
    folded('+', left, right, 'timespan') ?? both(call('plus', left.sql, right.sql), 'timespan', left, right),
  'timespan - timespan': (left, right) =>
    folded('-', left, right, 'timespan') ?? both(call('minus', left.sql, right.sql), 'timespan', left, right),
  'timespan / timespan': (left, right) =>
    both(call('divide', call('toFloat64', left.sql), right.sql), 'real', left, right),
  'timespan % timespan': (left, right) => value(call('moduloOrNull', left.sql, right.sql), 'timespan', true),
  'timespan * number': (left, right) => scale(left, right, '*'),
  'number * timespan': (left, right) => scale(right, left, '*'),
  'timespan / number': (left, right) => scale(left, right, '/'),
  'datetime % timespan': (left, right) =>
    value(call('moduloOrNull', convert(left, 'long')?.sql ?? left.sql, right.sql), 'timespan', true),
};

function both(sql: Sql, type: KqlType, left: Value, right: Value): Value {
  return value(sql, type, left.nullable || right.nullable);
}

function shift(datetime: Value, span: Value, sign: 1n | -1n): Value {
  if (datetime.constant === null || span.constant === null) return nullOf('datetime');
  if (typeof span.constant === 'bigint') {
    if (datetime.nowOffset !== undefined) return momentValue(datetime.nowOffset + sign * span.constant);
    if (typeof datetime.constant === 'bigint')
      return constantValue('datetime', datetime.constant + sign * span.constant);
  }
  return both(
    ticksToDatetime(call(sign === 1n ? 'plus' : 'minus', datetimeToTicks(datetime.sql), span.sql)),
    'datetime',
    datetime,
    span,
  );
}

function scale(span: Value, factor: Value, sign: '*' | '/'): Value | undefined {
  if (sign === '*' && span.constant !== undefined && factor.constant !== undefined) {
    const known = folded('*', span, factor, 'timespan');
    if (known !== undefined) return known;
  }
  if (WHOLE.has(factor.type) && sign === '*')
    return both(call('multiply', span.sql, ticks(factor.sql)), 'timespan', span, factor);
  const real = convert(factor, 'real');
  return real && both(ticks(call(ENGINE[sign], call('toFloat64', span.sql), real.sql)), 'timespan', span, factor);
}

const arithmetic =
  (sign: Sign): BinaryLowering =>
  (left, right, type) => {
    const [a, b] = withoutDynamic(left, right, type);
    const times =
      TIMES[`${NUMBERS.has(a.type) ? 'number' : a.type} ${sign} ${NUMBERS.has(b.type) ? 'number' : b.type}`];
    if (times !== undefined) return times(a, b);
    if (!NUMBERS.has(a.type) || !NUMBERS.has(b.type)) return undefined;
    return numbers(sign, a, b, NUMBERS.has(type) ? type : wider(a.type, b.type));
  };

function wider(left: KqlType, right: KqlType): KqlType {
  const order: readonly KqlType[] = ['int', 'long', 'decimal', 'real'];
  return order[Math.max(order.indexOf(left), order.indexOf(right))] ?? 'real';
}

/** A dynamic side takes the type of the other side, or of the result. */
function withoutDynamic(left: Value, right: Value, type: KqlType): [Value, Value] {
  const wanted = (other: Value): KqlType =>
    other.type !== 'dynamic' && other.type !== 'int' ? other.type : NUMBERS.has(type) ? type : 'real';
  const a = left.type === 'dynamic' ? convert(left, wanted(right)) : left;
  const b = right.type === 'dynamic' ? convert(right, wanted(left)) : right;
  return [a ?? left, b ?? right];
}

/** Arithmetic. Source: KQL documentation, "Numerical operators", "Datetime / timespan arithmetic". */
export const ARITHMETIC: Readonly<Record<Sign, BinaryLowering>> = {
  '+': arithmetic('+'),
  '-': arithmetic('-'),
  '*': arithmetic('*'),
  '/': arithmetic('/'),
  '%': arithmetic('%'),
};

/** `-x`. */
export function negate(operand: Value): Value | undefined {
  if (operand.constant === null) return operand;
  if (typeof operand.constant === 'bigint' && operand.type !== 'datetime')
    return constantValue(operand.type, -operand.constant);
  if (typeof operand.constant === 'number') return constantValue(operand.type, -operand.constant);
  const number = operand.type === 'dynamic' ? convert(operand, 'real') : operand;
  if (number === undefined || (!NUMBERS.has(number.type) && number.type !== 'timespan')) return undefined;
  return value(typed(call('negate', number.sql), number.type), number.type, number.nullable);
}
