import type { Alert, AlertEvidence, Severity } from '../detection/index.ts';

/** What a delivery says: built from one alert of one company and nothing else, and frozen when the alert was found. */
export interface Notice {
  readonly kind: 'alert' | 'test';
  readonly company: { readonly name: string; readonly timeZone: string };
  readonly alertId: string | null;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly rule: { readonly id: string; readonly name: string; readonly version: string } | null;
  readonly entities: readonly { readonly type: string; readonly identifiers: Readonly<Record<string, string>> }[];
  readonly customDetails: Readonly<Record<string, readonly string[]>>;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly firstEventAt: number;
  readonly lastEventAt: number;
  readonly foundAt: number;
  readonly rowCount: number;
  readonly columns: readonly string[];
  /** The first three rows, each value as bounded text. */
  readonly sampleRows: readonly (readonly string[])[];
}

/** Bounds of a notice, in characters and counts: a message stays small whatever the events held. */
export const NOTICE_BOUNDS = {
  title: 200,
  description: 2000,
  value: 200,
  entities: 20,
  details: 20,
  columns: 20,
  sampleRows: 3,
} as const;

interface NoticeCompany {
  readonly name: string;
  readonly timeZone: string;
}

export function noticeOfAlert(
  company: NoticeCompany,
  alert: Alert,
  evidence: Pick<AlertEvidence, 'columns' | 'rows'>,
): Notice {
  return {
    kind: 'alert',
    company: { name: plain(company.name, 200), timeZone: company.timeZone },
    alertId: alert.id,
    title: plain(alert.title, NOTICE_BOUNDS.title),
    description: alert.description.slice(0, NOTICE_BOUNDS.description),
    severity: alert.severity,
    rule: { id: alert.ruleId, name: alert.ruleName, version: alert.ruleVersion },
    entities: alert.entities.slice(0, NOTICE_BOUNDS.entities).map(({ type, identifiers }) => ({
      type: plain(type, 50),
      identifiers: mapValues(identifiers, (value) => plain(value, NOTICE_BOUNDS.value)),
    })),
    customDetails: mapValues(alert.customDetails, (values) =>
      values.slice(0, NOTICE_BOUNDS.details).map((value) => plain(value, NOTICE_BOUNDS.value)),
    ),
    tactics: alert.tactics,
    techniques: alert.techniques,
    firstEventAt: alert.firstEventAt,
    lastEventAt: alert.lastEventAt,
    foundAt: alert.createdAt,
    rowCount: alert.rowCount,
    columns: evidence.columns.slice(0, NOTICE_BOUNDS.columns).map(({ name }) => plain(name, 100)),
    sampleRows: evidence.rows
      .slice(0, NOTICE_BOUNDS.sampleRows)
      .map((row) => row.slice(0, NOTICE_BOUNDS.columns).map((value) => plain(textOf(value), NOTICE_BOUNDS.value))),
  };
}

/** What `POST /api/action-groups/:id/test` sends. */
export function testNotice(company: NoticeCompany, groupName: string, nowMs: number): Notice {
  return {
    kind: 'test',
    company: { name: plain(company.name, 200), timeZone: company.timeZone },
    alertId: null,
    title: plain(`Test of the action group ${groupName}`, NOTICE_BOUNDS.title),
    description: 'This is a test. Alerts of this company will reach you in this form.',
    severity: 'Informational',
    rule: null,
    entities: [],
    customDetails: {},
    tactics: [],
    techniques: [],
    firstEventAt: nowMs,
    lastEventAt: nowMs,
    foundAt: nowMs,
    rowCount: 0,
    columns: [],
    sampleRows: [],
  };
}

/** One line without control characters, cut to `most` characters: what may stand in a header or a cell. */
export function plain(text: string, most: number): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this takes out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
