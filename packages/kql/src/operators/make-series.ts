import type { KqlType } from '../catalogue.ts';
import { collector, type Context } from '../lower/context.ts';
import { convert, jsonElement } from '../lower/convert.ts';
import { regrouped, rowPlace } from '../lower/row.ts';
import { anchoredTicks } from '../lower/text.ts';
import { constantValue, ticksToDatetime, value, type Value } from '../lower/value.ts';
import { elements, items, textOf, type Expression, type MakeSeriesOperator } from '../parser/syntax.ts';
import type { Column, Relation, Table } from '../relation/tree.ts';
import { EPOCH_TICKS } from '../storage.ts';
import { call, column, constant, lambda, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import { resultNames } from './named.ts';
import type { Operator } from './types.ts';

/** Kusto's own bound on the elements of a series. */
const LONGEST = 1_048_576;

/** What the axis is counted in: whole numbers for what has a smallest step, otherwise floating ones. */
interface Axis {
  readonly type: KqlType;
  /** A point of the axis as a number. */
  readonly number: (point: Value) => Sql;
  /** And back. */
  readonly point: (number: Sql) => Sql;
  /** Number of the bin that a number above or below the origin is in. */
  readonly bin: (distance: Sql, step: Sql) => Sql;
}

const wholeBin = (distance: Sql, step: Sql): Sql =>
  call('intDiv', call('minus', distance, call('positiveModulo', distance, step)), step);
const realBin = (distance: Sql, step: Sql): Sql => call('toInt64', call('floor', call('divide', distance, step)));

function axisOf(type: KqlType): Axis | undefined {
  const long = (point: Value): Sql => call('toInt64', point.sql);
  switch (type) {
    case 'datetime':
      return {
        type,
        number: (point) => anchoredTicks(point.sql),
        point: (number) => ticksToDatetime(call('minus', number, literal('Int64', EPOCH_TICKS))),
        bin: wholeBin,
      };
    case 'timespan':
    case 'long':
      return { type, number: long, point: (number) => number, bin: wholeBin };
    case 'int':
      return { type, number: long, point: (number) => call('toInt32', number), bin: wholeBin };
    case 'real':
    case 'decimal':
      return { type: 'real', number: (point) => call('toFloat64', point.sql), point: (number) => number, bin: realBin };
    case 'bool':
    case 'string':
    case 'guid':
    case 'dynamic':
      return undefined;
  }
}

interface Range {
  readonly from: Value | undefined;
  readonly to: Value | undefined;
  readonly step: Value | undefined;
  /** `in range(…)`: bins as bin() cuts them, with the one that the end is in. */
  readonly isOld: boolean;
}

function rangeOf(node: MakeSeriesOperator, context: Context): Range {
  const outside = context.with({ row: undefined });
  const read = (expression: Expression | undefined): Value | undefined => expression && outside.scalar(expression);
  const { RangeClause: clause } = node;
  if ('Arguments' in clause) {
    const [from, to, step] = elements(clause.Arguments.Expressions);
    return { from: read(from), to: read(to), step: read(step), isOld: true };
  }
  return {
    from: read(clause.MakeSeriesFromClause?.Expression),
    to: read(clause.MakeSeriesToClause?.Expression),
    step: read(clause.MakeSeriesStepClause?.Expression),
    isOld: false,
  };
}

/** `make-series`: the values of each bin of an axis as arrays, the bins without rows filled. */
export const makeSeries: Operator<'MakeSeriesOperator'> = {
  node: 'MakeSeriesOperator',
  names: ['make-series'],
  summary: 'Values along an axis as arrays, with defaults where there are no rows.',
  page: 'make-series-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const { session } = context;
    const isNonEmpty = nonEmpty(node, context);
    const place = rowPlace(context, input);
    const axisValue = place.inside.scalar(node.OnClause.Expression);
    const axis = axisOf(axisValue.type);
    const { from, to, step, isOld } = rangeOf(node, context);
    if (axis === undefined || step === undefined) {
      session.report('GHQ022', `make-series cannot step along a ${axisValue.type}.`, node.OnClause.Expression);
      return input;
    }
    if (step.constant === null || (step.constant !== undefined && Number(step.constant) <= 0))
      session.report('GHQ021', 'The step of make-series must be above zero.', node);
    // An end or a step that is null leaves no rows, by the conditions below: here it is never a null.
    const known = (side: Value, sql: Sql): Sql => (side.nullable ? call('assumeNotNull', sql) : sql);
    const width = convert(step, axis.type) ?? step;
    const size = axis.type === 'datetime' ? known(step, step.sql) : known(width, axis.number(width));
    const number = (side: Value): Sql => {
      const point = convert(side, axis.type) ?? side;
      return known(point, axis.number(point));
    };

    const groups = elements(node.ByClause?.Expressions).map((expression) => ({
      id: session.newColumn(),
      value: place.inside.scalar(expression),
    }));
    const aggregates = collector(session);
    const gathering = place.inside.with({ aggregates });
    const series = elements(node.Aggregates).map((entry) => ({
      value: gathering.scalar(entry.Expression),
      otherwise:
        entry.DefaultExpression === null
          ? constantValue('long', 0n)
          : context.with({ row: undefined }).scalar(entry.DefaultExpression.Expression),
    }));

    // Where the bins begin: at `from`, or as bin() cuts them.
    const origin =
      from === undefined ? constant(0) : isOld ? call('multiply', axis.bin(number(from), size), size) : number(from);
    const distance = to && call('minus', number(to), origin);
    // Bins up to the end: in the old form the one that it is in too, otherwise those that begin before it.
    const end =
      distance &&
      (isOld
        ? call('plus', axis.bin(distance, size), constant(1))
        : call('negate', axis.bin(call('negate', distance), size)));

    const rows = place.table();
    const within = boundsOf(axisValue, from, to, isOld, size, axis);
    const limited = within.reduce<Relation>(
      (relation, condition) => ({ kind: 'filter', input: relation, condition }),
      rows.relation,
    );
    const bin = session.newColumn();
    const binned: SelectColumn = {
      id: bin,
      value: axis.bin(call('minus', axis.number({ ...axisValue, sql: known(axisValue, axisValue.sql) }), origin), size),
    };
    const apart = regrouped(context, rows);
    const filled: Table = {
      relation: {
        kind: 'aggregate',
        input: { kind: 'compute', input: limited, columns: [binned] },
        keys: [
          ...apart.keys,
          ...groups.map(({ id, value: group }) => ({ id, value: group.sql })),
          { id: bin, value: column(bin) },
        ],
        values: [...aggregates.columns, ...apart.values],
      },
      columns: [],
      order: [],
      ...apart.rest,
    };
    const texts = series.map((entry) => ({ id: session.newColumn(), value: jsonElement(entry.value) }));

    // One row a series: its bins with their values, in order.
    const again = regrouped(context, filled);
    const [entries, first, last] = [session.newColumn(), session.newColumn(), session.newColumn()];
    const entry = call('tuple', column(bin), ...texts.map((text) => column(text.id)));
    const gathered: Relation = {
      kind: 'aggregate',
      input: { kind: 'compute', input: filled.relation, columns: texts },
      keys: [...again.keys, ...groups.map(({ id }) => ({ id, value: column(id) }))],
      values: [
        { id: entries, value: call('arraySort', call('groupArray', entry)) },
        { id: first, value: call('min', column(bin)) },
        { id: last, value: call('max', column(bin)) },
        ...again.values,
      ],
    };
    const kept: Relation =
      isNonEmpty || groups.length > 0 || input.subtables !== undefined
        ? gathered
        : { kind: 'filter', input: gathered, condition: call('notEmpty', column(entries)) };

    const begin = from === undefined ? column(first) : constant(0);
    const length = call('minus', end ?? call('plus', column(last), constant(1)), begin);
    const bounded = call('greatest', constant(0), call('least', constant(LONGEST), length));
    const count = session.newColumn();
    // A series without rows has a length only where both ends are given.
    const bins =
      from !== undefined && end !== undefined
        ? bounded
        : call('if', call('empty', column(entries)), constant(0), bounded);
    const counted: Relation = {
      kind: 'compute',
      input: kept,
      columns: [{ id: count, value: call('toUInt32', bins) }],
    };
    const arrays = series.map(({ value: result, otherwise }, index): SelectColumn => ({
      id: session.newColumn(),
      value: filledText(
        { entries: column(entries), first: begin, count: column(count) },
        index + 2,
        jsonElement(convert(otherwise, result.type) ?? otherwise),
      ),
    }));
    const points: SelectColumn = {
      id: session.newColumn(),
      value: pointsText(axis, origin, size, begin, column(count)),
    };
    const names = [...resultNames(node)];
    const dynamics = [...arrays, points].map((array): Omit<Column, 'name'> => ({
      id: array.id,
      type: 'dynamic',
      nullable: false,
    }));
    const columns = [
      ...groups.map(({ id, value: group }) => ({ id, type: group.type, nullable: group.nullable })),
      ...dynamics,
    ].map((entry_, index): Column => ({ ...entry_, name: names[index] ?? '' }));
    return {
      relation: { kind: 'compute', input: counted, columns: [...arrays, points] },
      columns,
      order: [],
      ...again.rest,
    };
  },
};

function nonEmpty(node: MakeSeriesOperator, context: Context): boolean {
  let isNonEmpty = false;
  for (const parameter of items(node.Parameters)) {
    const name = parameter.Name.SimpleName.toLowerCase();
    if (name === 'kind' && textOf(parameter.Expression).toLowerCase() === 'nonempty') isNonEmpty = true;
    else if (!name.startsWith('hint.'))
      context.session.report('GHQ013', `make-series's option '${name}' is not supported.`, parameter);
  }
  return isNonEmpty;
}

/** Conditions on the axis itself, so that they reach the table's sorting key. */
function boundsOf(
  axisValue: Value,
  from: Value | undefined,
  to: Value | undefined,
  isOld: boolean,
  size: Sql,
  axis: Axis,
): readonly Sql[] {
  const conditions: Sql[] = axisValue.nullable ? [call('isNotNull', axisValue.sql)] : [];
  const point = (side: Value): Value => convert(side, axis.type) ?? side;
  const bin = (side: Value): Sql => axis.bin(axis.number(point(side)), size);
  const axisSql =
    axis.type === 'real' && axisValue.type === 'decimal' ? call('toFloat64', axisValue.sql) : axisValue.sql;
  if (from !== undefined) {
    const low = isOld ? axis.point(call('multiply', bin(from), size)) : point(from).sql;
    conditions.push(call('greaterOrEquals', axisSql, low));
  }
  if (to !== undefined) {
    const high = isOld ? axis.point(call('multiply', call('plus', bin(to), constant(1)), size)) : point(to).sql;
    conditions.push(call('less', axisSql, high));
  }
  return conditions;
}

/**
 * The JSON array of one value: each bin's text, and after it the default as often as bins are missing up to the next one.
 * Grows with the number of bins and needs no row for a bin that is missing.
 */
function filledText(
  series: { readonly entries: Sql; readonly first: Sql; readonly count: Sql },
  position: number,
  otherwise: Sql,
): Sql {
  const { entries, first, count } = series;
  const bins = call('tupleElement', entries, constant(1));
  const end = call('plus', first, call('toInt64', count));
  const missing = (times: Sql): Sql =>
    call('repeat', call('concat', constant(','), otherwise), call('greatest', times, constant(0)));
  const parts = call(
    'arrayMap',
    lambda((entry, next) =>
      call(
        'if',
        call('less', call('tupleElement', entry, constant(1)), end),
        call(
          'concat',
          constant(','),
          call('tupleElement', entry, constant(position)),
          missing(
            call(
              'minus',
              call('minus', call('least', next, end), call('tupleElement', entry, constant(1))),
              constant(1),
            ),
          ),
        ),
        constant(''),
      ),
    ),
    entries,
    call('arrayPopFront', call('arrayPushBack', bins, end)),
  );
  const leading = call(
    'if',
    call('empty', entries),
    call('toInt64', count),
    call('minus', call('arrayElement', bins, constant(1)), first),
  );
  return call(
    'concat',
    constant('['),
    call('substring', call('concat', missing(leading), call('arrayStringConcat', parts)), constant(2)),
    constant(']'),
  );
}

/** The JSON array of the axis. */
function pointsText(axis: Axis, origin: Sql, size: Sql, first: Sql, count: Sql): Sql {
  const texts = call(
    'arrayMap',
    lambda((index) => {
      const point = axis.point(
        call('plus', origin, call('multiply', call('plus', first, call('toInt64', index)), size)),
      );
      return jsonElement(value(point, axis.type, false));
    }),
    call('range', count),
  );
  return call('concat', constant('['), call('arrayStringConcat', texts, constant(',')), constant(']'));
}
