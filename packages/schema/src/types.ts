/** Kusto's scalar types, as `getschema` names them. Source: KQL documentation, "Scalar data types". */
export const KQL_TYPES = [
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'string',
  'datetime',
  'timespan',
  'guid',
  'dynamic',
] as const;
export type KqlType = (typeof KQL_TYPES)[number];

/** Sentinel's entity kinds that a log column can hold, with the identifier the column is. */
export type EntityIdentifier =
  | 'Account.Name'
  | 'Account.FullName'
  | 'Account.NTDomain'
  | 'Account.UPNSuffix'
  | 'Account.Sid'
  | 'Account.AadUserId'
  | 'Host.HostName'
  | 'Host.FullName'
  | 'Host.NTDomain'
  | 'Host.DnsDomain'
  | 'IP.Address'
  | 'URL.Url'
  | 'CloudApplication.Name'
  | 'CloudApplication.AppId';

/** How a column is kept, where that differs from the plain form of its type. It never changes what a query sees. */
export interface ColumnStorage {
  /** Few distinct values (up to some 10,000): kept as a dictionary. Strings only. */
  readonly lowCardinality?: boolean;
  /** Skip index: `bloom` for equality on high-cardinality values, `text` for `has`/`contains` on long text. */
  readonly index?: 'bloom' | 'text';
}

export interface Column {
  readonly name: string;
  readonly type: KqlType;
  /** What the value means, in one sentence. */
  readonly description: string;
  readonly entity?: EntityIdentifier;
  readonly storage?: ColumnStorage;
}

/** A log table: what KQL reads. The common columns (see `common.ts`) are not repeated in `columns`. */
export interface LogTable {
  readonly name: string;
  readonly description: string;
  /** Where names and types come from, e.g. `Azure Monitor`, `ASIM 0.1.3`, `Gatehouse`. */
  readonly origin: string;
  readonly columns: readonly Column[];
  /** Sorting key after the company; `TimeGenerated` where nothing better is known. */
  readonly sortingKey: readonly string[];
  /** Days a row is kept unless the company's retention says otherwise; bounds 1 to 3650. */
  readonly retentionDays: number;
  /** Part of the data a partition holds; a day where a day has millions of rows, otherwise a month. */
  readonly partitionBy: 'day' | 'month';
}
