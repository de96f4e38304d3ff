import { anchoredTicks } from '../lower/text.ts';
import { datetimeToTicks, ticksToDatetime, type Value } from '../lower/value.ts';
import { DAY, date32, fromDate, int, ticks, weekday } from '../scalar/days.ts';
import { call, constant, NULL, once, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

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
  if (unit === undefined)
    return of.refuse(
      'GHQ021',
      'datetime_add() needs a constant unit: year, quarter, month, week, day, hour, minute, second, millisecond, microsecond or nanosecond.',
    );
  const [amount, datetime] = [of.sql(1), of.sql(2)];
  const calendar = CALENDAR[unit];
  if (unit === 'nanosecond')
    return ticksToDatetime(
      call('plus', datetimeToTicks(datetime), call('intDiv', call('toInt64', amount), ticks(100))),
    );
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
  // The engine rolls the 30th of February over; Kusto answers null.
  const within = (part: Sql, end: number): Sql =>
    call('and', call('greaterOrEquals', part, constant(0)), call('less', part, constant(end)));
  return once([date], (found) =>
    call(
      'if',
      call(
        'and',
        call('equals', call('toYear', found), year ?? constant(0)),
        call('equals', call('toMonth', found), month),
        call('equals', call('toDayOfMonth', found), day),
        within(hour, 24),
        within(minute, 60),
        ...(second === undefined ? [] : [within(second, 60)]),
      ),
      ticksToDatetime(call('plus', datetimeToTicks(fromDate(found)), clock)),
      NULL,
    ),
  );
}

/** Parts of datetimes, their differences, and datetimes of parts. */
export const CALENDAR_FUNCTIONS: readonly ScalarFunction[] = [
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
    differs: 'Years before 1900 and after 2299 are null.',
    lower: makeDatetime,
    examples: [
      ['make_datetime(2017, 10, 1, 12, 10)', '2017-10-01T12:10:00.0000000Z'],
      ['make_datetime(2017, 10, 1, 12, 11, 0.1234567)', '2017-10-01T12:11:00.1234567Z'],
      ['make_datetime(2017, 2, 30)', null],
      ['make_datetime(2016, 2, 29)', '2016-02-29T00:00:00.0000000Z'],
      ['make_datetime(2017, 1, 1, 25, 0)', null],
      ['make_datetime(2017, 13, 1)', null],
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
];
