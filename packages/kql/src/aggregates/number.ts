import type { KqlType } from '../catalogue.ts';
import { convert } from '../lower/convert.ts';
import { ticksToDatetime, value, type Value } from '../lower/value.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
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

/** How two values go together; rows where one of them is null are left out. */
const spreadOfTwo =
  (engine: string, index?: number) =>
  (of: AggregateCall): Value => {
    const [x, y] = [of.arg(0), of.arg(1)].map((side) => convert(side, 'real') ?? side) as [Value, Value];
    const sql = call(`${engine}${suffix(index)}`, x.sql, y.sql, ...test(of, index));
    return value(call('if', call('isFinite', sql), sql, constant(0)), 'real', x.nullable || y.nullable);
  };

/** Bits of all values together; null where there is none. */
const bits = (name: string, engine: string, summary: string, answer: number): Aggregate => ({
  name,
  summary,
  page: `${name.replaceAll('_', '-')}-aggregation-function`,
  lower: (of) => {
    const source = convert(of.arg(0), 'long') ?? of.arg(0);
    return value(call(`${engine}OrNull`, source.sql), 'long', true);
  },
  examples: [[`${name}(n)`, answer]],
});

/** Sums, means, extremes, spread, bits. */
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
    name: 'variancepif',
    summary: 'Variance of a population of rows where a condition holds.',
    lower: spread('varPop', 1),
    examples: [['round(variancepif(n, n < 5), 4)', 0.6875]],
  },
  {
    name: 'covariance',
    summary: 'Covariance of a sample.',
    lower: spreadOfTwo('covarSamp'),
    examples: [['round(covariance(n, n * 2), 3)', 5.6]],
  },
  {
    name: 'covariancep',
    summary: 'Covariance of a population.',
    lower: spreadOfTwo('covarPop'),
    examples: [['round(covariancep(n, n * 2), 3)', 4.48]],
  },
  {
    name: 'covarianceif',
    summary: 'Covariance of a sample of rows where a condition holds.',
    lower: spreadOfTwo('covarSamp', 2),
    examples: [['round(covarianceif(n, n * 2, n < 5), 3)', 1.833]],
  },
  {
    name: 'covariancepif',
    summary: 'Covariance of a population of rows where a condition holds.',
    lower: spreadOfTwo('covarPop', 2),
    examples: [['round(covariancepif(n, n * 2, n < 5), 3)', 1.375]],
  },
  bits('binary_all_and', 'groupBitAnd', 'Bits that all have.', 0),
  bits('binary_all_or', 'groupBitOr', 'Bits that any has.', 7),
  bits('binary_all_xor', 'groupBitXor', 'Bits that an odd number has.', 4),
];
