import { classOf, symbolClassOf } from '../parser/kusto.ts';
import {
  elements,
  items,
  textOf,
  type Expression,
  type NameNode,
  type SearchNode,
  type SyntaxNode,
} from '../parser/syntax.ts';
import type { Context } from '../lower/context.ts';
import { entitiesNamed } from '../lower/entities.ts';
import { lowerPredicate } from '../lower/expression.ts';
import type { KqlType } from '../catalogue.ts';
import { asFilter } from '../scalar/comparison.ts';
import { findColumn } from '../relation/tree.ts';
import { constant, type Sql } from '../sql/tree.ts';
import { combine, inputsOf, pipedName, type Input } from './union.ts';
import type { Operator, Source } from './types.ts';

/** The columns that a predicate names. */
export interface PredicateNames {
  readonly names: ReadonlySet<string>;
  /** True where it looks into every column, or names none: every table is asked then. */
  readonly everywhere: boolean;
}

export function namesIn(condition: Expression): PredicateNames {
  const names = new Set<string>();
  let isTerm = isText(condition);
  const visit = (node: SyntaxNode): void => {
    const name = classOf(node);
    if (name === 'NameReference' && symbolClassOf(node) === 'ColumnSymbol') names.add((node as NameNode).SimpleName);
    if (name === 'StarExpression') isTerm = true;
    for (let index = 0; index < node.ChildCount; index += 1) {
      const child = node.GetChild(index);
      if (child === null) continue;
      // A text between `and`, `or` and parentheses is a term; one beside a comparison is not.
      if (isText(child) && isLogic(node)) isTerm = true;
      visit(child);
    }
  };
  visit(condition);
  return { names, everywhere: isTerm || names.size === 0 };
}

const isText = (node: SyntaxNode): boolean =>
  /^(?:Literal|CompoundStringLiteral)Expression$/.test(classOf(node)) && /^[@h]*["'`~]/i.test(textOf(node));

function isLogic(node: SyntaxNode): boolean {
  if (classOf(node) === 'ParenthesizedExpression') return true;
  return classOf(node) === 'BinaryExpression' && /^(?:and|or)$/i.test(textOf(node.GetChild(1) ?? node));
}

/** The tables that `search` and `find` ask: those listed, or all tables and views. */
export function askedTables(node: SearchNode, context: Context): readonly Input[] {
  return node.InClause === null
    ? entitiesNamed(() => true, node, context)
    : elements(node.InClause.Expressions).flatMap((expression, index) => inputsOf(expression, index, context));
}

/** The predicate for each of the tables; a column that only others have is null. */
export function conditionsFor(
  inputs: readonly Input[],
  condition: Expression,
  caseSensitive: boolean,
  context: Context,
): readonly Sql[] {
  const types = new Map<string, KqlType>();
  for (const { table } of inputs) for (const column of table.columns) types.set(column.name, column.type);
  return inputs.map(({ table }) => {
    const absent = new Map([...types].filter(([name]) => findColumn(table, name) === undefined));
    const inside = context.with({ row: table, search: { caseSensitive, absent } });
    return asFilter(lowerPredicate(condition, inside).sql);
  });
}

function isCaseSensitive(node: SearchNode, context: Context): boolean {
  let kind = 'default';
  for (const parameter of items(node.Parameters)) {
    const name = parameter.Name.SimpleName.toLowerCase();
    if (name === 'kind') kind = textOf(parameter.Expression).toLowerCase();
    else if (!name.startsWith('hint.'))
      context.session.report('GHQ013', `search's option '${name}' is not supported.`, parameter);
  }
  return kind === 'case_sensitive';
}

function lowerSearch(node: SearchNode, inputs: readonly Input[], context: Context) {
  const { names, everywhere } = namesIn(node.Condition);
  const conditions = conditionsFor(inputs, node.Condition, isCaseSensitive(node, context), context);
  const chosen = inputs.map(({ table, name }, index): Input => {
    const asked = everywhere || table.columns.some((column) => names.has(column.name));
    const condition = asked ? (conditions[index] ?? constant(0)) : constant(0);
    return { name, table: { ...table, relation: { kind: 'filter', input: table.relation, condition } } };
  });
  return combine(chosen, { kind: 'outer', sourceName: '$table' }, node, context);
}

export const search: Operator<'SearchOperator'> = {
  node: 'SearchOperator',
  names: ['search'],
  summary: 'Rows in which a term is found, in any column.',
  page: 'search-operator',
  lower: (node, input, context) => {
    if (node.InClause !== null)
      context.session.report('GHQ013', 'search after a pipe looks into that table: leave out in (…).', node);
    return lowerSearch(node, [{ table: input, name: pipedName(node) ?? 'search_arg0' }], context);
  },
};

export const searchSource: Source<'SearchOperator'> = {
  node: 'SearchOperator',
  names: ['search'],
  summary: 'Rows of several tables in which a term is found, in any column.',
  page: 'search-operator',
  lower: (node, context) => lowerSearch(node, askedTables(node, context), context),
};
