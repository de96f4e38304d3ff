import { classOf, isTabular } from '../parser/kusto.ts';
import {
  elements,
  items,
  type Expression,
  type ExpressionNodes,
  type FunctionBody,
  type FunctionCall,
  type NameNode,
} from '../parser/syntax.ts';
import type { Table } from '../relation/tree.ts';
import type { Context } from './context.ts';
import { Environment } from './scope.ts';
import { lowerLet } from './statement.ts';

/**
 * The names inside a called function: its parameters with the call's arguments or their defaults, then its own lets. The
 * body is the parser's expansion for this call, so its types are the arguments' types. A function sees the names around
 * its declaration, not those around its call.
 */
export function bindParameters(
  node: FunctionCall | NameNode,
  body: FunctionBody,
  context: Context,
  piped?: Table,
): Environment {
  const name = 'ArgumentList' in node ? node.Name.SimpleName : node.SimpleName;
  const declared = context.environment.get(name);
  const environment = new Environment(declared?.kind === 'function' ? declared.environment : undefined);
  const parameters = items(
    'ArgumentList' in node
      ? node.ReferencedSignature?.Parameters
      : items(node.ReferencedSymbol?.Signatures)[0]?.Parameters,
  );
  const given = 'ArgumentList' in node ? elements(node.ArgumentList.Expressions) : [];
  const positional = given.filter((argument) => classOf(argument) !== 'SimpleNamedExpression');
  const named = new Map(
    given
      .filter((argument) => classOf(argument) === 'SimpleNamedExpression')
      .map((argument) => [
        (argument as ExpressionNodes['SimpleNamedExpression']).Name.SimpleName,
        (argument as ExpressionNodes['SimpleNamedExpression']).Expression,
      ]),
  );
  const unnamed = parameters
    .slice(piped === undefined ? 0 : 1)
    .map((parameter) => parameter.Name)
    .filter((parameter) => !named.has(parameter));
  parameters.forEach((parameter, index) => {
    if (piped !== undefined && index === 0) {
      environment.set(parameter.Name, { kind: 'table', table: piped });
      return;
    }
    // What has no name goes to the parameters that are not named, in order.
    const argument =
      named.get(parameter.Name) ??
      positional[unnamed.indexOf(parameter.Name)] ??
      (parameter as { DefaultValue?: Expression | null }).DefaultValue;
    if (argument === undefined || argument === null) return;
    environment.set(
      parameter.Name,
      isTabular(argument.ResultType)
        ? { kind: 'table', table: context.table(argument) }
        : { kind: 'scalar', value: context.scalar(argument) },
    );
  });
  for (const statement of elements(body.Statements)) lowerLet(statement, context.with({ environment, row: undefined }));
  return environment;
}
