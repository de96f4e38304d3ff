import { columnValue, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import type { Value } from '../lower/value.ts';
import { optional } from '../operators/join.ts';
import { classOf } from '../parser/kusto.ts';
import { type Expression, type NameNode, textOf } from '../parser/syntax.ts';
import { freshen } from '../relation/freshen.ts';
import { findColumn, type Column, type Relation, type Table } from '../relation/tree.ts';
import { unify } from '../scalar/comparison.ts';
import { column, type SelectColumn } from '../sql/tree.ts';
import type { PluginCall } from './types.ts';

/** What the lookup plugins share: rows of a second table, found by something that is no equality. */
export interface Lookup {
  readonly lookup: Table;
  /** The columns of the input that are looked up. */
  readonly sources: readonly Column[];
  /** Keys that must be equal too: names of columns of both tables. */
  readonly equal: readonly string[];
  /** A column of the second table that is not shown. */
  readonly hidden?: string;
  readonly keepsUnmatched: boolean;
  /** The columns of the second table stand before those of the input. */
  readonly lookupFirst?: boolean;
  /** Pairs of distinct looked-up values and rows of the second table that belong together. */
  readonly pairs: (values: readonly Column[], distinct: Relation, lookup: Table) => Relation;
}

/** A column of the second table that an argument names. */
export function lookupColumn(plugin: PluginCall, lookup: Table, argument: Expression | undefined): Column | undefined {
  const name =
    argument !== undefined && classOf(argument) === 'NameReference' ? (argument as NameNode).SimpleName : undefined;
  const found = name === undefined ? undefined : findColumn(lookup, name);
  if (found === undefined)
    plugin.refuse(
      'GHQ024',
      argument === undefined
        ? 'The column of the lookup table is missing.'
        : `'${textOf(argument)}' is not a column of the lookup table.`,
      argument,
    );
  return found;
}

/** A flag by its name, or by its place among the arguments that are no columns. */
export function flag(plugin: PluginCall, name: string, position: number, otherwise: boolean): boolean {
  const literals = plugin.positional.filter((argument, index) => index > 2 && classOf(argument) !== 'NameReference');
  const named = plugin.constant(name, Number.POSITIVE_INFINITY);
  if (named !== undefined) return named === true;
  const literal = literals[position];
  return literal === undefined ? otherwise : textOf(literal).toLowerCase() === 'true';
}

/**
 * Joins the input to the rows found for its values. The search runs over the distinct values, not over all rows; what it
 * finds is joined back by equality.
 */
export function lookedUp(plugin: PluginCall, input: Table, search: Lookup, context: Context): Table {
  const { session } = context;
  session.spend(plugin.node);
  const copy = freshen(
    input,
    () => session.newColumn(),
    () => session.spend(plugin.node),
  );
  const values = search.sources.map((source): Column => {
    const same = copy.columns[input.columns.indexOf(source)] ?? source;
    return { ...same, id: session.newColumn() };
  });
  const distinct: Relation = {
    kind: 'aggregate',
    input: copy.relation,
    keys: values.map((entry, index) => ({
      id: entry.id,
      value: column(copy.columns[input.columns.indexOf(search.sources[index] ?? entry)]?.id ?? 0),
    })),
    values: [],
  };
  const pairs = search.pairs(values, distinct, search.lookup);
  const found: Table = { relation: pairs, columns: [...values, ...search.lookup.columns], order: [] };
  const right = search.keepsUnmatched ? optional(found, context) : found;
  const keys = keyPairs(plugin, input, right, search, context);
  const relation: Relation = {
    kind: 'join',
    left: { kind: 'compute', input: input.relation, columns: keys.left },
    right: { kind: 'compute', input: right.relation, columns: keys.right },
    join: search.keepsUnmatched ? 'ALL LEFT JOIN' : 'ALL INNER JOIN',
    on: keys.left.map((key, index) => ({ left: column(key.id), right: column(keys.right[index]?.id ?? 0) })),
  };
  const shown = right.columns
    .slice(values.length)
    .filter((entry) => !search.equal.includes(entry.name) && entry.name !== search.hidden);
  const columns = search.lookupFirst === true ? [...shown, ...input.columns] : [...input.columns, ...shown];
  const { resultColumns: names } = plugin;
  return {
    relation,
    columns: columns.map((entry, index) => ({
      ...entry,
      name: names.length === columns.length ? (names[index]?.name ?? entry.name) : entry.name,
    })),
    order: [],
  };
}

/** The looked-up values and the equal keys as columns of both sides, in one type each. */
function keyPairs(
  plugin: PluginCall,
  input: Table,
  right: Table,
  { sources, equal, lookup }: Lookup,
  context: Context,
): { readonly left: readonly SelectColumn[]; readonly right: readonly SelectColumn[] } {
  const values = sources.map((source, index): readonly [Value, Value] => [
    columnValue(source),
    columnValue(right.columns[index] ?? source),
  ]);
  const keys = equal.flatMap((name): (readonly [Value, Value])[] => {
    const [ours, theirs] = [findColumn(input, name), lookup.columns.findIndex((entry) => entry.name === name)];
    const other = right.columns[sources.length + theirs];
    if (ours === undefined || theirs < 0 || other === undefined) {
      plugin.refuse('GHQ024', `'${name}' is not a column of both tables.`);
      return [];
    }
    const sides = unify(columnValue(ours), columnValue(other));
    if (sides === undefined) plugin.refuse('GHQ022', `A lookup cannot compare ${ours.type} with ${other.type}.`);
    return sides === undefined ? [] : [sides];
  });
  const asKey = (value: Value): SelectColumn => ({
    id: context.session.newColumn(),
    value: value.type === 'int' ? (convert(value, 'long')?.sql ?? value.sql) : value.sql,
  });
  const all = [...values, ...keys];
  return { left: all.map(([ours]) => asKey(ours)), right: all.map(([, theirs]) => asKey(theirs)) };
}
