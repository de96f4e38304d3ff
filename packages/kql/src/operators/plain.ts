import { elements, items, textOf, type NameNode } from '../parser/syntax.ts';
import type { KqlType } from '../catalogue.ts';
import { plainType } from '../lower/value.ts';
import type { Context } from '../lower/context.ts';
import { rowNumber } from '../lower/row.ts';
import { findColumn, serialOf, subtableKeys, type Table } from '../relation/tree.ts';
import { ascending, call, column, constant, literal, type Sql } from '../sql/tree.ts';
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

const consume: Operator<'ConsumeOperator'> = {
  node: 'ConsumeOperator',
  names: ['consume'],
  summary: 'No rows: the query is checked, and nothing comes back.',
  page: 'consume-operator',
  lower: (_node, input) => ({
    ...input,
    relation: { kind: 'filter', input: input.relation, condition: constant(0) },
  }),
};

/** One answer is one table, so one branch is what can be answered. */
const fork: Operator<'ForkOperator'> = {
  node: 'ForkOperator',
  names: ['fork'],
  summary: 'One branch of operators; several would be several answers.',
  page: 'fork-operator',
  lower: (node, input, context) => {
    const [only, ...more] = items(node.Expressions);
    if (only === undefined || more.length > 0)
      context.session.report(
        'GHQ013',
        'fork with several branches gives several tables, and a query has one answer: run the branches one by one.',
        node,
      );
    return only === undefined ? input : context.pipe(only.Expression, input);
  },
};

/** The values of one column and how often each stands there. */
const facet: Operator<'FacetOperator'> = {
  node: 'FacetOperator',
  names: ['facet'],
  summary: 'How often each value of a column stands there; several columns would be several answers.',
  page: 'facet-operator',
  lower: (node, input, context) => {
    const [only, ...more] = elements(node.Expressions);
    const read = only === undefined ? undefined : findColumn(input, (only as NameNode).SimpleName);
    if (read === undefined || more.length > 0 || node.WithClause !== null) {
      context.session.report(
        'GHQ013',
        'facet by several columns, or with more operators, gives several tables, and a query has one answer: summarize count() by each.',
        node,
      );
      return input;
    }
    const [key, count] = [context.session.newColumn(), context.session.newColumn()];
    return {
      relation: {
        kind: 'aggregate',
        input: input.relation,
        keys: [{ id: key, value: column(read.id) }],
        values: [{ id: count, value: call('toInt64', call('count')) }],
      },
      columns: [
        { ...read, id: key },
        { id: count, name: `count_${read.name}`, type: 'long', nullable: false },
      ],
      order: [],
    };
  },
};

/** Operators that leave the rows as they are, or only look at the columns. */
export const PLAIN = [serialize, as, render, getschema, consume, fork, facet] as const;
