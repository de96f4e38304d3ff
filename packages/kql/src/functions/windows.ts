import { SO_FAR } from '../lower/row.ts';
import { convert } from '../lower/convert.ts';
import { fold, LONGEST_WALK } from '../lower/fold.ts';
import { datetimeToTicks, nullOf, ticksToDatetime, value, type Value } from '../lower/value.ts';
import { asFilter } from '../scalar/comparison.ts';
import { isNullableStorage, storageType } from '../storage.ts';
import { call, cast, constant, NULL, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** `prev()` and `next()` of so many rows away. */
const neighbour =
  (engine: 'lagInFrame' | 'leadInFrame') =>
  (of: ScalarCall): Value => {
    const [source, offset, otherwise] = of.args as [Value, Value | undefined, Value | undefined];
    const distance = offset === undefined ? 1n : offset.constant;
    if (typeof distance !== 'bigint' || distance < 0n || distance > 1_000_000_000n)
      return of.refuse('GHQ020', 'The number of rows must be a constant that is not negative.');
    const { type } = source;
    const stored = storageType(type);
    const fallback = otherwise === undefined ? nullOf(type) : (convert(otherwise, type) ?? nullOf(type));
    const frame =
      engine === 'lagInFrame'
        ? `ROWS BETWEEN ${distance} PRECEDING AND CURRENT ROW`
        : `ROWS BETWEEN CURRENT ROW AND ${distance} FOLLOWING`;
    const typed = isNullableStorage(type) ? cast(source.sql, stored) : source.sql;
    const missing = isNullableStorage(type) ? cast(fallback.sql, stored) : fallback.sql;
    return value(of.over(call(engine, typed, constant(Number(distance)), missing), frame), type, true);
  };

/** Which of the runs between restarts a row is in; none where the function has no such argument. */
function restarts(of: ScalarCall, index: number): readonly Sql[] {
  const restart = of.args[index];
  if (restart === undefined || restart.constant === false) return [];
  return [of.over(call('countIf', asFilter(restart.sql)), SO_FAR)];
}

function rowNumber(of: ScalarCall): Sql {
  const number = call('toInt64', of.over(call('row_number'), SO_FAR, restarts(of, 1)));
  return of.count === 0 ? number : call('plus', number, call('minus', of.sql(0), constant(1)));
}

function cumulativeSum(of: ScalarCall): Value {
  const [term] = of.args as [Value];
  const summed = of.over(call('sum', term.sql), SO_FAR, restarts(of, 1));
  const sum = value(call('ifNull', summed, constant(0)), term.type, false);
  return term.type === 'decimal'
    ? sum
    : value(cast(sum.sql, storageType(term.type, { required: true })), term.type, false);
}

/** True in the first row of a run of equal terms. */
function begins(of: ScalarCall, runs: readonly Sql[]): Sql {
  const [term] = of.args as [Value];
  const before = neighbourInRun(of, term, runs);
  const number = of.over(call('row_number'), SO_FAR, runs);
  const same = term.nullable
    ? call('ifNull', call('equals', term.sql, before), call('and', call('isNull', term.sql), call('isNull', before)))
    : call('equals', term.sql, before);
  return call('or', call('equals', number, constant(1)), call('not', same));
}

function neighbourInRun(of: ScalarCall, term: Value, runs: readonly Sql[]): Sql {
  return of.over(call('lagInFrame', term.sql, constant(1)), 'ROWS BETWEEN 1 PRECEDING AND CURRENT ROW', runs);
}

function denseRank(of: ScalarCall): Sql {
  const runs = restarts(of, 1);
  return call('toInt64', of.over(call('countIf', begins(of, runs)), SO_FAR, runs));
}

function minRank(of: ScalarCall): Sql {
  const runs = restarts(of, 1);
  const number = of.over(call('row_number'), SO_FAR, runs);
  return call('toInt64', of.over(call('max', call('if', begins(of, runs), number, constant(0))), SO_FAR, runs));
}

/**
 * Where each row's session began. A session ends where the term is as far from its beginning, or from the term before, as
 * is said, where it is null and where the last argument is true.
 */
function windowSession(of: ScalarCall): Value {
  const [term, fromFirst, between, restart] = of.args as [Value, Value, Value, Value | undefined];
  const [stored, state] = [storageType('long'), 'Tuple(Nullable(Int64), Nullable(Int64))'];
  const number = (source: Value): Sql => (source.type === 'datetime' ? datetimeToTicks(source.sql) : source.sql);
  const restarting = restart === undefined ? constant(0) : asFilter(restart.sql);
  const values = [
    cast(number(term), stored),
    cast(fromFirst.sql, stored),
    cast(between.sql, stored),
    call('toUInt8', call('ifNull', restarting, constant(0))),
  ];
  const part = (tuple: Sql, index: number): Sql => call('tupleElement', tuple, constant(index));
  const start = of.walk(values, (rows) =>
    fold(rows, { initial: cast(call('tuple', NULL, NULL), state), state, result: stored }, (before, row) => {
      const [present, first, previous] = [part(row, 1), part(before, 1), part(before, 2)];
      const far = (from: Sql, distance: Sql): Sql =>
        call('ifNull', call('greaterOrEquals', call('minus', present, from), distance), constant(1));
      const isNew = call('or', part(row, 4), far(first, part(row, 2)), far(previous, part(row, 3)));
      const session = call('if', isNew, present, first);
      return call('tuple', call('tuple', session, present), session);
    }),
  );
  return value(term.type === 'datetime' ? ticksToDatetime(start) : start, term.type, true);
}

/** Functions that look at other rows than their own; they need rows in an order. */
export const WINDOW_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'prev',
    summary: 'The value of a column some rows before; null, or what is said, where there is no such row.',
    takes: ['any', 'long', 'any'],
    nulls: 'may',
    lower: neighbour('lagInFrame'),
    examples: [],
  },
  {
    name: 'next',
    summary: 'The value of a column some rows after; null, or what is said, where there is no such row.',
    takes: ['any', 'long', 'any'],
    nulls: 'may',
    lower: neighbour('leadInFrame'),
    examples: [],
  },
  {
    name: 'row_number',
    summary: 'Number of the row, from 1 or what is said, beginning again where the second argument is true.',
    takes: ['long', 'bool'],
    nulls: 'never',
    lower: rowNumber,
    examples: [
      ['row_number()', 1],
      ['row_number(0)', 0],
    ],
  },
  {
    name: 'row_cumsum',
    summary: 'Sum of the term up to this row, beginning again where the second argument is true.',
    differs: 'A null counts as nothing.',
    takes: ['any', 'bool'],
    nulls: 'never',
    lower: cumulativeSum,
    examples: [
      ['row_cumsum(3)', 3],
      ['row_cumsum(1.5)', 1.5],
    ],
  },
  {
    name: 'row_rank_dense',
    summary:
      'How many different runs of the term there are up to this row, beginning again where the second argument is true.',
    takes: ['any', 'bool'],
    nulls: 'never',
    lower: denseRank,
    examples: [['row_rank_dense("a")', 1]],
  },
  {
    name: 'row_rank_min',
    summary: 'Number of the first row of the run of equal terms, beginning again where the second argument is true.',
    takes: ['any', 'bool'],
    nulls: 'never',
    lower: minRank,
    examples: [['row_rank_min(5)', 1]],
  },
  {
    name: 'row_window_session',
    summary: 'Where the session of the row began, in rows that lie close enough.',
    differs: `A table, or a subtable of partition, has at most ${LONGEST_WALK.toLocaleString('en')} rows here.`,
    takes: ['any', 'any', 'any', 'bool'],
    nulls: 'may',
    lower: windowSession,
    examples: [],
  },
];
