import { bind, choose, kept, mapped, minus, over, part, real, size, times, tuple, equal } from '../../sql/arrays.ts';
import { value, type Value } from '../../lower/value.ts';
import { call, constant, NULL, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from '../types.ts';
import { average, variance } from './fit.ts';
import { bagJson, hasNull, NO_SERIES, nullableNumbers, overNumbers, presentNumbers, realValueJson } from './values.ts';

const NAN = over(constant(0), constant(0));
const first = (list: Sql, wanted: Sql): Sql => minus(call('toInt64', call('indexOf', list, wanted)), constant(1));

/** min, min_idx, max, max_idx, avg, stdev, variance, sum, length. */
function statistics(list: Sql, numbers: Sql): Sql {
  return bind([call('arrayMin', numbers), call('arrayMax', numbers), variance(numbers)], (least, most, spread) =>
    tuple(
      least,
      first(list, least),
      most,
      first(list, most),
      average(numbers),
      call('sqrt', spread),
      spread,
      call('arraySum', numbers),
      size(numbers),
    ),
  );
}

const NONE = tuple(
  NAN,
  call('toInt64', constant(0)),
  NAN,
  call('toInt64', constant(0)),
  NAN,
  NAN,
  NAN,
  NAN,
  call('toInt64', constant(0)),
);

/** The statistics of a call, and all that is not finite left out where it says so. */
function statisticsOf(of: ScalarCall): Sql {
  const [series, ignore] = of.args;
  const ignoring = ignore === undefined ? constant(0) : call('ifNull', ignore.sql, constant(0));
  return bind([nullableNumbers(series ?? of.arg(0))], (list) =>
    bind([kept((item) => call('isFinite', item), presentNumbers(list))], (finite) =>
      choose(
        call(
          'or',
          call('empty', finite),
          call('and', call('not', ignoring), call('less', call('length', finite), call('length', list))),
        ),
        NONE,
        statistics(list, finite),
      ),
    ),
  );
}

const NAMES = ['min', 'min_idx', 'max', 'max_idx', 'avg', 'stdev', 'variance'] as const;
const absent = (stats: Sql): Sql => equal(part(stats, 9), 0);

const statsColumns = (of: ScalarCall): SeveralColumns => ({
  shared: statisticsOf(of),
  columns: (stats) =>
    NAMES.map((name, index): Value => {
      const sql = part(stats, index + 1);
      return value(call('if', absent(stats), NULL, sql), name.endsWith('idx') ? 'long' : 'real', true);
    }),
});

const statsBag = (of: ScalarCall): Sql =>
  bind([statisticsOf(of)], (stats) =>
    choose(
      absent(stats),
      NO_SERIES,
      bagJson([
        ...NAMES.map((name, index): readonly [string, Sql] => {
          const sql = part(stats, index + 1);
          return [name, name.endsWith('idx') ? call('toString', sql) : realValueJson(sql)];
        }),
        ['sum', realValueJson(part(stats, 8))],
        ['len', call('toString', part(stats, 9))],
      ]),
    ),
  );

/** One number of a series, null where one of its values is. */
const total =
  (body: (numbers: Sql) => Sql) =>
  (of: ScalarCall): Sql =>
    overNumbers(of.arg(0), (numbers) => call('toNullable', body(numbers)), NULL);

/** One number of two series of one length; a number beside a series stands for a series of it. */
function pair(of: ScalarCall, body: (a: Sql, b: Sql) => Sql): Sql {
  const lists = of.args
    .slice(0, 2)
    .map((argument) =>
      argument.type === 'dynamic' ? nullableNumbers(argument) : call('array', call('toNullable', real(argument.sql))),
    ) as [Sql, Sql];
  const [isA, isB] = of.args.map((argument) => argument.type === 'dynamic');
  const widened = (list: Sql, other: Sql, isSeries: boolean | undefined): Sql =>
    isSeries === true
      ? list
      : call('arrayWithConstant', call('length', other), call('arrayElement', list, constant(1)));
  return bind(lists, (rawA, rawB) =>
    bind([widened(rawA, rawB, isA), widened(rawB, rawA, isB)], (a, b) =>
      choose(
        call('or', call('empty', a), call('notEquals', call('length', a), call('length', b)), hasNull(a), hasNull(b)),
        NULL,
        bind([presentNumbers(a), presentNumbers(b)], (x, y) => call('toNullable', body(x, y))),
      ),
    ),
  );
}

const dot = (a: Sql, b: Sql): Sql => call('arrayDotProduct', a, b);
const magnitude = (a: Sql): Sql => call('sqrt', dot(a, a));

function correlation(x: Sql, y: Sql): Sql {
  const centred = (list: Sql): Sql => bind([average(list)], (mean) => mapped((item) => minus(item, mean), list));
  return bind([centred(x), centred(y)], (a, b) => over(dot(a, b), call('sqrt', times(dot(a, a), dot(b, b)))));
}

function cosine(of: ScalarCall): Sql {
  const [, , first_, second] = of.args;
  return pair(of, (a, b) =>
    over(
      dot(a, b),
      times(
        first_ === undefined ? magnitude(a) : real(first_.sql),
        second === undefined ? magnitude(b) : real(second.sql),
      ),
    ),
  );
}

const NUMBERS = 'dynamic([23, 46, 2, 87, 2])';

export const STATISTICS_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_stats',
    summary: 'Smallest, largest, their positions, mean, deviation and variance of a series.',
    takes: ['dynamic', 'bool'],
    nulls: 'may',
    lower: statsColumns,
    examples: [
      [`series_stats(${NUMBERS})`, [2, 2, 87, 3, 32, 35.714142856857144, 1275.5]],
      ['series_stats(dynamic([1, null]))', [null, null, null, null, null, null, null]],
      ['series_stats(dynamic([null, 1, 3]), true)', [1, 1, 3, 2, 2, Math.SQRT2, 2]],
    ],
  },
  {
    name: 'series_stats_dynamic',
    summary: 'The statistics of a series as a bag.',
    takes: ['dynamic', 'bool'],
    nulls: 'may',
    lower: statsBag,
    examples: [
      [
        'series_stats_dynamic(dynamic([4, 4]))',
        { min: 4, min_idx: 0, max: 4, max_idx: 0, avg: 4, stdev: 0, variance: 0, sum: 8, len: 2 },
      ],
      ['series_stats_dynamic(dynamic([1, null]))', null],
    ],
  },
  {
    name: 'series_sum',
    summary: 'Sum of the elements.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: total((numbers) => call('arraySum', numbers)),
    examples: [
      ['series_sum(dynamic([1, 2, 3.5]))', 6.5],
      ['series_sum(dynamic([1, null]))', null],
    ],
  },
  {
    name: 'series_product',
    summary: 'Product of the elements.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: total((numbers) => call('arrayProduct', numbers)),
    examples: [['series_product(dynamic([1, 2, 3, 4]))', 24]],
  },
  {
    name: 'series_magnitude',
    summary: 'Length of the series as a vector.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: total(magnitude),
    examples: [['series_magnitude(dynamic([3, 4]))', 5]],
  },
  {
    name: 'series_dot_product',
    summary: 'Sum of the products of the elements of two series.',
    takes: ['any'],
    nulls: 'may',
    lower: (of) => pair(of, dot),
    examples: [
      ['series_dot_product(dynamic([1, 2]), dynamic([3, 4]))', 11],
      ['series_dot_product(dynamic([1, 2]), 2)', 6],
      ['series_dot_product(dynamic([1, 2]), dynamic([1]))', null],
    ],
  },
  {
    name: 'series_cosine_similarity',
    summary: 'Cosine of the angle between two series; their magnitudes can be given.',
    takes: ['dynamic', 'dynamic', 'real'],
    nulls: 'may',
    lower: cosine,
    examples: [
      ['series_cosine_similarity(dynamic([1, 0]), dynamic([3, 4]))', 0.6],
      ['series_cosine_similarity(dynamic([1, 0]), dynamic([3, 4]), 1.0, 5.0)', 0.6],
    ],
  },
  {
    name: 'series_pearson_correlation',
    summary: 'Correlation of two series.',
    takes: ['dynamic'],
    nulls: 'may',
    lower: (of) => pair(of, correlation),
    examples: [['series_pearson_correlation(dynamic([1, 2, 3]), dynamic([2, 4, 6]))', 1]],
  },
];
