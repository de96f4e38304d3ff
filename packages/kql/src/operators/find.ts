import { classOf } from '../parser/kusto.ts';
import {
  elements,
  items,
  textOf,
  type Expression,
  type FindNode,
  type NameNode,
  type TypedColumn,
} from '../parser/syntax.ts';
import { columnValue, computed, typeNamed, type Context } from '../lower/context.ts';
import { convert, jsonElement } from '../lower/convert.ts';
import { constantValue, nullOf, value, type Value } from '../lower/value.ts';
import type { KqlType } from '../catalogue.ts';
import { findColumn, type Column, type Table } from '../relation/tree.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import { askedTables, conditionsFor, namesIn } from './search.ts';
import { combine, sourceNameOf, type Input } from './union.ts';
import type { Source } from './types.ts';

/** What `find` gives of every table beside the name of the table. */
interface Shape {
  /** Columns by name; a type where the query wrote one, or where there is only one. */
  readonly columns: readonly { readonly name: string; readonly type: KqlType | undefined }[];
  /** A bag of what is in no column of the answer. */
  readonly pack: boolean;
}

const PACK = 'pack_';

/** `project a, b: string, pack(*)`. */
function written(columns: readonly Expression[]): Shape {
  const named = columns.filter((column) => classOf(column) !== 'PackExpression');
  return {
    columns: named.map((column) =>
      classOf(column) === 'TypedColumnReference'
        ? {
            name: (column as TypedColumn).Column.SimpleName,
            type: typeNamed(textOf((column as TypedColumn).Type), 'string'),
          }
        : { name: (column as NameNode).SimpleName, type: undefined },
    ),
    pack: named.length < columns.length,
  };
}

/** The columns that the predicate names and those that all tables have; the rest in a bag. */
function smart(inputs: readonly Input[], names: ReadonlySet<string>): Shape {
  const seen = new Map<string, { readonly name: string; readonly type: KqlType; count: number }>();
  for (const { table } of inputs)
    for (const { name, type } of table.columns) {
      const known = seen.get(`${name}\0${type}`) ?? { name, type, count: 0 };
      known.count += 1;
      seen.set(`${name}\0${type}`, known);
    }
  const all = [...seen.values()];
  const kept = all.filter((entry) => names.has(entry.name) || entry.count === inputs.length);
  const keptNames = new Set(kept.map((entry) => entry.name));
  const unique = [...keptNames].map((name) => {
    const types = kept.filter((entry) => entry.name === name);
    return { name, type: types.length === 1 ? types[0]?.type : undefined };
  });
  return { columns: unique, pack: all.some((entry) => !keptNames.has(entry.name)) };
}

/** A bag of the columns, nulls too, by their names. */
function packed(columns: readonly Column[]): Value {
  const parts = columns.flatMap((column, index): readonly Sql[] => {
    const name = JSON.stringify(column.name);
    return [constantValue('string', `${index === 0 ? '{' : ','}${name}:`).sql, jsonElement(columnValue(column))];
  });
  return value(
    columns.length === 0 ? constantValue('string', '{}').sql : call('concat', ...parts, constant('}')),
    'dynamic',
    false,
  );
}

/** One table in the shape of the answer. */
function shaped(table: Table, shape: Shape, context: Context): Table {
  const kept = shape.columns.flatMap(({ name, type }) => {
    const own = findColumn(table, name);
    if (own === undefined) return type === undefined ? [] : [{ ...nullOf(type), name }];
    const read = columnValue(own);
    return [{ ...(type === undefined ? read : (convert(read, type) ?? nullOf(type))), name }];
  });
  const names = new Set(shape.columns.map((column) => column.name));
  const rest = table.columns.filter((column) => !names.has(column.name));
  const bag = shape.pack ? [{ ...packed(rest), name: PACK }] : [];
  const { table: wider, columns } = computed(context, table, [...kept, ...bag]);
  return { ...wider, columns };
}

function checkTypes(shape: Shape, inputs: readonly Input[], node: Expression, context: Context): void {
  for (const { name, type } of shape.columns) {
    const types = new Set(inputs.flatMap(({ table }) => findColumn(table, name)?.type ?? []));
    if (type !== undefined || types.size <= 1) continue;
    const listed = [...types].join(' and ');
    context.session.report('GHQ022', `'${name}' is ${listed}: say which, as in ${name}:${[...types][0] ?? ''}.`, node);
  }
}

/** `find`: rows of several tables for which a predicate is true, in one shape. */
export const find: Source<'FindOperator'> = {
  node: 'FindOperator',
  names: ['find'],
  summary: 'Rows of several tables for which a condition is true.',
  page: 'find-operator',
  lower: (node, context) => lowerFind(node, context),
};

function lowerFind(node: FindNode, context: Context): Table {
  let sourceName: string | undefined = 'source_';
  for (const parameter of items(node.Parameters)) {
    const name = parameter.Name.SimpleName.toLowerCase();
    if (name === 'withsource') sourceName = sourceNameOf(textOf(parameter.Expression));
    else if (!name.startsWith('hint.') && name !== 'datascope')
      context.session.report('GHQ013', `find's option '${name}' is not supported.`, parameter);
  }
  const { names, everywhere } = namesIn(node.Condition);
  const asked = askedTables(node, context);
  const conditions = conditionsFor(asked, node.Condition, false, context);
  // A table without any of the columns that the predicate names is not asked.
  const chosen = asked
    .map((input, index) => ({ ...input, condition: conditions[index] ?? constant(0) }))
    .filter(({ table }) => everywhere || table.columns.some((column) => names.has(column.name)));
  const columns = elements(node.Project?.Columns);
  const shape = columns.length > 0 ? written(columns) : smart(chosen, names);
  if (columns.length > 0) checkTypes(shape, chosen, node, context);
  const inputs = chosen.map(({ table, name, condition }): Input => {
    const filtered: Table = { ...table, relation: { kind: 'filter', input: table.relation, condition } };
    return { name, table: shaped(filtered, shape, context) };
  });
  return combine(inputs, { kind: 'outer', sourceName }, node, context);
}
