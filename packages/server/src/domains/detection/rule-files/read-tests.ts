import { parseDuration } from './duration.ts';
import { isRecord, type Fields } from './fields.ts';
import { SEVERITIES, type ExpectedAlert, type RuleTest, type Severity, type TestEvent } from './rule.ts';
import type { Source } from './source.ts';

/** Events one test may have after repetition, and tests one file may have. */
export const TEST_BOUNDS = { events: 20_000, tests: 200 } as const;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
/** Replaced by the number of the repetition, from 1, in every text of a repeated event. */
const NUMBER_PLACEHOLDER = '{{n}}';

/**
 * Reads `tests.yaml`: a list `tests` of `{name, events, alerts}`.
 * An event is `{table, time, fields, repeat?, every?}`; `alerts` lists what must come out: `[]` or `none` for silence.
 * Wrong parts go into `source.problems` with their line; what is right of the rest is returned.
 */
export function readTests(source: Source): readonly RuleTest[] {
  if (source.failed()) return [];
  const list = isRecord(source.root) ? source.root.tests : undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > TEST_BOUNDS.tests)
    return source.refuse(['tests'], `must be a list of 1 to ${TEST_BOUNDS.tests} tests`, []);
  const tests = list.flatMap((item: unknown, index): RuleTest[] => {
    const path = ['tests', index];
    if (!isRecord(item) || typeof item.name !== 'string')
      return source.refuse(path, 'must have a name, events and alerts', []);
    for (const key of Object.keys(item))
      if (!['name', 'events', 'alerts'].includes(key)) source.error([...path, key], 'is not a field of a test');
    const events = readEvents(source, [...path, 'events'], item.events);
    const alerts = readAlerts(source, [...path, 'alerts'], item.alerts);
    return [{ name: item.name, line: source.lineOf(path), events, alerts }];
  });
  if (!tests.some(({ alerts }) => alerts.length > 0))
    source.error(['tests'], 'has no test in which the rule must fire');
  if (!tests.some(({ alerts }) => alerts.length === 0))
    source.error(['tests'], 'has no test in which the rule must stay silent');
  return source.failed() ? [] : tests;
}

type Path = (string | number)[];

function readEvents(source: Source, path: Path, value: unknown): TestEvent[] {
  if (!Array.isArray(value)) return source.refuse(path, 'must be a list of events', []);
  const events = value.flatMap((item: unknown, index) => readEvent(source, [...path, index], item));
  if (events.length > TEST_BOUNDS.events)
    return source.refuse(path, `has ${events.length} events: at most ${TEST_BOUNDS.events}`, []);
  return events;
}

function readEvent(source: Source, path: Path, item: unknown): TestEvent[] {
  if (!isRecord(item)) return source.refuse(path, 'must be an event', []);
  for (const key of Object.keys(item))
    if (!['table', 'time', 'fields', 'repeat', 'every'].includes(key))
      source.error([...path, key], 'is not a field of an event');
  const { table, time, fields, repeat = 1, every = '0s' } = item;
  if (typeof table !== 'string' || !/^[A-Za-z]\w*$/.test(table))
    return source.refuse([...path, 'table'], 'must be the name of a table', []);
  const startMs = typeof time === 'string' && INSTANT.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(startMs)) return source.refuse([...path, 'time'], 'must be like 2026-03-02T10:00:00Z', []);
  if (!isRecord(fields)) return source.refuse([...path, 'fields'], 'must be a mapping of columns', []);
  if (typeof repeat !== 'number' || !Number.isInteger(repeat) || repeat < 1 || repeat > TEST_BOUNDS.events)
    return source.refuse([...path, 'repeat'], `must be a whole number from 1 to ${TEST_BOUNDS.events}`, []);
  const everyMs = typeof every === 'string' ? parseDuration(every) : undefined;
  if (everyMs === undefined) return source.refuse([...path, 'every'], 'must be a duration like 30s or 1m', []);
  return Array.from({ length: repeat }, (_, index) => ({
    table,
    timeMs: startMs + index * everyMs,
    fields: numbered(fields, index + 1),
  }));
}

function numbered(fields: Fields, number: number): Fields {
  const put = (value: unknown): unknown =>
    typeof value === 'string' ? value.replaceAll(NUMBER_PLACEHOLDER, String(number)) : value;
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, put(value)]));
}

function readAlerts(source: Source, path: Path, value: unknown): ExpectedAlert[] {
  if (value === 'none') return [];
  if (!Array.isArray(value)) return source.refuse(path, 'must be a list of alerts, or "none"', []);
  return value.flatMap((item: unknown, index): ExpectedAlert[] => {
    const at = [...path, index];
    if (!isRecord(item))
      return source.refuse(at, 'must be an alert: entities, and severity or title where they matter', []);
    for (const key of Object.keys(item))
      if (!['entities', 'severity', 'title'].includes(key))
        source.error([...at, key], 'is not a field of an expected alert');
    const { severity, title, entities = [] } = item;
    if (severity !== undefined && !SEVERITIES.includes(severity as Severity))
      return source.refuse([...at, 'severity'], `must be ${SEVERITIES.join(', ')}`, []);
    if (title !== undefined && typeof title !== 'string') return source.refuse([...at, 'title'], 'must be a text', []);
    if (!Array.isArray(entities))
      return source.refuse([...at, 'entities'], 'must be a list like [{ Account: { FullName: … } }]', []);
    return [
      {
        entities: entities.flatMap((entity: unknown, number) =>
          readEntity(source, [...at, 'entities', number], entity),
        ),
        ...(severity === undefined ? {} : { severity: severity as Severity }),
        ...(title === undefined ? {} : { title }),
      },
    ];
  });
}

function readEntity(source: Source, path: Path, item: unknown): ExpectedAlert['entities'][number][] {
  const [pair, ...more] = isRecord(item) ? Object.entries(item) : [];
  if (
    pair === undefined ||
    more.length > 0 ||
    !isRecord(pair[1]) ||
    Object.values(pair[1]).some((value) => typeof value !== 'string')
  )
    return source.refuse(path, 'must be one entity like { IP: { Address: 192.0.2.1 } }', []);
  return [{ type: pair[0], identifiers: pair[1] as Readonly<Record<string, string>> }];
}
