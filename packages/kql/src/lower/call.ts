import { aggregate } from '../aggregates/index.ts';
import type { AggregateCall } from '../aggregates/types.ts';
import { nearest } from '../errors.ts';
import { scalarFunction, SCALAR_FUNCTIONS } from '../functions/index.ts';
import type { ScalarCall, ScalarFunction, SeveralColumns } from '../functions/types.ts';
import { invariant } from '../invariant.ts';
import { resultName } from '../parser/names.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, type Expression, type FunctionCall } from '../parser/syntax.ts';
import { findColumn } from '../relation/tree.ts';
import { columnValue, typeNamed, type Context } from './context.ts';
import { convert } from './convert.ts';
import { bindParameters } from './inline.ts';
import { NULL, type Sql } from '../sql/tree.ts';
import { constantValue, value, type Value } from './value.ts';

/** A call in a scalar place: its value, the first where it gives several columns. */
export function lowerCall(node: FunctionCall, context: Context): Value {
  const [first] = lowerCallColumns(node, context);
  invariant(first, 'a call gives a value');
  return first;
}

/**
 * A call where several columns may stand: a function of the query or the catalogue, an aggregate, or a row of the function
 * tables.
 */
export function lowerCallColumns(node: FunctionCall, context: Context): readonly Value[] {
  const name = node.Name.SimpleName;
  const type = typeNamed(node.ResultType?.Name, 'dynamic');
  const body = isOwn(name, context) ? node.GetCalledFunctionBody() : null;
  if (body !== null) {
    return context.session.insideCall(node, () => {
      const inside = bindParameters(node, body, context);
      invariant(body.Expression, 'a scalar function has an expression');
      return [context.with({ environment: inside }).scalar(body.Expression)];
    });
  }
  const ofGraph = context.graph?.call(node, context);
  if (ofGraph !== undefined) return [ofGraph];
  if (CONTEXTUAL[name] !== undefined) return [CONTEXTUAL[name](node, context)];
  const gathering = context.aggregates === undefined ? undefined : aggregate(name);
  if (gathering !== undefined && !(SHARED_NAMES.has(name) && node.ArgumentList.Expressions.Count > 1)) {
    const [first] = lowerAggregate(node, context);
    return [first ?? context.session.refuse('GHQ012', `The aggregate ${name}() gives no value here.`, node, type)];
  }
  const row = scalarFunction(name);
  if (row === undefined) return [unknown(name, node, context)];
  const args = elements(node.ArgumentList.Expressions)
    .flatMap((argument) => everyColumn(argument, context) ?? [context.scalar(argument)])
    .map((argument, index) => taken(row, index, argument));
  return finish(row, scalarCall(node, args, type, context), context);
}

/** What `*` as an argument stands for, where the parser takes it: all columns. */
function everyColumn(argument: Expression, context: Context): readonly Value[] | undefined {
  return classOf(argument) === 'StarExpression' ? context.row?.columns.map(columnValue) : undefined;
}

/** Aggregates that are scalar functions too, by the number of their arguments. */
const SHARED_NAMES: ReadonlySet<string> = new Set(['tdigest_merge', 'merge_tdigest', 'hll_merge']);

/** Functions of the query and of the catalogue; the parser also has bodies for some of its own. */
function isOwn(name: string, context: Context): boolean {
  return (
    context.environment.get(name)?.kind === 'function' ||
    context.session.catalogue.functions.some((stored) => stored.name === name)
  );
}

/** Functions that look at the names around them rather than at values. */
const CONTEXTUAL: Readonly<Record<string, (node: FunctionCall, context: Context) => Value>> = {
  column_ifexists: columnIfExists,
  columnifexists: columnIfExists,
  bin_auto: binAuto,
  column_names_of: columnNamesOf,
};

/** The names of a table's columns. */
function columnNamesOf(node: FunctionCall, context: Context): Value {
  const [table] = elements(node.ArgumentList.Expressions);
  const columns = table === undefined ? [] : context.table(table).columns;
  return constantValue('dynamic', JSON.stringify(columns.map((column) => column.name)));
}

/** Bins of the size, and counted from the point, that `set query_bin_auto_size` and `set query_bin_auto_at` give. */
function binAuto(node: FunctionCall, context: Context): Value {
  const type = typeNamed(node.ResultType?.Name, 'dynamic');
  const { options } = context.session;
  const [size, at] = [options.get('query_bin_auto_size'), options.get('query_bin_auto_at')];
  const [argument] = elements(node.ArgumentList.Expressions);
  const row = scalarFunction(at === undefined ? 'bin' : 'bin_at');
  if (size === undefined || argument === undefined || row === undefined)
    return context.session.refuse('GHQ020', 'bin_auto() needs its size: set query_bin_auto_size = 1h;', node, type);
  const args = [context.scalar(argument), size, ...(at === undefined ? [] : [at])];
  const [bin] = finish(row, scalarCall(node, args, type, context), context);
  invariant(bin, 'a bin is one value');
  return bin;
}

function columnIfExists(node: FunctionCall, context: Context): Value {
  const [name, otherwise] = elements(node.ArgumentList.Expressions);
  invariant(name && otherwise, 'column_ifexists has two arguments');
  const wanted = context.scalar(name);
  const found =
    context.row && typeof wanted.constant === 'string' ? findColumn(context.row, wanted.constant) : undefined;
  return found ? columnValue(found) : context.scalar(otherwise);
}

function unknown(name: string, node: FunctionCall, context: Context): Value {
  const type = typeNamed(node.ResultType?.Name, 'dynamic');
  if (aggregate(name) !== undefined)
    return context.session.refuse('GHQ013', `The aggregate ${name}() belongs into summarize.`, node, type);
  context.session.report(
    'GHQ011',
    `The function ${name}() is not supported.`,
    node.Name,
    nearest(
      name,
      SCALAR_FUNCTIONS.map((row) => row.name),
    ),
  );
  return value({ kind: 'constant', value: null }, type, true);
}

/** The argument in the type that the row wants. */
function taken(row: ScalarFunction, index: number, argument: Value): Value {
  const type = row.takes[Math.min(index, row.takes.length - 1)] ?? 'any';
  return type === 'any' ? argument : (convert(argument, type) ?? argument);
}

function scalarCall(node: FunctionCall, args: readonly Value[], type: Value['type'], context: Context): ScalarCall {
  return {
    args,
    count: args.length,
    names: elements(node.ArgumentList.Expressions).map(resultName),
    columns: (context.row?.columns ?? []).map((column) => ({ ...columnValue(column), name: column.name })),
    type,
    sql: (index) => at(args, index).sql,
    arg: (index) => at(args, index),
    refuse: (code, message) => context.session.refuse(code, message, node, type),
    below: (sql) => context.below?.add(sql) ?? sql,
    over: (sql, frame, groups) => context.below?.over(sql, frame, groups) ?? notSerialized(node, context),
    walk: (values, results) => context.below?.walk(values, results) ?? notSerialized(node, context),
    places: context.session.catalogue.places,
    newColumn: () => context.session.newColumn(),
    arrival: context.row?.arrival && columnValue(context.row.arrival),
  };
}

/** Says why a window function cannot stand here. */
function notSerialized(node: FunctionCall, context: Context): Sql {
  const name = node.Name.SimpleName;
  if (context.below === undefined)
    context.session.report('GHQ013', `${name}() belongs into extend, project, where, sort or summarize.`, node);
  else
    context.session.report('GHQ026', `${name}() needs rows in an order: sort them or write serialize before it.`, node);
  return NULL;
}

function at(args: readonly Value[], index: number): Value {
  const argument = args[index];
  invariant(argument, `argument ${index} is there`);
  return argument;
}

function finish(row: ScalarFunction, call: ScalarCall, context: Context): readonly Value[] {
  const result = row.lower(call);
  if ('shared' in result) return severalColumns(result, context);
  if (!('kind' in result)) return [result];
  const nullable =
    row.nulls === 'may' || (row.nulls === 'propagate' && call.args.some((argument) => argument.nullable));
  return [value(result, call.type, nullable)];
}

/** Columns over a value that is computed once below them, or, where nothing can stand below, the first with it inside. */
function severalColumns({ shared, columns }: SeveralColumns, context: Context): readonly Value[] {
  if (context.below !== undefined) return columns(context.below.add(shared));
  return columns(shared);
}

/** The values of one aggregate call, computed below the expression it stands in. */
export function lowerAggregate(node: FunctionCall, context: Context): readonly Value[] {
  const name = node.Name.SimpleName;
  const row = aggregate(name);
  invariant(row, `${name} is an aggregate`);
  const { aggregates, session } = context;
  invariant(aggregates, 'aggregates are gathered here');
  const type = typeNamed(node.ResultType?.Name, 'dynamic');
  const args = elements(node.ArgumentList.Expressions).map((argument) =>
    context.with({ aggregates: undefined }).scalar(argument),
  );
  const call: AggregateCall = {
    args,
    count: args.length,
    type,
    sql: (index) => at(args, index).sql,
    arg: (index) => at(args, index),
    refuse: (code, message) => session.refuse(code, message, node, type),
  };
  return gathered(row.lower(call), context);
}

/** Results of an aggregate as columns of the grouping. */
export function gathered(result: Value | readonly Value[], context: Context): readonly Value[] {
  const values: readonly Value[] = Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
  return values.map((entry) => ({
    sql: context.aggregates?.add(entry.sql) ?? entry.sql,
    type: entry.type,
    nullable: entry.nullable,
  }));
}
