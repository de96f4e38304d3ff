import { anchoredTicks } from '../lower/text.ts';
import { convert } from '../lower/convert.ts';
import { ticksToDatetime, value, type Value } from '../lower/value.ts';
import { EPOCH_TICKS, TICKS_PER_DAY } from '../storage.ts';
import { bind } from '../sql/arrays.ts';
import { call, constant, literal, NULL, type Sql } from '../sql/tree.ts';
import type { Example, ScalarCall, ScalarFunction } from './types.ts';

/** A function of one real that the engine has under another name. What is outside its domain is NaN on both sides. */
const real = (name: string, engine: string, summary: string, examples: readonly Example[]): ScalarFunction => ({
  name,
  summary,
  takes: ['real'],
  nulls: 'propagate',
  lower: (of) => call(engine, of.sql(0)),
  examples,
});

/** The same where what is outside its domain is null. */
const within = (
  name: string,
  summary: string,
  domain: (x: Sql) => Sql,
  examples: readonly Example[],
): ScalarFunction => ({
  name,
  summary,
  takes: ['real'],
  nulls: 'may',
  lower: (of) => call('if', domain(of.sql(0)), call(name, of.sql(0)), NULL),
  examples,
});
const notNegative = (x: Sql): Sql => call('not', call('less', x, constant(0)));
const cosine = (x: Sql): Sql => call('not', call('greater', call('abs', x), constant(1)));

/** Half away from zero at so many digits after the point, or before it where they are below zero. */
function round(of: ScalarCall): Sql | Value {
  const [source, digits] = of.args as [Value, Value | undefined];
  if (source.type === 'decimal')
    return value(
      call('round', source.sql, ...(digits === undefined ? [] : [call('toInt32', digits.sql)])),
      'decimal',
      source.nullable,
    );
  const number = convert(source, 'real');
  if (number === undefined) return of.refuse('GHQ013', 'round() takes numbers.');
  const away = (scale: Sql, by: 'multiply' | 'divide', back: 'multiply' | 'divide'): Sql =>
    bind([number.sql, scale], (x, unit) =>
      bind([call(by, call('abs', x), unit)], (scaled) =>
        call(
          'if',
          // Beyond 2^52 a real has no fraction to round.
          call('or', call('greaterOrEquals', scaled, constant(2 ** 52)), call('not', call('isFinite', scaled))),
          x,
          call('multiply', call('sign', x), call(back, call('floor', call('plus', scaled, constant(0.5))), unit)),
        ),
      ),
    );
  const known = digits === undefined ? 0n : digits.constant;
  const sql =
    typeof known === 'bigint'
      ? known < 0n
        ? away(literal('Float64', 10 ** Number(-known)), 'divide', 'multiply')
        : away(literal('Float64', 10 ** Number(known)), 'multiply', 'divide')
      : call(
          'if',
          call('less', of.sql(1), constant(0)),
          away(call('exp10', call('negate', of.sql(1))), 'divide', 'multiply'),
          away(call('exp10', of.sql(1)), 'multiply', 'divide'),
        );
  const result = value(sql, 'real', number.nullable || digits?.nullable === true);
  return of.type === 'real' ? result : (convert(result, of.type) ?? result);
}

/** Rounds down to a multiple. Datetimes are anchored at 0001-01-01, as Kusto's are. */
function bin(of: ScalarCall): Sql | Value {
  const [source, size] = of.args as [Value, Value];
  if (source.type === 'datetime') {
    const span = convert(size, 'timespan') ?? size;
    if (typeof span.constant === 'bigint' && span.constant <= 0n)
      return of.refuse('GHQ021', 'bin() of a datetime needs a size above zero.');
    // Where the size divides the distance between the two zeros, the anchor falls out.
    if (typeof span.constant === 'bigint' && TICKS_PER_DAY % span.constant === 0n) {
      const ticks = call('reinterpretAsInt64', source.sql);
      return value(
        ticksToDatetime(call('minus', ticks, call('positiveModulo', ticks, span.sql))),
        'datetime',
        source.nullable,
      );
    }
    const anchored = anchoredTicks(source.sql);
    return value(
      ticksToDatetime(
        call('minus', call('minus', anchored, call('moduloOrNull', anchored, span.sql)), literal('Int64', EPOCH_TICKS)),
      ),
      'datetime',
      source.nullable || typeof span.constant !== 'bigint',
    );
  }
  const whole =
    source.type === 'timespan' ||
    ((source.type === 'int' || source.type === 'long') && (size.type === 'int' || size.type === 'long'));
  if (whole) {
    if (typeof size.constant === 'bigint' && size.constant > 0n)
      return value(
        typed(of, call('minus', source.sql, call('positiveModulo', source.sql, size.sql))),
        of.type,
        source.nullable,
      );
    return value(
      typed(
        of,
        call(
          'if',
          call('greater', size.sql, constant(0)),
          call('minus', source.sql, call('positiveModulo', source.sql, call('greatest', size.sql, constant(1)))),
          NULL,
        ),
      ),
      of.type,
      true,
    );
  }
  const [a, b] = [convert(source, 'real') ?? source, convert(size, 'real') ?? size];
  const down = call('multiply', call('floor', call('divide', a.sql, b.sql)), b.sql);
  const isSafe = typeof size.constant === 'bigint' ? size.constant > 0n : Number(size.constant ?? 0) > 0;
  const binned = value(
    isSafe ? down : call('if', call('greater', b.sql, constant(0)), down, NULL),
    'real',
    a.nullable || b.nullable || !isSafe,
  );
  return convert(binned, of.type) ?? binned;
}

function typed(of: ScalarCall, sql: Sql): Sql {
  return of.type === 'int' ? call('toInt32', sql) : call('toInt64', sql);
}

/** A bin anchored at a fixed point. */
function binAt(of: ScalarCall): Sql | Value {
  const [source, size, fixed] = of.args as [Value, Value, Value];
  if (source.type === 'datetime' || source.type === 'timespan') {
    const ticks = (side: Value): Sql => (side.type === 'datetime' ? call('reinterpretAsInt64', side.sql) : side.sql);
    const down = call(
      'minus',
      ticks(source),
      call('positiveModulo', call('minus', ticks(source), ticks(fixed)), size.sql),
    );
    return value(
      source.type === 'datetime' ? ticksToDatetime(down) : down,
      source.type,
      source.nullable || fixed.nullable,
    );
  }
  const [a, b, c] = [source, size, fixed].map((arg) => (convert(arg, 'real') ?? arg).sql) as [Sql, Sql, Sql];
  const down = value(
    call('plus', c, call('multiply', call('floor', call('divide', call('minus', a, c), b)), b)),
    'real',
    source.nullable,
  );
  return convert(down, of.type) ?? down;
}

const keepType =
  (engine: string) =>
  (of: ScalarCall): Value | Sql => {
    const [source] = of.args as [Value];
    const number = source.type === 'dynamic' ? (convert(source, 'real') ?? source) : source;
    const result = value(call(engine, number.sql), number.type, number.nullable);
    return (
      convert(
        result.type === 'int'
          ? value(call('toInt32', result.sql), 'int', result.nullable)
          : value(
              number.type === 'long' || number.type === 'timespan' ? call('toInt64', result.sql) : result.sql,
              result.type,
              result.nullable,
            ),
        of.type,
      ) ?? result
    );
  };

/** Numbers. */
export const MATH_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'bin',
    aliases: ['floor'],
    summary: 'Rounded down to a multiple of a size.',
    takes: ['any'],
    nulls: 'propagate',
    lower: bin,
    examples: [
      ['bin(4.5, 1)', 4],
      ['bin(-7, 5)', -10],
      ['bin(time(16d), 7d)', '14.00:00:00'],
      ['bin(datetime(1970-05-11 13:45:07), 1d)', '1970-05-11T00:00:00.0000000Z'],
      ['bin(datetime(1969-12-31 13:45:07), 1h)', '1969-12-31T13:00:00.0000000Z'],
      ['bin(datetime(2020-01-05), 7d)', '2019-12-30T00:00:00.0000000Z'],
      ['floor(10.9, 2)', 10],
      ['bin(4.2, -1)', null],
      ['bin(4.2, 0.0)', null],
    ],
  },
  {
    name: 'bin_at',
    summary: 'Rounded down to a multiple of a size, counted from a fixed point.',
    takes: ['any'],
    nulls: 'propagate',
    lower: binAt,
    examples: [
      ['bin_at(6.5, 2.5, 7)', 4.5],
      ['bin_at(datetime(2017-05-15 10:20:00), 1d, datetime(1970-01-01 12:00:00))', '2017-05-14T12:00:00.0000000Z'],
    ],
  },
  {
    name: 'abs',
    summary: 'Without its sign.',
    takes: ['any'],
    nulls: 'propagate',
    lower: keepType('abs'),
    examples: [
      ['abs(-5)', 5],
      ['abs(-2.5)', 2.5],
      ['abs(-1h)', '01:00:00'],
    ],
  },
  {
    name: 'sign',
    summary: '-1, 0 or 1.',
    takes: ['any'],
    nulls: 'propagate',
    lower: keepType('sign'),
    examples: [
      ['sign(-42)', -1],
      ['sign(0)', 0],
    ],
  },
  {
    name: 'ceiling',
    summary: 'Rounded up.',
    takes: ['any'],
    nulls: 'propagate',
    lower: keepType('ceil'),
    examples: [
      ['ceiling(-1.1)', -1],
      ['ceiling(0.9)', 1],
    ],
  },
  {
    name: 'round',
    summary: 'Rounded half away from zero, to so many digits.',
    takes: ['any', 'long'],
    nulls: 'propagate',
    lower: round,
    examples: [
      ['round(2.98765, 3)', 2.988],
      ['round(123.456, -1)', 120],
      ['round(1.7)', 2],
      ['round(2.5)', 3],
      ['round(-50.55, -2)', -100],
      ['round(2.15, 1)', 2.2],
      ['round(15, -1)', 20],
      ['round(real(null))', null],
    ],
  },
  within('sqrt', 'Square root.', notNegative, [
    ['sqrt(16)', 4],
    ['sqrt(-1)', null],
  ]),
  real('exp', 'exp', 'e to the power.', [['exp(0)', 1]]),
  real('exp2', 'exp2', '2 to the power.', [['exp2(3)', 8]]),
  real('exp10', 'exp10', '10 to the power.', [['exp10(3)', 1000]]),
  within('log', 'Natural logarithm.', notNegative, [
    ['log(1)', 0],
    ['log(-1)', null],
  ]),
  within('log2', 'Logarithm of base 2.', notNegative, [
    ['log2(8)', 3],
    ['log2(-1)', null],
  ]),
  within('log10', 'Logarithm of base 10.', notNegative, [
    ['log10(1000)', 3],
    ['log10(-1)', null],
  ]),
  real('sin', 'sin', 'Sine.', [['sin(0)', 0]]),
  real('cos', 'cos', 'Cosine.', [['cos(0)', 1]]),
  real('tan', 'tan', 'Tangent.', [['tan(0)', 0]]),
  within('asin', 'Arc sine.', cosine, [
    ['asin(0)', 0],
    ['asin(1.5)', null],
  ]),
  within('acos', 'Arc cosine.', cosine, [
    ['acos(1)', 0],
    ['acos(1.5)', null],
  ]),
  real('atan', 'atan', 'Arc tangent.', [['atan(0)', 0]]),
  real('radians', 'radians', 'Degrees as radians.', [['radians(0)', 0]]),
  real('degrees', 'degrees', 'Radians as degrees.', [['degrees(0)', 0]]),
  real('gamma', 'tgamma', 'Gamma function.', [['gamma(5)', 24]]),
  real('loggamma', 'lgamma', 'Logarithm of the gamma function.', [['loggamma(1)', 0]]),
  {
    name: 'cot',
    summary: 'Cotangent.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('divide', constant(1), call('tan', of.sql(0))),
    examples: [['round(cot(1), 3)', 0.642]],
  },
  {
    name: 'atan2',
    summary: 'Angle of a point.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('atan2', of.sql(0), of.sql(1)),
    examples: [['atan2(0, 1)', 0]],
  },
  {
    name: 'pow',
    summary: 'A power.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('pow', of.sql(0), of.sql(1)),
    examples: [['pow(2, 3)', 8]],
  },
  {
    name: 'pi',
    summary: 'The number pi.',
    takes: ['real'],
    nulls: 'never',
    lower: () => call('pi'),
    examples: [['pi()', Math.PI]],
  },
  {
    name: 'rand',
    summary: 'A random number from 0 to 1, or a whole one below a bound.',
    takes: ['any'],
    nulls: 'never',
    lower: (of) =>
      of.count === 0
        ? call('randCanonical')
        : call('floor', call('multiply', call('randCanonical'), call('toFloat64', of.sql(0)))),
    examples: [['rand() < 1', true]],
  },
  {
    name: 'isnan',
    summary: 'True when the value is not a number.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('isNaN', of.sql(0)),
    examples: [['isnan(0.0 / 0)', true]],
  },
  {
    name: 'isinf',
    summary: 'True for an infinity.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('isInfinite', of.sql(0)),
    examples: [['isinf(1.0 / 0)', true]],
  },
  {
    name: 'isfinite',
    summary: 'True for a number that is neither.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('isFinite', of.sql(0)),
    examples: [['isfinite(1.5)', true]],
  },
  {
    name: 'new_guid',
    summary: 'A random GUID.',
    takes: ['any'],
    nulls: 'never',
    lower: () => call('generateUUIDv4'),
    examples: [['strlen(tostring(new_guid()))', 36]],
  },
];
