import { columnValue } from '../lower/context.ts';
import { value } from '../lower/value.ts';
import { ascending, over } from '../sql/over.ts';
import { call, constant, lambda, literal, type Sql } from '../sql/tree.ts';
import { answer, eventsOf, keepBetween, nothing, sure, type Events } from './events.ts';
import { long, wholeNumber, type Bins } from './timeline.ts';
import type { Plugin } from './types.ts';

const int64 = (sql: Sql): Sql => call('toInt64', sql);
const tuple = (...parts: readonly Sql[]): Sql => call('tuple', ...parts);
const part = (of: Sql, place: number): Sql => call('tupleElement', of, constant(place));
/** After every bin there is. */
const NEVER = literal('Int64', 2n ** 62n);

/** One row a bin and dimensions: what happened in the bin and in the window that ends with it. */
interface Windows {
  readonly bin: Sql;
  readonly groups: readonly Sql[];
  readonly rowsInWindow: Sql;
  readonly usersInWindow: Sql;
  readonly usersInBin: Sql;
}

/**
 * Rows and users in a window of `width` bins that ends with each bin from `first` to `last`; bins with an empty window have no row.
 * A user is counted from a bin on until the window has left it or the user comes again: intervals that do not overlap, so sums of
 * where they begin and end count users exactly, and no row is repeated for each of its windows.
 */
function slidingWindows(events: Events, bins: Bins, width: Sql, first: Sql, last: Sql): Windows {
  const { chain, by, id } = events;
  const index = chain.add(bins.index(sure(events.moment)));
  const users = chain.aggregate([index, ...by, id], [int64(call('count'))]);
  const [bin = index, ...keys] = users.keys;
  const own = keys.slice(0, -1);
  const next = over(
    call('leadInFrame', bin, constant(1), NEVER),
    keys,
    [ascending(bin)],
    'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
  );
  const [leaves, amount] = chain.compute(call('least', call('plus', bin, width), next), users.values[0]) as [Sql, Sql];
  const none = int64(constant(0));
  const one = int64(constant(1));
  const minusOne = int64(constant(-1));
  // Where, rows in the window, users in the window, users in the bin.
  const [step] = chain.unnest(
    call(
      'array',
      tuple(bin, amount, one, one),
      tuple(call('plus', bin, width), call('negate', amount), none, none),
      tuple(leaves, none, minusOne, none),
    ),
  );
  const [at, ...changes] = chain.compute(part(step, 1), part(step, 2), part(step, 3), part(step, 4)) as [
    Sql,
    Sql,
    Sql,
    Sql,
  ];
  const steps = chain.aggregate(
    [at, ...own],
    [call('sum', changes[0]), call('sum', changes[1]), call('sum', changes[2])],
  );
  const [place = at, ...groups] = steps.keys;
  const running = (sql: Sql): Sql => int64(over(call('sum', sql), groups, [ascending(place)]));
  const [rows, total, until] = chain.compute(
    running(steps.values[0]),
    running(steps.values[1]),
    over(
      call('leadInFrame', place, constant(1), NEVER),
      groups,
      [ascending(place)],
      'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
    ),
  ) as [Sql, Sql, Sql];
  chain.filter(call('greater', rows, constant(0)));
  const from = call('greatest', place, first);
  const to = call('greatest', from, call('least', until, call('plus', last, constant(1))));
  const [each] = chain.unnest(
    call(
      'arrayMap',
      lambda((one_) => int64(one_)),
      call('range', from, to),
    ),
  );
  const inBin = call('if', call('equals', each, place), int64(steps.values[2]), constant(0));
  return { bin: each, groups, rowsInWindow: rows, usersInWindow: total, usersInBin: inBin };
}

/** A window's length in whole bins, at least one. */
function widthOf(window: Sql, step: Sql): Sql {
  return call('greatest', int64(constant(1)), int64(call('intDiv', window, step)));
}

/** Lengths that stand for the calendar's units where a window is given as a length. */
const UNIT_TICKS = { week: 6_048_000_000_000, month: 25_920_000_000_000, year: 315_360_000_000_000 } as const;

const windowCounts: Plugin = {
  name: 'sliding_window_counts',
  summary: 'Events and users in the window that ends with each bin.',
  differs:
    'With bins of the calendar, a month counts as 30 days and a year as 365 when the window is measured in bins.',
  lower: (plugin, input, context) => {
    const events = eventsOf(plugin, input, context, plugin.positional.slice(6));
    const timeline = events?.timeline;
    const [from, to] = [timeline?.point('Start', 2), timeline?.point('End', 3)];
    const window = timeline?.length('LookbackWindow', 4);
    const bins = timeline?.bins('Bin', 5, from?.sql);
    const unit = timeline?.unit('Bin', 5);
    const step = unit === undefined ? timeline?.length('Bin', 5) : constant(UNIT_TICKS[unit]);
    if (!events || !timeline || !from || !to || !window || !bins || !step) return nothing(plugin, context);
    keepBetween(events, timeline.earlier(from.sql, window), to.sql);
    const windows = slidingWindows(events, bins, widthOf(window, step), bins.index(from.sql), bins.index(to.sql));
    return answer(plugin, { chain: events.chain, keys: 1 + events.dimensions.length }, [
      value(bins.begin(windows.bin), timeline.type, false),
      ...events.dimensions.map((entry, order) => ({
        ...columnValue(entry),
        sql: windows.groups[order] ?? windows.bin,
      })),
      long(windows.rowsInWindow),
      long(windows.usersInWindow),
    ]);
  },
  examples: [
    [
      `datatable(who: string, t: long, g: string) ['a', -5, 'x', 'a', 1, 'x', 'a', 2, 'x', 'b', 12, 'x', 'a', 25, 'x', 'c', 99, 'x']
       | evaluate sliding_window_counts(who, t, 0, 59, 20, 10)`,
      [
        [0, 3, 1],
        [10, 3, 2],
        [20, 2, 2],
        [30, 1, 1],
      ],
    ],
    [
      `datatable(who: string, t: datetime) ['a', datetime(2026-03-01), 'b', datetime(2026-03-02), 'a', datetime(2026-03-02)]
       | evaluate sliding_window_counts(who, t, datetime(2026-03-01), datetime(2026-03-03), 2d, 1d)`,
      [
        ['2026-03-01T00:00:00.0000000Z', 1, 1],
        ['2026-03-02T00:00:00.0000000Z', 3, 2],
        ['2026-03-03T00:00:00.0000000Z', 2, 2],
      ],
    ],
  ],
};

const engagement: Plugin = {
  name: 'activity_engagement',
  summary: 'Users in each bin as a share of the users in the longer window that ends with it.',
  lower: (plugin, input, context) => {
    const events = eventsOf(plugin, input, context, plugin.positional.slice(6));
    const timeline = events?.timeline;
    const [from, to] = [timeline?.point('Start', 2), timeline?.point('End', 3)];
    const [inner, outer] = [timeline?.length('InnerActivityWindow', 4), timeline?.length('OuterActivityWindow', 5)];
    if (!events || !timeline || !from || !to || !inner || !outer) return nothing(plugin, context);
    const bins = timeline.regular(inner, from.sql);
    keepBetween(events, timeline.earlier(from.sql, outer), to.sql);
    const windows = slidingWindows(events, bins, widthOf(outer, inner), bins.index(from.sql), bins.index(to.sql));
    return answer(plugin, { chain: events.chain, keys: 1 + events.dimensions.length }, [
      value(bins.begin(windows.bin), timeline.type, false),
      ...events.dimensions.map((entry, order) => ({
        ...columnValue(entry),
        sql: windows.groups[order] ?? windows.bin,
      })),
      long(windows.usersInBin),
      long(windows.usersInWindow),
      value(call('divide', windows.usersInBin, windows.usersInWindow), 'real', false),
    ]);
  },
  examples: [
    [
      `datatable(who: string, t: datetime) ['a', datetime(2026-03-01), 'b', datetime(2026-03-02), 'a', datetime(2026-03-02), 'a', datetime(2026-03-04)]
       | evaluate activity_engagement(who, t, datetime(2026-03-01), datetime(2026-03-04), 1d, 2d)`,
      [
        ['2026-03-01T00:00:00.0000000Z', 1, 1, 1],
        ['2026-03-02T00:00:00.0000000Z', 2, 2, 1],
        ['2026-03-03T00:00:00.0000000Z', 0, 2, 0],
        ['2026-03-04T00:00:00.0000000Z', 1, 1, 1],
      ],
    ],
  ],
};

/** Users who came in at least so many periods of the window before. */
const activeUsers: Plugin = {
  name: 'active_users_count',
  summary: 'Users in each bin who came in at least so many periods of the window that ends with their coming.',
  lower: (plugin, input, context) => {
    const events = eventsOf(plugin, input, context, plugin.positional.slice(8));
    const timeline = events?.timeline;
    const [from, to] = [timeline?.point('Start', 2), timeline?.point('End', 3)];
    const [window, period] = [timeline?.length('LookbackWindow', 4), timeline?.length('Period', 5)];
    const least = wholeNumber(plugin, 'ActivePeriodsCount', 6, [1, 100_000]);
    const bins = timeline?.bins('Bin', 7, from?.sql);
    if (!events || !timeline || !from || !to || !window || !period || !bins || least === undefined)
      return nothing(plugin, context);
    const { chain, by } = events;
    keepBetween(events, timeline.earlier(from.sql, window), to.sql);
    const moment = sure(events.moment);
    const periods = timeline.regular(period, undefined);
    const [each, bin, counts] = chain.compute(
      periods.index(moment),
      bins.index(moment),
      call('greaterOrEquals', moment, from.sql),
    ) as [Sql, Sql, Sql];
    const users = chain.aggregate([each, ...by, events.id], [call('groupUniqArrayIf', bin, counts)]);
    const [at = each, ...keys] = users.keys;
    const nth = over(
      call('lagInFrame', call('toNullable', at), constant(least - 1)),
      keys,
      [ascending(at)],
      'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
    );
    const earliest = chain.add(least === 1 ? at : nth);
    chain.filter(call('greater', call('plus', earliest, widthOf(window, period)), at));
    const [shown] = chain.unnest(users.values[0]);
    const table = chain.aggregate([shown, ...keys.slice(0, -1)], [int64(call('uniqExact', keys.at(-1) ?? at))]);
    const [start = shown, ...groups] = table.keys;
    return answer(plugin, { chain, keys: 1 + events.dimensions.length }, [
      value(bins.begin(start), timeline.type, false),
      ...events.dimensions.map((entry, order) => ({ ...columnValue(entry), sql: groups[order] ?? start })),
      long(table.values[0]),
    ]);
  },
  examples: [
    [
      `datatable(who: string, t: datetime)
       ['B', datetime(2018-06-29), 'B', datetime(2018-06-30), 'A', datetime(2018-07-02), 'B', datetime(2018-07-04), 'B', datetime(2018-07-08), 'A', datetime(2018-07-10),
        'A', datetime(2018-07-14), 'A', datetime(2018-07-17), 'A', datetime(2018-07-20), 'B', datetime(2018-07-24)]
       | evaluate active_users_count(who, t, datetime(2018-07-01), datetime(2018-07-31), 8d, 1d, 3, 7d)`,
      [
        ['2018-07-01T00:00:00.0000000Z', 1],
        ['2018-07-15T00:00:00.0000000Z', 1],
      ],
    ],
    [
      "datatable(who: string, t: long) ['a', 1, 'a', 2, 'b', 15] | evaluate active_users_count(who, t, 0, 19, 5, 1, 1, 10)",
      [
        [0, 1],
        [10, 1],
      ],
    ],
  ],
};

/** A session is new where its user was not seen within the window before. */
const sessions: Plugin = {
  name: 'session_count',
  summary: 'Sessions that begin in each bin: users not seen within the window before.',
  lower: (plugin, input, context) => {
    const events = eventsOf(plugin, input, context, plugin.positional.slice(6));
    const timeline = events?.timeline;
    const [from, to] = [timeline?.point('Start', 2), timeline?.point('End', 3)];
    const [step, window] = [timeline?.length('Bin', 4), timeline?.length('LookBackWindow', 5)];
    if (!events || !timeline || !from || !to || !step || !window) return nothing(plugin, context);
    const { chain, by } = events;
    keepBetween(events, timeline.earlier(from.sql, window), to.sql);
    const bins = timeline.regular(step, from.sql);
    const moment = sure(events.moment);
    const [at, bin] = chain.compute(timeline.number(moment), bins.index(moment)) as [Sql, Sql];
    const users = chain.aggregate([at, bin, ...by, events.id], []);
    const [when = at, place = bin, ...keys] = users.keys;
    const before = over(
      call('maxOrNull', when),
      keys,
      [ascending(when)],
      'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING',
    );
    const last = chain.add(before);
    chain.filter(call('greaterOrEquals', when, timeline.number(from.sql)));
    const isNew = call('or', call('isNull', last), call('greater', call('minus', when, last), window));
    const table = chain.aggregate([place, ...keys.slice(0, -1)], [int64(call('countIf', isNew))]);
    const [start = place, ...groups] = table.keys;
    return answer(plugin, { chain, keys: 1 + events.dimensions.length }, [
      value(bins.begin(start), timeline.type, false),
      ...events.dimensions.map((entry, order) => ({ ...columnValue(entry), sql: groups[order] ?? start })),
      long(table.values[0]),
    ]);
  },
  examples: [
    [
      `datatable(who: string, t: long) ['a', 1, 'a', 4, 'a', 12, 'b', 3, 'b', 14, 'c', -2]
       | evaluate session_count(who, t, 0, 29, 10, 5)`,
      [
        [0, 2],
        [10, 2],
      ],
    ],
    [
      "datatable(who: string, t: long, g: string) ['a', 1, 'x', 'a', 12, 'x', 'b', 13, 'y', 'b', 15, 'y'] | evaluate session_count(who, t, 0, 29, 10, 100, g)",
      [
        [0, 'x', 1],
        [10, 'x', 0],
        [10, 'y', 1],
      ],
    ],
  ],
};

/** Users and sessions over windows that slide along the timeline. */
export const SLIDING_PLUGINS: readonly Plugin[] = [windowCounts, engagement, activeUsers, sessions];
