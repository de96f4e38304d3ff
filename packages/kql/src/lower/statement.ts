import type { KqlType } from '../catalogue.ts';
import { KqlRefusal } from '../errors.ts';
import { classOf, isTabular } from '../parser/kusto.ts';
import { readLiteral } from '../parser/literals.ts';
import {
  elements,
  type Expression,
  textOf,
  type FunctionDeclaration,
  type FunctionParameter,
  type LetStatement,
  type NameNode,
  type PatternStatement,
  type QueryParametersStatement,
  type RestrictStatement,
  type SetOptionStatement,
  type SourceNodes,
  type SyntaxNode,
} from '../parser/syntax.ts';
import { typeNamed, type Context } from './context.ts';
import { inDatabase } from './entities.ts';
import { Environment } from './scope.ts';
import { constantValue, nullOf, type Value } from './value.ts';
import { nameTest } from './wildcard.ts';

/** A statement before the query's expression; answers the names that what follows can see. */
export function lowerStatement(node: SyntaxNode, context: Context): Environment {
  switch (classOf(node)) {
    case 'SetOptionStatement':
      setOption(node as SetOptionStatement, context);
      return context.environment;
    case 'QueryParametersStatement':
      for (const parameter of elements((node as QueryParametersStatement).Parameters)) declare(parameter, context);
      return context.environment;
    case 'PatternStatement': {
      const { Name: name, Pattern: declaration } = node as PatternStatement;
      const { environment } = context;
      if (declaration !== null) environment.set(name.SimpleName, { kind: 'pattern', environment, declaration });
      return environment;
    }
    case 'RestrictStatement':
      return restricted(node as RestrictStatement, context);
    case 'AliasStatement':
      throw new KqlRefusal(
        'GHQ014',
        'There is one database here: no other one can have an alias.',
        context.session.placeOf(node),
      );
    default:
      lowerLet(node, context);
      return context.environment;
  }
}

/** A `let`: its name is bound to a value, a table or a function in the context's environment. */
export function lowerLet(node: SyntaxNode, context: Context): void {
  if (classOf(node) !== 'LetStatement')
    throw new KqlRefusal(
      'GHQ014',
      `This kind of statement (${classOf(node)}) is not supported.`,
      context.session.placeOf(node),
    );
  const { Name: name, Expression: expression } = node as LetStatement;
  const { environment } = context;
  if (classOf(expression) === 'FunctionDeclaration') {
    const { ViewKeyword: view, Parameters: parameters, Body: body } = expression as FunctionDeclaration;
    const isView = view !== null && parameters.Parameters.Count === 0;
    environment.set(name.SimpleName, { kind: 'function', environment, ...(isView ? { view: body } : {}) });
  } else if (isTabular(expression.ResultType) || isGraph(expression))
    environment.set(name.SimpleName, { kind: 'table', table: context.table(expression) });
  else environment.set(name.SimpleName, { kind: 'scalar', value: context.with({ row: undefined }).scalar(expression) });
}

/** The binder has no columns for a graph. */
function isGraph(expression: Expression): boolean {
  const { ResultType: type } = expression;
  return type !== null && classOf(type as unknown as SyntaxNode) === 'GraphSymbol';
}

/** Options of `set` that would change the answer in ways this engine does not have. The others tune how Kusto runs a query. */
const REFUSED = /^query_cursor_|^query_results_apply_getschema$|^query_language$|^query_datetimescope_/;

/** `set option`, `set option = value`. What only tunes the run is read and left. */
function setOption(node: SetOptionStatement, context: Context): void {
  const name = node.Name.SimpleName.toLowerCase();
  if (REFUSED.test(name)) context.session.report('GHQ013', `The option '${name}' is not supported.`, node);
  if (node.ValueClause === null) return;
  const value = context.with({ row: undefined }).scalar(node.ValueClause.Expression);
  if (name === 'query_now' && typeof value.constant !== 'bigint')
    context.session.report('GHQ020', "'query_now' takes a datetime.", node);
  context.session.options.set(name, value);
}

/** One of `declare query_parameters(…)`: the caller's value, or the default. */
function declare(parameter: FunctionParameter, context: Context): void {
  const { session, environment } = context;
  const name = parameter.NameAndType.Name.SimpleName;
  const type = typeNamed(textOf(parameter.NameAndType.Type), 'string');
  const given = Object.hasOwn(session.parameters, name) ? session.parameters[name] : undefined;
  const value =
    given === undefined
      ? parameter.DefaultValue && context.with({ row: undefined }).scalar(parameter.DefaultValue.Value)
      : readParameter(given, type);
  if (value === null || value === undefined) {
    const reason = given === undefined ? 'has no value and no default' : `is not a ${type}`;
    session.report('GHQ020', `The parameter '${name}' ${reason}.`, parameter);
    environment.set(name, { kind: 'scalar', value: nullOf(type) });
    return;
  }
  environment.set(name, { kind: 'scalar', value });
}

/** A caller's value, written as a literal of the type would be: `5`, `long(5)`, `datetime(2020-01-01)`; a text also as it is. */
function readParameter(given: string, type: KqlType): Value | undefined {
  const inner = /^\s*[a-z]+\s*\((.*)\)\s*$/is.exec(given)?.[1] ?? given;
  if (type === 'string') return constantValue('string', /^\s*(["'])(.*)\1\s*$/s.exec(given)?.[2] ?? given);
  if (type === 'dynamic') {
    try {
      return constantValue('dynamic', JSON.stringify(JSON.parse(inner)));
    } catch {
      return undefined;
    }
  }
  const constant = readLiteral(type, inner.replace(/^\s*(["'])(.*)\1\s*$/s, '$2'));
  return constant === undefined ? undefined : constantValue(type, constant);
}

/** `restrict access to (…)`: from here on only what it names gives rows. Views and functions made before keep what they see. */
function restricted(node: RestrictStatement, context: Context): Environment {
  const lets: ((name: string) => boolean)[] = [];
  const stored: ((name: string) => boolean)[] = [];
  for (const entity of elements(node.Expressions)) {
    if (classOf(entity) === 'PathExpression') {
      const ours = inDatabase(entity as SourceNodes['PathExpression'], context);
      if (ours !== undefined) stored.push(nameTest(ours.SimpleName));
      continue;
    }
    if (classOf(entity) !== 'NameReference') {
      context.session.report('GHQ013', "'restrict access to' takes names of tables, views and functions.", entity);
      continue;
    }
    const { SimpleName: name } = entity as NameNode;
    lets.push(nameTest(name));
    // A pattern of names is one of the query's own names: those of the database are `database().*`.
    if (!name.includes('*')) stored.push(nameTest(name));
  }
  return new Environment(context.environment, {
    lets: (name) => lets.some((test) => test(name)),
    stored: (name) => stored.some((test) => test(name)),
  });
}
