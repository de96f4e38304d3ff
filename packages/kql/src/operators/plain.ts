import { elements, textOf } from '../parser/syntax.ts';
import type { KqlType } from '../catalogue.ts';
import { plainType } from '../lower/value.ts';
import { ascending, literal, type Sql } from '../sql/tree.ts';
import type { Context } from '../lower/context.ts';
import { rowNumber } from '../lower/row.ts';
import { serialOf, subtableKeys, type Table } from '../relation/tree.ts';
import { extend } from './extend.ts';
import type { Operator } from './types.ts';

const serialize: Operator<'SerializeOperator'> = {
  node: 'SerializeOperator',
  names: ['serialize'],
  summary: 'Fixes the order of the rows; may add columns.',
  page: 'serialize-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const fixed = serialized(input, context);
    return elements(node.Expressions).length === 0 ? fixed : extend.lower(node, fixed, context);
  },
};

/** The rows in the order that they happen to have, if they have no other. */
function serialized(input: Table, context: Context): Table {
  if (serialOf(input) !== undefined) return input;
  const ordinal = context.session.newColumn();
  const columns = [{ id: ordinal, value: rowNumber(subtableKeys(input), []) }];
  return {
    ...input,
    relation: { kind: 'compute', input: input.relation, columns },
    serial: { keys: [ascending(ordinal)], total: true },
  };
}

const as: Operator<'AsOperator'> = {
  node: 'AsOperator',
  names: ['as'],
  summary: 'A name for the table so far.',
  page: 'as-operator',
  lower: (node, input, context) => {
    context.environment.set(node.Name.SimpleName, { kind: 'table', table: input });
    return input;
  },
};

const render: Operator<'RenderOperator'> = {
  node: 'RenderOperator',
  names: ['render'],
  summary: 'How the answer wants to be drawn; kept beside the rows.',
  page: 'render-operator',
  lower: (node, input, context) => {
    context.session.visualization.kind = node.ChartType.Text;
    for (const property of elements(node.WithClause?.Properties))
      context.session.visualization[property.Name.SimpleName] = textOf(property.Expression).replace(/^["']|["']$/g, '');
    return input;
  },
};

const getschema: Operator<'GetSchemaOperator'> = {
  node: 'GetSchemaOperator',
  names: ['getschema'],
  summary: 'The columns of the table, one row each.',
  page: 'getschema-operator',
  lower: (_node, input, context) => {
    const names = ['ColumnName', 'ColumnOrdinal', 'DataType', 'ColumnType'] as const;
    const columns = names.map((name) => ({
      id: context.session.newColumn(),
      name,
      type: name === 'ColumnOrdinal' ? ('long' as const) : ('string' as const),
      nullable: false,
    }));
    const rows = input.columns.map((column, index) => [
      text(column.name),
      literal('Int64', BigInt(index)),
      text(SYSTEM_TYPES[column.type]),
      text(column.type),
    ]);
    const ordinal = context.session.newColumn();
    const schema = columns.map(({ id, type }) => ({ id, type: plainType(type) }));
    return {
      relation: { kind: 'rows', columns: schema, rows, ordinal },
      columns,
      order: [],
      serial: { keys: [ascending(ordinal)], total: true },
    };
  },
};

const text = (value: string): Sql => literal('String', value);

const SYSTEM_TYPES: Readonly<Record<KqlType, string>> = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  string: 'System.String',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  guid: 'System.Guid',
  dynamic: 'System.Object',
};

/** Operators that leave the rows as they are, or only look at the columns. */
export const PLAIN = [serialize, as, render, getschema] as const;
