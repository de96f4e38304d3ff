import { KqlRefusal } from '../errors.ts';
import { classOf, isTabular } from '../parser/kusto.ts';
import type { LetStatement, SyntaxNode } from '../parser/syntax.ts';
import type { Context } from './context.ts';

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
  if (classOf(expression) === 'FunctionDeclaration')
    environment.set(name.SimpleName, { kind: 'function', environment });
  else if (isTabular(expression.ResultType))
    environment.set(name.SimpleName, { kind: 'table', table: context.table(expression) });
  else environment.set(name.SimpleName, { kind: 'scalar', value: context.with({ row: undefined }).scalar(expression) });
}
