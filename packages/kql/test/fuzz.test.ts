import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine } from './engine.ts';
import { CATALOGUE, fillTables } from './tables.ts';

/**
 * Queries put together at random from the language's parts. Whatever comes out: it is refused with codes, or it runs; the
 * engine never finds the statement malformed, and no row of another company is in the answer.
 */
const engine = startEngine();
beforeAll(() => fillTables(engine));
afterAll(() => engine.close());

const text = fc
  .oneof(fc.constantFrom('bob', 'ANN', '10.0.0.', 'wrong', "it's", '', '\\', 'secret'), fc.string({ maxLength: 6 }))
  .map((value) => `'${value.replace(/[\\'\p{Cc}\u2028\u2029]/gu, '')}'`);
const name = fc.constantFrom(
  'User',
  'Address',
  'Message',
  'TimeGenerated',
  'Result',
  'Took',
  'Risk',
  'Guest',
  'Detail',
  'Detail.app',
  'Detail.ids[0]',
  'nowhere',
);
const textName = fc.constantFrom('User', 'Address', 'Message', 'tostring(Detail.app)', 'tolower(User)');
const numberName = fc.constantFrom('Result', 'Risk', 'strlen(Message)', 'tolong(Detail.n)', 'array_length(Detail.ids)');
const integer = fc.integer({ min: -3, max: 60_000 }).map(String);
const condition = fc.oneof(
  fc
    .tuple(
      textName,
      fc.constantFrom(
        '==',
        '!=',
        '=~',
        '!~',
        'has',
        '!has',
        'has_cs',
        'contains',
        'startswith',
        'endswith',
        'hasprefix',
        'hassuffix',
        '!contains_cs',
      ),
      text,
    )
    .map((parts) => parts.join(' ')),
  fc
    .tuple(textName, fc.constantFrom('in', '!in', 'in~', 'has_any', 'has_all'), text, text)
    .map(([left, operator, a, b]) => `${left} ${operator} (${a}, ${b})`),
  fc.tuple(numberName, fc.constantFrom('==', '!=', '<', '>=', '>'), integer).map((parts) => parts.join(' ')),
  fc.tuple(numberName, integer, integer).map(([left, a, b]) => `${left} between (${a} .. ${b})`),
  fc.constantFrom(
    'Guest',
    'not(Guest)',
    'isnull(Result)',
    'isnotempty(User)',
    'TimeGenerated > ago(90m)',
    'Took > 1s',
    'Detail.app == "Mail"',
  ),
);
const step = fc.oneof(
  fc.tuple(condition, fc.constantFrom('and', 'or'), condition).map(([a, joint, b]) => `where ${a} ${joint} ${b}`),
  condition.map((test_) => `where ${test_}`),
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'User'),
      fc.oneof(
        name,
        numberName,
        textName,
        condition.map((test_) => `iff(${test_}, 1, 2)`),
      ),
    )
    .map(([as, value]) => `extend ${as} = ${value}`),
  fc.tuple(name, fc.constantFrom('asc', 'desc')).map(([by, way]) => `sort by ${by} ${way}`),
  fc
    .tuple(
      fc.constantFrom(
        'count()',
        'dcount(User)',
        'make_set(Address)',
        'max(TimeGenerated)',
        'arg_max(TimeGenerated, *)',
        'sum(Result)',
        'avg(Risk)',
        'countif(Guest)',
      ),
      fc.constantFrom('', ' by User', ' by bin(TimeGenerated, 1h), Address'),
    )
    .map((parts) => `summarize ${parts.join('')}`),
  fc.constantFrom(
    'take 3',
    'count',
    'distinct User',
    'distinct *',
    'top 2 by TimeGenerated',
    'project-away Detail',
    'project User, Address, Result',
    'mv-expand Detail',
    'join kind = leftouter Hosts on Address',
    'join Hosts on Address',
    'lookup Hosts on Address',
    'union Signins',
    "parse Message with * ': ' what",
    'serialize',
    'project-rename Who = User',
  ),
);
const query = fc
  .tuple(
    fc.constantFrom('Signins', 'Failed(1)', '(union Signins, Hosts)', 'let T = Signins; T'),
    fc.array(step, { maxLength: 6 }),
  )
  .map(([source, steps]) => [source, ...steps].join(' | '));

/** What the engine may say about values; a form that it does not accept is a fault of the compiler. */
const ABOUT_VALUES = /TOO_LARGE|OVERFLOW|CANNOT_PARSE|BAD_ARGUMENTS.*regexp|CANNOT_COMPILE_REGEXP/;

test('a random query is refused with codes, or runs within its company', () => {
  let ran = 0;
  fc.assert(
    fc.property(query, (kql) => {
      const compiled = engine.compiler.compile(kql, CATALOGUE);
      if (!compiled.ok) {
        expect(compiled.errors.every((error) => /^(KS|GHQ)\d+$/.test(error.code))).toBe(true);
        return;
      }
      ran += 1;
      try {
        const { rows, query: done } = engine.answer(kql, CATALOGUE, { confine: { scope_companies: [1] } });
        expect(rows.every((row) => row.length === done.columns.length)).toBe(true);
        expect(JSON.stringify(rows)).not.toMatch(/of the other company|secret-host/);
      } catch (error) {
        if (!ABOUT_VALUES.test(String(error))) throw error;
      }
    }),
    { numRuns: 120, seed: 20260301 },
  );
  expect(ran).toBeGreaterThan(40);
}, 120_000);

/** Two filters in either order, and a summary over a union against the sum of its parts. */
test('equivalences', () => {
  const run = (kql: string): string[] =>
    engine
      .answer(kql, CATALOGUE, { confine: { scope_companies: [1] } })
      .rows.map((row) => JSON.stringify(row))
      .sort();
  fc.assert(
    fc.property(condition, condition, (a, b) => {
      const [first, second] = [`Signins | where ${a} | where ${b}`, `Signins | where ${b} | where ${a}`];
      if (!engine.compiler.compile(first, CATALOGUE).ok) return;
      expect(run(first)).toEqual(run(second));
      expect(
        run(`union (Signins | where ${a}), (Signins | where not(${a}) or isnull(${a})) | summarize count()`),
      ).toEqual(run('Signins | summarize count()'));
    }),
    { numRuns: 25, seed: 20260302 },
  );
}, 120_000);
