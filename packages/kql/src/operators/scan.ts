import { columnValue, typeNamed, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { nullOf, type Value } from '../lower/value.ts';
import { elements, items, textOf, type OperatorNodes } from '../parser/syntax.ts';
import { findColumn, serialOf, type Column, type Relation, type Table } from '../relation/tree.ts';
import { asFilter } from '../scalar/comparison.ts';
import { isNullableStorage, storageType } from '../storage.ts';
import {
  ascending,
  call,
  cast,
  collectColumns,
  column,
  constant,
  lambda,
  mapColumns,
  type ColumnId,
  type SelectColumn,
  type Sql,
} from '../sql/tree.ts';
import { resultNames } from './named.ts';
import { part, walk, type Field, type Machine, type Step } from './scan-machine.ts';
import type { Operator } from './types.ts';

type ScanNode = OperatorNodes['ScanOperator'];

/** A column that a record has beside or instead of the row's own: declared, or assigned by a step. */
interface Extra {
  readonly name: string;
  readonly type: Column['type'];
  /** The value where no step assigned it: the default, or the row's own. */
  readonly otherwise: Value;
  readonly isDeclared: boolean;
}

/**
 * `scan`: a state machine over the rows in their order. The rows of a table, or of each subtable, become an array, a walk
 * over it finds what each step makes of each row, and the matches become rows again. Source: KQL documentation, "scan
 * operator", "Scan logic".
 */
export const scan: Operator<'ScanOperator'> = {
  node: 'ScanOperator',
  names: ['scan'],
  summary: 'Sequences of rows by steps with conditions and a state.',
  page: 'scan-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const { session } = context;
    const matchName = options(node, context);
    const serial = serialOf(input);
    if (serial === undefined) {
      session.report('GHQ026', 'scan needs rows in an order: sort them or write serialize before it.', node);
      return input;
    }
    const extras = extrasOf(node, input, context);
    const machine = machineOf(node, input, extras, context);
    const { steps, read } = machine;
    const [rows, element] = [session.newColumn(), session.newColumn()];
    const gathered = {
      kind: 'gather',
      input: input.relation,
      keys: input.subtables?.keys ?? [],
      order: serial.keys,
      // A row of which nothing is read still counts.
      values: read.length === 0 ? [constant(0)] : read.map(column),
      rows,
      kept: session.newColumn(),
      own: session.newColumn(),
      results: { id: session.newColumn(), value: walk(machine, column(rows)) },
      element,
    } as const;

    // A row of the answer for each step that the row matched, the last step first.
    const [place, match] = [session.newColumn(), session.newColumn()];
    const order = [...steps.keys()].reverse().filter((index) => steps[index]?.output !== 'none');
    const list = call(
      'arrayFilter',
      lambda((entry) => call('notEquals', part(entry, 1), constant(0))),
      call('array', ...order.map((index) => part(column(element), index + 1))),
    );
    const empty = order.length === 0;
    const matched: Relation = empty ? { kind: 'filter', input: gathered, condition: constant(0) } : gathered;
    const unnested = {
      kind: 'unnest',
      input: matched,
      arrays: [
        { id: match, value: empty ? call('array', call('tuple', constant(0), constant(0))) : list },
        { id: place, value: empty ? call('array', constant(0)) : call('arrayEnumerate', list) },
      ],
      keepEmpty: false,
    } as const;

    const computed: SelectColumn[] = [];
    const found = (position: number, type: Column['type'], nullable: boolean, name: string): Column => {
      const id = session.newColumn();
      computed.push({ id, value: empty ? nullOf(type).sql : part(column(match), position) });
      return { id, name, type, nullable };
    };
    const byName = new Map(
      extras.map((extra, index) => [
        extra.name,
        found(index + 3, extra.type, isNullableStorage(extra.type), extra.name),
      ]),
    );
    if (matchName !== undefined) byName.set(matchName, found(2, 'long', false, matchName));
    const columns = resultNames(node).flatMap((name) => byName.get(name) ?? findColumn(input, name) ?? []);
    return {
      ...input,
      relation: { kind: 'compute', input: unnested, columns: computed },
      columns,
      order: input.order.length === 0 ? [] : [...input.order, ascending(place)],
      serial: { keys: [...serial.keys, ascending(place)], total: serial.total },
    };
  },
};

function options(node: ScanNode, context: Context): string | undefined {
  let matchName: string | undefined;
  for (const parameter of items(node.Parameters)) {
    const name = parameter.Name.SimpleName.toLowerCase();
    if (name === 'with_match_id') matchName = textOf(parameter.Expression);
    else context.session.report('GHQ013', `scan's option '${name}' is not supported.`, parameter);
  }
  for (const clause of [node.OrderByClause, node.PartitionByClause])
    if (clause !== null)
      context.session.report('GHQ013', 'scan takes the order and the partition of its input.', clause);
  for (const step of items(node.Steps))
    if (step.OptionalKeyword !== null)
      context.session.report('GHQ013', 'An optional step of scan is not supported.', step);
  return matchName;
}

function extrasOf(node: ScanNode, input: Table, context: Context): readonly Extra[] {
  const declared = elements(node.DeclareClause?.Declarations).map((declaration): Extra => {
    const type = typeNamed(textOf(declaration.NameAndType.Type), 'dynamic');
    const given = declaration.DefaultValue;
    const otherwise = given === null ? nullOf(type) : context.with({ row: undefined }).scalar(given.Value);
    const name = declaration.NameAndType.Name.SimpleName;
    return { name, type, otherwise: convert(otherwise, type) ?? nullOf(type), isDeclared: true };
  });
  const names = new Set(declared.map((extra) => extra.name));
  const assigned: Extra[] = [];
  for (const step of items(node.Steps))
    for (const { Name: name } of elements(step.ComputationClause?.Assignments)) {
      const own = findColumn(input, name.SimpleName);
      if (own === undefined || names.has(own.name)) continue;
      names.add(own.name);
      assigned.push({ name: own.name, type: own.type, otherwise: columnValue(own), isDeclared: false });
    }
  return [...declared, ...assigned];
}

/** The steps with their expressions lowered; what they read of held records is a column of its own. */
function machineOf(node: ScanNode, input: Table, extras: readonly Extra[], context: Context): Machine {
  const { session } = context;
  const fields: Field[] = [];
  const names = items(node.Steps).map((step) => step.Name.SimpleName);
  const record = (step: string, name: string): Value | undefined => {
    const index = names.indexOf(step);
    const position = extras.findIndex((entry) => entry.name === name);
    const [extra, own] = [extras[position], findColumn(input, name)];
    const type = extra?.type ?? own?.type;
    if (index < 0 || type === undefined) return undefined;
    const source = extra === undefined ? { own: own?.id ?? 0 } : { extra: position };
    const same = (field: Field): boolean =>
      field.step === index &&
      ('extra' in field.source ? field.source.extra === position : position < 0 && field.source.own === own?.id);
    const field = fields.find(same) ?? {
      id: session.newColumn(),
      step: index,
      source,
      type: storageType(type),
      empty: cast((extra?.isDeclared === true ? extra.otherwise : nullOf(type)).sql, storageType(type)),
    };
    if (!fields.includes(field)) fields.push(field);
    return columnValue({ id: field.id, name, type, nullable: isNullableStorage(type) });
  };
  // A declared column that is named without a step has its default.
  const declared = extras
    .filter((extra) => extra.isDeclared)
    .map((extra) => ({ id: session.newColumn(), name: extra.name, type: extra.type, nullable: true, extra }));
  const defaults = new Map(declared.map(({ id, extra }) => [id, cast(extra.otherwise.sql, storageType(extra.type))]));
  const resolved = (sql: Sql): Sql => mapColumns(sql, (id) => defaults.get(id) ?? column(id));
  const inside = context.with({ row: { ...input, columns: [...declared, ...input.columns] }, record });
  const steps = items(node.Steps).map((step): Step => {
    const condition = inside.scalar(step.Condition);
    const assigned = new Map(
      elements(step.ComputationClause?.Assignments).map((entry) => [
        entry.Name.SimpleName,
        inside.scalar(entry.Expression),
      ]),
    );
    const kind = step.ScanStepOutput === null ? 'all' : textOf(step.ScanStepOutput.OutputKind).toLowerCase();
    return {
      output: kind === 'last' || kind === 'none' ? kind : 'all',
      condition: resolved(asFilter((convert(condition, 'bool') ?? condition).sql)),
      values: extras.map((extra) => {
        const value = assigned.get(extra.name) ?? extra.otherwise;
        return resolved(cast((convert(value, extra.type) ?? value).sql, storageType(extra.type)));
      }),
    };
  });
  const asked = new Set<ColumnId>();
  for (const { source } of fields) if ('own' in source) asked.add(source.own);
  for (const step of steps) for (const sql of [step.condition, ...step.values]) collectColumns(sql, asked);
  for (const { id } of fields) asked.delete(id);
  return { steps, fields, types: extras.map((extra) => storageType(extra.type)), read: [...asked] };
}
