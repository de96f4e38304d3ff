import { columnValue, type Context } from '../lower/context.ts';
import { nullOf, value, type Value } from '../lower/value.ts';
import type { Chain } from '../relation/chain.ts';
import type { Column, Table } from '../relation/tree.ts';
import { storageType } from '../storage.ts';
import { ascending, descending, over } from '../sql/over.ts';
import { call, cast, column, constant, lambda, literal, type SortKey, type Sql } from '../sql/tree.ts';
import type { PluginCall } from './types.ts';

/** How many columns are looked at, and of how many values at most a pattern is searched; more values come in by themselves. */
export const [MOST_COLUMNS, MOST_DIMENSIONS] = [40, 8];
/** Patterns that are compared with one another. */
const MOST_COMPARED = 500;

/** What is searched: rows with weights, apart for each set (one, or two to be compared). */
export interface Mined {
  readonly chain: Chain;
  readonly columns: readonly Column[];
  /** Weight of a row in each set. */
  readonly weights: readonly Sql[];
  /** Least share of a set's weight. */
  readonly threshold: number;
  readonly dimensions: number;
}

/** Patterns as rows: the items they consist of and their weight in each set. */
export interface Patterns {
  readonly items: Sql;
  readonly weights: readonly Sql[];
  readonly totals: readonly Sql[];
}

const prefix = (index: number): string => `${String(index).padStart(2, '0')}:`;

/** A value of a column as text: the column's number, whether it is null, and the value. */
function item(entry: Column, index: number): Sql {
  const given = call('concat', constant(`${prefix(index)}=`), call('toString', column(entry.id)));
  return entry.nullable ? call('ifNull', given, constant(`${prefix(index)}-`)) : given;
}

/** What an item stands for, in its column's type; a wildcard where the pattern has no item of the column. */
function valueOf(items: Sql, entry: Column, index: number, wildcard: Value): Value {
  const found = call(
    'arrayFirst',
    lambda((each) => call('startsWith', each, constant(prefix(index)))),
    items,
  );
  const text = call('substring', found, constant(prefix(index).length + 2));
  const isNull = call(
    'endsWith',
    call('substring', found, constant(1), constant(prefix(index).length + 1)),
    constant('-'),
  );
  const typed =
    entry.type === 'string' || entry.type === 'dynamic'
      ? call('if', isNull, constant(''), text)
      : cast(call('if', isNull, { kind: 'constant', value: null }, text), storageType(entry.type));
  return value(call('if', call('empty', found), wildcard.sql, typed), entry.type, true);
}

/**
 * Patterns of at least the threshold's weight in one of the sets. Rows are reduced to their frequent values and counted once; patterns
 * grow by one value at a time, by those only that the pattern before was frequent with, and what all rows of a pattern share is part of it (a closed pattern), so that columns that say the same
 * neither multiply the patterns nor count as dimensions.
 */
export function mine({ chain, columns, weights, threshold, dimensions }: Mined): Patterns {
  const rows = chain.aggregate(
    columns.map(item),
    weights.map((weight) => call('sum', weight)),
  );
  const totals = chain.compute(...rows.values.map((weight) => over(call('sum', weight), [])));
  const least = totals.map((total) => call('multiply', total, literal('Float64', threshold)));
  const isEnough = (sums: readonly Sql[], bounds: readonly Sql[]): Sql => {
    const tests = sums.map((sum, set) =>
      call('and', call('greaterOrEquals', sum, bounds[set] ?? sum), call('greater', sum, constant(0))),
    );
    const [only = constant(0)] = tests;
    return tests.length === 1 ? only : call('or', ...tests);
  };
  const shares = rows.keys.map((key) => rows.values.map((weight) => over(call('sum', weight), [key])));
  const frequent = chain.compute(...shares.map((sums) => isEnough(sums, least)));
  const kept = rows.keys.map((key, index) => call('if', frequent[index] ?? constant(0), key, constant('')));
  const bag = call(
    'arrayFilter',
    lambda((each) => call('notEmpty', each)),
    call('array', ...kept),
  );
  const compact = chain.aggregate(
    [bag],
    [...rows.values.map((weight) => call('sum', weight)), ...totals.map((total) => call('any', total))],
  );
  let [items = bag] = compact.keys;
  let sums = compact.values.slice(0, weights.length);
  let all = compact.values.slice(weights.length);
  let pattern: Sql = call('emptyArrayString');
  // What a row's pattern may grow by; nothing once it has grown.
  let growth = items;
  for (let level = 1; level <= dimensions; level += 1) {
    // The empty item keeps a pattern as it is.
    const [added] = chain.unnest(level === 1 ? growth : call('arrayPushFront', growth, constant('')));
    const [bag_, parent] = [items, pattern];
    const [own, grown] = chain.compute(
      call('sipHash128', parent),
      call('tuple', call('sipHash128', parent), added),
    ) as [Sql, Sql];
    const supports = chain.compute(...sums.map((weight) => over(call('sum', weight), [grown])));
    chain.filter(
      isEnough(
        supports,
        all.map((total) => call('multiply', total, literal('Float64', threshold))),
      ),
    );
    const [shared, siblings] = chain.compute(
      over(call('groupArrayIntersect', bag_), [grown]),
      over(call('groupArray', added), [call('sipHash128', bag_), own]),
    ) as [Sql, Sql];
    const [closed] = chain.compute(call('arraySort', shared)) as [Sql];
    const mayFollow = lambda((each) =>
      call('and', call('greater', each, added), call('not', call('has', closed, each))),
    );
    const [later] = chain.compute(
      call('if', call('empty', added), call('emptyArrayString'), call('arrayFilter', mayFollow, siblings)),
    ) as [Sql];
    const next = chain.aggregate(
      [bag_, closed],
      [call('groupUniqArrayArray', later), ...[...sums, ...all].map((each) => call('any', each))],
    );
    [items = bag_, pattern = closed] = next.keys;
    const [found, ...rest] = next.values;
    growth = found;
    sums = rest.slice(0, weights.length);
    all = rest.slice(weights.length);
  }
  return counted(chain, { pattern, sums, all });
}

function counted(
  chain: Chain,
  { pattern, sums, all }: { readonly pattern: Sql; readonly sums: readonly Sql[]; readonly all: readonly Sql[] },
): Patterns {
  const found = chain.aggregate(
    [pattern],
    [...sums.map((weight) => call('sum', weight)), ...all.map((total) => call('any', total))],
  );
  const [items = pattern] = found.keys;
  return {
    items,
    weights: found.values.slice(0, sums.length),
    totals: found.values.slice(sums.length),
  };
}

/** Keeps a pattern unless one that has all of its values, or none that it has not, is better; of the best of them. */
export function keepBest(chain: Chain, items: Sql, score: Sql, most: Sql): void {
  const [rank] = chain.compute(call('tuple', score, call('length', items))) as [Sql];
  chain.limit(constant(MOST_COMPARED), [descending(rank), ascending(items)]);
  const [others] = chain.compute(over(call('groupArray', call('tuple', items, rank)), [])) as [Sql];
  const part = (of: Sql, place: number): Sql => call('tupleElement', of, constant(place));
  const isBeaten = lambda((other) =>
    call(
      'and',
      call('greater', part(other, 2), rank),
      call('or', call('hasAll', part(other, 1), items), call('hasAll', items, part(other, 1))),
    ),
  );
  chain.filter(call('not', call('arrayExists', isBeaten, others)));
  chain.limit(most, [descending(rank), ascending(items)]);
}

/** The rows of the answer: numbered in their order, the figures, and what each column has in the pattern. */
export function patternTable(
  plugin: PluginCall,
  chain: Chain,
  {
    items,
    order,
    figures,
    columns,
    wildcards,
  }: {
    readonly items: Sql;
    readonly order: readonly SortKey[];
    readonly figures: readonly Value[];
    /** Every column of the answer; a number where it is one of those that were searched. */
    readonly columns: readonly (readonly [entry: Column, index: number | undefined])[];
    readonly wildcards: Wildcards;
  },
): Table {
  const number = call('toInt64', call('minus', over(call('row_number'), [], order), constant(1)));
  const values: readonly Value[] = [
    value(number, 'long', false),
    ...figures,
    ...columns.map(([entry, index]) => {
      const wildcard = wildcards.get(entry.type) ?? nullOf(entry.type);
      return index === undefined ? wildcard : valueOf(items, entry, index, wildcard);
    }),
  ];
  const made = chain.compute(...values.map((entry) => entry.sql));
  const names = [
    ...plugin.resultColumns.slice(0, 1 + figures.length).map((entry) => entry.name),
    ...columns.map(([entry]) => entry.name),
  ];
  const visible = values.map((entry, place): Column => {
    const sql = made[place];
    return {
      id: sql?.kind === 'column' ? sql.id : 0,
      name: names[place] ?? '',
      type: entry.type,
      nullable: entry.nullable,
    };
  });
  return {
    relation: chain.relation,
    columns: visible,
    order: visible.slice(0, 1).map((entry) => ascending(column(entry.id))),
  };
}

/** What stands for "any value", by type. */
export type Wildcards = ReadonlyMap<string, Value>;

export function readWildcards(plugin: PluginCall, context: Context, from: number): Wildcards {
  const outside = context.with({ row: undefined });
  const given = plugin.positional.slice(from).map((node) => outside.scalar(node));
  return new Map(given.filter((entry) => entry.constant !== '~').map((entry) => [entry.type, entry]));
}

/** The weight column: `~` or nothing for 1 a row. */
export function weightColumn(plugin: PluginCall, context: Context, index: number): Column | undefined {
  const node = plugin.argument('WeightColumn', index);
  if (node === undefined || context.scalar(node).constant === '~') return undefined;
  const found = plugin.column(node);
  if (found !== undefined && !['int', 'long', 'real', 'decimal'].includes(found.type))
    plugin.refuse('GHQ022', `The weight is a number, not ${found.type}.`, node);
  return found;
}

export function weightOf(weight: Column | undefined): Sql {
  if (weight === undefined) return call('toInt64', constant(1));
  const { sql } = columnValue(weight);
  return call(
    'ifNull',
    weight.type === 'int' || weight.type === 'long' ? call('toInt64', sql) : call('toFloat64', sql),
    constant(0),
  );
}

/** A number of the query's text within bounds; `~` or nothing for the default. */
export function optionalNumber(
  plugin: PluginCall,
  name: string,
  index: number,
  [least, most, otherwise]: readonly [number, number, number],
): number {
  const node = plugin.argument(name, index);
  const given = plugin.constant(name, index);
  if (node === undefined || given === undefined || given === '~') return otherwise;
  const number = typeof given === 'bigint' || typeof given === 'number' ? Number(given) : NaN;
  if (number >= least && number <= most) return number;
  plugin.refuse('GHQ021', `${name} is a number from ${least} to ${most}.`, node);
  return otherwise;
}
