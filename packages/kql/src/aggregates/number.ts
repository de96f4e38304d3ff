import type { KqlType } from '../catalogue.ts';
import { convert } from '../lower/convert.ts';
import { ticksToDatetime, value, type Value } from '../lower/value.ts';
import { call, constant, parametric, type Sql } from '../sql/tree.ts';
import { jsonArray } from '../lower/convert.ts';
import type { Aggregate, AggregateCall } from './types.ts';

const number = (of: AggregateCall): Value => {
  const [source] = of.args as [Value];
  return source.type === 'dynamic' ? (convert(source, of.type === 'dynamic' ? 'real' : of.type) ?? source) : source;
};

const test = (of: AggregateCall, index: number | undefined): readonly Sql[] =>
  index === undefined ? [] : [(of.args[index] && convert(of.args[index], 'bool')?.sql) ?? of.sql(index)];
const suffix = (index: number | undefined): string => (index === undefined ? '' : 'If');

/** sum: 0 for no rows. */
const sum =
  (index?: number) =>
  (of: AggregateCall): Value => {
    const source = number(of);
    const sql = call(`sum${suffix(index)}`, source.sql, ...test(of, index));
    return value(call('ifNull', typed(sql, of.type), constant(0)), of.type, false);
  };

function typed(sql: Sql, type: KqlType): Sql {
  return type === 'long' || type === 'timespan' ? call('toInt64', sql) : type === 'int' ? call('toInt32', sql) : sql;
}

/** avg: NaN for no rows, as the engine's; of timespans a timespan. */
const avg =
  (index?: number) =>
  (of: AggregateCall): Value => {
    const source = number(of);
    const sql = (inner: Sql): Sql =>
      call('ifNull', call(`avg${suffix(index)}`, inner, ...test(of, index)), constant(0));
    if (source.type === 'timespan') return value(call('toInt64', sql(source.sql)), 'timespan', false);
    if (source.type === 'datetime')
      return value(ticksToDatetime(call('toInt64', sql(call('reinterpretAsInt64', source.sql)))), 'datetime', true);
    const real = convert(source, 'real') ?? source;
    return value(
      call(
        'ifNull',
        call(`avg${suffix(index)}`, real.sql, ...test(of, index)),
        call('divide', constant(0), constant(0)),
      ),
      'real',
      false,
    );
  };

/** min, max: null for no rows. Texts are never null in the engine, so only other types need the nullable form. */
const extreme =
  (engine: 'min' | 'max', index?: number) =>
  (of: AggregateCall): Value => {
    const source = of.arg(0);
    const comparable =
      source.type === 'dynamic' ? (convert(source, of.type === 'dynamic' ? 'real' : of.type) ?? source) : source;
    const inner = value(
      call(`${engine}OrNull${suffix(index)}`, comparable.sql, ...test(of, index)),
      comparable.type,
      true,
    );
    const sql = comparable.type === 'string' ? value(call('ifNull', inner.sql, constant('')), 'string', false) : inner;
    return convert(sql, of.type) ?? sql;
  };

const spread =
  (engine: string, index?: number) =>
  (of: AggregateCall): Value => {
    const source = convert(number(of), 'real') ?? number(of);
    const sql = call(`${engine}${suffix(index)}`, source.sql, ...test(of, index));
    return value(call('if', call('isFinite', sql), sql, constant(0)), 'real', source.nullable);
  };

function shareOf(argument: Value | undefined): number | undefined {
  const { constant: share } = argument ?? {};
  const percent = typeof share === 'bigint' ? Number(share) : typeof share === 'number' ? share : NaN;
  return percent >= 0 && percent <= 100 ? percent / 100 : undefined;
}

/** Nearest rank: a value that is there, of the source's own type. */
function quantile(of: AggregateCall, share: number): Value {
  const source = number(of);
  if (source.type === 'datetime') {
    const ticks = rank(share, call('reinterpretAsInt64', source.sql));
    return value(ticksToDatetime(call('toInt64', ticks)), 'datetime', true);
  }
  return value(
    typed(rank(share, source.sql), source.type === 'int' ? 'int' : source.type === 'real' ? 'real' : 'long'),
    source.type,
    true,
  );
}

/**
 * The smallest value that so many percent of the values do not exceed. The engine takes the element at the whole part of
 * share × count: a hair less makes that the nearest rank where the product is whole.
 */
function rank(share: number, sql: Sql): Sql {
  return parametric('quantileExactOrNull', [Math.max(0, share - 1e-12)], sql);
}

const percentiles = (of: AggregateCall): readonly Value[] | Value => {
  const shares = of.args.slice(1).map(shareOf);
  const known = shares.filter((share) => share !== undefined);
  if (known.length !== shares.length || known.length === 0)
    return of.refuse('GHQ020', 'A percentile is a constant from 0 to 100.');
  return known.map((share) => quantile(of, share));
};

const GROUP_PERCENTILE = (of: AggregateCall): Value => {
  const all = percentiles(of);
  const [first] = Array.isArray(all) ? (all as readonly Value[]) : [all as Value];
  return first ?? of.refuse('GHQ020', 'A percentile is a constant from 0 to 100.');
};

/** Sums, means, extremes, spread, percentiles. */
export const NUMBER_AGGREGATES: readonly Aggregate[] = [
  { name: 'sum', summary: 'Sum; 0 for no rows.', lower: sum(), examples: [['sum(n)', 12]] },
  {
    name: 'sumif',
    summary: 'Sum over rows where a condition holds.',
    lower: sum(1),
    examples: [['sumif(n, n > 2)', 8]],
  },
  { name: 'avg', summary: 'Mean.', lower: avg(), examples: [['avg(n)', 2.4]] },
  {
    name: 'avgif',
    summary: 'Mean over rows where a condition holds.',
    lower: avg(1),
    examples: [['avgif(n, n > 2)', 4]],
  },
  {
    name: 'min',
    summary: 'Smallest value.',
    lower: extreme('min'),
    examples: [
      ['min(n)', 1],
      ['min(s)', 'x'],
    ],
  },
  {
    name: 'minif',
    summary: 'Smallest value of rows where a condition holds.',
    lower: extreme('min', 1),
    examples: [['minif(n, n > 2)', 3]],
  },
  {
    name: 'max',
    summary: 'Largest value.',
    lower: extreme('max'),
    examples: [
      ['max(n)', 5],
      ['max(s)', 'z'],
    ],
  },
  {
    name: 'maxif',
    summary: 'Largest value of rows where a condition holds.',
    lower: extreme('max', 1),
    examples: [['maxif(n, n < 3)', 2]],
  },
  {
    name: 'stdev',
    summary: 'Standard deviation of a sample.',
    lower: spread('stddevSamp'),
    examples: [['round(stdev(n), 3)', 1.673]],
  },
  {
    name: 'stdevp',
    summary: 'Standard deviation of a population.',
    lower: spread('stddevPop'),
    examples: [['round(stdevp(n), 3)', 1.497]],
  },
  {
    name: 'stdevif',
    summary: 'Standard deviation of rows where a condition holds.',
    lower: spread('stddevSamp', 1),
    examples: [['round(stdevif(n, n < 5), 3)', 0.957]],
  },
  {
    name: 'variance',
    summary: 'Variance of a sample.',
    lower: spread('varSamp'),
    examples: [['round(variance(n), 3)', 2.8]],
  },
  {
    name: 'variancep',
    summary: 'Variance of a population.',
    lower: spread('varPop'),
    examples: [['round(variancep(n), 3)', 2.24]],
  },
  {
    name: 'varianceif',
    summary: 'Variance of rows where a condition holds.',
    lower: spread('varSamp', 1),
    examples: [['round(varianceif(n, n < 5), 3)', 0.917]],
  },
  {
    name: 'percentile',
    summary: 'Value at a percentile, by nearest rank.',
    page: 'percentiles-aggregation-function',
    lower: GROUP_PERCENTILE,
    examples: [['percentile(n, 50)', 2]],
  },
  {
    name: 'percentiles',
    summary: 'Values at percentiles, a column each.',
    page: 'percentiles-aggregation-function',
    lower: percentiles,
    examples: [],
  },
  {
    name: 'percentiles_array',
    summary: 'Values at percentiles, as an array.',
    page: 'percentiles-aggregation-function',
    lower: (of) => {
      const all = percentiles(of);
      if (!Array.isArray(all)) return all;
      const texts = (all as readonly Value[]).map((entry) =>
        call('ifNull', convert(entry, 'dynamic')?.sql ?? entry.sql, constant('null')),
      );
      return value(jsonArray(call('array', ...texts)), 'dynamic', false);
    },
    examples: [['percentiles_array(n, 50, 100)', [2, 5]]],
  },
];
