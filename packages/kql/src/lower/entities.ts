import { invariant } from '../invariant.ts';
import { DATABASE } from '../parser/globals.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, type Expression, type FunctionBody, type FunctionCall, type NameNode } from '../parser/syntax.ts';
import type { SourceNodes } from '../parser/syntax.ts';
import type { Table } from '../relation/tree.ts';
import type { Context } from './context.ts';
import { Environment } from './scope.ts';
import { lowerLet } from './statement.ts';
import { constantValue } from './value.ts';

/** What rows can be read from by name: the catalogue's tables and the views of the query. */
export interface Entity {
  readonly name: string;
  readonly table: Table;
}

/** The tables and views that a test of names takes. */
export function entitiesNamed(test: (name: string) => boolean, node: Expression, context: Context): readonly Entity[] {
  const views = context.environment
    .views()
    .filter(test)
    .map((name) => ({ name, table: viewOf(name, node, context) }));
  return [...storedNamed(test, node, context), ...views];
}

/** The catalogue's tables that a test of names takes. */
export function storedNamed(test: (name: string) => boolean, node: Expression, context: Context): readonly Entity[] {
  return context.session.catalogue.tables
    .filter((table) => context.environment.seesStored(table.name) && test(table.name))
    .map(({ name }) => ({ name, table: context.catalogueTable(name, node) }));
}

function viewOf(name: string, node: Expression, context: Context): Table {
  const binding = context.environment.get(name);
  invariant(binding?.kind === 'function' && binding.view, `${name} is a view`);
  return bodyOf(binding.view, new Environment(binding.environment), node, context);
}

/** The rows that a function's body gives, with the names that it can see. */
export function bodyOf(body: FunctionBody, environment: Environment, node: Expression, context: Context): Table {
  return context.session.insideCall(node, () => {
    const inside = context.with({ environment, row: undefined });
    for (const statement of elements(body.Statements)) lowerLet(statement, inside);
    invariant(body.Expression, 'a view has an expression');
    return inside.table(body.Expression);
  });
}

/** `pattern(values)` and `pattern(values).path`; `undefined` where the call is of no pattern. */
export function patternCall(call: FunctionCall, path: Expression | undefined, context: Context): Table | undefined {
  const name = call.Name.SimpleName;
  const binding = context.environment.get(name);
  if (binding?.kind !== 'pattern' || !context.environment.seesLet(name)) return undefined;
  const { declaration } = binding;
  const given = elements(call.ArgumentList.Expressions).map((argument) => context.scalar(argument).constant);
  const way =
    path && (classOf(path) === 'NameReference' ? (path as NameNode).SimpleName : context.scalar(path).constant);
  const match = Array.from({ length: declaration.Patterns.Count }, (_, index) =>
    declaration.Patterns.getItem(index),
  ).find((entry) => {
    const values = elements(entry.ParameterValues.Expressions).map((value) => context.scalar(value).constant);
    const own = entry.PathValue === null ? undefined : context.scalar(entry.PathValue.Value).constant;
    return values.length === given.length && values.every((value, index) => value === given[index]) && own === way;
  });
  if (match === undefined) return undefined;
  const environment = new Environment(binding.environment);
  const names = elements(declaration.Parameters).map((parameter) => parameter.Name.SimpleName);
  names.forEach((parameter, index) => {
    const value = given[index];
    if (value !== undefined) environment.set(parameter, { kind: 'scalar', value: constantValue('string', value) });
  });
  const pathName = declaration.PathParameter?.Parameter.Name.SimpleName;
  if (pathName !== undefined && typeof way === 'string')
    environment.set(pathName, { kind: 'scalar', value: constantValue('string', way) });
  return bodyOf(match.Body, environment, call, context);
}

/** The name of `database().name`: a table or function of the catalogue, whatever the query calls so. */
export function inDatabase(node: SourceNodes['PathExpression'], context: Context): NameNode | undefined {
  const { Expression: base, Selector: selector } = node;
  if (classOf(base) !== 'FunctionCallExpression' || classOf(selector) !== 'NameReference') return undefined;
  const call = base as FunctionCall;
  const [argument, ...more] = elements(call.ArgumentList.Expressions);
  const isOurs = argument === undefined || context.scalar(argument).constant === DATABASE;
  return call.Name.SimpleName === 'database' && more.length === 0 && isOurs ? (selector as NameNode) : undefined;
}
