import { columnValue, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { rowNumber } from '../lower/row.ts';
import { constantValue } from '../lower/value.ts';
import { findColumn, type Column, type Table } from '../relation/tree.ts';
import { ascending, call, cast, column, constant, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import type { Plugin } from './types.ts';

const text = (value: string): Sql => constantValue('string', value).sql;

/** A row for each cell: the row's number, the column's name, the value's text. */
function narrowed(input: Table, context: Context): Table {
  const newColumn = (): number => context.session.newColumn();
  const [row, names, values, position] = [newColumn(), newColumn(), newColumn(), newColumn()];
  const ids = { row: newColumn(), name: newColumn(), value: newColumn() };
  const numbered = {
    kind: 'compute',
    input: input.relation,
    columns: [{ id: row, value: rowNumber([], input.order) }],
  } as const;
  const texts = input.columns.map((entry) => convert(columnValue(entry), 'string')?.sql ?? text(''));
  const arrays: SelectColumn[] = [
    {
      id: names,
      value: literal(
        'Array(String)',
        input.columns.map((entry) => entry.name),
      ),
    },
    { id: values, value: texts.length === 0 ? literal('Array(String)', []) : call('array', ...texts) },
    { id: position, value: call('range', constant(input.columns.length)) },
  ];
  const columns: readonly Column[] = [
    { id: ids.row, name: 'Row', type: 'long', nullable: false },
    { id: ids.name, name: 'Column', type: 'string', nullable: false },
    { id: ids.value, name: 'Value', type: 'string', nullable: false },
  ];
  return {
    relation: {
      kind: 'compute',
      input: { kind: 'unnest', input: numbered, arrays, keepEmpty: false },
      columns: [
        { id: ids.row, value: call('minus', call('toInt64', column(row)), literal('Int64', 1n)) },
        { id: ids.name, value: column(names) },
        { id: ids.value, value: column(values) },
      ],
    },
    columns,
    order: [ascending(ids.row), ascending(position)],
  };
}

const OUT_OF_ORDER = 'columns are out of order';
const INCOMPATIBLE = 'types of the column are not compatible';

/** A type that holds the values of all of them: the wider number; empty where there is none. */
function commonType(types: Sql): Sql {
  const only = (words: readonly string[]): Sql =>
    call('hasAll', literal('Array(String)', words), call('arrayDistinct', types));
  return call(
    'multiIf',
    call('equals', call('length', types), constant(1)),
    call('arrayElement', types, constant(1)),
    only(['int', 'long']),
    constant('long'),
    only(['int', 'long', 'real']),
    constant('real'),
    only(['int', 'long', 'real', 'decimal']),
    constant('decimal'),
    constant(''),
  );
}

const SYSTEM_TYPES = [
  ['bool', 'System.SByte'],
  ['int', 'System.Int32'],
  ['long', 'System.Int64'],
  ['real', 'System.Double'],
  ['decimal', 'System.Data.SqlTypes.SqlDecimal'],
  ['string', 'System.String'],
  ['datetime', 'System.DateTime'],
  ['timespan', 'System.TimeSpan'],
  ['guid', 'System.Guid'],
  ['dynamic', 'System.Object'],
] as const;

function systemType(type: Sql): Sql {
  return call(
    'transform',
    type,
    literal(
      'Array(String)',
      SYSTEM_TYPES.map(([name]) => name),
    ),
    literal(
      'Array(String)',
      SYSTEM_TYPES.map(([, system]) => system),
    ),
    constant('System.Object'),
  );
}

/** One schema of several: each column once, in the order of its places, with a type that all its schemas can take. */
function mergedSchema(input: Table, preservesOrder: boolean, context: Context): Table | undefined {
  const newColumn = (): number => context.session.newColumn();
  const [name, ordinal, type] = ['ColumnName', 'ColumnOrdinal', 'ColumnType'].map((wanted) =>
    findColumn(input, wanted),
  );
  if (name === undefined || ordinal === undefined || type === undefined) return undefined;
  const ids = { name: newColumn(), least: newColumn(), most: newColumn(), types: newColumn() };
  const grouped = {
    kind: 'aggregate',
    input: input.relation,
    keys: [{ id: ids.name, value: column(name.id) }],
    values: [
      { id: ids.least, value: call('min', column(ordinal.id)) },
      { id: ids.most, value: call('max', column(ordinal.id)) },
      { id: ids.types, value: call('groupUniqArray', column(type.id)) },
    ],
  } as const;
  const moved = preservesOrder ? call('notEquals', column(ids.least), column(ids.most)) : constant(0);
  const [problem, common, place, wrong] = [newColumn(), newColumn(), newColumn(), newColumn()];
  const found = {
    kind: 'compute',
    input: { kind: 'compute', input: grouped, columns: [{ id: common, value: commonType(column(ids.types)) }] },
    columns: [
      {
        id: problem,
        value: call(
          'multiIf',
          moved,
          constant(OUT_OF_ORDER),
          call('empty', column(common)),
          constant(INCOMPATIBLE),
          constant(''),
        ),
      },
    ],
  } as const;
  const isWrong = column(wrong);
  const out = { ordinal: newColumn(), data: newColumn(), type: newColumn() };
  const order = [ascending(wrong), ascending(ids.most), ascending(ids.name)];
  const placed = {
    kind: 'compute',
    input: { kind: 'compute', input: found, columns: [{ id: wrong, value: call('notEmpty', column(problem)) }] },
    columns: [{ id: place, value: rowNumber([], order) }],
  } as const;
  const said = (around: (words: Sql) => Sql): Sql => around(column(problem));
  const error = (words: Sql): Sql => call('concat', constant('ERROR('), words, constant(')'));
  return {
    relation: {
      kind: 'compute',
      input: placed,
      columns: [
        {
          id: out.ordinal,
          value: cast(
            call('if', isWrong, constant(-1), call('minus', call('toInt32', column(place)), constant(1))),
            'Int32',
          ),
        },
        {
          id: out.data,
          value: call(
            'if',
            isWrong,
            said((words) => error(call('concat', constant('unknown CSL type:'), error(words)))),
            systemType(column(common)),
          ),
        },
        { id: out.type, value: call('if', isWrong, said(error), column(common)) },
      ],
    },
    columns: [
      { id: ids.name, name: 'ColumnName', type: 'string', nullable: false },
      { id: out.ordinal, name: 'ColumnOrdinal', type: 'int', nullable: false },
      { id: out.data, name: 'DataType', type: 'string', nullable: false },
      { id: out.type, name: 'ColumnType', type: 'string', nullable: false },
    ],
    order: [ascending(place)],
  };
}

/** Plugins that turn tables and schemas. Source: KQL documentation, "narrow plugin", "schema_merge plugin". */
export const SHAPE_PLUGINS: readonly Plugin[] = [
  {
    name: 'narrow',
    summary: 'A row for each cell of the table: its row, its column and its text.',
    lower: (_call, input, context) => narrowed(input, context),
    examples: [
      [
        "datatable(a: long, b: string, c: bool) [5, 'x', true, long(null), '', bool(null)] | sort by b desc | evaluate narrow()",
        [
          [0, 'a', '5'],
          [0, 'b', 'x'],
          [0, 'c', 'True'],
          [1, 'a', ''],
          [1, 'b', ''],
          [1, 'c', ''],
        ],
      ],
    ],
  },
  {
    name: 'schema_merge',
    summary: 'One schema of several, as getschema gives them.',
    differs:
      'The schemas are not told apart: the places of a column are compared, whichever came first. Columns of the same place stand by name.',
    lower: (plugin, input, context) => {
      const merged = mergedSchema(input, plugin.constant('PreserveOrder', 0) !== false, context);
      if (merged === undefined) plugin.refuse('GHQ022', 'schema_merge() takes the columns that getschema gives.');
      return merged ?? input;
    },
    examples: [
      [
        'let s1 = datatable(a: string, b: int) [] | getschema; let s2 = datatable(a: string, b: long, c: real) [] | getschema; union s1, s2 | evaluate schema_merge()',
        [
          ['a', 0, 'System.String', 'string'],
          ['b', 1, 'System.Int64', 'long'],
          ['c', 2, 'System.Double', 'real'],
        ],
      ],
      [
        'let s1 = datatable(a: string, b: int) [] | getschema; let s2 = datatable(a: string, c: int, b: int) [] | getschema; union s1, s2 | evaluate schema_merge(false)',
        [
          ['a', 0, 'System.String', 'string'],
          ['c', 1, 'System.Int32', 'int'],
          ['b', 2, 'System.Int32', 'int'],
        ],
      ],
      [
        'let s1 = datatable(a: string) [] | getschema; let s2 = datatable(a: bool) [] | getschema; union s1, s2 | evaluate schema_merge() | project ColumnName, ColumnOrdinal',
        [['a', -1]],
      ],
    ],
  },
];
