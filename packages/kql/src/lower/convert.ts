import type { KqlType } from '../catalogue.ts';
import { EPOCH_TICKS, isNullableStorage } from '../storage.ts';
import { call, cast, constant, lambda, literal, NULL, once, reused, type Sql } from '../sql/tree.ts';
import { formatDatetimeIso, formatTimespanText } from './text.ts';
import { datetimeToTicks, nullOf, plainType, ticksToDatetime, value, type Value } from './value.ts';

/**
 * How a value of one Kusto type becomes another: `tolong()`, `tostring()` … and what the language converts by itself.
 * Sources: KQL documentation, "tostring()", "tolong()", "toint()", "toreal()", "tobool()", "todatetime()", "totimespan()",
 * "toguid()", "todynamic()". What cannot be converted is null.
 */
type Conversion = (sql: Sql, source: Value) => Sql;

const tickBase = (): Sql => literal('Int64', EPOCH_TICKS);
const kustoTicks: Conversion = (sql) => call('plus', datetimeToTicks(sql), tickBase());

/** The text of a dynamic value: a JSON string without its quotes, anything else as JSON, null as empty. */
export const dynamicText: Conversion = (sql, source) => {
  const { path } = source;
  return path === undefined
    ? call('JSONExtract', sql, constant('String'))
    : call('JSONExtract', path.root, ...path.steps, constant('String'));
};

const numberText = (sql: Sql): Sql => call('trimBoth', sql);
const orNull =
  (name: string): Conversion =>
  (sql) =>
    call(name, numberText(sql));

const realToInteger =
  (type: 'int' | 'long'): Conversion =>
  (sql) =>
    call('accurateCastOrNull', call('trunc', sql), constant(plainType(type)));

const dynamicNumber =
  (name: string, type: 'int' | 'long'): Conversion =>
  (sql, source) => {
    const text = dynamicText(sql, source);
    return call('coalesce', call(name, text), realToInteger(type)(call('toFloat64OrNull', text), source));
  };

const TRUE_WORDS = literal('Array(String)', ['true', '1']);
const FALSE_WORDS = literal('Array(String)', ['false', '0']);
const textToBool = (sql: Sql): Sql =>
  call(
    'multiIf',
    call('in', call('lower', sql), TRUE_WORDS),
    call('toBool', constant(1)),
    call('in', call('lower', sql), FALSE_WORDS),
    call('toBool', constant(0)),
    NULL,
  );

const integerTextPattern = (): Sql => literal('String', '^0[xX][0-9a-fA-F]{1,16}$');
const textToInteger =
  (name: string, type: 'int' | 'long'): Conversion =>
  (sql) => {
    const hexadecimal = call(
      'reinterpretAsInt64',
      call('reverse', call('unhex', call('leftPad', call('substring', sql, constant(3)), constant(16), constant('0')))),
    );
    const narrow = type === 'int' ? call('accurateCastOrNull', hexadecimal, constant('Int32')) : hexadecimal;
    return call(
      'coalesce',
      call(name, numberText(sql)),
      call('if', call('match', sql, integerTextPattern()), narrow, NULL),
    );
  };

const UNITS: readonly (readonly [ticks: number, names: readonly string[]])[] = [
  [864e9, ['', 'd', 'day', 'days']],
  [36e9, ['h', 'hr', 'hrs', 'hour', 'hours']],
  [6e8, ['m', 'min', 'minute', 'minutes']],
  [1e7, ['s', 'sec', 'second', 'seconds']],
  [1e4, ['ms', 'milli', 'millis', 'millisec', 'millisecond', 'milliseconds']],
  [10, ['micro', 'micros', 'microsec', 'microsecond', 'microseconds']],
  [1, ['tick', 'ticks']],
];
const UNIT_NAMES = literal(
  'Array(String)',
  UNITS.flatMap(([, names]) => names),
);
const UNIT_TICKS = literal(
  'Array(Float64)',
  UNITS.flatMap(([ticks, names]) => names.map(() => ticks)),
);

/** `1.5h`, `2 days`; a bare number is days. */
const amountToTicks = (sql: Sql): Sql =>
  once(
    [call('extractGroups', call('lower', sql), literal('String', '^\\s*(-?\\d+(?:\\.\\d+)?)\\s*([a-z]*)\\s*$'))],
    (groups) =>
      call(
        'accurateCastOrNull',
        call(
          'round',
          call(
            'multiply',
            call('toFloat64OrNull', call('arrayElement', groups, constant(1))),
            call('transform', call('arrayElement', groups, constant(2)), UNIT_NAMES, UNIT_TICKS, NAN),
          ),
        ),
        constant('Int64'),
      ),
  );
const NAN = literal('Float64', Number.NaN);

/** `1.02:03:04.5`, or an amount of a unit. */
const textToTimespan: Conversion = (sql) => {
  const groups = call(
    'extractGroups',
    sql,
    literal('String', '^\\s*(-?)(?:(\\d+)[.])?(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:[.](\\d{1,7}))?)?\\s*$'),
  );
  const part = (list: Sql, index: number): Sql => call('toInt64OrZero', call('arrayElement', list, constant(index)));
  const ticks = call(
    'arrayMap',
    lambda((list) => {
      const seconds = call(
        'plus',
        call('multiply', part(list, 3), constant(3600)),
        call('multiply', part(list, 4), constant(60)),
        part(list, 5),
      );
      const summed = call(
        'plus',
        call('multiply', part(list, 2), constant(864_000_000_000)),
        call('multiply', seconds, constant(10_000_000)),
      );
      const fraction = call(
        'toInt64OrZero',
        call('rightPad', call('arrayElement', list, constant(6)), constant(7), constant('0')),
      );
      const size = call('plus', summed, fraction);
      return call(
        'if',
        call('equals', call('arrayElement', list, constant(1)), constant('-')),
        call('negate', size),
        size,
      );
    }),
    call('array', groups),
  );
  return call(
    'if',
    call('empty', groups),
    amountToTicks(sql),
    cast(call('arrayElement', ticks, constant(1)), 'Nullable(Int64)'),
  );
};

const parsedDatetime = (sql: Sql): Sql => call('parseDateTime64BestEffortUSOrNull', sql, constant(7), constant('UTC'));

/** Days with the name of a month: years of two digits are those from 1950 to 2049; without a year it is no datetime. */
const namedMonth = (sql: Sql): Sql => {
  const day = '^\\s*(?:[A-Za-z]+,\\s*)?(\\d{1,2})[ -]([A-Za-z]{3,9})[ -]';
  const after = '((?:\\s.*)?)$';
  const rewrite = (text: Sql, year: string, to: string): Sql =>
    call('replaceRegexpOne', text, literal('String', `${day}${year}${after}`), literal('String', to));
  const full = [
    ['(\\d{4})', '\\1 \\2 \\3\\4'],
    ['([0-4]\\d)', '\\1 \\2 20\\3\\4'],
    ['([5-9]\\d)', '\\1 \\2 19\\3\\4'],
  ].reduce((text, [year = '', to = '']) => rewrite(text, year, to), sql);
  return once([full], (text) =>
    call('if', call('match', text, literal('String', '\\b\\d{4}\\b')), parsedDatetime(text), NULL),
  );
};

const textToDatetime: Conversion = (sql) =>
  reused(sql, (text) =>
    call(
      'multiIf',
      call('less', call('length', text), constant(4)),
      NULL,
      call('match', text, literal('String', '[A-Za-z]{3}')),
      namedMonth(text),
      parsedDatetime(text),
    ),
  );

/** A text as a JSON string. */
export const jsonString = (sql: Sql): Sql =>
  call('replaceAll', call('toJSONString', sql), constant('\\/'), constant('/'));
const quotedText = (sql: Sql): Sql => call('concat', constant('"'), sql, constant('"'));
const realText = (sql: Sql): Sql =>
  call(
    'if',
    call(
      'and',
      call('isFinite', sql),
      call('equals', sql, call('trunc', sql)),
      call('less', call('abs', sql), constant(1e15)),
    ),
    call('concat', call('toString', sql), constant('.0')),
    call(
      'multiIf',
      call('isNaN', sql),
      constant('NaN'),
      call('isInfinite', sql),
      call('if', call('greater', sql, constant(0)), constant('Infinity'), constant('-Infinity')),
      call('toString', sql),
    ),
  );

const boolText =
  (yes: string, no: string): Conversion =>
  (sql) =>
    call('multiIf', sql, constant(yes), call('not', sql), constant(no), constant(''));
const asText: Conversion = (sql) => call('toString', sql);
const int64: Conversion = (sql) => call('toInt64', sql);
const same: Conversion = (sql) => sql;
const viaText =
  (then: Conversion): Conversion =>
  (sql, source) =>
    then(dynamicText(sql, source), source);

/** Also in braces or parentheses. */
const textToGuid: Conversion = (sql) =>
  call(
    'toUUIDOrNull',
    call(
      'replaceRegexpOne',
      call('trimBoth', sql),
      literal('String', '^(?:\\{([^{}]*)\\}|\\(([^()]*)\\))$'),
      literal('String', '\\1\\2'),
    ),
  );

type From = Partial<Record<KqlType, Conversion>>;

/** To type -> from type -> how. What is missing is an error of the query (the binder has said so before in most cases). */
const CONVERSIONS: Readonly<Record<KqlType, From>> = {
  string: {
    bool: boolText('True', 'False'),
    int: asText,
    long: asText,
    real: realText,
    decimal: asText,
    datetime: (sql) => formatDatetimeIso(sql),
    timespan: (sql) => formatTimespanText(sql),
    guid: asText,
    dynamic: dynamicText,
  },
  long: {
    bool: int64,
    int: int64,
    real: realToInteger('long'),
    decimal: (sql) => call('accurateCastOrNull', call('trunc', sql), constant('Int64')),
    string: textToInteger('toInt64OrNull', 'long'),
    datetime: kustoTicks,
    timespan: same,
    dynamic: dynamicNumber('toInt64OrNull', 'long'),
  },
  int: {
    bool: (sql) => call('toInt32', sql),
    long: (sql) => call('accurateCastOrNull', sql, constant('Int32')),
    real: realToInteger('int'),
    decimal: (sql) => call('accurateCastOrNull', call('trunc', sql), constant('Int32')),
    string: textToInteger('toInt32OrNull', 'int'),
    dynamic: dynamicNumber('toInt32OrNull', 'int'),
  },
  real: {
    bool: (sql) => call('toFloat64', sql),
    int: (sql) => call('toFloat64', sql),
    long: (sql) => call('toFloat64', sql),
    decimal: (sql) => call('toFloat64', sql),
    timespan: (sql) => call('toFloat64', sql),
    datetime: (sql, source) => call('toFloat64', kustoTicks(sql, source)),
    string: orNull('toFloat64OrNull'),
    dynamic: viaText(orNull('toFloat64OrNull')),
  },
  decimal: {
    bool: (sql) => call('toDecimal128', call('toUInt8', sql), constant(18)),
    int: (sql) => call('toDecimal128', sql, constant(18)),
    long: (sql) => call('toDecimal128', sql, constant(18)),
    // By way of the text: the shortest digits that mean the number, and null where there are too many.
    real: (sql) => call('toDecimal128OrNull', call('toString', sql), constant(18)),
    string: (sql) => call('toDecimal128OrNull', numberText(sql), constant(18)),
    dynamic: viaText((sql) => call('toDecimal128OrNull', sql, constant(18))),
  },
  bool: {
    int: (sql) => call('notEquals', sql, constant(0)),
    long: (sql) => call('notEquals', sql, constant(0)),
    real: (sql) => call('notEquals', sql, constant(0)),
    string: textToBool,
    dynamic: viaText(textToBool),
  },
  datetime: {
    string: textToDatetime,
    long: (sql) => ticksToDatetime(call('minus', sql, tickBase())),
    int: (sql) => ticksToDatetime(call('minus', call('toInt64', sql), tickBase())),
    real: (sql) => ticksToDatetime(call('minus', call('toInt64', sql), tickBase())),
    dynamic: viaText(textToDatetime),
  },
  timespan: {
    string: textToTimespan,
    long: same,
    int: int64,
    real: (sql) => call('accurateCastOrNull', sql, constant('Int64')),
    dynamic: viaText(textToTimespan),
  },
  guid: {
    string: textToGuid,
    dynamic: viaText(textToGuid),
  },
  dynamic: {
    bool: boolText('true', 'false'),
    int: asText,
    long: asText,
    real: (sql) => call('if', call('isFinite', sql), realText(sql), quotedText(realText(sql))),
    decimal: (sql) => quotedText(asText(sql, { sql, type: 'decimal', nullable: false })),
    string: jsonString,
    datetime: (sql) => quotedText(formatDatetimeIso(sql)),
    timespan: (sql) => quotedText(formatTimespanText(sql)),
    guid: (sql) => quotedText(call('toString', sql)),
  },
};

/** Conversions whose answer is null for some values of the source. */
const MAY_FAIL: ReadonlySet<KqlType> = new Set(['string', 'dynamic', 'real', 'decimal', 'long']);

/** The value in another type, or `undefined` where the language has no such conversion. */
export function convert(source: Value, type: KqlType): Value | undefined {
  if (source.type === type) return source;
  const conversion = CONVERSIONS[type][source.type];
  if (conversion === undefined) return undefined;
  if (source.constant === null) return nullOf(type);
  const sql = conversion(source.sql, source);
  if (!isNullableStorage(type)) return value(source.nullable ? call('ifNull', sql, constant('')) : sql, type, false);
  return value(sql, type, source.nullable || MAY_FAIL.has(source.type));
}

/** JSON of a value inside an array or a bag, where null is written out. */
export function jsonElement(source: Value): Sql {
  const json = convert(source, 'dynamic');
  const sql = json === undefined ? source.sql : json.sql;
  if (source.type === 'dynamic' || source.nullable) return call('if', call('empty', sql), constant('null'), sql);
  return sql;
}

/** A JSON array of JSON texts. */
export function jsonArray(list: Sql): Sql {
  return call('concat', constant('['), call('arrayStringConcat', list, constant(',')), constant(']'));
}

/** A JSON array of texts. */
export function jsonStrings(list: Sql): Sql {
  return jsonArray(
    call(
      'arrayMap',
      lambda((item) => jsonString(item)),
      list,
    ),
  );
}
