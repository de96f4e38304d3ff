import type { Context } from '../lower/context.ts';
import { typeNamed } from '../lower/context.ts';
import { classOf } from '../parser/kusto.ts';
import {
  elements,
  items,
  textOf,
  type Expression,
  type ExpressionNodes,
  type NameNode,
  type OperatorNodes,
} from '../parser/syntax.ts';
import { findColumn, type Table } from '../relation/tree.ts';
import type { NamedType } from '../discovery.ts';
import { discover } from '../lower/open.ts';
import type { PluginCall } from './types.ts';

type Named = ExpressionNodes['SimpleNamedExpression'];

/** The call of an `evaluate`, with its arguments found by name or place. */
export function pluginCall(evaluate: OperatorNodes['EvaluateOperator'], input: Table, context: Context): PluginCall {
  const { FunctionCall: node, Schema: schema } = evaluate;
  const given = elements(node.ArgumentList.Expressions);
  const positional = given.filter((argument) => classOf(argument) !== 'SimpleNamedExpression');
  const named = new Map(
    given
      .filter((argument) => classOf(argument) === 'SimpleNamedExpression')
      .map((argument) => [(argument as Named).Name.SimpleName.toLowerCase(), (argument as Named).Expression]),
  );
  const refuse: PluginCall['refuse'] = (code, message, at = node) => context.session.report(code, message, at);
  const argument = (name: string, index: number): Expression | undefined =>
    named.get(name.toLowerCase()) ?? positional[index];
  return {
    node,
    positional,
    argument,
    constant(name, index) {
      const expression = argument(name, index);
      if (expression === undefined) return undefined;
      const { constant } = context.scalar(expression);
      if (constant === undefined) refuse('GHQ020', `${node.Name.SimpleName}'s ${name} must be a constant.`, expression);
      return constant;
    },
    column(expression) {
      const name = classOf(expression) === 'NameReference' ? (expression as NameNode).SimpleName : undefined;
      const found = name === undefined ? undefined : findColumn(input, name);
      if (found === undefined) refuse('GHQ024', `'${textOf(expression)}' is not a column of the input.`, expression);
      return found;
    },
    outputSchema:
      schema === null
        ? undefined
        : elements(schema.Schema.Columns).map((declared) => ({
            name: declared.Name.SimpleName,
            type: typeNamed(textOf(declared.Type), 'dynamic'),
          })),
    resultColumns: namedTypes(node),
    discover: (probe) => discover(node, input, probe, context),
    refuse,
  };
}

/** Names and types of the table that the binder gives an expression. */
export function namedTypes(node: Expression): readonly NamedType[] {
  return items(node.ResultType?.Columns).map((column) => ({
    name: column.Name,
    type: typeNamed(column.Type.Name, 'dynamic'),
  }));
}
