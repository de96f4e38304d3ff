import { invariant } from '../invariant.ts';
import { isNullableStorage } from '../storage.ts';
import { value, type Value } from '../lower/value.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import type { Aggregate, AggregateCall } from './types.ts';

/**
 * The row with the largest (smallest) value: the values of its columns are taken together in one tuple, so that they are of
 * one row and their nulls stay. The first argument is what is compared, the others are the columns.
 */
const extremeRow =
  (engine: 'argMax' | 'argMin') =>
  (of: AggregateCall): readonly Value[] => {
    const [by, ...columns] = of.args;
    invariant(by, 'arg_max has a value to compare');
    const row = call('tuple', ...[by, ...columns].map((entry) => entry.sql));
    // A null is smaller and larger than nothing: its row is the answer only where all values are null.
    const isLast = call(engine === 'argMax' ? 'isNotNull' : 'isNull', by.sql);
    const found = call(engine, row, by.nullable ? call('tuple', isLast, call('assumeNotNull', by.sql)) : by.sql);
    return [by, ...columns].map((entry, index) =>
      value(
        call('tupleElement', found, constant(index + 1)),
        entry.type,
        entry.nullable || isNullableStorage(entry.type),
      ),
    );
  };

/** Any row, the same one for all columns. */
const anyRow = (of: AggregateCall): readonly Value[] => {
  const [only] = of.args;
  if (of.count === 1 && only !== undefined) return [value(anyValue(only.sql), only.type, only.nullable)];
  const row = call('any', call('tuple', ...of.args.map((entry) => entry.sql)));
  return of.args.map((entry, index) =>
    value(call('tupleElement', row, constant(index + 1)), entry.type, entry.nullable),
  );
};

function anyValue(sql: Sql): Sql {
  return call('any', sql);
}

/** Aggregates that choose rows. */
export const ARGUMENT_AGGREGATES: readonly Aggregate[] = [
  {
    name: 'arg_max',
    aliases: ['argmax'],
    summary: 'Columns of the row with the largest value.',
    lower: extremeRow('argMax'),
    examples: [],
  },
  {
    name: 'arg_min',
    aliases: ['argmin'],
    summary: 'Columns of the row with the smallest value.',
    lower: extremeRow('argMin'),
    examples: [],
  },
  { name: 'take_any', aliases: ['any'], summary: 'Columns of any row.', lower: anyRow, examples: [] },
  {
    name: 'take_anyif',
    aliases: ['anyif'],
    summary: 'A value of any row where a condition holds.',
    lower: (of) => {
      const [source] = of.args as [Value];
      const found = call('anyOrNullIf', source.sql, of.sql(1));
      return value(isNullableStorage(source.type) ? found : call('ifNull', found, constant('')), source.type, true);
    },
    examples: [
      ['take_anyif(s, n == 5)', 'z'],
      ['take_anyif(s, n == 50)', ''],
      ['take_anyif(d, n == 50)', null],
    ],
  },
];
