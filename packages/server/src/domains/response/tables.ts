/** Who in a company is told of alerts, and how. */
export interface ActionGroupRow {
  readonly id: string;
  /** The company's number. */
  readonly company: number;
  name: string;
  /** Lower case: unique in the company. */
  name_key: string;
  /** JSON list of mail addresses. */
  recipients: string;
  webhook_url: string | null;
  /** Sealed; see secrets.ts. */
  webhook_secret: string | null;
  /** Index into SEVERITIES: less severe alerts are not sent. */
  minimum_severity: number;
  enabled: number;
  readonly created_ms: number;
  updated_ms: number;
}

export type DeliveryState = 'waiting' | 'sending' | 'delivered' | 'failed';

/** One message to one target: the outbox. */
export interface DeliveryRow {
  readonly id: string;
  /** Null for a test of the group. */
  readonly alert_id: string | null;
  readonly company: number;
  readonly group_id: string;
  readonly group_name: string;
  readonly alert_title: string;
  readonly channel: string;
  readonly target: string;
  /** JSON of `Notice`: frozen, so that every attempt says the same. */
  readonly notice: string;
  state: string;
  attempts: number;
  last_error: string | null;
  readonly created_ms: number;
  /** When it may be tried next; while it is being sent, when that is given up for lost. */
  next_attempt_ms: number;
  delivered_ms: number | null;
}

/** The delivery log: one row an attempt. */
export interface AttemptRow {
  readonly id: string;
  readonly delivery_id: string;
  readonly attempt: number;
  readonly started_ms: number;
  readonly duration_ms: number;
  readonly delivered: number;
  /** The server's answer, or what went wrong. */
  readonly answer: string;
}

export interface ResponseTables {
  response_groups: ActionGroupRow;
  response_deliveries: DeliveryRow;
  response_attempts: AttemptRow;
  /** Alerts that were dealt with: told of, or decided not to be. */
  response_alerts: { readonly alert_id: string; readonly seen_ms: number };
  /** `alerts`: how far in the alerts' order of changes we have come. */
  response_marks: { readonly name: string; value: number };
}
