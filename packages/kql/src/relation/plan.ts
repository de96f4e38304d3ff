import type { CatalogueTable } from '../catalogue.ts';
import {
  call,
  children,
  collectColumns,
  column,
  constant,
  mapColumns,
  type ColumnId,
  type From,
  type Select,
  type SelectColumn,
  type SortKey,
  type Sql,
} from '../sql/tree.ts';
import type { Relation } from './tree.ts';

type Needed = ReadonlySet<ColumnId>;
type Planners = {
  readonly [Kind in Relation['kind']]: (node: Extract<Relation, { readonly kind: Kind }>, needed: Needed) => Select;
};

/** Number of a column that nothing refers to; the others begin at 1. */
const UNNAMED = 0;

const EMPTY = {
  columns: [],
  from: undefined,
  unnest: undefined,
  where: [],
  groupBy: undefined,
  order: [],
  limit: undefined,
} as const satisfies Select;

/**
 * From the relational tree to SELECTs. Columns are asked for from above, so a table is read only for what the answer
 * needs. Steps share a SELECT where that cannot change the meaning; otherwise the lower one becomes a subquery, which the
 * engine flattens again without evaluating an expression twice.
 */
export function plan(relation: Relation, needed: Needed): Select {
  return (planners[relation.kind] as (node: Relation, needed: Needed) => Select)(relation, needed);
}

const planners: Planners = {
  scan: (node, needed) => ({
    ...EMPTY,
    from: { kind: 'table', database: node.table.source.database, table: node.table.source.table },
    columns: node.columns
      .filter((entry) => needed.has(entry.id))
      .map((entry) => ({ id: entry.id, value: { kind: 'source', name: entry.name } })),
    where: confinement(node.table),
  }),
  rows: (node, needed) => {
    const ids = node.columns.map((entry) => entry.id);
    const { ordinal } = node;
    if (ordinal === undefined || !needed.has(ordinal))
      return over({ kind: 'rows', columns: node.columns, rows: node.rows }, ids, needed);
    const columns = [...node.columns, { id: ordinal, type: 'UInt32' }];
    const rows = node.rows.map((row, index) => [...row, constant(index)]);
    return over({ kind: 'rows', columns, rows }, [...ids, ordinal], needed);
  },
  numbers: (node, needed) => over({ kind: 'numbers', id: node.id, count: node.count }, [node.id], needed),
  shared: (node, needed) => {
    const columns = node.columns.filter((entry) => needed.has(entry.id));
    node.shared.use(columns.map((entry) => entry.from));
    return {
      ...EMPTY,
      from: { kind: 'shared', shared: node.shared },
      columns: columns.map((entry) => ({ id: entry.id, value: column(entry.from) })),
    };
  },
  single: () => ({ ...EMPTY }),
  filter: (node, needed) => {
    const input = plan(node.input, withColumns(needed, [node.condition]));
    const base = isPlain(input) && readsSourcesOnly(input, [node.condition]) ? input : wrap(input, needed);
    return narrow({ ...base, where: [...base.where, ...conjuncts(substitute(base, node.condition))] }, needed);
  },
  compute: (node, needed) => {
    const wanted = node.columns.filter((entry) => needed.has(entry.id));
    if (wanted.length === 0) return plan(node.input, needed);
    const values = wanted.map((entry) => entry.value);
    const input = plan(node.input, withColumns(needed, values, node.columns));
    const base = isPlain(input) && readsSourcesOnly(input, values) ? input : wrap(input, needed);
    const computed = wanted.map((entry) => ({ id: entry.id, value: substitute(base, entry.value) }));
    return narrow({ ...base, columns: [...base.columns, ...computed] }, needed);
  },
  aggregate: (node, needed) => {
    const values = node.values.filter((entry) => needed.has(entry.id));
    const all = [...node.keys, ...values].map((entry) => entry.value);
    const order = values.some((entry) => dependsOnOrder(entry.value)) ? (node.order ?? []) : [];
    const keys = order.map((key) => key.value);
    const unordered = plan(node.input, withColumns(new Set(), [...all, ...keys]));
    const input = order.length === 0 ? unordered : inOrder(unordered, order);
    const base = isPlain(input) && readsSourcesOnly(input, all) ? input : wrap(input, new Set());
    const columns = [...node.keys, ...values].map((entry) => ({ id: entry.id, value: substitute(base, entry.value) }));
    const groupBy = node.keys.map((entry) => column(entry.id));
    // An aggregate whose values nobody needs still decides how many rows there are.
    const kept = columns.length > 0 ? columns : [{ id: UNNAMED, value: call('count') }];
    return { ...base, columns: kept, groupBy };
  },
  limit: (node, needed) => {
    const keys = node.order.map((key) => key.value);
    const input = plan(node.input, withColumns(needed, [...keys, ...(node.by ?? [])]));
    const base = isPlain(input) && readsSourcesOnly(input, [...keys, ...(node.by ?? [])]) ? input : wrap(input, needed);
    const by = node.by?.map((value) => substitute(base, value));
    return narrow(
      {
        ...base,
        order: node.order.map((key) => ({ ...key, value: substitute(base, key.value) })),
        limit: { count: node.count, ...(by === undefined ? {} : { by }) },
      },
      needed,
    );
  },
  union: (node, needed) => {
    const kept = node.columns.filter((id) => needed.has(id));
    const selects = node.inputs.map((input) => {
      const columns = node.columns.flatMap((id, index): SelectColumn[] => {
        const value = input.values[index];
        return value !== undefined && needed.has(id) ? [{ id, value }] : [];
      });
      const inner = plan(
        input.relation,
        withColumns(
          new Set(),
          columns.map((entry) => entry.value),
        ),
      );
      const base =
        isPlain(inner) &&
        readsSourcesOnly(
          inner,
          columns.map((entry) => entry.value),
        )
          ? inner
          : wrap(inner, new Set());
      return { ...base, columns: columns.map((entry) => ({ id: entry.id, value: substitute(base, entry.value) })) };
    });
    const [only] = selects;
    if (only === undefined) return { ...EMPTY, where: [constant(0)] };
    return selects.length === 1 ? only : over({ kind: 'union', selects }, kept, needed);
  },
  join: (node, needed) => {
    const left = plan(
      node.left,
      withColumns(
        needed,
        node.on.map((pair) => pair.left),
      ),
    );
    const right = plan(
      node.right,
      withColumns(
        needed,
        node.on.map((pair) => pair.right),
      ),
    );
    const ids = [
      ...(node.join.startsWith('RIGHT ') ? [] : left.columns),
      ...(node.join.startsWith('LEFT ') ? [] : right.columns),
    ];
    return over(
      { kind: 'join', left, right, join: node.join, on: node.on },
      ids.map((entry) => entry.id),
      needed,
    );
  },
  gather: (node, needed) => {
    const read = [...node.values, ...node.order.map((key) => key.value), ...node.keys.map(column)];
    const through = new Set(needed);
    for (const id of [node.element, ...node.keys]) through.delete(id);
    const input = inOrder(plan(node.input, withColumns(through, read)), node.order);
    const rows = wrap(input, new Set());
    const own = [...through];
    const keys = node.keys.map((id) => ({ id, value: column(id) }));
    const gathered: Select = {
      ...rows,
      columns: [
        ...keys,
        { id: node.rows, value: call('groupArray', call('tuple', ...node.values)) },
        ...(own.length === 0 ? [] : [{ id: node.kept, value: call('groupArray', call('tuple', ...own.map(column))) }]),
      ],
      groupBy: node.keys.map(column),
    };
    const worked = wrap(gathered, new Set([...node.keys, node.kept]));
    const results: Select = { ...worked, columns: [...worked.columns, node.results] };
    const elements = [
      { id: node.element, value: column(node.results.id) },
      ...(own.length === 0 ? [] : [{ id: node.own, value: column(node.kept) }]),
    ];
    return {
      ...over({ kind: 'select', select: results }, node.keys, needed),
      columns: [
        ...keys.filter((entry) => needed.has(entry.id)),
        ...own.map((id, index) => ({
          id,
          value: call('tupleElement', column(node.own), constant(index + 1)),
        })),
        ...(needed.has(node.element) ? [{ id: node.element, value: column(node.element) }] : []),
      ],
      unnest: { keepEmpty: false, arrays: elements },
    };
  },
  unnest: (node, needed) => {
    const elements = node.arrays.filter((entry) => needed.has(entry.id));
    // The arrays are equally long: one that nobody reads still says how many rows there are.
    const arrays = elements.length > 0 ? elements : node.arrays.slice(0, 1);
    const values = arrays.map((entry) => entry.value);
    const input = plan(node.input, withColumns(needed, values, node.arrays));
    const base = wrap(input, needed);
    return {
      ...base,
      columns: [...base.columns, ...elements.map((entry) => ({ id: entry.id, value: column(entry.id) }))],
      unnest: { keepEmpty: node.keepEmpty, arrays },
    };
  },
};

function confinement(table: CatalogueTable): Sql[] {
  const conditions: Sql[] = [];
  const source = (name: string): Sql => ({ kind: 'source', name });
  const moment = (name: string): Sql => ({ kind: 'run', name, type: "DateTime64(7, 'UTC')" });
  for (const { column: name, parameter, type } of [table.confine ?? []].flat())
    conditions.push(call('in', source(name), { kind: 'run', name: parameter, type }));
  if (table.timeColumn !== undefined) {
    conditions.push({
      kind: 'reading',
      part: 'window',
      condition: call('greater', source(table.timeColumn), moment('window_after')),
    });
    conditions.push({
      kind: 'reading',
      part: 'window',
      condition: call('lessOrEquals', source(table.timeColumn), moment('window_through')),
    });
  }
  if (table.arrivalColumn !== undefined)
    conditions.push({
      kind: 'reading',
      part: 'arrival',
      condition: call('lessOrEquals', source(table.arrivalColumn), moment('arrived_through')),
    });
  return conditions;
}

/** A SELECT over a source, with those of its columns that are needed. */
function over(from: From, ids: readonly ColumnId[], needed: Needed): Select {
  const columns = ids.filter((id) => needed.has(id)).map((id) => ({ id, value: column(id) }));
  return { ...EMPTY, from, columns };
}

function wrap(select: Select, needed: Needed): Select {
  return over(
    { kind: 'select', select },
    select.columns.map((entry) => entry.id),
    needed,
  );
}

/** Nothing but columns and conditions: what comes next may join it. */
function isPlain(select: Select): boolean {
  return (
    select.groupBy === undefined &&
    select.limit === undefined &&
    select.order.length === 0 &&
    select.unnest === undefined &&
    !select.columns.some((entry) => hasWindow(entry.value))
  );
}

/** The SELECT with its rows in an order, which a list that is gathered from it keeps. */
function inOrder(select: Select, order: readonly SortKey[]): Select {
  const values = order.map((key) => key.value);
  const everything = new Set(select.columns.map((entry) => entry.id));
  const base = isPlain(select) && readsSourcesOnly(select, values) ? select : wrap(select, everything);
  return { ...base, order: order.map((key) => ({ ...key, value: substitute(base, key.value) })) };
}

/** True for lists: their elements come in the order of the rows. */
function dependsOnOrder(value: Sql): boolean {
  return (
    (value.kind === 'call' && value.name.startsWith('groupArray')) ||
    children(value).some((part) => dependsOnOrder(part))
  );
}

function hasWindow(value: Sql): boolean {
  return (
    value.kind === 'window' ||
    (value.kind === 'call' && value.args.some(hasWindow)) ||
    (value.kind === 'cast' && hasWindow(value.value))
  );
}

/** True when the expressions read no column that this SELECT computes itself. */
function readsSourcesOnly(select: Select, values: readonly Sql[]): boolean {
  const read = new Set<ColumnId>();
  for (const value of values) collectColumns(value, read);
  return select.columns.every(
    (entry) =>
      !read.has(entry.id) ||
      entry.value.kind === 'source' ||
      (entry.value.kind === 'column' && entry.value.id === entry.id),
  );
}

/** The expression as it is written inside this SELECT: columns of a table by the table's name. */
function substitute(select: Select, value: Sql): Sql {
  const sources = new Map(
    select.columns.filter((entry) => entry.value.kind === 'source').map((entry) => [entry.id, entry.value]),
  );
  return sources.size === 0 ? value : mapColumns(value, (id) => sources.get(id) ?? column(id));
}

/** Drops the columns that only the conditions read. */
function narrow(select: Select, needed: Needed): Select {
  return { ...select, columns: select.columns.filter((entry) => needed.has(entry.id)) };
}

function conjuncts(condition: Sql): readonly Sql[] {
  return condition.kind === 'call' && condition.name === 'and' ? condition.args.flatMap(conjuncts) : [condition];
}

function withColumns(needed: Needed, values: readonly Sql[], without: readonly SelectColumn[] = []): Needed {
  const all = new Set(needed);
  for (const entry of without) all.delete(entry.id);
  for (const value of values) collectColumns(value, all);
  return all;
}

/** The whole statement: the columns of the answer, computed over what the query gives, in the query's order. */
export function planAnswer(relation: Relation, columns: readonly SelectColumn[], order: readonly SortKey[]): Select {
  const values = [...columns.map((entry) => entry.value), ...order.map((key) => key.value)];
  const inner = plan(relation, withColumns(new Set(), values));
  return { ...EMPTY, from: { kind: 'select', select: inner }, columns, order };
}
