/** One thing that somebody did. Rows are inserted and never changed. */
export interface AuditRow {
  readonly id: string;
  /** The company's number; 0 for what concerns the installation as a whole. */
  readonly chain: number;
  /** 1, 2, 3 … without gaps inside a chain. */
  readonly sequence: number;
  readonly at_ms: number;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_label: string;
  readonly action: string;
  readonly target: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly address: string | null;
  /** JSON object without secrets. */
  readonly detail: string | null;
  /** Hash of the row before, in hex; 64 zeros for the first. */
  readonly previous_hash: string;
  readonly hash: string;
}

/** Where each chain ends: a trail that was cut short does not reach its head. */
export interface AuditHeadRow {
  readonly chain: number;
  sequence: number;
  hash: string;
}

export interface AuditTables {
  audit_log: AuditRow;
  audit_heads: AuditHeadRow;
}
