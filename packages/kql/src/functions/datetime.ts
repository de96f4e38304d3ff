import { constantValue, datetimeToTicks, momentValue, ticksToDatetime, value, type Value } from '../lower/value.ts';
import { call, constant, NULL, reused, type Sql } from '../sql/tree.ts';
import { dayTicks, shiftDays, ticks, weekday } from '../scalar/days.ts';
import { formatDatetimePattern, formatTimespanPattern } from '../scalar/format.ts';
import { convert } from '../lower/convert.ts';
import { readDatetime, readTimespan } from '../parser/literals.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

type Start = (datetime: Sql, offset: Sql | undefined) => Sql;
/** Midnight of the first day of the month or the year. */
const firstDay = (datetime: Sql, day: 'toDayOfMonth' | 'toDayOfYear'): Sql =>
  shiftDays(datetime, call('minus', constant(1), call('toInt64', call(day, datetime))));
const moved = (engine: string, datetime: Sql, offset: Sql | undefined): Sql =>
  offset === undefined ? datetime : call(engine, datetime, offset);

const STARTS: Readonly<Record<'day' | 'week' | 'month' | 'year', Start>> = {
  day: (datetime, offset) => (offset === undefined ? ticksToDatetime(dayTicks(datetime)) : shiftDays(datetime, offset)),
  week: (datetime, offset) => {
    const days = offset === undefined ? constant(0) : call('multiply', offset, constant(7));
    return shiftDays(datetime, call('minus', days, weekday(datetime)));
  },
  month: (datetime, offset) => moved('addMonths', firstDay(datetime, 'toDayOfMonth'), offset),
  year: (datetime, offset) => moved('addYears', firstDay(datetime, 'toDayOfYear'), offset),
};

/** The last tick before the next one starts. */
const endOf =
  (unit: keyof typeof STARTS): ((of: ScalarCall) => Sql) =>
  (of) => {
    const next = call('plus', of.count > 1 ? of.sql(1) : constant(0), constant(1));
    return ticksToDatetime(call('minus', datetimeToTicks(STARTS[unit](of.sql(0), next)), constant(1)));
  };
const startOf =
  (unit: keyof typeof STARTS): ((of: ScalarCall) => Sql) =>
  (of) =>
    STARTS[unit](of.sql(0), of.count > 1 ? of.sql(1) : undefined);

function ago(of: ScalarCall): Value | Sql {
  const [span] = of.args as [Value];
  if (typeof span.constant === 'bigint') return momentValue(-span.constant);
  return ticksToDatetime(call('minus', datetimeToTicks({ kind: 'now', offsetTicks: 0n }), span.sql));
}

function now(of: ScalarCall): Value | Sql {
  const [span] = of.args;
  if (span === undefined) return momentValue(0n);
  return typeof span.constant === 'bigint'
    ? momentValue(span.constant)
    : ticksToDatetime(call('plus', datetimeToTicks(momentValue(0n).sql), span.sql));
}

/** Moments since 1970 that a datetime can hold, in seconds. */
const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800, 253_402_300_799];

/** An amount of a part of a second since 1970; null outside the years 1 to 9999. */
function sinceEpoch(of: ScalarCall, perSecond: number, toTicks: (amount: Sql) => Sql): Sql {
  // Nanoseconds of all years do not fit into a long: each long is one of a datetime.
  const [first, last] = [FIRST_SECOND * perSecond, (LAST_SECOND + 1) * perSecond - 1];
  if (perSecond === 1e9) return ticksToDatetime(toTicks(of.sql(0)));
  return reused(of.sql(0), (amount) => {
    const known = call('and', call('greaterOrEquals', amount, ticks(first)), call('lessOrEquals', amount, ticks(last)));
    return ticksToDatetime(call('if', known, toTicks(amount), NULL));
  });
}

/** Functions of datetimes and timespans. */
export const DATETIME_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'now',
    summary: "The run's moment, the same in the whole query.",
    takes: ['timespan'],
    nulls: 'never',
    lower: now,
    examples: [
      ['now() - now()', '00:00:00'],
      ['now(1h) - now()', '01:00:00'],
    ],
  },
  {
    name: 'ago',
    summary: "The run's moment less a timespan.",
    takes: ['timespan'],
    nulls: 'propagate',
    lower: ago,
    examples: [['now() - ago(1h)', '01:00:00']],
  },
  {
    name: 'ingestion_time',
    summary: 'When the row arrived; null where the rows are no table of the catalogue any more.',
    takes: ['any'],
    nulls: 'may',
    lower: (of) =>
      of.arrival ??
      of.refuse('GHQ013', 'ingestion_time() is known only for rows of a table, before they are grouped or joined.'),
    examples: [],
  },
  {
    name: 'startofday',
    summary: 'Beginning of the day, shifted by days.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: startOf('day'),
    examples: [
      ['startofday(datetime(2017-01-01 10:10:17))', '2017-01-01T00:00:00.0000000Z'],
      ['startofday(datetime(2017-01-01 10:10:17), -1)', '2016-12-31T00:00:00.0000000Z'],
    ],
  },
  {
    name: 'startofweek',
    summary: 'Beginning of the week (Sunday), shifted by weeks.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: startOf('week'),
    examples: [
      ['startofweek(datetime(2017-01-05 10:10:17))', '2017-01-01T00:00:00.0000000Z'],
      ['startofweek(datetime(2017-01-01), 1)', '2017-01-08T00:00:00.0000000Z'],
    ],
  },
  {
    name: 'startofmonth',
    summary: 'Beginning of the month, shifted by months.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: startOf('month'),
    examples: [['startofmonth(datetime(2017-01-31 10:10:17), 1)', '2017-02-01T00:00:00.0000000Z']],
  },
  {
    name: 'startofyear',
    summary: 'Beginning of the year, shifted by years.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: startOf('year'),
    examples: [['startofyear(datetime(2017-06-01 10:10:17), -1)', '2016-01-01T00:00:00.0000000Z']],
  },
  {
    name: 'endofday',
    summary: 'Last tick of the day, shifted by days.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: endOf('day'),
    examples: [['endofday(datetime(2017-01-01 10:10:17))', '2017-01-01T23:59:59.9999999Z']],
  },
  {
    name: 'endofweek',
    summary: 'Last tick of the week (Saturday), shifted by weeks.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: endOf('week'),
    examples: [['endofweek(datetime(2017-01-01 10:10:17))', '2017-01-07T23:59:59.9999999Z']],
  },
  {
    name: 'endofmonth',
    summary: 'Last tick of the month, shifted by months.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: endOf('month'),
    examples: [['endofmonth(datetime(2016-02-01))', '2016-02-29T23:59:59.9999999Z']],
  },
  {
    name: 'endofyear',
    summary: 'Last tick of the year, shifted by years.',
    takes: ['datetime', 'long'],
    nulls: 'propagate',
    lower: endOf('year'),
    examples: [['endofyear(datetime(2016-02-01))', '2016-12-31T23:59:59.9999999Z']],
  },
  {
    name: 'unixtime_seconds_todatetime',
    summary: 'Datetime of Unix seconds.',
    takes: ['real'],
    nulls: 'may',
    lower: (of) =>
      sinceEpoch(of, 1, (amount) => call('toInt64', call('round', call('multiply', amount, constant(1e7))))),
    examples: [
      ['unixtime_seconds_todatetime(1546300800)', '2019-01-01T00:00:00.0000000Z'],
      ['unixtime_seconds_todatetime(-1.5)', '1969-12-31T23:59:58.5000000Z'],
      ['unixtime_seconds_todatetime(99999999999999)', null],
    ],
  },
  {
    name: 'unixtime_milliseconds_todatetime',
    summary: 'Datetime of Unix milliseconds.',
    takes: ['long'],
    nulls: 'may',
    lower: (of) => sinceEpoch(of, 1e3, (amount) => call('multiply', amount, ticks(1e4))),
    examples: [
      ['unixtime_milliseconds_todatetime(1546300800000)', '2019-01-01T00:00:00.0000000Z'],
      ['unixtime_milliseconds_todatetime(9223372036854775807)', null],
    ],
  },
  {
    name: 'unixtime_microseconds_todatetime',
    summary: 'Datetime of Unix microseconds.',
    takes: ['long'],
    nulls: 'may',
    lower: (of) => sinceEpoch(of, 1e6, (amount) => call('multiply', amount, ticks(10))),
    examples: [['unixtime_microseconds_todatetime(1546300800000000)', '2019-01-01T00:00:00.0000000Z']],
  },
  {
    name: 'unixtime_nanoseconds_todatetime',
    summary: 'Datetime of Unix nanoseconds.',
    takes: ['long'],
    nulls: 'may',
    lower: (of) => sinceEpoch(of, 1e9, (amount) => call('intDiv', amount, ticks(100))),
    examples: [['unixtime_nanoseconds_todatetime(1546300800000000000)', '2019-01-01T00:00:00.0000000Z']],
  },
  {
    name: 'format_datetime',
    summary: 'A datetime as a constant pattern says.',
    takes: ['datetime', 'string'],
    nulls: 'propagate',
    lower: (of) =>
      formatDatetimePattern(of.sql(0), of.args[1]?.constant) ??
      of.refuse(
        'GHQ021',
        'format_datetime() needs a constant format of d, M, y, H, h, m, s, f, F, tt and the separators - / : , . _ [ ] and space.',
      ),
    examples: [
      ["format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')", '17-01-29 [09:00:05]'],
      ["format_datetime(datetime(2017-01-29 21:00:05.12), 'yyyy-M-dd h:mm:ss.fff tt')", '2017-1-29 9:00:05.120 PM'],
    ],
  },
  {
    name: 'format_timespan',
    summary: 'A timespan as a constant pattern says.',
    takes: ['timespan', 'string'],
    nulls: 'propagate',
    lower: (of) =>
      formatTimespanPattern(of.sql(0), of.args[1]?.constant) ??
      of.refuse(
        'GHQ021',
        'format_timespan() needs a constant format of d, H, h, m, s, f, F and the separators - / : , . _ [ ] and space.',
      ),
    examples: [
      ["format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss [FF]')", '29.09:00:05 [12]'],
      ["format_timespan(time(1.02:03:04), 'd h')", '1 2'],
    ],
  },
  {
    name: 'datetime',
    aliases: ['date'],
    summary: 'A datetime read from a text.',
    takes: ['any'],
    nulls: 'may',
    page: 'todatetime-function',
    lower: (of) => read(of, 'datetime'),
    examples: [],
  },
  {
    name: 'timespan',
    aliases: ['time'],
    summary: 'A timespan read from a text.',
    takes: ['any'],
    nulls: 'may',
    page: 'totimespan-function',
    lower: (of) => read(of, 'timespan'),
    examples: [],
  },
];

function read(of: ScalarCall, type: 'datetime' | 'timespan'): Value {
  const [source] = of.args as [Value];
  const known =
    typeof source.constant === 'string'
      ? type === 'datetime'
        ? readDatetime(source.constant)
        : readTimespan(source.constant)
      : undefined;
  if (known !== undefined) return constantValue(type, known);
  return convert(source, type) ?? value(source.sql, type, true);
}
