import { call, constant, lambda, type Sql } from './tree.ts';

/** Words of our own for computing with arrays of numbers, so that an algorithm reads as one. */

type Part = Sql | number;
type Body = (...values: Sql[]) => Sql;

const sql = (part: Part): Sql => (typeof part === 'number' ? constant(part) : part);
const infix =
  (name: string) =>
  (...parts: readonly Part[]): Sql =>
    call(name, ...parts.map(sql));

export const plus = infix('plus');
export const minus = infix('minus');
export const times = infix('multiply');
export const over = infix('divide');
export const equal = infix('equals');
export const less = infix('less');
export const lessOrEqual = infix('lessOrEquals');
export const and = infix('and');
export const or = infix('or');
export const modulo = infix('modulo');
export const wholeOver = infix('intDiv');
export const squared = (part: Sql): Sql => bind([part], (x) => times(x, x));
export const choose = (...parts: readonly Part[]): Sql => call(parts.length > 3 ? 'multiIf' : 'if', ...parts.map(sql));

/** Names for values inside an expression: each is computed once, however often the body reads it. */
export function bind(values: readonly Sql[], body: Body): Sql {
  return call(
    'arrayElement',
    call('arrayMap', lambda(body), ...values.map((entry) => call('array', entry))),
    constant(1),
  );
}

export const mapped = (body: Body, ...lists: readonly Sql[]): Sql => call('arrayMap', lambda(body), ...lists);
export const kept = (body: Body, ...lists: readonly Sql[]): Sql => call('arrayFilter', lambda(body), ...lists);
export const summed = (body: Body, ...lists: readonly Sql[]): Sql => call('arraySum', lambda(body), ...lists);
export const folded = (body: (state: Sql, item: Sql) => Sql, list: Sql, start: Sql): Sql =>
  call('arrayFold', lambda(body), list, start);
export const at = (list: Sql, index: Part): Sql => call('arrayElement', list, sql(index));
export const size = (list: Sql): Sql => call('toInt64', call('length', list));
/** From a start to before an end. */
export const range = (start: Part, end: Part): Sql =>
  call('range', call('toInt64', sql(start)), call('toInt64', sql(end)));
export const slice = (list: Sql, start: Part, length: Part): Sql => call('arraySlice', list, sql(start), sql(length));
export const tuple = (...parts: readonly Part[]): Sql => call('tuple', ...parts.map(sql));
export const part = (row: Sql, index: number): Sql => call('tupleElement', row, constant(index));
export const real = (entry: Part): Sql => call('toFloat64', sql(entry));
