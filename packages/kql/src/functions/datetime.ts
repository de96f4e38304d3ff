import { EPOCH_TICKS, TICKS_PER_DAY } from '../storage.ts';
import { anchoredTicks } from '../lower/text.ts';
import { constantValue, datetimeToTicks, momentValue, ticksToDatetime, value, type Value } from '../lower/value.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';
import { formatDatetimePattern, formatTimespanPattern } from '../scalar/format.ts';
import { convert } from '../lower/convert.ts';
import { readDatetime, readTimespan } from '../parser/literals.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const DAY = Number(TICKS_PER_DAY);
const ticks = (value_: number): Sql => literal('Int64', BigInt(value_));
const int = (sql: Sql): Sql => call('toInt32', sql);

/** The tick at which the day of a datetime begins. */
const dayTicks = (datetime: Sql): Sql =>
  call('minus', datetimeToTicks(datetime), call('modulo', anchoredTicks(datetime), ticks(DAY)));
/** From a Date of the engine (days since 1970) to a datetime. */
const fromDate = (date: Sql): Sql =>
  ticksToDatetime(call('multiply', call('toInt64', call('toInt32', date)), ticks(DAY)));
const date32 = (datetime: Sql): Sql => call('toDate32', datetime);
const shiftDays = (datetime: Sql, days: Sql): Sql =>
  ticksToDatetime(call('plus', dayTicks(datetime), call('multiply', call('toInt64', days), ticks(DAY))));

/** Days of the week count from Sunday = 0. */
const weekday = (datetime: Sql): Sql => call('modulo', call('toDayOfWeek', datetime), constant(7));

type Start = (datetime: Sql, offset: Sql | undefined) => Sql;
const STARTS: Readonly<Record<'day' | 'week' | 'month' | 'year', Start>> = {
  day: (datetime, offset) => (offset === undefined ? ticksToDatetime(dayTicks(datetime)) : shiftDays(datetime, offset)),
  week: (datetime, offset) => {
    const days = offset === undefined ? constant(0) : call('multiply', offset, constant(7));
    return shiftDays(datetime, call('minus', days, weekday(datetime)));
  },
  month: (datetime, offset) =>
    fromDate(call('addMonths', call('toDate32', call('toStartOfMonth', date32(datetime))), offset ?? constant(0))),
  year: (datetime, offset) =>
    fromDate(call('addYears', call('toDate32', call('toStartOfYear', date32(datetime))), offset ?? constant(0))),
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

/** Units that are a fixed number of ticks, and those of the calendar. */
const UNIT_TICKS: Readonly<Record<string, number>> = {
  week: 7 * DAY,
  day: DAY,
  hour: 36e9,
  minute: 6e8,
  second: 1e7,
  millisecond: 1e4,
  microsecond: 10,
};
const CALENDAR: Readonly<
  Record<string, { readonly number: (datetime: Sql) => Sql; readonly add: (date: Sql, amount: Sql) => Sql }>
> = {
  year: {
    number: (datetime) => call('toYear', date32(datetime)),
    add: (date, amount) => call('addYears', date, amount),
  },
  quarter: {
    number: (datetime) =>
      call(
        'plus',
        call('multiply', call('toYear', date32(datetime)), constant(4)),
        call('toQuarter', date32(datetime)),
      ),
    add: (date, amount) => call('addQuarters', date, amount),
  },
  month: {
    number: (datetime) =>
      call('plus', call('multiply', call('toYear', date32(datetime)), constant(12)), call('toMonth', date32(datetime))),
    add: (date, amount) => call('addMonths', date, amount),
  },
};

/** datetime_diff counts the borders of the unit between two datetimes; weeks begin on Sunday. */
function datetimeDiff(of: ScalarCall): Sql | Value {
  const unit = unitOf(of);
  if (unit === undefined)
    return of.refuse(
      'GHQ021',
      'datetime_diff() needs a constant unit: year, quarter, month, week, day, hour, minute, second, millisecond, microsecond or nanosecond.',
    );
  const [left, right] = [of.sql(1), of.sql(2)];
  const calendar = CALENDAR[unit];
  if (calendar !== undefined)
    return call('minus', call('toInt64', calendar.number(left)), call('toInt64', calendar.number(right)));
  if (unit === 'nanosecond')
    return call('multiply', call('minus', datetimeToTicks(left), datetimeToTicks(right)), ticks(100));
  if (unit === 'week') {
    const sunday = (datetime: Sql): Sql =>
      call('minus', call('toInt64', call('toInt32', date32(datetime))), call('toInt64', weekday(datetime)));
    return call('intDiv', call('minus', sunday(left), sunday(right)), ticks(7));
  }
  const size = ticks(UNIT_TICKS[unit] ?? 1);
  const border = (datetime: Sql): Sql => call('intDiv', anchoredTicks(datetime), size);
  return call('minus', border(left), border(right));
}

function unitOf(of: ScalarCall): string | undefined {
  const unit = of.args[0]?.constant;
  const name = typeof unit === 'string' ? unit.toLowerCase() : '';
  return name in UNIT_TICKS || name in CALENDAR || name === 'nanosecond' ? name : undefined;
}

function datetimeAdd(of: ScalarCall): Sql | Value {
  const unit = unitOf(of);
  if (unit === undefined || unit === 'nanosecond')
    return of.refuse(
      'GHQ021',
      'datetime_add() needs a constant unit: year, quarter, month, week, day, hour, minute, second, millisecond or microsecond.',
    );
  const [amount, datetime] = [of.sql(1), of.sql(2)];
  const calendar = CALENDAR[unit];
  if (calendar === undefined)
    return ticksToDatetime(
      call('plus', datetimeToTicks(datetime), call('multiply', call('toInt64', amount), ticks(UNIT_TICKS[unit] ?? 1))),
    );
  const timeOfDay = call('modulo', anchoredTicks(datetime), ticks(DAY));
  return ticksToDatetime(call('plus', datetimeToTicks(fromDate(calendar.add(date32(datetime), amount))), timeOfDay));
}

const PARTS: Readonly<Record<string, (datetime: Sql) => Sql>> = {
  year: (datetime) => call('toYear', datetime),
  quarter: (datetime) => call('toQuarter', datetime),
  month: (datetime) => call('toMonth', datetime),
  week_of_year: (datetime) => call('toISOWeek', datetime),
  day: (datetime) => call('toDayOfMonth', datetime),
  dayofyear: (datetime) => call('toDayOfYear', datetime),
  hour: (datetime) => call('toHour', datetime),
  minute: (datetime) => call('toMinute', datetime),
  second: (datetime) => call('toSecond', datetime),
  millisecond: (datetime) => call('intDiv', call('modulo', anchoredTicks(datetime), ticks(1e7)), ticks(1e4)),
  microsecond: (datetime) => call('intDiv', call('modulo', anchoredTicks(datetime), ticks(1e7)), ticks(10)),
  nanosecond: (datetime) => call('multiply', call('modulo', anchoredTicks(datetime), ticks(1e7)), ticks(100)),
};

/** Kusto spells some parts in two ways. */
const PART_NAMES: Readonly<Record<string, string>> = {
  weekofyear: 'week_of_year',
  dayofmonth: 'day',
  day_of_year: 'dayofyear',
  monthofyear: 'month',
};

const part = (
  name: string,
  of: string,
  examples: ScalarFunction['examples'],
  aliases: readonly string[] = [],
): ScalarFunction => ({
  name,
  aliases,
  summary: `The ${of} of a datetime.`,
  takes: ['datetime'],
  nulls: 'propagate',
  lower: (of_) => int((PARTS[of] as (datetime: Sql) => Sql)(of_.sql(0))),
  examples,
});

const MADE_UNITS = [36e9, 6e8, 1e7];

function makeTimespan(of: ScalarCall): Sql {
  const [days, clock] = of.count === 4 ? [of.args[0], of.args.slice(1)] : [undefined, of.args];
  const parts = clock.map((arg, index) =>
    call('multiply', call('toFloat64', arg.sql), constant(MADE_UNITS[index] ?? 0)),
  );
  const all = days === undefined ? parts : [call('multiply', call('toFloat64', days.sql), constant(DAY)), ...parts];
  return call('toInt64', call('plus', call('plus', ...pad(all)), constant(0)));
}
const pad = (list: readonly Sql[]): readonly Sql[] => (list.length > 1 ? list : [...list, constant(0)]);

function makeDatetime(of: ScalarCall): Sql {
  const [year, month = constant(1), day = constant(1), hour = constant(0), minute = constant(0), second] = of.args.map(
    (arg) => arg.sql,
  );
  const date = call('makeDate32', year ?? constant(0), month, day);
  const clock = call(
    'plus',
    call('multiply', call('toInt64', hour), ticks(36e9)),
    call('multiply', call('toInt64', minute), ticks(6e8)),
    second === undefined
      ? ticks(0)
      : call('toInt64', call('round', call('multiply', call('toFloat64', second), constant(1e7)))),
  );
  return ticksToDatetime(call('plus', datetimeToTicks(fromDate(date)), clock));
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
    name: 'dayofweek',
    summary: 'Days since Sunday, as a timespan.',
    takes: ['datetime'],
    nulls: 'propagate',
    lower: (of) => call('multiply', call('toInt64', weekday(of.sql(0))), ticks(DAY)),
    examples: [
      ['dayofweek(datetime(1947-11-30 10:00:05))', '00:00:00'],
      ['dayofweek(datetime(1970-05-11))', '1.00:00:00'],
    ],
  },
  part('dayofmonth', 'day', [['dayofmonth(datetime(2015-12-14))', 14]]),
  part('dayofyear', 'dayofyear', [['dayofyear(datetime(2015-12-14))', 348]]),
  part('hourofday', 'hour', [['hourofday(datetime(2015-12-14 18:54))', 18]]),
  part('monthofyear', 'month', [['monthofyear(datetime(2015-12-14))', 12]], ['getmonth']),
  part('getyear', 'year', [['getyear(datetime(2015-10-12))', 2015]]),
  part('week_of_year', 'week_of_year', [['week_of_year(datetime(2020-12-31))', 53]], ['weekofyear']),
  {
    name: 'datetime_part',
    summary: 'A part of a datetime, named by a constant.',
    takes: ['string', 'datetime'],
    nulls: 'propagate',
    lower: (of) => {
      const name = String(of.args[0]?.constant ?? '').toLowerCase();
      const read = PARTS[PART_NAMES[name] ?? name];
      return read === undefined
        ? of.refuse(
            'GHQ021',
            'datetime_part() needs a constant part: year, quarter, month, week_of_year, day, dayofyear, hour, minute, second, millisecond, microsecond or nanosecond.',
          )
        : int(read(of.sql(1)));
    },
    examples: [
      ["datetime_part('year', datetime(2017-10-30 01:02:03.7654321))", 2017],
      ["datetime_part('millisecond', datetime(2017-10-30 01:02:03.7654321))", 765],
      ["datetime_part('week_of_year', datetime(2017-10-30))", 44],
    ],
  },
  {
    name: 'datetime_diff',
    summary: 'Number of borders of a unit between two datetimes.',
    takes: ['string', 'datetime'],
    nulls: 'propagate',
    lower: datetimeDiff,
    examples: [
      ["datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31))", 17],
      ["datetime_diff('day', datetime(2017-10-29 23:00), datetime(2017-10-30 01:00))", -1],
      ["datetime_diff('minute', datetime(2017-10-30 23:05:01), datetime(2017-10-30 23:00:59))", 5],
    ],
  },
  {
    name: 'datetime_add',
    summary: 'A datetime and an amount of a unit.',
    takes: ['string', 'long', 'datetime'],
    nulls: 'propagate',
    lower: datetimeAdd,
    examples: [
      ["datetime_add('month', 1, datetime(2017-01-31 10:00))", '2017-02-28T10:00:00.0000000Z'],
      ["datetime_add('day', -5, datetime(2017-01-02))", '2016-12-28T00:00:00.0000000Z'],
    ],
  },
  {
    name: 'make_datetime',
    summary: 'A datetime of its parts.',
    takes: ['long', 'long', 'long', 'long', 'long', 'real'],
    nulls: 'may',
    lower: makeDatetime,
    examples: [
      ['make_datetime(2017, 10, 1, 12, 10)', '2017-10-01T12:10:00.0000000Z'],
      ['make_datetime(2017, 10, 1, 12, 11, 0.1234567)', '2017-10-01T12:11:00.1234567Z'],
    ],
  },
  {
    name: 'make_timespan',
    summary: 'A timespan of its parts.',
    takes: ['real'],
    nulls: 'propagate',
    lower: makeTimespan,
    examples: [
      ['make_timespan(1, 12, 30, 55)', '1.12:30:55'],
      ['make_timespan(12, 30)', '12:30:00'],
    ],
  },
  {
    name: 'unixtime_seconds_todatetime',
    summary: 'Datetime of Unix seconds.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => ticksToDatetime(call('toInt64', call('round', call('multiply', of.sql(0), constant(1e7))))),
    examples: [['unixtime_seconds_todatetime(1546300800)', '2019-01-01T00:00:00.0000000Z']],
  },
  {
    name: 'unixtime_milliseconds_todatetime',
    summary: 'Datetime of Unix milliseconds.',
    takes: ['long'],
    nulls: 'propagate',
    lower: (of) => ticksToDatetime(call('multiply', of.sql(0), ticks(1e4))),
    examples: [['unixtime_milliseconds_todatetime(1546300800000)', '2019-01-01T00:00:00.0000000Z']],
  },
  {
    name: 'unixtime_microseconds_todatetime',
    summary: 'Datetime of Unix microseconds.',
    takes: ['long'],
    nulls: 'propagate',
    lower: (of) => ticksToDatetime(call('multiply', of.sql(0), ticks(10))),
    examples: [['unixtime_microseconds_todatetime(1546300800000000)', '2019-01-01T00:00:00.0000000Z']],
  },
  {
    name: 'unixtime_nanoseconds_todatetime',
    summary: 'Datetime of Unix nanoseconds.',
    takes: ['long'],
    nulls: 'propagate',
    lower: (of) => ticksToDatetime(call('intDiv', of.sql(0), ticks(100))),
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

/** Kusto's zero: 0001-01-01. */
export const KUSTO_ZERO = -EPOCH_TICKS;
