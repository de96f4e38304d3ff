import { convert, jsonArray, jsonElement } from '../lower/convert.ts';
import { ticksToDatetime, value, type Value } from '../lower/value.ts';
import { bind, choose, equal, mapped, minus, or, plus, range, times } from '../sql/arrays.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import { elementsOf } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** Kusto's own bound on what range() and repeat() give. */
const MAX_ELEMENTS = 1_048_576;
const JSON_NULL = constant('null');
const long = (sql: Sql): Sql => call('toInt64', sql);

/** Arrays in step as arrays of their elements; the shorter ones end with nulls. */
const zip = (of: ScalarCall): Sql =>
  bind(
    of.args.map(elementsOf),
    fixedArity(of.count, (lists) =>
      bind([call('greatest', ...lists.map((list) => call('length', list)), constant(0))], (count) =>
        jsonArray(
          mapped(
            fixedArity(of.count, (items) => jsonArray(call('array', ...items))),
            ...lists.map((list) => call('arrayResize', list, count, JSON_NULL)),
          ),
        ),
      ),
    ),
  );

/** A lambda takes as many values as its function has parameters. */
function fixedArity(count: number, body: (values: readonly Sql[]) => Sql): (...values: Sql[]) => Sql {
  const taking = (...values: Sql[]): Sql => body(values);
  Object.defineProperty(taking, 'length', { value: count });
  return taking;
}

const repeat = (of: ScalarCall): Sql =>
  jsonArray(
    call(
      'arrayWithConstant',
      call(
        'least',
        call('greatest', long(call('ifNull', of.sql(1), constant(0))), constant(0)),
        constant(MAX_ELEMENTS),
      ),
      jsonElement(of.arg(0)),
    ),
  );

/** Values from a start up to an end by a step: numbers, moments or spans. */
function rangeOf(of: ScalarCall): Sql | Value {
  const [start, stop] = of.args.map((argument) =>
    argument.type === 'dynamic' ? (convert(argument, 'real') ?? argument) : argument,
  ) as [Value, Value];
  const isTime = start.type === 'datetime' || start.type === 'timespan';
  const isWhole = [start, stop, ...of.args.slice(2)].every((arg) => arg.type === 'long' || arg.type === 'int');
  const kind = isTime ? start.type : isWhole ? 'long' : 'real';
  const number = (argument: Value): Sql | undefined => {
    if (argument.type === 'datetime') return call('reinterpretAsInt64', argument.sql);
    if (isTime) return argument.type === 'timespan' ? argument.sql : undefined;
    return convert(argument, kind)?.sql;
  };
  const usual = isTime ? constant(36_000_000_000) : constant(1);
  const [from, to, by] = [number(start), number(stop), of.count > 2 ? number(of.arg(2)) : usual];
  if (from === undefined || to === undefined || by === undefined || (start.type !== stop.type && isTime))
    return of.refuse('GHQ013', 'range() takes numbers, or moments and spans of time.');
  const cast = (sql: Sql): Sql => call('ifNull', call(kind === 'real' ? 'toFloat64' : 'toInt64', sql), constant(0));
  const isMissing = of.args.filter((argument) => argument.nullable).map((argument) => call('isNull', argument.sql));
  const text = (item: Sql): Sql => {
    const typed = kind === 'datetime' ? ticksToDatetime(item) : item;
    return convert(value(typed, kind, false), 'dynamic')?.sql ?? item;
  };
  return bind([cast(from), cast(to), cast(by)], (begin, end, step) =>
    choose(
      or(equal(step, 0), constant(0), ...isMissing),
      constant(''),
      jsonArray(
        mapped(
          (index) => text(plus(begin, times(long(index), step))),
          range(
            0,
            call(
              'least',
              call(
                'greatest',
                plus(
                  long(
                    kind === 'real'
                      ? call('floor', call('plus', call('divide', minus(end, begin), step), constant(1e-12)))
                      : call('floor', call('divide', minus(end, begin), step)),
                  ),
                  1,
                ),
                constant(0),
              ),
              constant(MAX_ELEMENTS),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Arrays made of values or of other arrays. */
export const ARRAY_RANGE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'zip',
    summary: 'Arrays in step as an array of arrays; the shorter ones end with nulls.',
    takes: ['dynamic'],
    nulls: 'never',
    lower: zip,
    examples: [
      [
        'zip(dynamic([1,3,5]), dynamic(["a","b"]))',
        [
          [1, 'a'],
          [3, 'b'],
          [5, null],
        ],
      ],
    ],
  },
  {
    name: 'repeat',
    summary: 'A value so many times, as an array.',
    takes: ['any', 'long'],
    nulls: 'never',
    lower: repeat,
    examples: [
      ['repeat(1, 3)', [1, 1, 1]],
      ['repeat("x", -1)', []],
    ],
  },
  {
    name: 'range',
    summary: 'Values from a start to an end by a step, as an array: numbers, moments or spans.',
    takes: ['any'],
    nulls: 'may',
    page: 'range-function',
    lower: rangeOf,
    examples: [
      ['range(1, 8, 3)', [1, 4, 7]],
      ['range(3, 1, -1)', [3, 2, 1]],
      ['range(3, 1)', []],
      ['range(1.0, 2.5, 0.5)', [1, 1.5, 2, 2.5]],
      ['range(1h, 3h)', ['01:00:00', '02:00:00', '03:00:00']],
      [
        'range(datetime(2020-01-01), datetime(2020-01-02 12:00), 1d)',
        ['2020-01-01T00:00:00.0000000Z', '2020-01-02T00:00:00.0000000Z'],
      ],
      ['range(1, 2, 0)', null],
      ['array_length(range(1, 1000000000))', 1048576],
    ],
  },
];
