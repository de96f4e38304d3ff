import { classOf } from '../parser/kusto.ts';
import { elements, items, type Expression, type ExpressionNodes } from '../parser/syntax.ts';
import { resultName } from '../parser/names.ts';
import { lowerColumns } from '../lower/expression.ts';
import type { Context } from '../lower/context.ts';
import type { Value } from '../lower/value.ts';

export type NamedValue = Value & { readonly name: string };

/** Names of the columns that an operator gives, as the binder says. */
export function resultNames(node: Expression): readonly string[] {
  return items(node.ResultType?.Columns).map((column) => column.Name);
}

/**
 * The value of `name = expression` or of a bare expression, or the values of a call that gives several columns. A name is
 * empty where Kusto invents it.
 */
export function namedValues(node: Expression, context: Context): readonly NamedValue[] {
  const names = givenNames(node);
  const bare = names === undefined ? node : (node as ExpressionNodes['SimpleNamedExpression']).Expression;
  const values = lowerColumns(bare, context);
  // Of several columns only those that the query names have a name of its own.
  const otherwise = values.length === 1 ? resultName(bare) : '';
  return values.map((value, index) => ({ ...value, name: names?.[index] ?? otherwise }));
}

function givenNames(node: Expression): readonly string[] | undefined {
  switch (classOf(node)) {
    case 'SimpleNamedExpression':
      return [(node as ExpressionNodes['SimpleNamedExpression']).Name.SimpleName];
    case 'CompoundNamedExpression':
      return elements((node as ExpressionNodes['CompoundNamedExpression']).Names.Names).map((name) => name.SimpleName);
    default:
      return undefined;
  }
}
