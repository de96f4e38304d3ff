import type { Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { isSketch, sketchHashes, sketchLimit } from '../lower/sketch.ts';
import type { Column, Table } from '../relation/tree.ts';
import { bind, choose, equal, kept, less, over, real, size, times } from '../sql/arrays.ts';
import { call, column, constant, every, literal, NULL, type SelectColumn, type Sql } from '../sql/tree.ts';
import type { Plugin, PluginCall } from './types.ts';

/** Above every hash: a set that is known whole. */
const WHOLE = (): Sql => literal('UInt64', 2n ** 64n - 1n);

/** How many values are in all of the sets: counted where all are known whole, else by the density of the hashes they share. */
function common(hashes: readonly Sql[], thresholds: readonly Sql[]): Sql {
  const [only] = hashes;
  const [bound] = thresholds;
  const shared = hashes.length === 1 && only !== undefined ? only : call('arrayIntersect', ...hashes);
  const lowest = thresholds.length === 1 && bound !== undefined ? bound : call('least', ...thresholds);
  return bind([shared, lowest], (list, threshold) =>
    choose(
      equal(threshold, WHOLE()),
      size(list),
      call(
        'toInt64',
        call(
          'round',
          over(
            times(real(size(kept((hash) => less(hash, threshold), list))), constant(2 ** 64)),
            call('greatest', real(threshold), constant(1)),
          ),
        ),
      ),
    ),
  );
}

function intersected(plugin: PluginCall, input: Table, context: Context): Table {
  const newColumn = (): number => context.session.newColumn();
  const sets = plugin.positional.map((argument) => {
    const given = context.scalar(argument);
    return convert(given, 'dynamic') ?? given;
  });
  if (sets.length < 2 || sets.length > 16) {
    plugin.refuse('GHQ021', 'dcount_intersect() takes 2 to 16 sets, as hll() gives them.');
    return input;
  }
  const read = sets.map((set) => ({ set, hashes: newColumn(), threshold: newColumn() }));
  const lists: SelectColumn[] = read.map(({ set, hashes }) => ({ id: hashes, value: sketchHashes(set) }));
  const bounds: SelectColumn[] = read.map(({ set, hashes, threshold }) => ({
    id: threshold,
    value: choose(less(size(column(hashes)), sketchLimit(set)), WHOLE(), call('arrayMax', column(hashes))),
  }));
  const results = read.map((_one, index): SelectColumn => {
    const until = read.slice(0, index + 1);
    const count = common(
      until.map(({ hashes }) => column(hashes)),
      until.map(({ threshold }) => column(threshold)),
    );
    return {
      id: newColumn(),
      value: choose(every(until.map(({ set }) => isSketch(set))), call('toNullable', count), NULL),
    };
  });
  const columns = results.map(({ id }, index): Column => ({ id, name: `s${index}`, type: 'long', nullable: true }));
  return {
    ...input,
    relation: {
      kind: 'compute',
      input: { kind: 'compute', input: { kind: 'compute', input: input.relation, columns: lists }, columns: bounds },
      columns: results,
    },
    columns: [...input.columns, ...columns],
  };
}

/** `dcount_intersect`: distinct values that sets share. Source: KQL documentation, "dcount_intersect plugin". */
export const dcountIntersect: Plugin = {
  name: 'dcount_intersect',
  summary: 'How many distinct values the first, the first two, the first three … sets of hll() have in common.',
  differs:
    'Exact while every set is below the size that hll() keeps; beyond, estimated from the hashes that are shared.',
  lower: intersected,
  examples: [
    [
      'range x from 1 to 100 step 1 | summarize a = hll_if(x, x % 2 == 0), b = hll_if(x, x % 3 == 0), c = hll_if(x, x % 5 == 0) | evaluate dcount_intersect(a, b, c) | project s0, s1, s2',
      [[50, 16, 3]],
    ],
    [
      'range x from 1 to 40000 step 1 | summarize a = hll(x), b = hll_if(x, x > 20000) | evaluate dcount_intersect(a, b) | project s0 between (38000 .. 42000), s1 between (18000 .. 22000)',
      [[true, true]],
    ],
    ['print a = dynamic([1]), b = dynamic([2]) | evaluate dcount_intersect(a, b) | project s0, s1', [[null, null]]],
  ],
};
