import { EPOCH_TICKS } from '../storage.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';

/** `2023-01-02T03:04:05.1234567Z`. */
export function formatDatetimeIso(sql: Sql): Sql {
  return call('concat', call('replaceOne', call('toString', sql), constant(' '), constant('T')), constant('Z'));
}

/** Kusto's text of a timespan: days and fraction only where they are not zero. */
export function formatTimespanText(ticks: Sql): Sql {
  const size = call('abs', ticks);
  const seconds = call('intDiv', size, constant(10_000_000));
  const pad = (sql: Sql, width: number): Sql => call('leftPad', call('toString', sql), constant(width), constant('0'));
  const days = call('intDiv', seconds, constant(86_400));
  const fraction = call('modulo', size, constant(10_000_000));
  const clock = [
    pad(call('modulo', call('intDiv', seconds, constant(3600)), constant(24)), 2),
    constant(':'),
    pad(call('modulo', call('intDiv', seconds, constant(60)), constant(60)), 2),
    constant(':'),
    pad(call('modulo', seconds, constant(60)), 2),
  ];
  return call(
    'concat',
    call('if', call('less', ticks, constant(0)), constant('-'), constant('')),
    call('if', call('greater', days, constant(0)), call('concat', call('toString', days), constant('.')), constant('')),
    ...clock,
    call('if', call('greater', fraction, constant(0)), call('concat', constant('.'), pad(fraction, 7)), constant('')),
  );
}

/** Ticks since 0001-01-01, never negative: what Kusto's bins are anchored at. */
export function anchoredTicks(datetime: Sql): Sql {
  return call('plus', call('reinterpretAsInt64', datetime), literal('Int64', EPOCH_TICKS));
}
