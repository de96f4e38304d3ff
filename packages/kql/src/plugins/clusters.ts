import type { Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { columnValue } from '../lower/context.ts';
import { value, type Value } from '../lower/value.ts';
import { Chain } from '../relation/chain.ts';
import type { Column, Table } from '../relation/tree.ts';
import { ascending, descending, over } from '../sql/over.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';
import { nothing } from './events.ts';
import {
  keepBest,
  mine,
  MOST_COLUMNS,
  MOST_DIMENSIONS,
  optionalNumber,
  patternTable,
  readWildcards,
  weightColumn,
  weightOf,
} from './patterns.ts';
import { long } from './timeline.ts';
import type { Plugin, PluginCall } from './types.ts';

const real = (sql: Sql): Value => value(sql, 'real', false);
const whole = (sql: Sql): Value => long(call('toInt64', call('round', sql)));
const percent = (part: Sql, all: Sql, digits: number): Sql =>
  call('round', call('divide', call('multiply', constant(100), part), all), constant(digits));

/** The columns that are searched, or `undefined` where there are too many. */
function searched(
  plugin: PluginCall,
  input: Table,
  without: readonly (Column | undefined)[],
): readonly Column[] | undefined {
  const columns = input.columns.filter((entry) => !without.includes(entry));
  if (columns.length <= MOST_COLUMNS && columns.length > 0) return columns;
  plugin.refuse(
    'GHQ021',
    `${plugin.node.Name.SimpleName}() looks at 1 to ${MOST_COLUMNS} columns, here there are ${columns.length}: project those that matter.`,
  );
  return undefined;
}

const start = (input: Table, context: Context): Chain => new Chain(input.relation, () => context.session.newColumn());

const placed = (
  shown: readonly Column[],
  columns: readonly Column[],
): readonly (readonly [Column, number | undefined])[] =>
  shown.map((entry) => [entry, columns.includes(entry) ? columns.indexOf(entry) : undefined] as const);

const basket: Plugin = {
  name: 'basket',
  summary: 'Values that often come together, with how many rows have them.',
  differs: `Exact, where Kusto samples; at most ${MOST_DIMENSIONS} dimensions and ${MOST_COLUMNS} columns. The order of the segments is by their count.`,
  lower: (plugin, input, context) => {
    const threshold = optionalNumber(plugin, 'Threshold', 0, [0.001, 1, 0.05]);
    const weight = weightColumn(plugin, context, 1);
    const dimensions = Math.trunc(optionalNumber(plugin, 'MaxDimensions', 2, [1, MOST_DIMENSIONS, 5]));
    const columns = searched(plugin, input, [weight]);
    if (columns === undefined) return nothing(plugin, context);
    const chain = start(input, context);
    const found = mine({ chain, columns, weights: [weightOf(weight)], threshold, dimensions });
    const [count = found.items] = found.weights;
    const [total = found.items] = found.totals;
    return patternTable(plugin, chain, {
      items: found.items,
      order: [descending(count), ascending(found.items)],
      figures: [whole(count), real(percent(count, total, 1))],
      columns: placed(input.columns, columns),
      wildcards: readWildcards(plugin, context, 3),
    });
  },
  examples: [
    [
      `datatable(a: string, b: string, n: long) ['x', 'p', 1, 'x', 'p', 2, 'x', 'q', 3, 'y', 'p', 4] | evaluate basket(0.5) | project Count, Percent, a, b, n`,
      [
        [3, 75, 'x', '', null],
        [3, 75, '', 'p', null],
        [2, 50, 'x', 'p', null],
      ],
    ],
    [
      `datatable(a: string, b: int, w: long) ['x', 7, 3, 'x', 7, 1, 'y', 8, 1] | evaluate basket(0.5, w, '~', '*', int(-1)) | project-away w`,
      [[0, 4, 80, 'x', 7]],
    ],
    [
      `datatable(a: string, b: long) ['x', 1, '', 2, '', 2, 'z', long(null)] | evaluate basket(0.3, '~', 2, '*', long(-1)) | project-away SegmentId`,
      [[2, 50, '', 2]],
    ],
  ],
};

/** How much the values of each pattern say together: the rarer a value is, the more. A value's share is that of its largest pattern. */
function informed(
  chain: Chain,
  items: Sql,
  share: Sql,
  carried: readonly [Sql, Sql],
): { readonly items: Sql; readonly share: Sql; readonly information: Sql; readonly kept: readonly [Sql, Sql] } {
  const [part] = chain.compute(share) as [Sql];
  const [each] = chain.unnest(items);
  const [rarity] = chain.compute(call('negate', call('log', over(call('max', part), [each])))) as [Sql];
  const found = chain.aggregate(
    [items],
    [call('any', part), call('sum', rarity), call('any', carried[0]), call('any', carried[1])],
  );
  const [shareOf, information, rows, all] = found.values;
  return { items: found.keys[0] ?? items, share: shareOf, information, kept: [rows, all] };
}

/** Rows whose values share much: shares and information weighed against one another. */
const LEAST_SHARE = 0.05;

const autocluster: Plugin = {
  name: 'autocluster',
  summary: 'A few patterns that many rows share and that say much.',
  differs: `Kusto searches from some rows. Here all patterns of at least ${LEAST_SHARE * 100} % of the rows are compared: of patterns that contain one another the one with the best weighted geometric mean of its share and its information (the sum of -ln of its values' shares) stays, at most NumSeeds of them. At most ${MOST_COLUMNS} columns.`,
  lower: (plugin, input, context) => {
    const size = optionalNumber(plugin, 'SizeWeight', 0, [0, 1, 0.5]);
    const weight = weightColumn(plugin, context, 1);
    const seeds = Math.trunc(optionalNumber(plugin, 'NumSeeds', 2, [1, 1000, 25]));
    const columns = searched(plugin, input, [weight]);
    if (columns === undefined) return nothing(plugin, context);
    const chain = start(input, context);
    const found = mine({ chain, columns, weights: [weightOf(weight)], threshold: LEAST_SHARE, dimensions: 5 });
    const [count = found.items] = found.weights;
    const [total = found.items] = found.totals;
    const {
      items,
      share,
      information,
      kept: [rows, all],
    } = informed(chain, found.items, call('divide', count, total), [count, total]);
    const [score] = chain.compute(
      call(
        'multiply',
        call('pow', share, literal('Float64', size)),
        call('pow', information, literal('Float64', 1 - size)),
      ),
    ) as [Sql];
    keepBest(chain, items, score, constant(seeds));
    return patternTable(plugin, chain, {
      items,
      order: [descending(score), ascending(items)],
      figures: [whole(rows), real(percent(rows, all, 1))],
      columns: placed(input.columns, columns),
      wildcards: readWildcards(plugin, context, 3),
    });
  },
  examples: [],
};

const diffpatterns: Plugin = {
  name: 'diffpatterns',
  summary: 'Patterns whose share differs between two sets of rows.',
  differs: `Exact: all patterns are compared, and of those that contain one another the one with the largest difference stays. At most ${MOST_COLUMNS} columns; without MaxDimensions 5 dimensions.`,
  lower: (plugin, input, context) => {
    const node = plugin.argument('SplitColumn', 0);
    const split = node && plugin.column(node);
    const [first, second] = [plugin.constant('SplitValueA', 1), plugin.constant('SplitValueB', 2)];
    const weight = weightColumn(plugin, context, 3);
    const threshold = optionalNumber(plugin, 'Threshold', 4, [0.001, 1, 0.05]);
    const dimensions = Math.trunc(optionalNumber(plugin, 'MaxDimensions', 5, [1, MOST_DIMENSIONS, 5]));
    const columns = searched(plugin, input, [weight, split]);
    const text = split && convert(columnValue(split), 'string');
    if (columns === undefined || text === undefined || typeof first !== 'string' || typeof second !== 'string')
      return nothing(plugin, context);
    const chain = start(input, context);
    const is = (given: string): Sql => call('equals', text.sql, literal('String', given));
    chain.filter(call('or', is(first), is(second)));
    const weights = [first, second].map((given) => call('if', is(given), weightOf(weight), constant(0)));
    const found = mine({ chain, columns, weights, threshold, dimensions });
    const [countA = found.items, countB = found.items] = found.weights;
    const [totalA = found.items, totalB = found.items] = found.totals;
    const share = (part: Sql, all: Sql): Sql =>
      call(
        'if',
        call('greater', all, constant(0)),
        call('divide', call('multiply', constant(100), part), all),
        constant(0),
      );
    const [shareA, shareB] = chain.compute(share(countA, totalA), share(countB, totalB)) as [Sql, Sql];
    const [difference] = chain.compute(call('abs', call('minus', shareA, shareB))) as [Sql];
    chain.filter(call('greaterOrEquals', difference, literal('Float64', threshold * 100)));
    keepBest(chain, found.items, difference, constant(500));
    const rounded = (sql: Sql): Value => real(call('round', sql, constant(2)));
    return patternTable(plugin, chain, {
      items: found.items,
      order: [descending(difference), ascending(found.items)],
      figures: [whole(countA), whole(countB), rounded(shareA), rounded(shareB), rounded(difference)],
      columns: placed(
        input.columns.filter((entry) => entry !== split),
        columns,
      ),
      wildcards: readWildcards(plugin, context, 6),
    });
  },
  examples: [
    [
      `datatable(ok: string, app: string, city: string) ['yes', 'mail', 'Bern', 'yes', 'mail', 'Basel', 'yes', 'vpn', 'Bern', 'no', 'vpn', 'Basel', 'no', 'vpn', 'Bern']
       | evaluate diffpatterns(ok, 'no', 'yes', '~', 0.5)`,
      [
        [0, 0, 2, 0, 66.67, 66.67, 'mail', ''],
        [1, 2, 1, 100, 33.33, 66.67, 'vpn', ''],
      ],
    ],
  ],
};

/** Patterns of values over all columns. */
export const CLUSTER_PLUGINS: readonly Plugin[] = [basket, autocluster, diffpatterns];
