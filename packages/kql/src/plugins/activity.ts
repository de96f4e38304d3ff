import { convert } from '../lower/convert.ts';
import { columnValue, type Context } from '../lower/context.ts';
import { value } from '../lower/value.ts';
import { isTabular } from '../parser/kusto.ts';
import type { Expression } from '../parser/syntax.ts';
import { plan } from '../relation/plan.ts';
import { findColumn, type Table } from '../relation/tree.ts';
import { ascending, over } from '../sql/over.ts';
import { call, collectColumns, constant, lambda, type Sql } from '../sql/tree.ts';
import { answer, eventsOf, isColumn, keepBetween, nothing, sure } from './events.ts';
import { long } from './timeline.ts';
import type { Plugin, PluginCall } from './types.ts';

const real = (sql: Sql): ReturnType<typeof value> => value(sql, 'real', false);
const ALL_BEFORE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING';

/** Compares every bin with all bins before it. */
const countsMetrics: Plugin = {
  name: 'activity_counts_metrics',
  summary: 'Events, users, new users and users so far, in each bin.',
  lower: (plugin, input, context) => {
    const dimensions = plugin.positional.slice(5);
    const events = eventsOf(plugin, input, context, dimensions, { keepsNullIds: true });
    const [from, to] = [events?.timeline.point('Start', 2), events?.timeline.point('End', 3)];
    const bins = events?.timeline.bins('Window', 4, from?.sql);
    if (!events || !from || !to || !bins) return nothing(plugin, context);
    const { chain, by } = events;
    keepBetween(events, from.sql, to.sql);
    const index = chain.add(bins.index(sure(events.moment)));
    const users = chain.aggregate([index, ...by, events.id], [call('toInt64', call('count'))]);
    const [bin = index, ...rest] = users.keys;
    const id = rest.pop() ?? events.id;
    const first = chain.add(over(call('min', bin), [...rest, id]));
    const isNew = call('and', call('equals', first, bin), call('isNotNull', id));
    const counts = chain.aggregate(
      [bin, ...rest],
      [
        call('toInt64', call('sum', users.values[0])),
        call('toInt64', call('countIf', call('isNotNull', id))),
        call('toInt64', call('countIf', isNew)),
      ],
    );
    const [at = bin, ...groups] = counts.keys;
    const soFar = call('toInt64', over(call('sum', counts.values[2]), groups, [ascending(at)]));
    return answer(plugin, { chain, keys: 1 + events.dimensions.length }, [
      value(bins.begin(at), events.timeline.type, false),
      ...events.dimensions.map((entry, place) => ({ ...columnValue(entry), sql: groups[place] ?? at })),
      ...counts.values.map(long),
      long(soFar),
    ]);
  },
  examples: [
    [
      `datatable(who: string, t: long, g: string) ['a', 1, 'x', 'b', 2, 'y', 'a', 11, 'y', 'c', 12, 'x', 'c', 13, 'x', 'b', 31, 'x', 'd', 99, 'x']
       | evaluate activity_counts_metrics(who, t, 0, 39, 10)`,
      [
        [0, 2, 2, 2, 2],
        [10, 3, 2, 1, 3],
        [30, 1, 1, 0, 3],
      ],
    ],
    [
      `datatable(who: string, t: long, g: string) ['a', 1, 'x', 'b', 2, 'y', 'a', 11, 'y', 'c', 12, 'x']
       | evaluate activity_counts_metrics(who, t, 0, 39, 10, g) | sort by t asc, g asc`,
      [
        [0, 'x', 1, 1, 1, 1],
        [0, 'y', 1, 1, 1, 1],
        [10, 'x', 1, 1, 1, 2],
        [10, 'y', 1, 1, 1, 2],
      ],
    ],
    [
      'datatable(who: long, t: datetime) [long(null), datetime(2026-03-01)] | evaluate activity_counts_metrics(who, t, datetime(2026-03-01), datetime(2026-03-02), 1d)',
      [['2026-03-01T00:00:00.0000000Z', 1, 0, 0, 0]],
    ],
  ],
};

/** Compares every bin with the one before it. */
const metrics: Plugin = {
  name: 'activity_metrics',
  summary: 'Users, new users, and the shares of users that stay and go, from each bin to the next.',
  lower: (plugin, input, context) => {
    // Start and End are left out together.
    const isBounded = plugin.positional.length > 3 && !isColumn(plugin.positional[3], input);
    const place = isBounded ? 4 : 2;
    const events = eventsOf(plugin, input, context, plugin.positional.slice(place + 1));
    const from = isBounded ? events?.timeline.point('Start', 2) : undefined;
    const to = isBounded ? events?.timeline.point('End', 3) : undefined;
    const bins = events?.timeline.bins('Window', place, from?.sql);
    if (!events || !bins || (isBounded && !(from && to))) return nothing(plugin, context);
    const { chain, by } = events;
    keepBetween(events, from?.sql, to?.sql);
    const index = chain.add(bins.index(sure(events.moment)));
    const users = chain.aggregate([index, ...by, events.id], []);
    const [bin = index, ...rest] = users.keys;
    const before = chain.add(over(call('maxOrNull', bin), rest, [ascending(bin)], ALL_BEFORE));
    rest.pop();
    const counts = chain.aggregate(
      [bin, ...rest],
      [
        call('toInt64', call('count')),
        call('toInt64', call('countIf', call('equals', before, call('minus', bin, constant(1))))),
      ],
    );
    const [at = bin, ...groups] = counts.keys;
    const [all, kept] = counts.values;
    const [lastBin, lastCount] = chain.compute(
      over(call('maxOrNull', at), groups, [ascending(at)], ALL_BEFORE),
      over(call('anyLast', all), groups, [ascending(at)], ALL_BEFORE),
    ) as [Sql, Sql];
    const had = call('if', call('equals', lastBin, call('minus', at, constant(1))), lastCount, constant(0));
    return answer(plugin, { chain, keys: 1 + events.dimensions.length }, [
      value(bins.begin(at), events.timeline.type, false),
      ...events.dimensions.map((entry, order) => ({ ...columnValue(entry), sql: groups[order] ?? at })),
      long(all),
      long(call('minus', all, kept)),
      real(call('divide', kept, had)),
      real(call('divide', call('minus', had, kept), had)),
    ]);
  },
  examples: [],
};

/** Follows each bin's new users through the bins after it. */
const newMetrics: Plugin = {
  name: 'new_activity_metrics',
  summary: "How many of each bin's new users come again in each later bin.",
  lower: (plugin, input, context) => {
    const rest = plugin.positional.slice(5);
    const lookback = rest.find((node) => isTabular(node.ResultType));
    const hasCohort = rest[0] !== undefined && rest[0] !== lookback && !isColumn(rest[0], input);
    const dimensions = rest.slice(hasCohort ? 1 : 0).filter((node) => node !== lookback);
    const events = eventsOf(plugin, input, context, dimensions);
    const [from, to] = [events?.timeline.point('Start', 2), events?.timeline.point('End', 3)];
    const bins = events?.timeline.bins('Window', 4, from?.sql);
    const cohort = hasCohort ? events?.timeline.point('Cohort', 5) : undefined;
    if (!events || !from || !to || !bins || (hasCohort && !cohort)) return nothing(plugin, context);
    const { chain, by } = events;
    keepBetween(events, from.sql, to.sql);
    if (lookback !== undefined) {
      const seen = seenBefore(plugin, input, lookback, events.id, context);
      if (seen !== undefined) chain.filter(seen);
    }
    const index = chain.add(bins.index(sure(events.moment)));
    const users = chain.aggregate([index, ...by, events.id], []);
    const [bin = index, ...keys] = users.keys;
    const first = chain.add(over(call('min', bin), keys));
    keys.pop();
    const cells = chain.aggregate([first, bin, ...keys], [call('toInt64', call('count'))]);
    const [born = first, seen = bin, ...groups] = cells.keys;
    const [amount] = cells.values;
    const last = bins.index(to.sql);
    const isBirth = call('equals', born, seen);
    const targets = call('if', isBirth, call('range', born, call('plus', last, constant(1))), call('array', seen));
    const [target] = chain.unnest(
      call(
        'arrayMap',
        lambda((each) => call('toInt64', each)),
        targets,
      ),
    );
    const matrix = chain.aggregate(
      [born, target, ...groups],
      [
        call('toInt64', call('sumIf', amount, call('equals', target, seen))),
        call('toInt64', call('sumIf', amount, isBirth)),
      ],
    );
    const [start = born, end = target, ...dims] = matrix.keys;
    const [kept, all] = matrix.values;
    const later = over(
      call('sum', kept),
      [end, ...dims],
      [ascending(start)],
      'ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING',
    );
    const fresh = chain.add(call('if', call('equals', start, end), kept, call('toInt64', later)));
    if (cohort !== undefined) chain.filter(call('equals', start, bins.index(cohort.sql)));
    return answer(plugin, { chain, keys: 2 + events.dimensions.length }, [
      value(bins.begin(start), events.timeline.type, false),
      value(bins.begin(end), events.timeline.type, false),
      ...events.dimensions.map((entry, order) => ({ ...columnValue(entry), sql: dims[order] ?? start })),
      long(fresh),
      long(kept),
      long(call('minus', all, kept)),
      real(call('divide', kept, all)),
      real(call('divide', call('minus', all, kept), all)),
    ]);
  },
  examples: [],
};

/** The condition that an id is not in the table of those seen before; by the id's own name, or its only column. */
function seenBefore(
  plugin: PluginCall,
  input: Table,
  lookback: Expression,
  id: Sql,
  context: Context,
): Sql | undefined {
  const table = context.table(lookback);
  const own = input.columns.find((entry) => collectColumns(id, new Set()).has(entry.id));
  const column_ = (own && findColumn(table, own.name)) ?? (table.columns.length === 1 ? table.columns[0] : undefined);
  const ids = column_ && own && convert(columnValue(column_), own.type);
  if (column_ === undefined || ids === undefined) {
    plugin.refuse('GHQ024', `The lookback table has no column '${own?.name ?? ''}'.`, lookback);
    return undefined;
  }
  const made = context.session.newColumn();
  const relation = { kind: 'compute', input: table.relation, columns: [{ id: made, value: ids.sql }] } as const;
  return { kind: 'inQuery', value: id, select: plan(relation, new Set([made])), negated: true };
}

/** Users by bin, against the bins before. */
export const ACTIVITY_PLUGINS: readonly Plugin[] = [countsMetrics, metrics, newMetrics];
