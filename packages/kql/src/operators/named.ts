import { classOf } from '../parser/kusto.ts';
import { items, type Expression, type ExpressionNodes } from '../parser/syntax.ts';
import { resultName } from '../parser/names.ts';
import type { Context } from '../lower/context.ts';
import type { Value } from '../lower/value.ts';

export type NamedValue = Value & { readonly name: string };

/** Names of the columns that an operator gives, as the binder says. */
export function resultNames(node: Expression): readonly string[] {
  return items(node.ResultType?.Columns).map((column) => column.Name);
}

/** The value of `name = expression` or of a bare expression; the name that Kusto gives it, empty where it invents one. */
export function namedValue(node: Expression, context: Context): NamedValue {
  if (classOf(node) === 'CompoundNamedExpression')
    context.session.report('GHQ013', 'Several names for one expression are supported in summarize only.', node);
  const name =
    classOf(node) === 'SimpleNamedExpression'
      ? (node as ExpressionNodes['SimpleNamedExpression']).Name.SimpleName
      : resultName(node);
  return { ...context.scalar(node), name };
}
