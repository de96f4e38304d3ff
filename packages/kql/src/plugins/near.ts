import { aggregate } from '../aggregates/index.ts';
import { mergeable } from '../aggregates/states.ts';
import { columnValue, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { invariant } from '../invariant.ts';
import { Chain } from '../relation/chain.ts';
import { serialOf, type Column, type Table } from '../relation/tree.ts';
import { ascending, over } from '../sql/over.ts';
import { call, column, constant, type Sql } from '../sql/tree.ts';
import { answer, nothing, sure } from './events.ts';
import { Timeline, wholeNumber } from './timeline.ts';
import type { Plugin, PluginCall } from './types.ts';

/** The rows within so many rows of one where a condition holds. */
const rowsNear: Plugin = {
  name: 'rows_near',
  summary: 'The rows near those where a condition holds.',
  lower: (plugin, input, context) => {
    const condition = plugin.argument('Condition', 0);
    const before = wholeNumber(plugin, 'NumRows', 1, [0, 1_000_000]);
    const after = wholeNumber(plugin, 'RowsAfter', 2, [0, 1_000_000]) ?? before;
    const holds = condition && convert(context.scalar(condition), 'bool');
    if (holds === undefined || before === undefined || after === undefined) return input;
    const serial = serialOf(input);
    if (serial === undefined) {
      plugin.refuse('GHQ026', 'rows_near() needs rows in an order: sort them or write serialize before it.');
      return input;
    }
    const chain = new Chain(input.relation, () => context.session.newColumn());
    const [hit] = chain.compute(call('ifNull', holds.sql, constant(0))) as [Sql];
    const frame = `ROWS BETWEEN ${after} PRECEDING AND ${before} FOLLOWING`;
    const [near] = chain.compute(over(call('max', hit), [], serial.keys, frame)) as [Sql];
    chain.filter(near);
    return { ...input, relation: chain.relation };
  },
  examples: [
    [
      'range x from 1 to 10 step 1 | sort by x asc | evaluate rows_near(x == 4 or x == 9, 1)',
      [[3], [4], [5], [8], [9], [10]],
    ],
    ['range x from 1 to 10 step 1 | sort by x desc | evaluate rows_near(x == 4, 1, 3)', [[5], [4], [3], [2], [1]]],
    ['range x from 1 to 10 step 1 | serialize | evaluate rows_near(x > 99, 5)', []],
  ],
};

/** The percentile aggregate's own value of a column and a share. */
function percentileOf(source: Value, share: Value, plugin: PluginCall): Value | undefined {
  const row = aggregate('percentile');
  invariant(row, 'percentile is an aggregate');
  const args = [source, share];
  const at = (index: number): Value => args[index] ?? source;
  const refused: string[] = [];
  const result = row.lower({
    args,
    count: 2,
    type: source.type,
    sql: (index) => at(index).sql,
    arg: at,
    refuse: (code, message) => {
      refused.push(message);
      plugin.refuse(code, message);
      return source;
    },
  });
  const values: readonly Value[] = Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
  return refused.length > 0 ? undefined : values[0];
}

/** The percentile over the last bins, the bin itself included. */
const rollingPercentile: Plugin = {
  name: 'rolling_percentile',
  summary: 'A percentile over the last so many bins, for each bin.',
  lower: (plugin, input, context) => {
    const [amount, by] = [columnOf(plugin, 'ValueColumn', 0), columnOf(plugin, 'IndexColumn', 2)];
    const dimensions = plugin.positional.slice(5).map((node) => plugin.column(node));
    const share = plugin.argument('Percentile', 1);
    const width = wholeNumber(plugin, 'BinsPerWindow', 4, [1, 1_000_000]);
    const timeline = by && Timeline.of(by.type, plugin, context);
    const bins = timeline?.bins('BinSize', 3, undefined);
    const percentile =
      share && amount && percentileOf(columnValue(amount), context.with({ row: undefined }).scalar(share), plugin);
    if (!amount || !by || !timeline || !bins || !width || !percentile || dimensions.includes(undefined))
      return nothing(plugin, context);
    return rolled({ plugin, context, input, by, bins, width, percentile, timeline, dimensions: known(dimensions) });
  },
  examples: [
    [
      `range x from 0 to 11 step 1 | extend g = iff(x % 2 == 0, 'even', 'odd') | evaluate rolling_percentile(x, 50, x, 4, 2)`,
      [
        [0, 1],
        [4, 3],
        [8, 7],
      ],
    ],
    [
      `range x from 0 to 7 step 1 | extend g = iff(x % 2 == 0, 'even', 'odd') | evaluate rolling_percentile(x, 100, x, 4, 2, g) | sort by x asc, g asc`,
      [
        [0, 'even', 2],
        [0, 'odd', 3],
        [4, 'even', 6],
        [4, 'odd', 7],
      ],
    ],
  ],
};

function known(columns: readonly (Column | undefined)[]): readonly Column[] {
  return columns.filter((entry) => entry !== undefined);
}

function columnOf(plugin: PluginCall, name: string, index: number): Column | undefined {
  const node = plugin.argument(name, index);
  return node && plugin.column(node);
}

interface Rolling {
  readonly plugin: PluginCall;
  readonly context: Context;
  readonly input: Table;
  readonly by: Column;
  readonly bins: NonNullable<ReturnType<Timeline['bins']>>;
  readonly width: number;
  readonly percentile: Value;
  readonly timeline: Timeline;
  readonly dimensions: readonly Column[];
}

/** Bins are grouped once with what can be merged; each window merges its bins. */
function rolled({ plugin, context, input, by, bins, width, percentile, timeline, dimensions }: Rolling): Table {
  const chain = new Chain(input.relation, () => context.session.newColumn());
  if (by.nullable) chain.filter(call('isNotNull', column(by.id)));
  const index = chain.add(bins.index(sure(column(by.id))));
  const states: Sql[] = [];
  const merged = (frame: (merge: Sql) => Sql, places: readonly Sql[]): Sql => {
    let next = 0;
    const result = mergeable(percentile.sql, () => places[next++] ?? constant(0), frame);
    invariant(result, 'a percentile can be merged');
    return result;
  };
  mergeable(
    percentile.sql,
    (state) => {
      states.push(state);
      return state;
    },
    (merge) => merge,
  );
  const groups = chain.aggregate([index, ...dimensions.map((entry) => column(entry.id))], states);
  const [bin = index, ...rest] = groups.keys;
  const frame = `RANGE BETWEEN ${width - 1} PRECEDING AND CURRENT ROW`;
  const [rolling] = chain.compute(merged((merge) => over(merge, rest, [ascending(bin)], frame), groups.values)) as [
    Sql,
  ];
  return answer(plugin, { chain, keys: 1 + dimensions.length }, [
    value(bins.begin(bin), timeline.type, false),
    ...dimensions.map((entry, order) => ({ ...columnValue(entry), sql: rest[order] ?? bin })),
    { ...percentile, sql: rolling },
  ]);
}

/** Windows of rows and of bins. */
export const NEAR_PLUGINS: readonly Plugin[] = [rowsNear, rollingPercentile];
