import type { KqlType } from '../catalogue.ts';
import type { Expression, FunctionCall } from '../parser/syntax.ts';
import type { Column, Table } from '../relation/tree.ts';
import { column, type SelectColumn, type Sql } from '../sql/tree.ts';
import type { Environment, Session } from './scope.ts';
import type { Value } from './value.ts';

/** What can differ from place to place. */
export interface Place {
  readonly environment: Environment;
  /** The table before the pipe, for column names. */
  readonly row: Table | undefined;
  /** The two sides of a join, for `$left` and `$right`. */
  readonly sides?: undefined | { readonly left: Table; readonly right: Table };
  /** Inside `scan`: a column of the record that a step holds. */
  readonly record?: undefined | ((step: string, column: string) => Value | undefined);
  /** Inside `summarize`: an aggregate becomes one of these columns. */
  readonly aggregates?: AggregateCollector | undefined;
  /** Inside the conditions and columns of `graph-match`. */
  readonly graph?: GraphPlace | undefined;
  /** Inside the predicate of `search` and `find`. */
  readonly search?: SearchPlace | undefined;
  /** Where an operator can compute columns below its expressions. */
  readonly below?: Below | undefined;
}

/** Values computed once a row, below the expression that reads them. */
export interface Below {
  /** The column that will hold the value. */
  add(sql: Sql): Sql;
  /**
   * The column that will hold a function over the rows in their order, within the frame, apart for each of the groups;
   * `undefined` where the rows are not serialized.
   */
  over(sql: Sql, frame: string, groups?: readonly Sql[]): Sql | undefined;
  /**
   * The column that will hold what a walk over the rows in their order finds for each of them; `undefined` where the rows
   * are not serialized. `values` is what the walk reads of a row.
   */
  walk(values: readonly Sql[], results: (rows: Sql) => Sql): Sql | undefined;
}

/** What the names of a graph's pattern stand for. */
export interface GraphPlace {
  /** `node.property`, `edge.property`. */
  member(name: string, property: string): Value | undefined;
  /** A node or an edge as a bag; an edge of several steps as an array of bags. */
  whole(name: string): Value | undefined;
  /** `all()`, `any()`, `map()` and what is asked of a node; `undefined` where the call is none of them. */
  call(node: FunctionCall, context: Context): Value | undefined;
}

/** A predicate that is asked of several tables, one at a time. */
export interface SearchPlace {
  readonly caseSensitive: boolean;
  /** Columns that only other tables have: null here. */
  readonly absent: ReadonlyMap<string, KqlType>;
}

/** Where an expression stands: the names it can see and how its parts are lowered. */
export interface Context extends Place {
  readonly session: Session;
  /** The same compilation in another place. */
  with(changes: Partial<Place>): Context;
  /** Lowers a scalar expression. */
  scalar(node: Expression): Value;
  /** Lowers a tabular expression. */
  table(node: Expression): Table;
  /** Lowers a pipe that has no source of its own: a subquery of `mv-apply` or `partition`. */
  pipe(node: Expression, input: Table): Table;
  /** Lowers a pipe whose steps go over something else than its source alone. */
  pipeOver(node: Expression, begin: (source: Table) => Table): Table;
  /** A table of the catalogue, confined. */
  catalogueTable(name: string, node: Expression): Table;
}

/** Aggregates met in an expression, to be computed below it. */
export interface AggregateCollector {
  add(sql: Sql): Sql;
  readonly columns: readonly SelectColumn[];
}

export function collector(session: Session): AggregateCollector {
  const columns: SelectColumn[] = [];
  return {
    columns,
    add: (sql) => {
      const id = session.newColumn();
      columns.push({ id, value: sql });
      return column(id);
    },
  };
}

/** A value that reads a column. */
export function columnValue(entry: Column): Value {
  return { sql: column(entry.id), type: entry.type, nullable: entry.nullable };
}

/** Adds computed columns below a table's visible ones. */
export function computed(
  context: Context,
  table: Table,
  values: readonly (Value & { readonly name: string })[],
): { readonly table: Table; readonly columns: readonly Column[] } {
  const added: SelectColumn[] = [];
  const columns = values.map((entry): Column => {
    // A plain column keeps its number: nothing is computed.
    if (entry.sql.kind === 'column')
      return { id: entry.sql.id, name: entry.name, type: entry.type, nullable: entry.nullable };
    const id = context.session.newColumn();
    added.push({ id, value: entry.sql });
    return { id, name: entry.name, type: entry.type, nullable: entry.nullable };
  });
  const relation =
    added.length === 0 ? table.relation : ({ kind: 'compute', input: table.relation, columns: added } as const);
  return { table: { ...table, relation }, columns };
}

/** Kusto's word for a type, as the binder gives it, in our closed list. */
export function typeNamed(name: string | undefined, otherwise: KqlType): KqlType {
  if (name === undefined) return otherwise;
  if (name.startsWith('dynamic')) return 'dynamic';
  return (TYPES as Readonly<Record<string, KqlType>>)[name] ?? otherwise;
}

const TYPES = {
  bool: 'bool',
  boolean: 'bool',
  int: 'int',
  long: 'long',
  real: 'real',
  double: 'real',
  decimal: 'decimal',
  string: 'string',
  datetime: 'datetime',
  date: 'datetime',
  timespan: 'timespan',
  time: 'timespan',
  guid: 'guid',
  uuid: 'guid',
  uniqueid: 'guid',
  int32: 'int',
  int64: 'long',
} as const satisfies Readonly<Record<string, KqlType>>;
