/** Times are epoch milliseconds, ids UUIDv7. */
export interface QuarantineRow {
  readonly id: string;
  /** Company number. */
  readonly company: number;
  readonly received_ms: number;
  /** The log table it was sent to. */
  readonly table_name: string;
  /** Who sent it: a key's prefix or an e-mail address. */
  readonly source: string;
  /** The field that is wrong; empty where it is the whole. */
  readonly field: string;
  readonly reason: string;
  /** What was sent, as text; bytes that are no UTF-8 as U+FFFD. */
  readonly body: string;
  /** 1 where only the beginning was kept. */
  readonly truncated: number;
  /** How often a replay was tried. */
  readonly attempts: number;
}

export interface CustomTableRow {
  readonly id: string;
  readonly company: number;
  readonly name: string;
  readonly description: string;
  /** JSON: `[{name, type, description}]`. */
  readonly columns: string;
  readonly created_ms: number;
  readonly updated_ms: number;
}

export interface EventTables {
  events_quarantine: QuarantineRow;
  events_custom_tables: CustomTableRow;
}
