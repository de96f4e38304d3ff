import { createHash } from 'node:crypto';
import { SEVERITIES, type Rule, type Severity } from '../rule-files/rule.ts';

/** What a run's query answered: values in the encoding of the Kusto v2 answer. */
export interface RunResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** True where the query orders its rows; otherwise their order means nothing and is made stable here. */
  readonly ordered: boolean;
}

export interface Entity {
  /** Sentinel's entity type, e.g. `Account`. */
  readonly type: string;
  /** Identifier -> value, e.g. `{ FullName: 'CONTOSO\\bob' }`; never empty. */
  readonly identifiers: Readonly<Record<string, string>>;
}

/** One group of a run's rows: what a hit keeps and an alert shows. It is a function of the rule and the rows alone. */
export interface HitContent {
  /** SHA-256 of the grouping values, hexadecimal: the group's key. */
  readonly groupHash: string;
  readonly groupValues: readonly { readonly name: string; readonly value: string }[];
  readonly rowCount: number;
  /** The first rows, within `SAMPLE`. */
  readonly rows: readonly (readonly unknown[])[];
  readonly severity: Severity;
  readonly title: string;
  readonly description: string;
  readonly tactics: readonly string[];
  readonly entities: readonly Entity[];
  readonly customDetails: Readonly<Record<string, readonly string[]>>;
  /** Earliest and latest time in the rows; the window's ends where the rows have none. */
  readonly firstEventMs: number;
  readonly lastEventMs: number;
}

/** Bounds of what is kept of a group: rows, bytes of JSON, entities, values of a detail, characters of a value. */
export const SAMPLE = {
  rows: 50,
  bytes: 65_536,
  entities: 100,
  details: 20,
  valueLength: 500,
  titleLength: 300,
  descriptionLength: 5000,
} as const;

/** Types whose columns say what a row is about; the other types hold times and measures. */
const GROUPING_TYPES: ReadonlySet<string> = new Set(['string', 'guid', 'bool', 'int']);

/** Columns the rule's mappings need and the result lacks; a rule with one cannot be run. */
export function missingColumns(rule: Rule, columns: readonly { readonly name: string }[]): readonly string[] {
  const present = new Set(columns.map(({ name }) => name));
  const needed = [
    ...rule.entityMappings.flatMap(({ fieldMappings }) => fieldMappings.map(({ columnName }) => columnName)),
    ...Object.values(rule.customDetails),
    ...[rule.alertDetails.severityColumn, rule.alertDetails.tacticsColumn].filter((name) => name !== undefined),
    ...placeholders(rule.alertDetails.displayNameFormat),
    ...placeholders(rule.alertDetails.descriptionFormat),
  ];
  return [...new Set(needed)].filter((name) => !present.has(name));
}

/** Sorts a run's rows into groups and says for each what an alert of it shows. Call only where the rule's trigger holds. */
export function hitsOf(rule: Rule, result: RunResult, runMs: number): readonly HitContent[] {
  const rows = result.ordered ? result.rows : stableOrder(result.rows);
  const at = new Map(result.columns.map(({ name }, index) => [name, index]));
  const names = groupingColumns(rule, result);
  const groups = new Map<string, { values: string[]; rows: (readonly unknown[])[] }>();
  // A trigger that holds without rows ("fewer than one") has one group, with nothing to group by.
  if (names.length === 0 || rows.length === 0) groups.set('[]', { values: [], rows: [...rows] });
  else
    for (const row of rows) {
      const values = names.map((name) => textOf(row[at.get(name) ?? -1]));
      const key = JSON.stringify(values);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { values, rows: [row] });
      else group.rows.push(row);
    }
  return [...groups].map(([key, group]) => contentOf(rule, result, at, runMs, key, names, group));
}

function contentOf(
  rule: Rule,
  result: RunResult,
  at: ReadonlyMap<string, number>,
  runMs: number,
  key: string,
  names: readonly string[],
  group: { values: readonly string[]; rows: readonly (readonly unknown[])[] },
): HitContent {
  const [first = []] = group.rows;
  const cell = (row: readonly unknown[], name: string): string => textOf(row[at.get(name) ?? -1]);
  const fill = (format: string | undefined, plain: string, max: number): string =>
    format === undefined
      ? plain.slice(0, max)
      : format
          .replaceAll(PLACEHOLDER, (_, name: string) => cell(first, name.trim()).slice(0, SAMPLE.valueLength))
          .slice(0, max);
  const { alertDetails } = rule;
  const tactic = alertDetails.tacticsColumn === undefined ? '' : cell(first, alertDetails.tacticsColumn);
  return {
    groupHash: createHash('sha256').update(key).digest('hex'),
    groupValues: names.slice(0, group.values.length).map((name, index) => ({
      name,
      value: (group.values[index] ?? '').slice(0, SAMPLE.valueLength),
    })),
    rowCount: group.rows.length,
    rows: sampleOf(group.rows),
    severity: severityOf(rule, group.rows, at),
    title: fill(alertDetails.displayNameFormat, rule.name, SAMPLE.titleLength),
    description: fill(alertDetails.descriptionFormat, rule.description, SAMPLE.descriptionLength),
    tactics: tactic === '' ? rule.tactics : tactic.split(',').map((one) => one.trim()),
    entities: entitiesOf(rule, group.rows, cell),
    customDetails: Object.fromEntries(
      Object.entries(rule.customDetails).map(([name, column]) => [
        name,
        distinct(
          group.rows.map((row) => cell(row, column)),
          SAMPLE.details,
        ),
      ]),
    ),
    ...timesOf(rule, result, group.rows, runMs),
  };
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

function placeholders(format: string | undefined): string[] {
  return [...(format ?? '').matchAll(PLACEHOLDER)].map((match) => (match[1] ?? '').trim());
}

function groupingColumns(rule: Rule, result: RunResult): readonly string[] {
  switch (rule.grouping) {
    case 'single':
      return [];
    case 'entities':
      return [
        ...new Set(
          rule.entityMappings.flatMap(({ fieldMappings }) => fieldMappings.map(({ columnName }) => columnName)),
        ),
      ];
    case 'columns':
      return result.columns.filter(({ type }) => GROUPING_TYPES.has(type)).map(({ name }) => name);
  }
}

/** The highest severity that the rows name, where the rule takes it from a column; the rule's own otherwise. */
function severityOf(rule: Rule, rows: readonly (readonly unknown[])[], at: ReadonlyMap<string, number>): Severity {
  const column = rule.alertDetails.severityColumn;
  if (column === undefined) return rule.severity;
  const index = at.get(column) ?? -1;
  const ranks = rows.map((row) => SEVERITIES.indexOf(textOf(row[index]) as Severity));
  return SEVERITIES[Math.max(-1, ...ranks)] ?? rule.severity;
}

function entitiesOf(
  rule: Rule,
  rows: readonly (readonly unknown[])[],
  cell: (row: readonly unknown[], name: string) => string,
): readonly Entity[] {
  const found = new Map<string, Entity>();
  for (const row of rows)
    for (const { entityType, fieldMappings } of rule.entityMappings) {
      if (found.size >= SAMPLE.entities) return [...found.values()];
      const pairs = fieldMappings
        .map(({ identifier, columnName }) => [identifier, cell(row, columnName).slice(0, SAMPLE.valueLength)] as const)
        .filter(([, value]) => value !== '');
      if (pairs.length > 0)
        found.set(JSON.stringify([entityType, pairs]), { type: entityType, identifiers: Object.fromEntries(pairs) });
    }
  return [...found.values()];
}

function timesOf(rule: Rule, result: RunResult, rows: readonly (readonly unknown[])[], runMs: number) {
  const from = runMs - rule.periodMs;
  const times = result.columns
    .flatMap(({ type }, index) => (type === 'datetime' ? rows.map((row) => Date.parse(textOf(row[index]))) : []))
    // A time outside the window is another kind of time (a bin's start, a password's age): it says nothing about the events.
    .filter((ms) => ms >= from && ms <= runMs);
  if (times.length === 0) return { firstEventMs: from, lastEventMs: runMs };
  return {
    firstEventMs: times.reduce((least, ms) => Math.min(least, ms)),
    lastEventMs: times.reduce((most, ms) => Math.max(most, ms)),
  };
}

function sampleOf(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  const sample: (readonly unknown[])[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, SAMPLE.rows)) {
    bytes += JSON.stringify(row).length;
    if (bytes > SAMPLE.bytes && sample.length > 0) break;
    sample.push(bytes > SAMPLE.bytes ? row.map((value) => textOf(value).slice(0, SAMPLE.valueLength)) : row);
  }
  return sample;
}

function stableOrder(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return rows
    .map((row) => ({ row, key: JSON.stringify(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

function distinct(values: readonly string[], most: number): readonly string[] {
  return [...new Set(values.filter((value) => value !== ''))]
    .slice(0, most)
    .map((value) => value.slice(0, SAMPLE.valueLength));
}

/** A value as text; null, and what is not there, is the empty text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}
