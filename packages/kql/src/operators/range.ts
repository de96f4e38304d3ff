import { convert } from '../lower/convert.ts';
import { typeNamed } from '../lower/context.ts';
import { datetimeToTicks, ticksToDatetime, value, type Value } from '../lower/value.ts';
import { ascending, call, column, constant, type Sql } from '../sql/tree.ts';
import type { Source } from './types.ts';

/** `range x from a to b step s`: numbers, datetimes or timespans in steps, both ends included. */
export const range: Source<'RangeOperator'> = {
  node: 'RangeOperator',
  names: ['range'],
  summary: 'Values in steps.',
  page: 'range-operator',
  lower: (node, context) => {
    const inside = context.with({ row: undefined });
    const [from, to, step] = [inside.scalar(node.From), inside.scalar(node.To), inside.scalar(node.Step)];
    const type = typeNamed(node.ResultType?.Columns?.getItem(0).Type.Name, 'long');
    const work = (side: Value): Sql => {
      if (type === 'datetime') return side.type === 'datetime' ? datetimeToTicks(side.sql) : side.sql;
      return (convert(side, type === 'int' ? 'long' : type) ?? side).sql;
    };
    const [first, last, each] = [work(from), work(to), work(step)];
    const whole = type !== 'real' && type !== 'decimal';
    const steps = whole
      ? call('intDivOrNull', call('minus', last, first), each)
      : call('floor', call('divide', call('minus', last, first), each));
    // Nulls, a step of zero or away from the end: no rows.
    const count = call(
      'toUInt64',
      call(
        'ifNull',
        call(
          'if',
          call(
            'and',
            call('notEquals', each, constant(0)),
            call('greaterOrEquals', call('multiply', call('sign', each), call('minus', last, first)), constant(0)),
          ),
          call('plus', call('toInt64', steps), constant(1)),
          constant(0),
        ),
        constant(0),
      ),
    );
    const number = context.session.newColumn();
    const id = context.session.newColumn();
    const index = whole ? call('toInt64', column(number)) : call('toFloat64', column(number));
    const point = call('plus', first, call('multiply', index, each));
    const sql = type === 'datetime' ? ticksToDatetime(point) : type === 'int' ? call('toInt32', point) : point;
    const nullable = from.nullable || step.nullable;
    const result = value(sql, type, nullable);
    return {
      relation: {
        kind: 'compute',
        input: { kind: 'numbers', id: number, count },
        columns: [{ id, value: result.sql }],
      },
      columns: [{ id, name: node.Name.SimpleName, type, nullable: result.nullable }],
      order: [],
      serial: { keys: [ascending(number)], total: true },
    };
  },
};
