import { nearest } from '../errors.ts';
import { columnValue, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { nullOf } from '../lower/value.ts';
import { items, type OperatorNodes } from '../parser/syntax.ts';
import { namedTypes, pluginCall } from '../plugins/call.ts';
import { FORBIDDEN_PLUGINS, plugin, PLUGINS } from '../plugins/index.ts';
import type { NamedType } from '../discovery.ts';
import { findColumn, type Column, type Table } from '../relation/tree.ts';
import { isNullableStorage } from '../storage.ts';
import type { SelectColumn } from '../sql/tree.ts';
import type { Operator, Source } from './types.ts';

/** The columns an output schema asks for, converted to its types; what the plugin does not give is null. */
function shaped(table: Table, schema: readonly NamedType[], context: Context): Table {
  const added: SelectColumn[] = [];
  const columns = schema.map(({ name, type }): Column => {
    const found = findColumn(table, name);
    if (found?.type === type) return found;
    const value = (found && convert(columnValue(found), type)) ?? nullOf(type);
    const id = context.session.newColumn();
    added.push({ id, value: value.sql });
    return { id, name, type, nullable: value.nullable };
  });
  return added.length === 0
    ? { ...table, columns }
    : { ...table, relation: { kind: 'compute', input: table.relation, columns: added }, columns };
}

/**
 * A call of a function that is called several times has, as the binder sees it, the columns that any of its calls found: those
 * that this one did not find are null, those of several types dynamic.
 */
function completed(table: Table, node: OperatorNodes['EvaluateOperator'], context: Context): Table {
  const untyped = new Set(
    items(node.ResultType?.Columns)
      .filter((column) => column.Type.Name === 'unknown')
      .map((column) => column.Name),
  );
  const schema = namedTypes(node).map(({ name, type }) => ({
    name,
    type: untyped.has(name) ? (findColumn(table, name)?.type ?? type) : type,
  }));
  return shaped(table, schema, context);
}

function evaluated(node: OperatorNodes['EvaluateOperator'], input: Table, context: Context): Table {
  const { session } = context;
  for (const parameter of items(node.Parameters)) {
    const name = parameter.Name.SimpleName;
    // Hints only steer Kusto's own execution.
    if (!name.startsWith('hint.')) session.report('GHQ013', `evaluate's option '${name}' is not supported.`, parameter);
  }
  const { SimpleName: name } = node.FunctionCall.Name;
  const row = plugin(name);
  if (row === undefined) {
    const reason = FORBIDDEN_PLUGINS[name];
    session.report(
      'GHQ015',
      reason === undefined
        ? `The plugin ${name}() is not supported.`
        : `The plugin ${name}() is not available: it ${reason}.`,
      node.FunctionCall.Name,
      reason === undefined
        ? nearest(
            name,
            PLUGINS.map((known) => known.name),
          )
        : undefined,
    );
    return placeholder(node, context);
  }
  const inside = context.with({ row: input, sides: undefined, aggregates: undefined });
  session.spend(node);
  const table = row.lower(pluginCall(node, input, inside), input, inside);
  if (node.Schema !== null) return shaped(table, namedTypes(node), context);
  return table.open === true ? completed(table, node, context) : table;
}

/** The columns that a refused plugin would give, so that what follows is checked too. */
function placeholder(node: OperatorNodes['EvaluateOperator'], context: Context): Table {
  const columns = namedTypes(node).map(({ name, type }): Column => ({
    id: context.session.newColumn(),
    name,
    type,
    nullable: isNullableStorage(type),
  }));
  return { relation: { kind: 'single' }, columns, order: [] };
}

/** `evaluate`: a plugin over the table; the plugins are in `plugins/`. */
export const evaluate: Operator<'EvaluateOperator'> = {
  node: 'EvaluateOperator',
  names: ['evaluate'],
  summary: 'A plugin over the table.',
  page: 'evaluate-operator',
  lower: evaluated,
};

/** `evaluate` without a table before it. */
export const evaluateSource: Source<'EvaluateOperator'> = {
  ...evaluate,
  lower: (node, context) => evaluated(node, { relation: { kind: 'single' }, columns: [], order: [] }, context),
};
