import type { KqlType } from '../catalogue.ts';
import { convert } from '../lower/convert.ts';
import { nullOf, value, type Value } from '../lower/value.ts';
import { call, constant, NULL, type Sql } from '../sql/tree.ts';
import type { BinaryLowering } from './binary.ts';

const NUMBERS: ReadonlySet<KqlType> = new Set(['int', 'long', 'real', 'decimal']);

/** Both sides in one type, or `undefined` where the language does not compare them. */
export function unify(left: Value, right: Value): [Value, Value] | undefined {
  if (left.type === right.type)
    return left.type === 'dynamic' ? pair(convert(left, 'string'), convert(right, 'string')) : [left, right];
  if (left.type === 'dynamic')
    return pair(convert(left, comparable(right.type)), right.type === 'int' ? convert(right, 'long') : right);
  if (right.type === 'dynamic')
    return pair(left.type === 'int' ? convert(left, 'long') : left, convert(right, comparable(left.type)));
  if (NUMBERS.has(left.type) && NUMBERS.has(right.type))
    return left.type === 'decimal' || right.type === 'decimal'
      ? pair(convert(left, 'decimal'), convert(right, 'decimal'))
      : [left, right];
  if (left.type === 'bool' && NUMBERS.has(right.type)) return pair(convert(left, 'long'), right);
  if (right.type === 'bool' && NUMBERS.has(left.type)) return pair(left, convert(right, 'long'));
  if (left.type === 'string' || right.type === 'string') return withText(left, right);
  if (left.constant === null) return [nullOf(right.type), right];
  if (right.constant === null) return [left, nullOf(left.type)];
  return undefined;
}

/**
 * A text beside another type, as rules write it (`ResultType == 0`, `EventID == "4624"`): a constant is read in the type of
 * the other side, so that a column is compared as it is stored; two columns are compared as texts.
 */
function withText(left: Value, right: Value): [Value, Value] | undefined {
  const [text, other] = left.type === 'string' ? [left, right] : [right, left];
  const read = text.constant === undefined ? undefined : convert(text, other.type);
  const written = convert(other, 'string');
  const sides = read === undefined ? ([text, written] as const) : ([read, other] as const);
  return left.type === 'string' ? pair(sides[0], sides[1]) : pair(sides[1], sides[0]);
}

/** A JSON number keeps its fraction when it is compared with a whole number. */
function comparable(type: KqlType): KqlType {
  return type === 'int' || type === 'long' ? 'real' : type;
}

function pair(left: Value | undefined, right: Value | undefined): [Value, Value] | undefined {
  return left && right && [left, right];
}

/**
 * Equality of two nulls is null; of a null and a value it is false (and `!=` true). Source: KQL documentation, "Null values".
 */
const equality =
  (engine: 'equals' | 'notEquals', otherwise: 0 | 1, key: (side: Value) => Sql): BinaryLowering =>
  (left, right) => {
    const sides = unify(left, right);
    if (sides === undefined) return undefined;
    const [a, b] = sides;
    const compared = call(engine, key(a), key(b));
    if (!a.nullable && !b.nullable) return value(compared, 'bool', false);
    if (!a.nullable || !b.nullable) return value(call('ifNull', compared, constant(otherwise)), 'bool', false);
    const neither = call('if', call('and', call('isNull', a.sql), call('isNull', b.sql)), NULL, constant(otherwise));
    return value(call('ifNull', compared, neither), 'bool', true);
  };

const relational =
  (engine: string): BinaryLowering =>
  (left, right) => {
    const sides = unify(left, right);
    return sides && value(call(engine, sides[0].sql, sides[1].sql), 'bool', sides[0].nullable || sides[1].nullable);
  };

const ASCII = /^\p{ASCII}*$/u;

/** Case folding for a comparison with these texts: where all are ASCII, only ASCII letters can be equal to theirs. */
export function foldingFor(texts: readonly Value[]): (side: Value) => Sql {
  const isAscii =
    texts.some((text) => text.constant !== undefined) &&
    texts.every((text) => typeof text.constant === 'string' && ASCII.test(text.constant));
  return (side) => call(isAscii ? 'lower' : 'lowerUTF8', side.sql);
}

const textEquality =
  (engine: 'equals' | 'notEquals'): BinaryLowering =>
  (left, right, type) => {
    const [a, b] = [convert(left, 'string'), convert(right, 'string')];
    if (a === undefined || b === undefined) return undefined;
    const folded = foldingFor([a, b].filter((side) => side.constant !== undefined));
    return equality(engine, engine === 'equals' ? 0 : 1, folded)(a, b, type);
  };

const logical =
  (engine: 'and' | 'or'): BinaryLowering =>
  (left, right) => {
    const [a, b] = [convert(left, 'bool'), convert(right, 'bool')];
    return (
      a && b && value(call(engine, ...flat(engine, a.sql), ...flat(engine, b.sql)), 'bool', a.nullable || b.nullable)
    );
  };

function flat(engine: string, sql: Sql): readonly Sql[] {
  return sql.kind === 'call' && sql.name === engine ? sql.args : [sql];
}

/** Comparisons and logic. Source: KQL documentation, "Logical (binary) operators", "Null values", "Scalar operators". */
export const COMPARISONS: Readonly<Record<string, BinaryLowering>> = {
  '==': equality('equals', 0, (side) => side.sql),
  '!=': equality('notEquals', 1, (side) => side.sql),
  '<>': equality('notEquals', 1, (side) => side.sql),
  '<': relational('less'),
  '<=': relational('lessOrEquals'),
  '>': relational('greater'),
  '>=': relational('greaterOrEquals'),
  '=~': textEquality('equals'),
  '!~': textEquality('notEquals'),
  and: logical('and'),
  or: logical('or'),
};

/** `between (a .. b)`, both ends inside. A datetime range may end with a timespan from its beginning. */
export function between(subject: Value, low: Value, high: Value, negated: boolean): Value | undefined {
  const above = relational('greaterOrEquals')(subject, low, 'bool');
  const below = relational('lessOrEquals')(subject, high, 'bool');
  const inside = above && below && value(call('and', above.sql, below.sql), 'bool', above.nullable || below.nullable);
  return inside && negated ? { ...inside, sql: call('not', inside.sql) } : inside;
}

/** In a filter null counts as false, so what only turns null into false is left out: the engine's index sees the comparison itself. */
export function asFilter(sql: Sql): Sql {
  if (sql.kind !== 'call') return sql;
  if (sql.name === 'and' || sql.name === 'or') return { ...sql, args: sql.args.map(asFilter) };
  const [inner, otherwise] = sql.args;
  return sql.name === 'ifNull' && inner !== undefined && otherwise !== undefined && neverTrue(otherwise) ? inner : sql;
}

function neverTrue(sql: Sql): boolean {
  if (sql.kind === 'constant') return sql.value === null || sql.value === 0;
  return sql.kind === 'call' && sql.name === 'if' && sql.args.slice(1).every(neverTrue);
}
