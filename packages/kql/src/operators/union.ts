import { classOf } from '../parser/kusto.ts';
import {
  elements,
  items,
  type Expression,
  type ExpressionNodes,
  type NamedParameter,
  type NameNode,
  type OperatorNodes,
  type SourceNodes,
  type SyntaxNode,
  textOf,
} from '../parser/syntax.ts';
import { columnValue, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { entitiesNamed, inDatabase, storedNamed } from '../lower/entities.ts';
import { nameTest } from '../lower/wildcard.ts';
import { constantValue, nullOf, type Value } from '../lower/value.ts';
import type { Column, Table } from '../relation/tree.ts';
import { resultNames } from './named.ts';
import type { Operator, Source } from './types.ts';

export interface Input {
  readonly table: Table;
  readonly name: string;
}

interface Combining {
  /** Only columns that every input has, or all of them. */
  readonly kind: 'inner' | 'outer';
  /** Name of the column that says where a row is from. */
  readonly sourceName: string | undefined;
}

/** Rows of several tables, columns matched by name and type; a name of two types becomes two columns (`a_long`, `a_string`). */
function unite(
  inputs: readonly Input[],
  parameters: readonly NamedParameter[],
  node: Expression,
  context: Context,
): Table {
  const options = new Map(parameters.map((parameter) => [parameter.Name.SimpleName.toLowerCase(), parameter]));
  for (const [name, parameter] of options)
    if (!['kind', 'withsource', 'isfuzzy'].includes(name) && !name.startsWith('hint.'))
      context.session.report('GHQ013', `union's option '${name}' is not supported.`, parameter);
  const written = (name: string): string | undefined => {
    const parameter = options.get(name);
    return parameter && textOf(parameter.Expression);
  };
  const kind = written('kind')?.toLowerCase() === 'inner' ? 'inner' : 'outer';
  return combine(inputs, { kind, sourceName: sourceNameOf(written('withsource')) }, node, context);
}

/** `Name`, `["a name"]` or `"Name"` after `withsource=`. */
export function sourceNameOf(written: string | undefined): string | undefined {
  return written?.replace(/^\[?\s*["']?|["']?\s*\]?$/g, '');
}

/** Inputs as one table, columns matched by name and type. */
export function combine(
  inputs: readonly Input[],
  { kind, sourceName }: Combining,
  node: Expression,
  context: Context,
): Table {
  const seen = new Map<string, { name: string; type: Column['type']; nullable: boolean; count: number }>();
  for (const { table } of inputs)
    for (const column of table.columns) {
      const key = `${column.name}\0${column.type}`;
      const known = seen.get(key);
      seen.set(key, {
        name: column.name,
        type: column.type,
        nullable: column.nullable || (known?.nullable ?? false),
        count: (known?.count ?? 0) + 1,
      });
    }
  const shared = [...seen.values()].filter((entry) => kind !== 'inner' || entry.count === inputs.length);
  const types = new Map<string, number>();
  for (const entry of shared) types.set(entry.name, (types.get(entry.name) ?? 0) + 1);
  const columns = shared.map((entry): Column & { readonly source: string } => ({
    id: context.session.newColumn(),
    source: entry.name,
    name: (types.get(entry.name) ?? 0) > 1 ? `${entry.name}_${entry.type}` : entry.name,
    type: entry.type,
    nullable: entry.nullable || (entry.count < inputs.length && nullOf(entry.type).nullable),
  }));
  const sourceColumn: Column | undefined =
    sourceName === undefined
      ? undefined
      : { id: context.session.newColumn(), name: sourceName, type: 'string', nullable: false };
  // Rows of a union of tables are still rows that arrived at some time.
  const arrived = inputs.every(({ table }) => table.arrival !== undefined);
  const arrival: Column | undefined = arrived
    ? { id: context.session.newColumn(), name: 'ingestion_time', type: 'datetime', nullable: true }
    : undefined;
  const relation = {
    kind: 'union',
    columns: [
      ...(sourceColumn === undefined ? [] : [sourceColumn.id]),
      ...columns.map((column) => column.id),
      ...(arrival === undefined ? [] : [arrival.id]),
    ],
    inputs: inputs.map(({ table, name }) => ({
      relation: table.relation,
      values: [
        ...(sourceColumn === undefined ? [] : [constantValue('string', name).sql]),
        ...columns.map((column) => {
          const own = table.columns.find(
            (candidate) => candidate.name === column.source && candidate.type === column.type,
          );
          const value: Value = own === undefined ? nullOf(column.type) : columnValue(own);
          return (convert(value, column.type) ?? value).sql;
        }),
        ...(arrival === undefined || table.arrival === undefined ? [] : [columnValue(table.arrival).sql]),
      ],
    })),
  } as const;
  context.session.spend(node);
  const all = [
    ...(sourceColumn === undefined ? [] : [sourceColumn]),
    ...columns.map(({ id, name, type, nullable }) => ({ id, name, type, nullable })),
  ];
  // The binder orders the columns; what it does not know (an open table) keeps its place.
  const order = resultNames(node);
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return {
    relation,
    columns: all.sort((left, right) => place(left.name) - place(right.name)),
    order: [],
    ...(arrival === undefined ? {} : { arrival }),
  };
}

/** The tables that an expression of union names: one, or all that a pattern matches. */
export function inputsOf(expression: Expression, index: number, context: Context): readonly Input[] {
  const name = classOf(expression) === 'NameReference' ? (expression as NameNode).SimpleName : '';
  if (name.includes('*')) return entitiesNamed(nameTest(name), expression, context);
  const inDb =
    classOf(expression) === 'PathExpression'
      ? inDatabase(expression as SourceNodes['PathExpression'], context)
      : undefined;
  if (inDb?.SimpleName.includes('*') === true) return storedNamed(nameTest(inDb.SimpleName), expression, context);
  return [{ table: context.table(expression), name: nameOf(expression) ?? `union_arg${index}` }];
}

/** The name by which rows of a tabular expression go: that of a table, or the one that `as` gives at its end. */
export function nameOf(expression: SyntaxNode): string | undefined {
  switch (classOf(expression)) {
    case 'NameReference':
      return (expression as NameNode).SimpleName;
    case 'ParenthesizedExpression':
      return nameOf((expression as SourceNodes['ParenthesizedExpression']).Expression);
    case 'PathExpression':
      return nameOf((expression as SourceNodes['PathExpression']).Selector);
    case 'PipeExpression': {
      const { Operator: operator } = expression as SourceNodes['PipeExpression'];
      return classOf(operator) === 'AsOperator' ? (operator as OperatorNodes['AsOperator']).Name.SimpleName : undefined;
    }
    default:
      return undefined;
  }
}

/** The same of what stands before an operator's pipe. */
export function pipedName(operator: Expression): string | undefined {
  const { Parent: parent } = operator;
  if (parent === null || classOf(parent) !== 'PipeExpression') return undefined;
  return nameOf((parent as SourceNodes['PipeExpression']).Expression);
}

/** In a fuzzy union an input over a table that does not exist is left out, with all that was found wrong in it. */
function existing(expression: Expression, index: number, context: Context): readonly Input[] {
  const { faults } = context.session;
  const before = faults.length;
  const inputs = inputsOf(expression, index, context);
  if (!faults.slice(before).some((fault) => fault.code === 'GHQ025')) return inputs;
  faults.length = before;
  return [];
}

function allInputs(
  expressions: readonly Expression[],
  parameters: readonly NamedParameter[],
  offset: number,
  context: Context,
): readonly Input[] {
  const fuzzy = parameters.find((parameter) => parameter.Name.SimpleName.toLowerCase() === 'isfuzzy');
  const isFuzzy = fuzzy !== undefined && textOf(fuzzy.Expression).toLowerCase() === 'true';
  return expressions
    .map((expression) =>
      classOf(expression) === 'SimpleNamedExpression'
        ? (expression as ExpressionNodes['SimpleNamedExpression']).Expression
        : expression,
    )
    .flatMap((expression, index) =>
      isFuzzy ? existing(expression, index + offset, context) : inputsOf(expression, index + offset, context),
    );
}

export const union: Operator<'UnionOperator'> = {
  node: 'UnionOperator',
  names: ['union'],
  summary: 'Rows of this table and of others.',
  page: 'union-operator',
  lower: (node, input, context) => {
    const parameters = items(node.Parameters);
    return unite(
      [
        { table: input, name: pipedName(node) ?? 'union_arg0' },
        ...allInputs(elements(node.Expressions), parameters, 1, context),
      ],
      parameters,
      node,
      context,
    );
  },
};

export const unionSource: Source<'UnionOperator'> = {
  node: 'UnionOperator',
  names: ['union'],
  summary: 'Rows of several tables.',
  page: 'union-operator',
  lower: (node, context) => {
    const parameters = items(node.Parameters);
    const inputs = allInputs(elements(node.Expressions), parameters, 0, context);
    return inputs.length === 0
      ? { relation: { kind: 'union', columns: [], inputs: [] }, columns: [], order: [] }
      : unite(inputs, parameters, node, context);
  },
};
