import type { Constant } from '../lower/value.ts';
import { anchoredTicks } from '../lower/text.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';

/** A run of one letter, a quoted text, or a separator. Source: KQL documentation, "format_datetime()", "format_timespan()". */
const TOKEN = /([dMyHhmsfF])\1*|tt|[-/:,._[\]\sTZ]/gy;

type Field = (ticks: Sql, width: number) => Sql | undefined;

const ticksLiteral = (value: number): Sql => literal('Int64', BigInt(value));
const padded = (number: Sql, width: number): Sql =>
  call(
    'leftPad',
    call('toString', number),
    call('greatest', constant(width), call('length', call('toString', number))),
    constant('0'),
  );
const within = (ticks: Sql, unit: number, count: number): Sql =>
  call('modulo', call('intDiv', ticks, ticksLiteral(unit)), constant(count));
const fractionDigits = (ticks: Sql, width: number): Sql =>
  call(
    'substring',
    call('leftPad', call('toString', call('modulo', ticks, ticksLiteral(1e7))), constant(7), constant('0')),
    constant(1),
    constant(width),
  );
const hour12 = (ticks: Sql): Sql => {
  const hour = call('modulo', within(ticks, 36e9, 24), constant(12));
  return call('if', call('equals', hour, constant(0)), constant(12), hour);
};

const CLOCK: Readonly<Record<string, Field>> = {
  H: (ticks, width) => padded(within(ticks, 36e9, 24), width),
  m: (ticks, width) => padded(within(ticks, 6e8, 60), width),
  s: (ticks, width) => padded(within(ticks, 1e7, 60), width),
  f: (ticks, width) => (width > 7 ? undefined : fractionDigits(ticks, width)),
  F: (ticks, width) =>
    width > 7
      ? undefined
      : call('replaceRegexpOne', fractionDigits(ticks, width), literal('String', '0+$'), constant('')),
};

function assemble(format: Constant | undefined, ticks: Sql, fields: Readonly<Record<string, Field>>): Sql | undefined {
  if (typeof format !== 'string' || format === '') return undefined;
  const parts: Sql[] = [];
  TOKEN.lastIndex = 0;
  let reached = 0;
  for (let match = TOKEN.exec(format); match !== null; match = TOKEN.exec(format)) {
    reached = TOKEN.lastIndex;
    const [token] = match;
    const field = fields[token === 'tt' ? 'tt' : token.charAt(0)];
    const sql =
      field === undefined
        ? /^[a-zA-Z]/.test(token) && !/^[TZ]$/.test(token)
          ? undefined
          : literal('String', token)
        : field(ticks, token.length);
    if (sql === undefined) return undefined;
    parts.push(sql);
  }
  return reached === format.length ? call('concat', ...parts, constant('')) : undefined;
}

/** A datetime in a constant pattern, or `undefined` where the pattern is not one of Kusto's. */
export function formatDatetimePattern(datetime: Sql, format: Constant | undefined): Sql | undefined {
  const date = call('toDate32', datetime);
  return assemble(format, anchoredTicks(datetime), {
    ...CLOCK,
    h: (ticks, width) => padded(hour12(ticks), width),
    tt: (ticks) => call('if', call('less', within(ticks, 36e9, 24), constant(12)), constant('AM'), constant('PM')),
    d: (_ticks, width) => padded(call('toDayOfMonth', date), width),
    M: (_ticks, width) => padded(call('toMonth', date), width),
    y: (_ticks, width) =>
      width > 2
        ? padded(call('toYear', date), width)
        : padded(call('modulo', call('toYear', date), constant(100)), width),
  });
}

export function formatTimespanPattern(ticks: Sql, format: Constant | undefined): Sql | undefined {
  const size = call('abs', ticks);
  const days: Field = (all, width) => padded(call('intDiv', all, ticksLiteral(864e9)), width);
  const { H: hours, ...rest } = CLOCK;
  return hours === undefined ? undefined : assemble(format, size, { ...rest, H: hours, h: hours, d: days });
}
