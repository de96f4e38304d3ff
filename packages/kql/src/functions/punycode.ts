import { call, cast, constant, lambda, literal, once, type Sql } from '../sql/tree.ts';
import type { ScalarFunction } from './types.ts';
import { characterOf, charactersOf, codePoint } from './unicode.ts';

/**
 * RFC 3492. A label is read and written by a fold over its digits, or over its characters beyond ASCII in the order of
 * their numbers; both are as long as the label.
 */
const [BASE, LEAST, MOST, SKEW, DAMP, FIRST_BIAS, FIRST] = [36, 1, 26, 38, 700, 72, 128] as const;
/** Longest label that is read or written; a domain's are 63 at most. */
const LONGEST = 255;

const none = constant('');
const zero = constant(0);
const one = constant(1);
const int = (sql: Sql): Sql => call('toInt64', sql);
const at = (tuple: Sql, index: number): Sql => call('tupleElement', tuple, constant(index));
const map = (body: (...values: Sql[]) => Sql, ...lists: readonly Sql[]): Sql =>
  call('arrayMap', lambda(body), ...lists);
const add = (left: Sql, right: Sql): Sql => call('plus', left, right);
const less = (left: Sql, right: Sql): Sql => call('minus', left, right);

/** The bias after a delta: section 6.1. */
function adapted(delta: Sql, count: Sql, isFirst: Sql): Sql {
  const start = call('if', isFirst, call('intDiv', delta, constant(DAMP)), call('intDiv', delta, constant(2)));
  return once([add(start, call('intDiv', start, count))], (scaled) => {
    // Divided by 35 while above 455: three times cover the largest delta of a label.
    const limit = constant(((BASE - LEAST) * MOST) / 2);
    const step = (value: Sql): Sql =>
      call('if', call('greater', value, limit), call('intDiv', value, constant(BASE - LEAST)), value);
    const rounds = add(
      add(int(call('greater', scaled, limit)), int(call('greater', step(scaled), limit))),
      int(call('greater', step(step(scaled)), limit)),
    );
    return once([step(step(step(scaled))), rounds], (rest, times) =>
      add(
        call('multiply', times, constant(BASE)),
        call('intDiv', call('multiply', constant(BASE - LEAST + 1), rest), add(rest, constant(SKEW))),
      ),
    );
  });
}

const threshold = (place: Sql, bias: Sql): Sql =>
  call('least', call('greatest', less(call('multiply', place, constant(BASE)), bias), constant(LEAST)), constant(MOST));

const digit = (number: Sql): Sql =>
  call('char', call('if', call('less', number, constant(26)), add(number, constant(97)), add(number, constant(22))));

/** A delta as digits of a number whose base changes from place to place. */
function digitsOf(delta: Sql, bias: Sql): Sql {
  const step = lambda((state, place, bias_) => {
    const t = threshold(place, bias_);
    const rest = at(state, 1);
    const isLast = call('less', rest, t);
    const value = call('if', isLast, rest, add(t, call('modulo', less(rest, t), less(constant(BASE), t))));
    return call(
      'if',
      call('less', rest, zero),
      state,
      call(
        'tuple',
        call('if', isLast, int(constant(-1)), call('intDiv', less(rest, t), less(constant(BASE), t))),
        call('concat', at(state, 2), digit(value)),
      ),
    );
  });
  const places = map((place) => int(add(place, one)), call('range', constant(12)));
  return at(
    call('arrayFold', step, places, call('arrayWithConstant', constant(12), bias), call('tuple', delta, none)),
    2,
  );
}

/** The label in ASCII, without `xn--`. */
function encoded(text: Sql): Sql {
  return once([map((character) => int(codePoint(character)), charactersOf(text))], (numbers) => {
    const basic = call(
      'arrayFilter',
      lambda((number) => call('less', number, constant(FIRST))),
      numbers,
    );
    const others = call(
      'arraySort',
      call(
        'arrayFilter',
        lambda((pair) => call('greaterOrEquals', at(pair, 1), constant(FIRST))),
        map((number, place) => call('tuple', number, int(place)), numbers, call('arrayEnumerate', numbers)),
      ),
    );
    return once([numbers, basic, others], (all, plain, pairs) => {
      // How many characters of a lower rank stand before each.
      const indexes = map(
        (pair, list) =>
          int(
            call(
              'arrayCount',
              lambda((number, place, own) =>
                call('and', call('less', place, at(own, 2)), call('lessOrEquals', number, at(own, 1))),
              ),
              list,
              call('arrayEnumerate', list),
              call('arrayWithConstant', call('length', list), pair),
            ),
          ),
        pairs,
        call('arrayWithConstant', call('length', pairs), all),
      );
      const start = call(
        'tuple',
        int(constant(FIRST)),
        int(zero),
        int(constant(FIRST_BIAS)),
        int(call('length', plain)),
        none,
      );
      const step = lambda((state, pair, index, basicCount) => {
        const delta = less(
          add(call('multiply', less(at(pair, 1), at(state, 1)), add(at(state, 4), one)), index),
          at(state, 2),
        );
        return once([delta, state, pair, index, basicCount], (delta_, state_, pair_, index_, count) =>
          call(
            'tuple',
            at(pair_, 1),
            add(index_, one),
            int(adapted(delta_, add(at(state_, 4), one), call('equals', at(state_, 4), count))),
            add(at(state_, 4), one),
            call('concat', at(state_, 5), digitsOf(delta_, at(state_, 3))),
          ),
        );
      });
      const written = at(
        call(
          'arrayFold',
          step,
          pairs,
          indexes,
          call('arrayWithConstant', call('length', pairs), int(call('length', plain))),
          start,
        ),
        5,
      );
      const ascii = call(
        'arrayStringConcat',
        map((number) => call('char', number), plain),
      );
      return call(
        'concat',
        ascii,
        call('if', call('or', call('empty', plain), call('empty', pairs)), none, constant('-')),
        written,
      );
    });
  });
}

/** The text of a label in ASCII; empty where it is none. */
function decoded(text: Sql): Sql {
  const cut = call('minus', int(call('length', text)), int(call('position', call('reverse', text), constant('-'))));
  const hasBasic = call('greater', call('position', text, constant('-')), zero);
  const basic = call('if', hasBasic, call('substring', text, one, cut), none);
  const rest = call('if', hasBasic, call('substring', text, add(cut, constant(2))), text);
  return once([text, basic, rest], (whole, plain, digits) => {
    const values = map(
      (character) =>
        once([int(call('ascii', call('lower', character)))], (code) =>
          call('if', call('greaterOrEquals', code, constant(97)), less(code, constant(97)), less(code, constant(22))),
        ),
      charactersOf(digits),
    );
    const start = call(
      'tuple',
      cast(
        map((character) => int(call('ascii', character)), charactersOf(plain)),
        'Array(Int64)',
      ),
      int(constant(FIRST)),
      int(zero),
      int(zero),
      int(one),
      int(one),
      int(constant(FIRST_BIAS)),
      int(zero),
    );
    // State: characters, number, index, index before this delta, weight, place, bias, how many were put in.
    const step = lambda((state, value) => {
      const t = threshold(at(state, 6), at(state, 7));
      const index = add(at(state, 3), call('multiply', value, at(state, 5)));
      const size = add(int(call('length', at(state, 1))), one);
      const number = add(at(state, 2), call('intDiv', index, size));
      const place = call('modulo', index, size);
      return call(
        'if',
        call('less', value, t),
        call(
          'tuple',
          call(
            'arrayConcat',
            call('arraySlice', at(state, 1), one, place),
            call('array', number),
            call('arraySlice', at(state, 1), add(place, one)),
          ),
          number,
          add(place, one),
          add(place, one),
          int(one),
          int(one),
          int(adapted(less(index, at(state, 4)), size, call('equals', at(state, 8), zero))),
          add(at(state, 8), one),
        ),
        call(
          'tuple',
          at(state, 1),
          at(state, 2),
          index,
          at(state, 4),
          call('multiply', at(state, 5), less(constant(BASE), t)),
          add(at(state, 6), one),
          at(state, 7),
          at(state, 8),
        ),
      );
    });
    const isCode = call(
      'match',
      whole,
      literal('String', `^(?:[\\x00-\\x7f]{0,${LONGEST}}-)?[0-9A-Za-z]{0,${LONGEST}}$`),
    );
    const result = once([at(call('arrayFold', step, values, start), 1)], (numbers) =>
      call(
        'arrayStringConcat',
        map((number) => characterOf(number), numbers),
      ),
    );
    return call('if', isCode, result, none);
  });
}

/** The labels of a domain; other dots of Unicode part them too. */
const labelwise = (domain: Sql, body: (label: Sql) => Sql): Sql =>
  call(
    'arrayStringConcat',
    map(
      (label) => body(label),
      call('splitByChar', constant('.'), call('replaceRegexpAll', domain, literal('String', '[。．｡]'), constant('.'))),
    ),
    constant('.'),
  );
const isAscii = (text: Sql): Sql => call('equals', call('length', text), call('lengthUTF8', text));

/** Punycode. Sources: KQL documentation, "punycode_from_string()" and its neighbours; RFC 3492. */
export const PUNYCODE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'punycode_from_string',
    summary: 'A text in Punycode.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => encoded(of.sql(0)),
    examples: [
      ["punycode_from_string('académie-française')", 'acadmie-franaise-npb1a'],
      ["punycode_from_string('艺术')", 'cqv902d'],
      ["punycode_from_string('bücher')", 'bcher-kva'],
      ["punycode_from_string('他们为什么不说中文')", 'ihqwcrb4cv8a8dqg056pqjye'],
    ],
  },
  {
    name: 'punycode_to_string',
    summary: 'The text of a Punycode; empty where it is none.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) => decoded(of.sql(0)),
    examples: [
      ["punycode_to_string('acadmie-franaise-npb1a')", 'académie-française'],
      ["punycode_to_string('bcher-kva')", 'bücher'],
      ["punycode_to_string('ihqwcrb4cv8a8dqg056pqjye')", '他们为什么不说中文'],
      ["punycode_to_string('ä')", ''],
    ],
  },
  {
    name: 'punycode_domain_from_string',
    summary: 'A domain whose labels are in Punycode where they need it.',
    takes: ['string'],
    nulls: 'propagate',
    differs: 'Capitals stay as they are.',
    lower: (of) =>
      labelwise(of.sql(0), (label) =>
        call('if', isAscii(label), label, call('concat', constant('xn--'), encoded(label))),
      ),
    examples: [
      ["punycode_domain_from_string('艺术.com')", 'xn--cqv902d.com'],
      ["punycode_domain_from_string('Riðill｡Skáldskaparmál｡org')", 'xn--Riill-jta.xn--Skldskaparml-dbbj.org'],
    ],
  },
  {
    name: 'punycode_domain_to_string',
    summary: 'A domain whose labels are no longer in Punycode.',
    takes: ['string'],
    nulls: 'propagate',
    lower: (of) =>
      labelwise(of.sql(0), (label) =>
        call(
          'if',
          call('startsWith', call('lower', label), constant('xn--')),
          decoded(call('substring', label, constant(5))),
          label,
        ),
      ),
    examples: [
      ["punycode_domain_to_string('xn--cqv902d.com')", '艺术.com'],
      ["punycode_domain_to_string('example.com')", 'example.com'],
    ],
  },
];
