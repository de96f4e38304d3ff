import { convert, jsonArray } from '../../lower/convert.ts';
import { value, type Value } from '../../lower/value.ts';
import { bind, choose, kept, mapped, or } from '../../sql/arrays.ts';
import { call, constant, lambda, NULL, type Sql } from '../../sql/tree.ts';

/** Series: dynamic arrays of numbers. They are read once, worked on as arrays of the engine and written once. */

const NUMBERS = constant('Array(Nullable(Float64))');

/** The numbers of a dynamic array; null for what is no number. */
export function nullableNumbers(source: Value): Sql {
  const { path } = source;
  return path === undefined
    ? call('JSONExtract', source.sql, NUMBERS)
    : call('JSONExtract', path.root, ...path.steps, NUMBERS);
}

/** The numbers that are there, nulls left out. */
export const presentNumbers = (list: Sql): Sql =>
  mapped(
    (item) => call('assumeNotNull', item),
    kept((item) => call('isNotNull', item), list),
  );

export const hasNull = (list: Sql): Sql =>
  call(
    'arrayExists',
    lambda((item) => call('isNull', item)),
    list,
  );

/** What a function answers over its numbers, and what where there are none or one of them is null. */
export function overNumbers(source: Value, body: (numbers: Sql) => Sql, otherwise: Sql): Sql {
  return bind([nullableNumbers(source)], (list) =>
    choose(
      or(call('empty', list), hasNull(list)),
      otherwise,
      bind([mapped((item) => call('assumeNotNull', item), list)], body),
    ),
  );
}

/** True where the text of an array has whole numbers only. */
export const isWhole = (source: Value): Sql => call('not', call('match', source.sql, constant('[.eE]')));

const realJson = (item: Sql): Sql => convert(value(item, 'real', false), 'dynamic')?.sql ?? item;

/** An array of reals as JSON. */
export const realsJson = (list: Sql): Sql => jsonArray(mapped(realJson, list));

/** An array of reals and nulls as JSON; whole numbers without a fraction where `whole` holds. */
export function numbersJson(list: Sql, whole?: Sql): Sql {
  const text = (item: Sql): Sql => call('ifNull', realJson(item), constant('null'));
  if (whole === undefined) return jsonArray(mapped(text, list));
  const wholeText = (item: Sql): Sql =>
    call('ifNull', call('toString', call('accurateCastOrNull', item, constant('Int64'))), text(item));
  return jsonArray(choose(whole, mapped(wholeText, list), mapped(text, list)));
}

export const longsJson = (list: Sql): Sql => jsonArray(mapped((item) => call('toString', item), list));

/** A JSON bag of names of ours and JSON values. */
export const bagJson = (entries: readonly (readonly [name: string, json: Sql])[]): Sql =>
  call(
    'concat',
    ...entries.flatMap(([name, json], index) => [constant(`${index === 0 ? '{' : ','}"${name}":`), json]),
    constant('}'),
  );

export const realValueJson = (item: Sql): Sql => call('ifNull', realJson(item), constant('null'));

export const dynamic = (sql: Sql): Value => value(sql, 'dynamic', false);
export const NO_SERIES = constant('');
export { NULL };
