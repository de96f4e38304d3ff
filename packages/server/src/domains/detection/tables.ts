/** How far one rule has come in one company. */
export interface StateRow {
  readonly rule_id: string;
  /** The company's number. */
  readonly company: number;
  /** The last run on the grid that was evaluated, skipped as empty, or recorded as a gap. */
  cursor_ms: number;
  /** JSON list of [fromMs, throughMs]: runs that wait to be evaluated again, because events arrived late. */
  pending: string;
  /** Attempts at the next run that failed in a row. */
  failures: number;
  /** Not tried again before this time. */
  retry_at_ms: number;
  /** Time and outcome of the last evaluation. */
  last_run_ms: number | null;
  last_evaluated_ms: number | null;
  last_duration_ms: number | null;
  last_rows: number | null;
  last_error: string | null;
  runs: number;
}

/** Runs that were not evaluated, and why. */
export interface GapRow {
  readonly id: string;
  readonly rule_id: string;
  readonly company: number;
  readonly from_ms: number;
  readonly through_ms: number;
  readonly reason: string;
  readonly recorded_ms: number;
}

/** One group of rows of one run. */
export interface HitRow {
  readonly id: string;
  readonly rule_id: string;
  readonly company: number;
  readonly group_hash: string;
  readonly run_ms: number;
  alert_id: string;
  rule_version: string;
  rule_hash: string;
  row_count: number;
  /** Index into SEVERITIES. */
  severity: number;
  title: string;
  description: string;
  /** JSON. */
  tactics: string;
  /** JSON list of entities. */
  entities: string;
  /** JSON object of lists of texts. */
  custom_details: string;
  /** JSON list of {name, type}. */
  columns: string;
  /** JSON list of rows: the first of them. */
  rows: string;
  first_event_ms: number;
  last_event_ms: number;
  evaluated_ms: number;
  /** Rows that arrived later were not seen by this evaluation. */
  arrived_through_ms: number;
}

export interface AlertRow {
  readonly id: string;
  readonly rule_id: string;
  readonly company: number;
  readonly group_hash: string;
  /** JSON list of {name, value}. */
  readonly group_values: string;
  rule_name: string;
  rule_version: string;
  rule_hash: string;
  /** The rule's query when the alert was last changed, so that it can be run again. */
  query: string;
  period_ms: number;
  severity: number;
  title: string;
  description: string;
  tactics: string;
  techniques: string;
  entities: string;
  custom_details: string;
  first_run_ms: number;
  last_run_ms: number;
  first_event_ms: number;
  last_event_ms: number;
  hit_count: number;
  /** Most rows that one run had. */
  row_count: number;
  status: string;
  /** Why the system closed it: `retracted` or `merged`; null where a person did, or it is open. */
  status_reason: string | null;
  status_ms: number | null;
  merged_into: string | null;
  /** 1 where the rule's suppression says that nobody is to be told. */
  suppressed: number;
  readonly created_ms: number;
  updated_ms: number;
  /** Order of changes over all alerts; see `changedSince`. */
  change_number: number;
}

/** Named counters and times: `arrival` (watermark), `change` (the alerts' order of changes). */
export interface MarkRow {
  readonly name: string;
  value: number;
}

/** What the tests of a rule said, so that they run once for each version of its files. */
export interface VerdictRow {
  readonly hash: string;
  readonly passed: number;
  /** JSON list of what was wrong. */
  readonly failures: string;
  readonly checked_ms: number;
}

export interface DetectionTables {
  detection_states: StateRow;
  detection_gaps: GapRow;
  detection_hits: HitRow;
  detection_alerts: AlertRow;
  detection_marks: MarkRow;
  detection_verdicts: VerdictRow;
}
