/** Sentinel's four severities, lowest first: the order is the rank. */
export const SEVERITIES = ['Informational', 'Low', 'Medium', 'High'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How a run's row count is compared with the threshold. */
export type TriggerOperator = 'gt' | 'lt' | 'eq' | 'ne';

export interface EntityMapping {
  /** Sentinel's entity type, e.g. `Account`. */
  readonly entityType: string;
  readonly fieldMappings: readonly { readonly identifier: string; readonly columnName: string }[];
}

export interface AlertDetails {
  readonly displayNameFormat?: string;
  readonly descriptionFormat?: string;
  /** Column whose value replaces the severity, where it is one of Sentinel's. */
  readonly severityColumn?: string;
  readonly tacticsColumn?: string;
}

/**
 * Which rows of a run belong together in one alert.
 * - `single`: all of them (the file says `aggregationKind: SingleAlert`).
 * - `entities`: rows whose mapped entities are the same (the rule maps entities and does not say SingleAlert).
 * - `columns`: rows whose text, guid, bool and int columns are the same (`AlertPerResult` without entities).
 */
export type Grouping = 'single' | 'entities' | 'columns';

/** A rule as read from its file: every duration in milliseconds, every default filled in. */
export interface Rule {
  /** The GUID of the file, lower case. */
  readonly id: string;
  readonly kind: 'Scheduled' | 'NRT';
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly query: string;
  /** Where the query's first line stands in the file: 1-based line, and columns of indentation. */
  readonly queryPlace: { readonly line: number; readonly indent: number };
  readonly frequencyMs: number;
  readonly periodMs: number;
  readonly trigger: { readonly operator: TriggerOperator; readonly threshold: number };
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly entityMappings: readonly EntityMapping[];
  /** Key shown in the alert -> column of the result. */
  readonly customDetails: Readonly<Record<string, string>>;
  readonly alertDetails: AlertDetails;
  readonly grouping: Grouping;
  /** After an alert, further alerts of the rule in the same company are kept but not sent for this long. */
  readonly suppressionMs: number | undefined;
  readonly version: string;
  /** False where the file says `enabled: false`. */
  readonly enabled: boolean;
  /** Fields that are carried through unchanged: connectors, tags, metadata, incident settings. */
  readonly carried: Readonly<Record<string, unknown>>;
}

/** One thing to say about a rule's files. A rule with an error is not run; a warning only informs. */
export interface RuleProblem {
  readonly level: 'error' | 'warning';
  /** Path of the file inside the rules folder, e.g. `brute-force-account/rule.yaml`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Dotted path of the field, e.g. `entityMappings.0.entityType`; empty for the file as a whole. */
  readonly field: string;
  readonly message: string;
}

/** One event of a test, with its fields as the table's columns. */
export interface TestEvent {
  readonly table: string;
  readonly timeMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ExpectedAlert {
  /** Each must be among the alert's entities; further identifiers of the entity are allowed. */
  readonly entities: readonly { readonly type: string; readonly identifiers: Readonly<Record<string, string>> }[];
  readonly severity?: Severity;
  readonly title?: string;
}

export interface RuleTest {
  readonly name: string;
  readonly line: number;
  readonly events: readonly TestEvent[];
  /** The alerts that must come out, in any order and no others; empty: the rule must stay silent. */
  readonly alerts: readonly ExpectedAlert[];
}

/** True when the rule's trigger holds for a run without any row, so that quiet windows have to be run too. */
export function firesOnNothing(trigger: Rule['trigger']): boolean {
  return isTriggered(trigger, 0);
}

/** Compares the row count of one run with the rule's threshold. */
export function isTriggered({ operator, threshold }: Rule['trigger'], rowCount: number): boolean {
  return COMPARE[operator](rowCount, threshold);
}

const COMPARE: Readonly<Record<TriggerOperator, (rowCount: number, threshold: number) => boolean>> = {
  gt: (rowCount, threshold) => rowCount > threshold,
  lt: (rowCount, threshold) => rowCount < threshold,
  eq: (rowCount, threshold) => rowCount === threshold,
  ne: (rowCount, threshold) => rowCount !== threshold,
};
