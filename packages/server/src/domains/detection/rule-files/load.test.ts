import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadRules } from './load.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-rules-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const LINES = {
  id: 'id: 0b1f7d0e-3a53-4f0c-9d2e-0d6b8c1e5a01',
  name: 'name: A rule',
  description: 'description: What it finds.',
  kind: 'kind: Scheduled',
  severity: 'severity: Low',
  requiredDataConnectors: 'requiredDataConnectors: []',
  queryFrequency: 'queryFrequency: 5m',
  queryPeriod: 'queryPeriod: 15m',
  triggerOperator: 'triggerOperator: gt',
  triggerThreshold: 'triggerThreshold: 0',
  query: 'query: |\n  Authentication\n  | take 1',
} as const;

const TESTS = 'tests:\n  - {name: a, events: [], alerts: none}\n  - {name: b, events: [], alerts: [{}]}\n';

/** Loads one rule made of the lines above with some replaced (null: left out) and text added at the end. */
async function load(changes: Partial<Record<keyof typeof LINES, string | null>>, added = '', tests = TESTS) {
  const folder = mkdtempSync(path.join(scratch, 'case-'));
  mkdirSync(path.join(folder, 'one'));
  const lines = Object.entries({ ...LINES, ...changes }).flatMap(([, line]) => (line === null ? [] : [line]));
  writeFileSync(path.join(folder, 'one', 'rule.yaml'), [...lines, added].join('\n'));
  writeFileSync(path.join(folder, 'one', 'tests.yaml'), tests);
  const [loaded] = await loadRules(folder);
  return loaded!;
}

/** Changes of a good file -> the problem it must give, as `file:line field: message` (a part of it). */
const WRONG: readonly (readonly [string, Parameters<typeof load>, string])[] = [
  ['no id', [{ id: null }], 'rule.yaml:1 id: is missing'],
  ['an id that is no GUID', [{ id: 'id: one' }], 'rule.yaml:1 id: must be a GUID'],
  ['an empty name', [{ name: 'name: ""' }], 'rule.yaml:2 name: is empty'],
  ['a long name', [{ name: `name: ${'x'.repeat(257)}` }], 'rule.yaml:2 name: has 257 characters: at most 256'],
  ['an unknown kind', [{ kind: 'kind: Fusion' }], 'rule.yaml:4 kind: is "Fusion": must be Scheduled, NRT'],
  ['an unknown severity', [{ severity: 'severity: Critical' }], 'rule.yaml:5 severity: is "Critical"'],
  [
    'a duration in words',
    [{ queryFrequency: 'queryFrequency: often' }],
    'rule.yaml:7 queryFrequency: is "often": must be like 5m',
  ],
  ['a duration without unit', [{ queryFrequency: 'queryFrequency: 5' }], 'rule.yaml:7 queryFrequency: must be a text'],
  ['a period past 14 days', [{ queryPeriod: 'queryPeriod: 15d' }], 'rule.yaml:8 queryPeriod: is 15d: must be between'],
  ['a period shorter than the frequency', [{ queryPeriod: 'queryPeriod: 1m' }], 'rule.yaml:8 queryPeriod: is shorter'],
  ['an unknown operator', [{ triggerOperator: 'triggerOperator: ge' }], 'rule.yaml:9 triggerOperator: is "ge"'],
  [
    'a threshold that is no number',
    [{ triggerThreshold: 'triggerThreshold: many' }],
    'rule.yaml:10 triggerThreshold: must be a whole',
  ],
  [
    'a threshold past 10000',
    [{ triggerThreshold: 'triggerThreshold: 10001' }],
    'rule.yaml:10 triggerThreshold: must be a whole',
  ],
  ['an empty query', [{ query: 'query: "  "' }], 'rule.yaml:11 query: is empty'],
  [
    'an unknown entity',
    [{}, 'entityMappings:\n  - entityType: Person\n    fieldMappings: []'],
    'rule.yaml:15 entityMappings.0.entityType: must be',
  ],
  [
    'an unknown identifier',
    [{}, 'entityMappings:\n  - entityType: IP\n    fieldMappings:\n      - identifier: Name\n        columnName: a'],
    'rule.yaml:17 entityMappings.0.fieldMappings.0.identifier: must be an identifier of IP: Address',
  ],
  [
    'a column with a space',
    [
      {},
      'entityMappings:\n  - entityType: IP\n    fieldMappings:\n      - identifier: Address\n        columnName: a b',
    ],
    'rule.yaml:18 entityMappings.0.fieldMappings.0.columnName: must be the name of a column',
  ],
  [
    'four placeholders',
    [{}, 'alertDetailsOverride:\n  alertDisplayNameFormat: "{{a}}{{b}}{{c}}{{d}}"'],
    'rule.yaml:15 alertDetailsOverride.alertDisplayNameFormat: has more than 3',
  ],
  [
    'an unknown grouping',
    [{}, 'eventGroupingSettings:\n  aggregationKind: Each'],
    'rule.yaml:15 eventGroupingSettings.aggregationKind: must be',
  ],
  [
    'suppression for two days',
    [{}, 'suppressionEnabled: true\nsuppressionDuration: 2d'],
    'rule.yaml:15 suppressionDuration: must be a duration of up to 24 hours',
  ],
  ['a key twice', [{}, 'name: Again'], 'rule.yaml:14 : Map keys must be unique'],
  ['broken YAML', [{}, 'tags: [a, b'], 'rule.yaml:14 : Flow sequence'],
  [
    'a test without a name',
    [{}, '', 'tests:\n  - events: []\n    alerts: none'],
    'tests.yaml:2 tests.0: must have a name',
  ],
  [
    'no test that must fire',
    [{}, '', 'tests:\n  - {name: a, events: [], alerts: none}'],
    'tests.yaml:1 tests: has no test in which the rule must fire',
  ],
  [
    'no test that must stay silent',
    [{}, '', 'tests:\n  - {name: a, events: [], alerts: [{}]}'],
    'tests.yaml:1 tests: has no test in which the rule must stay silent',
  ],
  [
    'an event at no time',
    [{}, '', 'tests:\n  - name: a\n    alerts: none\n    events:\n      - {table: T, time: yesterday, fields: {}}'],
    'tests.yaml:5 tests.0.events.0.time: must be like',
  ],
];

test.each(WRONG)('%s is said with its file, line and field', async (_, input, expected) => {
  const { rule, tests, problems } = await load(...input);
  const said = problems
    .filter(({ level }) => level === 'error')
    .map(({ file, line, field, message }) => `${file}:${line} ${field}: ${message}`);
  expect(said.join('\n')).toContain(`one/${expected}`);
  expect(rule === undefined || tests.length === 0).toBe(true);
});

test('a field that Sentinel does not know is a warning, and the rule stands', async () => {
  const { rule, problems } = await load({}, 'priority: 3');
  expect(rule?.name).toBe('A rule');
  expect(problems).toEqual([
    {
      level: 'warning',
      file: 'one/rule.yaml',
      line: 14,
      field: 'priority',
      message: 'is not a field of an analytics rule: ignored',
    },
  ]);
});

test.each([
  ['gt', 'gt'],
  ['GreaterThan', 'gt'],
  ['LessThan', 'lt'],
  ['Equal', 'eq'],
  ['ne', 'ne'],
])('the operator %s is %s', async (written, operator) => {
  expect((await load({ triggerOperator: `triggerOperator: ${written}` })).rule?.trigger).toEqual({
    operator,
    threshold: 0,
  });
});

test('the query is kept word for word, and its place is known', async () => {
  const { rule } = await load({});
  expect(rule?.query).toBe('Authentication\n| take 1\n');
  expect(rule?.queryPlace).toEqual({ line: 12, indent: 2 });
});

test('a near-real-time rule runs every minute over the last minute', async () => {
  const { rule } = await load({
    kind: 'kind: NRT',
    queryFrequency: null,
    queryPeriod: null,
    triggerOperator: null,
    triggerThreshold: null,
  });
  expect(rule).toMatchObject({ frequencyMs: 60_000, periodMs: 60_000, trigger: { operator: 'gt', threshold: 0 } });
});

test('of two rules with one id the second is refused', async () => {
  const folder = mkdtempSync(path.join(scratch, 'twins-'));
  for (const name of ['a', 'b']) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'rule.yaml'), Object.values(LINES).join('\n'));
  }
  const [first, second] = await loadRules(folder);
  expect(first?.rule).toBeDefined();
  expect(second?.rule).toBeUndefined();
  expect(second?.problems.at(-1)?.message).toBe('is also the id of a');
});

test('every shipped rule loads without a word', async () => {
  const rules = await loadRules(fileURLToPath(new URL('../../../../../../rules', import.meta.url)));
  expect(rules.flatMap(({ problems }) => problems)).toEqual([]);
  expect(rules.length).toBeGreaterThanOrEqual(6);
});
