import { convert } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { call, type Sql } from '../sql/tree.ts';
import type { Aggregate, AggregateCall } from './types.ts';

const long = (sql: Sql): Value => value(call('toInt64', sql), 'long', false);

/** The value by which distinct ones are told apart; nulls are left out by the engine, as by Kusto. */
const distinct = (of: AggregateCall): Sql => of.sql(0);
const condition = (of: AggregateCall, index: number): Sql => {
  const [test] = [of.args[index]];
  return (test && convert(test, 'bool')?.sql) ?? of.sql(index);
};

/** Counting. */
export const COUNT_AGGREGATES: readonly Aggregate[] = [
  { name: 'count', summary: 'Number of rows.', lower: () => long(call('count')), examples: [['count()', 6]] },
  {
    name: 'countif',
    summary: 'Number of rows where a condition holds.',
    lower: (of) => long(call('countIf', condition(of, 0))),
    examples: [['countif(n > 2)', 2]],
  },
  {
    name: 'dcount',
    summary: 'Estimated number of distinct values.',
    page: 'dcount-aggregation-function',
    differs: 'Exact up to some ten thousand values; the accuracy argument is ignored.',
    lower: (of) => long(call('uniq', distinct(of))),
    examples: [
      ['dcount(s)', 3],
      ['dcount(n)', 4],
    ],
  },
  {
    name: 'dcountif',
    summary: 'Estimated number of distinct values in rows where a condition holds.',
    differs: 'As dcount.',
    lower: (of) => long(call('uniqIf', distinct(of), condition(of, 1))),
    examples: [['dcountif(s, n > 1)', 3]],
  },
  {
    name: 'count_distinct',
    summary: 'Number of distinct values.',
    lower: (of) => long(call('uniqExact', distinct(of))),
    examples: [['count_distinct(s)', 3]],
  },
  {
    name: 'count_distinctif',
    summary: 'Number of distinct values in rows where a condition holds.',
    lower: (of) => long(call('uniqExactIf', distinct(of), condition(of, 1))),
    examples: [['count_distinctif(s, n > 2)', 2]],
  },
];
