import { classOf } from '../parser/kusto.ts';
import {
  elements,
  items,
  textOf,
  type ExpressionNodes,
  type MvExpandExpression,
  type NameNode,
} from '../parser/syntax.ts';
import { typeNamed, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { elementsOf } from '../functions/dynamic.ts';
import { resultName } from '../parser/names.ts';
import { serialOf, subtableKeys, type Column, type Table } from '../relation/tree.ts';
import { rowNumber, rowPlace } from '../lower/row.ts';
import {
  ascending,
  call,
  column,
  constant,
  lambda,
  literal,
  NULL,
  type ColumnId,
  type SelectColumn,
  type Sql,
} from '../sql/tree.ts';
import { resultNames } from './named.ts';
import type { Operator } from './types.ts';

interface Expanded {
  readonly name: string;
  readonly source: Value;
  readonly type: Column['type'];
}

function expandedOf(node: MvExpandExpression, context: Context): Expanded {
  const named =
    classOf(node.Expression) === 'SimpleNamedExpression'
      ? (node.Expression as ExpressionNodes['SimpleNamedExpression'])
      : undefined;
  const bare = named?.Expression ?? node.Expression;
  const name =
    named?.Name.SimpleName ?? (classOf(bare) === 'NameReference' ? (bare as NameNode).SimpleName : resultName(bare));
  const written = node.ToTypeOf === null ? undefined : elements(node.ToTypeOf.TypeOf.Types)[0];
  return {
    name,
    source: context.scalar(bare),
    type: written === undefined ? 'dynamic' : typeNamed(textOf(written), 'dynamic'),
  };
}

/**
 * What a value expands to: the elements of an array; the properties of a bag, each as a bag of one (or as a pair); the value
 * itself where it is neither; one null where it is empty. Source: KQL documentation, "mv-expand operator".
 */
function listOf(source: Value, asPairs: boolean): Sql {
  const kind = call('toString', call('JSONType', source.sql));
  const name = (pair: Sql): Sql =>
    call('replaceAll', call('toJSONString', call('tupleElement', pair, constant(1))), constant('\\/'), constant('/'));
  const text = (pair: Sql): Sql =>
    asPairs
      ? call('concat', constant('['), name(pair), constant(','), call('tupleElement', pair, constant(2)), constant(']'))
      : call(
          'concat',
          constant('{'),
          name(pair),
          constant(':'),
          call('tupleElement', pair, constant(2)),
          constant('}'),
        );
  const bags = call(
    'arrayMap',
    lambda((pair) => text(pair)),
    call('JSONExtractKeysAndValuesRaw', source.sql),
  );
  const list = call(
    'multiIf',
    call('equals', kind, constant('Array')),
    elementsOf(source),
    call('equals', kind, constant('Object')),
    bags,
    call('array', source.sql),
  );
  return call('if', call('empty', list), call('array', constant('')), list);
}

/** Lists side by side: the shorter ones are filled with nulls. */
function padded(lists: readonly Sql[]): readonly Sql[] {
  if (lists.length === 1) return lists;
  const longest = call('greatest', ...lists.map((list) => call('length', list)));
  return lists.map((list) => call('arrayResize', list, longest, constant('')));
}

/** `mv-expand`: a row for each element. */
export function expand(
  input: Table,
  nodes: readonly MvExpandExpression[],
  options: { readonly asPairs: boolean; readonly indexName: string | undefined; readonly limit: Sql | undefined },
  context: Context,
): { readonly table: Table; readonly index: ColumnId } {
  const inside = context.with({ row: input });
  const expanded = nodes.map((node) => expandedOf(node, inside));
  const lists = expanded.map((entry): SelectColumn => ({
    id: context.session.newColumn(),
    value: listOf(convert(entry.source, 'dynamic') ?? entry.source, options.asPairs),
  }));
  const even = padded(lists.map((entry) => column(entry.id)));
  const limited = even.map((list) =>
    options.limit === undefined ? list : call('arraySlice', list, constant(1), options.limit),
  );
  const arrays = limited.map((list): SelectColumn => ({ id: context.session.newColumn(), value: list }));
  // Read only where the index or the order of the elements counts.
  const index = { id: context.session.newColumn(), value: call('arrayEnumerate', limited[0] ?? NULL) };
  const place = rowPlace(context, input);
  const serial = serialOf(input);
  const rows =
    serial === undefined || serial.total
      ? serial?.keys
      : [place.inside.below?.add(rowNumber(subtableKeys(input), serial.keys))].flatMap((key) =>
          key?.kind === 'column' ? [ascending(key.id)] : [],
        );
  const unnested = {
    kind: 'unnest',
    input: { kind: 'compute', input: place.table().relation, columns: lists },
    arrays: [...arrays, index],
    keepEmpty: false,
  } as const;

  const results: SelectColumn[] = [];
  const columns = expanded.map((entry, position): Column => {
    const element = value(column(arrays[position]?.id ?? 0), 'dynamic', false);
    const typed = convert(element, entry.type) ?? element;
    const id = context.session.newColumn();
    results.push({ id, value: typed.sql });
    return { id, name: entry.name, type: typed.type, nullable: typed.nullable };
  });
  const byName = new Map(columns.map((entry) => [entry.name, entry]));
  const kept = input.columns.map((entry) => {
    const replacement = byName.get(entry.name);
    byName.delete(entry.name);
    return replacement ?? entry;
  });
  const indexColumn: Column[] = [];
  if (options.indexName !== undefined) {
    const id = context.session.newColumn();
    results.push({ id, value: call('minus', call('toInt64', column(index.id)), literal('Int64', 1n)) });
    indexColumn.push({ id, name: options.indexName, type: 'long', nullable: false });
  }
  const table: Table = {
    ...input,
    relation: { kind: 'compute', input: unnested, columns: results },
    columns: [...indexColumn, ...kept, ...byName.values()],
    order: input.order.length === 0 ? [] : [...input.order, ascending(index.id)],
    serial: rows && { keys: [...rows, ascending(index.id)], total: true },
  };
  return { table, index: index.id };
}

export const mvExpand: Operator<'MvExpandOperator'> = {
  node: 'MvExpandOperator',
  names: ['mv-expand', 'mvexpand'],
  summary: 'A row for each element of an array or property of a bag.',
  page: 'mv-expand-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    let [asPairs, indexName]: [boolean, string | undefined] = [false, undefined];
    for (const parameter of items(node.Parameters)) {
      const name = parameter.Name.SimpleName.toLowerCase();
      const text = textOf(parameter.Expression);
      if (name === 'with_itemindex') indexName = text;
      else if (name === 'bagexpansion' || name === 'kind') asPairs = text.toLowerCase() === 'array';
      else context.session.report('GHQ013', `mv-expand's option '${name}' is not supported.`, parameter);
    }
    const limit =
      node.RowLimitClause === null
        ? undefined
        : context.with({ row: undefined }).scalar(node.RowLimitClause.RowLimit).sql;
    const { table } = expand(input, elements(node.Expressions), { asPairs, indexName, limit }, context);
    const names = resultNames(node);
    return {
      ...table,
      columns: table.columns.toSorted((left, right) => names.indexOf(left.name) - names.indexOf(right.name)),
    };
  },
};
