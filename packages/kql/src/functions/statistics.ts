import {
  and,
  bind,
  choose,
  folded,
  less,
  minus,
  or,
  over,
  part,
  plus,
  range,
  real,
  times,
  tuple,
} from '../sql/arrays.ts';
import { call, constant, NULL, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const NAN = over(constant(0), constant(0));
/** Terms of the continued fraction that are enough for the parameters. */
const termsFor = (a: Sql, b: Sql): Sql =>
  call('toInt64', plus(times(6, call('sqrt', call('least', call('greatest', a, b), constant(20_000)))), 30));
const SMALLEST = 1e-300;

const logGamma = (x: Sql): Sql => call('lgamma', x);
const notZero = (x: Sql): Sql => bind([x], (y) => choose(less(call('abs', y), SMALLEST), constant(SMALLEST), y));

/** The continued fraction of the incomplete beta function, by Lentz. */
function fraction(a: Sql, b: Sql, x: Sql): Sql {
  const first = over(1, notZero(minus(1, over(times(plus(a, b), x), plus(a, 1)))));
  const step = (state: Sql, index: Sql): Sql => {
    const m = real(index);
    const twice = times(2, m);
    const even = over(times(m, minus(b, m), x), times(plus(minus(a, 1), twice), plus(a, twice)));
    const odd = over(times(-1, plus(a, m), plus(a, b, m), x), times(plus(a, twice), plus(a, 1, twice)));
    const turn = (term: Sql, c: Sql, d: Sql, h: Sql): Sql =>
      bind([term], (entry) =>
        bind([notZero(plus(1, over(entry, c))), over(1, notZero(plus(1, times(entry, d))))], (nextC, nextD) =>
          tuple(nextC, nextD, times(h, nextC, nextD)),
        ),
      );
    return bind([turn(even, part(state, 1), part(state, 2), part(state, 3))], (half) =>
      turn(odd, part(half, 1), part(half, 2), part(half, 3)),
    );
  };
  return bind([first], (start) => part(folded(step, range(1, termsFor(a, b)), tuple(real(1), start, start)), 3));
}

/** The logarithm of the beta density without its constant: (a-1)·ln x + (b-1)·ln (1-x) - ln B(a, b). */
const logDensity = (a: Sql, b: Sql, x: Sql): Sql =>
  minus(
    plus(times(minus(a, 1), call('log', x)), times(minus(b, 1), call('log1p', times(-1, x))), logGamma(plus(a, b))),
    logGamma(a),
    logGamma(b),
  );

/** The regularised incomplete beta function for 0 ≤ x ≤ 1: from the side where the fraction converges fast. */
export function incompleteBeta(a: Sql, b: Sql, x: Sql): Sql {
  return bind([less(over(plus(a, 1), plus(a, b, 2)), x)], (other) =>
    bind([choose(other, b, a), choose(other, a, b), choose(other, minus(1, x), x)], (p, q, z) =>
      bind(
        [
          choose(
            less(z, SMALLEST),
            real(0),
            over(
              times(
                call('exp', plus(logDensity(p, q, z), call('log', z), call('log1p', times(-1, z)))),
                fraction(p, q, z),
              ),
              p,
            ),
          ),
        ],
        (share) => choose(other, minus(1, share), share),
      ),
    ),
  );
}

/** Three reals: the parameters as they are where all are there, null otherwise. */
function ofThree(of: ScalarCall, body: (x: Sql, a: Sql, b: Sql) => Sql): Sql {
  const missing = of.args.filter((argument) => argument.nullable).map((argument) => call('isNull', argument.sql));
  const plain = of.args.map((argument) =>
    argument.nullable ? call('ifNull', argument.sql, constant(0)) : argument.sql,
  );
  const result = bind(plain.map(real), (x, a, b) => call('toNullable', body(x, a, b)));
  return missing.length === 0 ? result : choose(or(...missing, constant(0)), NULL, result);
}

const isParameter = (a: Sql): Sql => and(less(0, a), call('lessOrEquals', a, constant(10_000)));

const betaCdf = (of: ScalarCall): Sql =>
  ofThree(of, (x, a, b) =>
    choose(
      and(isParameter(a), isParameter(b), call('lessOrEquals', constant(0), x), call('lessOrEquals', x, constant(1))),
      incompleteBeta(a, b, x),
      NAN,
    ),
  );

const betaPdf = (of: ScalarCall): Sql =>
  ofThree(of, (x, a, b) =>
    choose(and(less(0, a), less(0, b), less(0, x), less(x, 1)), call('exp', logDensity(a, b, x)), NAN),
  );

/** Halley's steps towards the x whose beta_cdf() is p, from the middle of what is still possible where a step leaves it. */
function inverse(p: Sql, a: Sql, b: Sql): Sql {
  const step = (state: Sql, _round: Sql): Sql =>
    bind([part(state, 1), part(state, 2), part(state, 3)], (x, low, high) =>
      bind([minus(incompleteBeta(a, b, x), p)], (miss) =>
        bind(
          [
            choose(less(miss, 0), x, low),
            choose(less(miss, 0), high, x),
            over(miss, call('greatest', call('exp', logDensity(a, b, x)), constant(SMALLEST))),
          ],
          (newLow, newHigh, newton) =>
            bind(
              [
                minus(
                  x,
                  over(
                    newton,
                    minus(
                      1,
                      times(
                        0.5,
                        call(
                          'least',
                          times(newton, minus(over(minus(a, 1), x), over(minus(b, 1), minus(1, x)))),
                          real(1),
                        ),
                      ),
                    ),
                  ),
                ),
              ],
              (next) =>
                tuple(
                  choose(
                    and(call('isFinite', next), less(newLow, next), less(next, newHigh)),
                    next,
                    over(plus(newLow, newHigh), 2),
                  ),
                  newLow,
                  newHigh,
                ),
            ),
        ),
      ),
    );
  return part(folded(step, range(0, 24), tuple(over(a, plus(a, b)), real(0), real(1))), 1);
}

const betaInv = (of: ScalarCall): Sql =>
  ofThree(of, (p, a, b) =>
    choose(
      or(call('lessOrEquals', p, constant(0)), less(1, p)),
      NULL,
      or(call('lessOrEquals', a, constant(0)), call('lessOrEquals', b, constant(0))),
      NAN,
      call('equals', p, constant(1)),
      real(1),
      inverse(p, a, b),
    ),
  );

/** Two samples' means: how likely they differ as they do by chance. */
function welchTest(of: ScalarCall): Sql {
  const missing = of.args.filter((argument) => argument.nullable).map((argument) => call('isNull', argument.sql));
  const plain = of.args.map((argument) =>
    real(argument.nullable ? call('ifNull', argument.sql, constant(0)) : argument.sql),
  );
  const result = bind(plain, (meanA, varianceA, countA, meanB, varianceB, countB) =>
    bind([over(varianceA, countA), over(varianceB, countB)], (a, b) =>
      bind(
        [
          over(times(minus(meanA, meanB), minus(meanA, meanB)), plus(a, b)),
          over(
            times(plus(a, b), plus(a, b)),
            plus(over(times(a, a), minus(countA, 1)), over(times(b, b), minus(countB, 1))),
          ),
        ],
        (square, freedom) =>
          choose(
            call('and', call('isFinite', square), call('isFinite', freedom), less(0, freedom)),
            call('toNullable', incompleteBeta(over(freedom, 2), real(0.5), over(freedom, plus(freedom, square)))),
            NULL,
          ),
      ),
    ),
  );
  return missing.length === 0 ? result : choose(or(...missing, constant(0)), NULL, result);
}

/** Distributions and tests. */
export const STATISTICS_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'beta_cdf',
    summary: 'Cumulative beta distribution.',
    takes: ['real'],
    nulls: 'may',
    lower: betaCdf,
    examples: [
      ['beta_cdf(0.5, 2, 2)', 0.5],
      ['beta_cdf(0.25, 1, 3)', 0.578125],
      ['beta_cdf(0.0, 2, 3)', 0],
      ['beta_cdf(1.5, 10, 20)', 'NaN'],
      ['beta_cdf(0.5, real(null), 20)', null],
    ],
  },
  {
    name: 'beta_inv',
    summary: 'The inverse of the cumulative beta distribution.',
    takes: ['real'],
    nulls: 'may',
    differs: 'Exact to some twelve digits.',
    lower: betaInv,
    examples: [
      ['beta_inv(0.5, 2, 2)', 0.5],
      ['round(beta_inv(0.1, 10.0, 20.0), 12)', 0.226415022389],
      ['beta_inv(0.578125, 1, 3)', 0.25],
      ['beta_inv(1.5, 10, 20)', null],
      ['beta_inv(0.1, -1.0, 20)', 'NaN'],
    ],
  },
  {
    name: 'beta_pdf',
    summary: 'Density of the beta distribution.',
    takes: ['real'],
    nulls: 'may',
    lower: betaPdf,
    examples: [
      ['beta_pdf(0.5, 2, 2)', 1.5],
      ['beta_pdf(1.5, 2, 2)', 'NaN'],
    ],
  },
  {
    name: 'erf',
    summary: 'Error function.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('erf', of.sql(0)),
    examples: [
      ['round(erf(1), 9)', 0.842700793],
      ['erf(0)', 0],
    ],
  },
  {
    name: 'erfc',
    summary: 'Complementary error function.',
    takes: ['real'],
    nulls: 'propagate',
    lower: (of) => call('erfc', of.sql(0)),
    examples: [['round(erfc(1), 9)', 0.157299207]],
  },
  {
    name: 'welch_test',
    summary: "Welch's t-test: how likely the means of two samples differ as they do by chance.",
    takes: ['real'],
    nulls: 'may',
    lower: welchTest,
    examples: [
      ['round(welch_test(20.82, 7.804, 10, 22.98, 2.068, 12), 3)', 0.046],
      ['welch_test(1, 0, 5, 1, 0, 5)', null],
    ],
  },
];
