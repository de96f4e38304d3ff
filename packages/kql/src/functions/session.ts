import { convert } from '../lower/convert.ts';
import { constantValue, datetimeToTicks, momentValue, value, type Value } from '../lower/value.ts';
import { ARITHMETIC } from '../scalar/arithmetic.ts';
import { between } from '../scalar/comparison.ts';
import { EPOCH_TICKS } from '../storage.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const bool = (sql: Sql, nullable = false): Value => value(sql, 'bool', nullable);

/** A value within a distance of another. */
function around(of: ScalarCall): Value {
  const [subject, center, delta] = [of.arg(0), of.arg(1), of.arg(2)];
  const low = ARITHMETIC['-'](center, delta, center.type);
  const high = ARITHMETIC['+'](center, delta, center.type);
  const inside = low && high && between(subject, low, high, false);
  return inside ?? of.refuse('GHQ021', `around() does not take ${subject.type}, ${center.type} and ${delta.type}.`);
}

const UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

function formatBytes(of: ScalarCall): Sql | Value {
  const unit = of.count > 2 ? of.arg(2).constant : '';
  if (typeof unit !== 'string') return of.refuse('GHQ020', 'The units of format_bytes() must be a constant.');
  const chosen = UNITS.findIndex((name) => name.toLowerCase() === unit.toLowerCase());
  if (unit !== '' && chosen < 0) return of.refuse('GHQ021', `The units of format_bytes() are ${UNITS.join(', ')}.`);
  const size = of.sql(0);
  const digits =
    of.count > 1 ? call('toUInt8', call('least', call('greatest', of.sql(1), constant(0)), constant(15))) : constant(0);
  const written = (index: number): Sql => {
    const amount = call('divide', size, constant(1024 ** index));
    // Without zeros behind the point.
    const text = call('toString', call('round', amount, digits));
    return call('concat', text, constant(` ${UNITS[index] ?? ''}`));
  };
  if (chosen >= 0) return written(chosen);
  const tests = UNITS.slice(1).flatMap((_, index) => [
    call('less', call('abs', size), constant(1024 ** (index + 1))),
    written(index),
  ]);
  return call('multiIf', ...tests, written(UNITS.length - 1));
}

/** A cursor is the text of the ticks up to which rows had arrived. */
const cursorTicks = (text: Sql): Sql => call('toInt64OrNull', text);
const kustoTicks = (datetime: Sql): Sql => call('plus', datetimeToTicks(datetime), literal('Int64', EPOCH_TICKS));

const byCursor =
  (name: string, engine: 'greater' | 'lessOrEquals', empty: 0 | 1) =>
  (of: ScalarCall): Value => {
    const { arrival } = of;
    if (arrival === undefined)
      return of.refuse('GHQ013', `${name}() is known only for rows of a table, before they are grouped or joined.`);
    const compared = call(engine, kustoTicks(arrival.sql), cursorTicks(of.sql(0)));
    return bool(call('if', call('empty', of.sql(0)), constant(empty), call('ifNull', compared, constant(0))));
  };

const currentCursor = (): Sql => call('toString', kustoTicks(momentValue(0n).sql));

/** About the run itself, and values that need no table. */
export const SESSION_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'around',
    summary: 'True for a value within a distance of another; null where one of them is.',
    takes: ['any'],
    nulls: 'may',
    lower: around,
    examples: [
      ['around(5, 4, 1)', true],
      ['around(5.5, 4, 1)', false],
      ['around(datetime(2021-01-01 01:29), datetime(2021-01-01 01:30), 1min)', true],
      ['around(2h, 1h, 30m)', false],
      ['around(long(null), 4, 1)', null],
    ],
  },
  {
    name: 'assert',
    summary: 'True where a condition holds; otherwise the query fails with a message.',
    takes: ['bool', 'string'],
    nulls: 'never',
    differs: 'The condition may be any expression, checked as the query runs.',
    lower: (of) => {
      const message = of.arg(1).constant;
      if (typeof message !== 'string') return of.refuse('GHQ020', 'The message of assert() must be a constant.');
      if (of.arg(0).constant === false) return of.refuse('GHQ021', `assert() failed: ${message}`);
      const failed = call('not', call('ifNull', of.sql(0), constant(0)));
      return bool(call('equals', call('throwIf', failed, of.sql(1)), constant(0)));
    },
    examples: [
      ["assert(1 > 0, 'never')", true],
      ["assert(strlen('abc') == 3, 'three letters')", true],
    ],
  },
  {
    name: 'format_bytes',
    summary: 'A number of bytes as text, in the unit that fits or the one that is named.',
    takes: ['real', 'long', 'string'],
    nulls: 'propagate',
    lower: formatBytes,
    examples: [
      ['format_bytes(564)', '564 Bytes'],
      ['format_bytes(10332, 1)', '10.1 KB'],
      ['format_bytes(20010332)', '19 MB'],
      ['format_bytes(20010332, 2)', '19.08 MB'],
      ["format_bytes(20010332, 0, 'KB')", '19541 KB'],
      ['format_bytes(0)', '0 Bytes'],
    ],
  },
  {
    name: 'current_database',
    summary: 'Name of the database that the query runs in.',
    takes: ['any'],
    nulls: 'never',
    lower: () => constantValue('string', 'gatehouse'),
    examples: [['current_database()', 'gatehouse']],
  },
  {
    name: 'current_cluster_endpoint',
    summary: 'Name of the server that runs the query: always gatehouse.',
    takes: ['any'],
    nulls: 'never',
    lower: () => constantValue('string', 'gatehouse'),
    examples: [['current_cluster_endpoint()', 'gatehouse']],
  },
  {
    name: 'current_principal_is_member_of',
    summary: 'False: queries run for no Microsoft Entra principal.',
    takes: ['any'],
    nulls: 'never',
    lower: () => bool(call('toBool', constant(0))),
    examples: [["current_principal_is_member_of('aadgroup=group1@fabrikam.com')", false]],
  },
  {
    name: 'extent_id',
    aliases: ['extentid'],
    summary: 'The empty GUID: rows are kept in no extents.',
    takes: ['any'],
    nulls: 'never',
    lower: () => constantValue('guid', '00000000-0000-0000-0000-000000000000'),
    examples: [['extent_id()', '00000000-0000-0000-0000-000000000000']],
  },
  {
    name: 'extent_tags',
    summary: 'Null: rows are kept in no extents.',
    takes: ['any'],
    nulls: 'never',
    lower: () => constantValue('dynamic', null),
    examples: [['isnull(extent_tags())', true]],
  },
  {
    name: 'cursor_current',
    aliases: ['current_cursor'],
    summary: "The run's moment as a text for cursor_after() and cursor_before_or_at().",
    takes: ['any'],
    nulls: 'never',
    lower: currentCursor,
    examples: [['strlen(cursor_current())', 18]],
  },
  {
    name: 'cursor_after',
    summary: 'True for rows that arrived after a cursor; for all with an empty one.',
    takes: ['string'],
    nulls: 'never',
    lower: byCursor('cursor_after', 'greater', 1),
    examples: [],
  },
  {
    name: 'cursor_before_or_at',
    summary: 'True for rows that had arrived at a cursor; for none with an empty one.',
    takes: ['string'],
    nulls: 'never',
    lower: byCursor('cursor_before_or_at', 'lessOrEquals', 0),
    examples: [],
  },
  {
    name: 'estimate_data_size',
    summary: 'About how many bytes values take: those of a text, or what its type takes.',
    takes: ['any'],
    nulls: 'never',
    differs: 'A dynamic value takes the bytes of its JSON.',
    lower: (of) => {
      const sizes = of.args.map((arg) => {
        const fixed = SIZES[arg.type];
        const bytes = fixed === undefined ? call('length', (convert(arg, 'string') ?? arg).sql) : constant(fixed);
        return call('toInt64', bytes);
      });
      const [first = constant(0), ...rest] = sizes;
      return rest.reduce((sum, size) => call('plus', sum, size), first);
    },
    examples: [],
  },
];

const SIZES: Partial<Record<Value['type'], number>> = {
  bool: 1,
  int: 4,
  long: 8,
  real: 8,
  datetime: 8,
  timespan: 8,
  decimal: 16,
  guid: 16,
};
