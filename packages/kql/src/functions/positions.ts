import type { Value } from '../lower/value.ts';
import { call, constant, lambda, literal, NULL, once, type Sql } from '../sql/tree.ts';
import { patternOf, REGEX_DIFFERS } from './regex.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const one = constant(1);
const long = (sql: Sql): Sql => call('toInt64', sql);

interface Range {
  /** Null where an argument is outside what the page allows. */
  readonly valid: Sql;
  /** The characters to look at, and how many are before them. */
  readonly part: Sql;
  readonly start: Sql;
  readonly occurrence: Sql | undefined;
}

/** start, length and occurrence of indexof() and indexof_regex(). */
function rangeOf(of: ScalarCall, fromTheEnd: boolean): Range {
  const size = long(call('lengthUTF8', of.sql(0)));
  const given = of.count > 2 ? of.sql(2) : undefined;
  const start =
    given === undefined
      ? long(constant(0))
      : fromTheEnd
        ? call('if', call('less', given, constant(0)), call('greatest', call('plus', size, given), constant(0)), given)
        : call('greatest', given, constant(0));
  const from = call('plus', start, one);
  const length = of.count > 3 ? of.sql(3) : undefined;
  const part =
    length === undefined
      ? given === undefined
        ? of.sql(0)
        : call('substringUTF8', of.sql(0), from)
      : call('substringUTF8', of.sql(0), from, call('if', call('less', length, constant(0)), size, length));
  const tests = [
    ...(given === undefined || fromTheEnd ? [] : [call('greaterOrEquals', given, constant(0))]),
    ...(length === undefined ? [] : [call('greaterOrEquals', length, constant(-1))]),
    ...(of.count > 4 ? [call('greaterOrEquals', of.sql(4), constant(0))] : []),
  ];
  const [first = one, ...rest] = tests;
  return {
    valid: rest.length === 0 ? first : call('and', first, ...rest),
    part,
    start,
    occurrence: of.count > 4 ? of.sql(4) : undefined,
  };
}

const answer = (range: Range, found: Sql): Sql => call('if', range.valid, found, NULL);

function indexOf(of: ScalarCall): Sql {
  const range = rangeOf(of, true);
  const { part, start, occurrence } = range;
  if (occurrence === undefined) {
    const at = long(call('positionUTF8', part, of.sql(1)));
    return answer(
      range,
      call('if', call('equals', at, constant(0)), long(constant(-1)), call('plus', call('minus', at, one), start)),
    );
  }
  // Every search starts behind the place before, and the length counts anew from there.
  const next = lambda((at, _round, text, wanted, size) => {
    const found = long(call('positionUTF8', call('substringUTF8', text, call('plus', at, constant(2)), size), wanted));
    return call(
      'if',
      call('or', call('less', at, constant(-1)), call('equals', found, constant(0))),
      long(constant(-2)),
      call('plus', at, found),
    );
  });
  const rounds = call('greatest', long(occurrence), constant(0));
  const size = call('if', call('less', of.sql(3), constant(0)), long(call('lengthUTF8', of.sql(0))), of.sql(3));
  const repeated = (sql: Sql): Sql => call('arrayWithConstant', rounds, sql);
  const found = call(
    'arrayFold',
    next,
    call('range', rounds),
    repeated(of.sql(0)),
    repeated(of.sql(1)),
    repeated(size),
    call('minus', start, one),
  );
  return answer(
    range,
    call('if', call('equals', rounds, constant(0)), long(constant(-1)), call('greatest', found, constant(-1))),
  );
}

function indexOfRegex(of: ScalarCall): Sql | Value {
  const pattern = patternOf(of, 1, 'indexof_regex');
  if (!('regex' in pattern)) return pattern;
  const range = rangeOf(of, false);
  const matches = call('extractAll', range.part, literal('String', `(${pattern.regex})`));
  const between = call('splitByRegexp', literal('String', `(?:${pattern.regex})`), range.part);
  return answer(
    range,
    once([matches, between, range.start, range.occurrence ?? long(one)], (found, parts, before, number) =>
      call(
        'if',
        call('or', call('less', long(call('length', found)), number), call('less', number, one)),
        long(constant(-1)),
        call(
          'plus',
          before,
          long(
            call(
              'lengthUTF8',
              call(
                'concat',
                call('arrayStringConcat', call('arraySlice', parts, one, number)),
                call('arrayStringConcat', call('arraySlice', found, one, call('minus', number, one))),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Where texts stand in texts. */
export const POSITION_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'indexof',
    summary: 'Where a text occurs in a range of characters, from 0; -1 where it does not.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    lower: indexOf,
    examples: [
      ["indexof('abcdefg', 'cde')", 2],
      ["indexof('abcdefg', 'cde', 1, 2)", -1],
      ["indexof('abcdefg', 'cde', -5)", 2],
      ['indexof(1234567, 5, 1, 4)', 4],
      ["indexof('abcdefg', 'cde', 2, -1)", 2],
      ["indexof('abcdefgabcdefg', 'cde', 1, 10, 2)", 9],
      ["indexof('abcdefgabcdefg', 'cde', 1, -1, 3)", -1],
      ["indexof('äöü', 'ü')", 2],
      ["indexof('abc', 'c', 0, -2)", null],
    ],
  },
  {
    name: 'indexof_regex',
    summary: 'Where a regular expression matches in a range of characters, from 0; -1 where it does not.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    differs: REGEX_DIFFERS,
    lower: indexOfRegex,
    examples: [
      ["indexof_regex('abcabc', @'a.c')", 0],
      ["indexof_regex('abcabcdefg', @'a.c', 0, 9, 2)", 3],
      ["indexof_regex('abcabc', @'a.c', 1, -1, 2)", -1],
      ["indexof_regex('ababaa', @'a.a', 0, -1, 2)", -1],
      ["indexof_regex('abcabc', @'a|ab', -1)", null],
      ["indexof_regex('äöü1', @'(\\d)')", 3],
    ],
  },
];
