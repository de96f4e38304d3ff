/** A value as it is bound: never printed into the text. */
export type BoundValue = string | number | bigint | boolean | readonly BoundValue[];

/** Column of a relation, by its number. Numbers are unique in a query, so no name of the user's reaches the SQL. */
export type ColumnId = number;

export interface SortKey {
  readonly value: Sql;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last';
}

/** A ClickHouse expression. Immutable; closed: the printer's record lists every kind. */
export type Sql =
  | { readonly kind: 'column'; readonly id: ColumnId }
  /** A column of the physical table that this SELECT reads. */
  | { readonly kind: 'source'; readonly name: string }
  /** A literal of the query: printed as a numbered bound parameter. */
  | { readonly kind: 'literal'; readonly type: string; readonly value: BoundValue }
  /** The run's moment plus ticks: `now()`, `ago(1h)`. */
  | { readonly kind: 'now'; readonly offsetTicks: bigint }
  /** A confinement or window value that `bind` puts in. */
  | { readonly kind: 'run'; readonly name: string; readonly type: string }
  /** A constant of this package's own code, never of the query's text. */
  | { readonly kind: 'constant'; readonly value: string | number | null }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Sql[];
      readonly parameters?: readonly number[];
    }
  | { readonly kind: 'cast'; readonly value: Sql; readonly type: string }
  | { readonly kind: 'lambda'; readonly variables: readonly number[]; readonly body: Sql }
  | { readonly kind: 'variable'; readonly id: number }
  | {
      readonly kind: 'window';
      readonly call: Sql;
      readonly partition: readonly Sql[];
      readonly order: readonly SortKey[];
      readonly frame?: string;
    }
  /** A condition on every reading of a table that is written only when the run has that bound. */
  | { readonly kind: 'reading'; readonly part: keyof Reading; readonly condition: Sql }
  | { readonly kind: 'scalarQuery'; readonly select: Select }
  | { readonly kind: 'inQuery'; readonly value: Sql; readonly select: Select; readonly negated: boolean };

/** Bounds that a run can have beside its companies. */
export interface Reading {
  readonly window: boolean;
  readonly arrival: boolean;
}

export interface SelectColumn {
  readonly id: ColumnId;
  readonly value: Sql;
}

/** A SELECT that stands at several places; known when all of them are planned. */
export interface SharedSelect {
  readonly select: Select | undefined;
}

export type From =
  | { readonly kind: 'shared'; readonly shared: SharedSelect }
  | { readonly kind: 'table'; readonly database: string; readonly table: string }
  | { readonly kind: 'select'; readonly select: Select }
  | { readonly kind: 'union'; readonly selects: readonly Select[] }
  /** Rows in the text: one array of tuples, each value a literal. */
  | {
      readonly kind: 'rows';
      readonly columns: readonly { readonly id: ColumnId; readonly type: string }[];
      readonly rows: readonly (readonly Sql[])[];
    }
  | { readonly kind: 'numbers'; readonly id: ColumnId; readonly count: Sql }
  | {
      readonly kind: 'join';
      readonly left: Select;
      readonly right: Select;
      readonly join: JoinWords;
      readonly on: readonly { readonly left: Sql; readonly right: Sql }[];
    };

/** ClickHouse's words for a join. */
export type JoinWords =
  | 'ALL INNER JOIN'
  | 'ALL LEFT JOIN'
  | 'ALL RIGHT JOIN'
  | 'ALL FULL JOIN'
  | 'LEFT SEMI JOIN'
  | 'RIGHT SEMI JOIN'
  | 'LEFT ANTI JOIN'
  | 'RIGHT ANTI JOIN'
  | 'CROSS JOIN';

export interface Select {
  readonly columns: readonly SelectColumn[];
  readonly from: From | undefined;
  readonly unnest: { readonly keepEmpty: boolean; readonly arrays: readonly SelectColumn[] } | undefined;
  readonly where: readonly Sql[];
  /** `undefined`: no grouping; empty: one group of all rows. */
  readonly groupBy: readonly Sql[] | undefined;
  readonly order: readonly SortKey[];
  readonly limit: { readonly count: Sql; readonly by?: readonly Sql[] } | undefined;
}

export const NULL: Sql = { kind: 'constant', value: null };

export function column(id: ColumnId): Sql {
  return { kind: 'column', id };
}

/** A sort key that begins with the least value of a column. */
export function ascending(id: ColumnId): SortKey {
  return { value: column(id), descending: false, nulls: 'first' };
}

/** A constant of our own code: a number or a fixed word. */
export function constant(value: string | number): Sql {
  return { kind: 'constant', value };
}

export function call(name: string, ...args: readonly Sql[]): Sql {
  return { kind: 'call', name, args };
}

/** An aggregate with parameters: `quantile(0.5)(x)`. */
export function parametric(name: string, parameters: readonly number[], ...args: readonly Sql[]): Sql {
  return { kind: 'call', name, args, parameters };
}

export function cast(value: Sql, type: string): Sql {
  return { kind: 'cast', value, type };
}

export function literal(type: string, value: BoundValue): Sql {
  return { kind: 'literal', type, value };
}

/** Conjunction without needless words. */
export function every(conditions: readonly Sql[]): Sql {
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : call('and', ...conditions);
}

let variables = 0;

/** A lambda with fresh variables: `lambda((x) => call('lower', x))`. */
export function lambda(body: (...values: Sql[]) => Sql): Sql {
  const ids = Array.from({ length: body.length }, () => (variables = (variables + 1) % 1_000_000));
  return { kind: 'lambda', variables: ids, body: body(...ids.map((id): Sql => ({ kind: 'variable', id }))) };
}

/** Values that a body needs several times, each computed once: the body of a lambda over arrays of one element. */
export function once(values: readonly Sql[], body: (...values: Sql[]) => Sql): Sql {
  return call(
    'arrayElement',
    call('arrayMap', lambda(body), ...values.map((entry) => call('array', entry))),
    constant(1),
  );
}

/** A value that a body needs several times: computed once unless it is a name already. */
export function reused(entry: Sql, body: (entry: Sql) => Sql): Sql {
  const isName = ['column', 'variable', 'literal', 'source'].includes(entry.kind);
  return isName ? body(entry) : once([entry], (name) => body(name));
}

/** The parts of an expression that are expressions. */
export function children(node: Sql): readonly Sql[] {
  switch (node.kind) {
    case 'call':
      return node.args;
    case 'cast':
      return [node.value];
    case 'lambda':
      return [node.body];
    case 'window':
      return [node.call, ...node.partition, ...node.order.map((key) => key.value)];
    case 'inQuery':
      return [node.value];
    case 'reading':
      return [node.condition];
    case 'column':
    case 'source':
    case 'literal':
    case 'now':
    case 'run':
    case 'constant':
    case 'variable':
    case 'scalarQuery':
      return [];
  }
}

/** The same expression with its columns replaced. */
export function mapColumns(node: Sql, replace: (id: ColumnId) => Sql): Sql {
  const again = (part: Sql): Sql => mapColumns(part, replace);
  switch (node.kind) {
    case 'column':
      return replace(node.id);
    case 'call':
      return { ...node, args: node.args.map(again) };
    case 'cast':
    case 'inQuery':
      return { ...node, value: again(node.value) };
    case 'lambda':
      return { ...node, body: again(node.body) };
    case 'reading':
      return { ...node, condition: again(node.condition) };
    case 'window':
      return {
        ...node,
        call: again(node.call),
        partition: node.partition.map(again),
        order: node.order.map((key) => ({ ...key, value: again(key.value) })),
      };
    case 'source':
    case 'literal':
    case 'now':
    case 'run':
    case 'constant':
    case 'variable':
    case 'scalarQuery':
      return node;
  }
}

/** Every column an expression reads, added to `into`. */
export function collectColumns(node: Sql, into: Set<ColumnId>): Set<ColumnId> {
  if (node.kind === 'column') into.add(node.id);
  for (const part of children(node)) collectColumns(part, into);
  return into;
}
