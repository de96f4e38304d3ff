import { COMMON_COLUMNS } from '@gatehouse/schema';
import type { Column, LogTable } from '@gatehouse/schema';
import { storageType } from '@gatehouse/kql';
import { quoteIdentifier } from './identifiers.ts';

/**
 * First in every table and every sorting key, named by no query: the data layer's. Whose row it is decides first which part of
 * the data is read at all.
 */
export const COMPANY_COLUMN = { name: 'CompanyId', type: 'UInt32' } as const;

/** Columns every row has a value in: no null map. */
const REQUIRED_COLUMNS: ReadonlySet<string> = new Set(['TimeGenerated', 'IngestedAt']);

/** What a partition goes by. See `createTableStatement`. */
const ARRIVAL = 'IngestedAt';

/**
 * When the engine wrote the row, by its own clock: what the retention counts from. Not `IngestedAt`, which is the server's word:
 * rows that a back-test or an import gives an arrival of long ago would leave in the moment they came. Hidden from `SELECT *`.
 */
const STORED_COLUMN: PhysicalColumn = {
  name: '_StoredAt',
  type: "DateTime('UTC')",
  expression: 'MATERIALIZED now()',
  codec: 'CODEC(Delta(4), ZSTD(1))',
  index: undefined,
};

/** Columns that are the data layer's: no declared table may name one. */
export const RESERVED_COLUMNS: readonly string[] = [COMPANY_COLUMN.name, STORED_COLUMN.name];

/** Rows of a table whose INSERTs are remembered, so that a repeated token leaves one copy: minutes of the busiest table. */
const DEDUPLICATION_WINDOW_BLOCKS = 10_000;

const PARTITION_FUNCTION = { day: 'toYYYYMMDD', month: 'toYYYYMM' } as const satisfies Record<
  LogTable['partitionBy'],
  string
>;

/**
 * Bytes from which on a part has a file for each column. Below, one file holds them all: of a table of 226 columns, merges took
 * 1,460 MB with the engine's default of 10 MB and 230 MB so, and an INSERT of 100 rows 210 ms and 117 ms.
 */
const WIDE_PART_BYTES = 256 * 1024 * 1024;

/**
 * Times are neighbours in the sorting order: their differences are small. Measured over 10 million rows, see bench/.
 * Other columns take the engine's LZ4, texts that are read seldom the denser ZSTD.
 */
const TIME_CODEC = 'CODEC(Delta(8), ZSTD(1))';
const TEXT_CODEC = 'CODEC(ZSTD(1))';

/**
 * Skip indexes by `storage.index`. `text` serves lower(column) LIKE '%…%', hasTokenCaseInsensitive(column, …) and
 * match(lower(column), …): 1.5 million lines of 110 characters, a phrase in 8 of them: 134 ms without, 21 to 35 ms with; loading costs
 * twice the time. `bloom` serves equality.
 */
const INDEX_BY_KIND = {
  bloom: (column: string) => `${column} TYPE bloom_filter(0.01) GRANULARITY 1`,
  text: (column: string) => `lower(${column}) TYPE ngrambf_v1(3, 65536, 3, 0) GRANULARITY 1`,
} as const satisfies Record<'bloom' | 'text', (column: string) => string>;

/** A column as the engine keeps it. */
export interface PhysicalColumn {
  readonly name: string;
  /** The engine's own spelling, as system.columns shows it. */
  readonly type: string;
  /** `MATERIALIZED …` where the engine makes the value itself. */
  readonly expression: string;
  readonly codec: string;
  /** The skip index's expression and type, where the column has one. */
  readonly index: string | undefined;
}

function physicalColumn(column: Column): PhysicalColumn {
  const required = REQUIRED_COLUMNS.has(column.name);
  const plain = storageType(column.type, { required });
  const asDictionary = column.storage?.lowCardinality === true && column.type === 'string';
  const type = asDictionary ? `LowCardinality(${plain})` : plain;
  const kind = column.storage?.index;
  const isLongText = kind === 'text' || column.type === 'dynamic';
  const quoted = quoteIdentifier(column.name);
  return {
    name: column.name,
    type,
    expression: '',
    codec: column.type === 'datetime' ? TIME_CODEC : isLongText ? TEXT_CODEC : '',
    index:
      column.name === ARRIVAL
        ? `${quoted} TYPE minmax GRANULARITY 1`
        : kind === undefined
          ? undefined
          : INDEX_BY_KIND[kind](quoted),
  };
}

/** Every column of a table in the engine: `CompanyId`, `_StoredAt`, the common ones, its own. */
export function physicalColumns(table: LogTable): readonly PhysicalColumn[] {
  const company: PhysicalColumn = { ...COMPANY_COLUMN, expression: '', codec: '', index: undefined };
  const columns = [company, STORED_COLUMN, ...[...COMMON_COLUMNS, ...table.columns].map(physicalColumn)];
  const names = new Set(columns.map((column) => column.name));
  if (names.size !== columns.length) throw new TypeError(`table ${table.name} names a column twice`);
  for (const key of table.sortingKey)
    if (!names.has(key)) throw new TypeError(`table ${table.name} has no column ${key} to sort by`);
  return columns;
}

export function indexName(column: string): string {
  return `index_${column}`;
}

/** A column in CREATE TABLE or ADD COLUMN. */
export function columnDefinition(column: PhysicalColumn): string {
  return [quoteIdentifier(column.name), column.type, column.expression, column.codec]
    .filter((part) => part !== '')
    .join(' ');
}

/** How long a row is kept, counted from when it was written. */
export function retentionExpression(days: number): string {
  if (!Number.isInteger(days) || days < 1 || days > 3650)
    throw new TypeError(`rows are kept 1 to 3650 days, not ${days}`);
  return `${STORED_COLUMN.name} + toIntervalDay(${days})`;
}

export function sortingKey(table: LogTable): readonly string[] {
  return [COMPANY_COLUMN.name, ...table.sortingKey];
}

export function partitionKey(table: LogTable): string {
  return `${PARTITION_FUNCTION[table.partitionBy]}(${ARRIVAL})`;
}

/**
 * The statement that makes a table. `database` is quoted already.
 *
 * Partitions and retention go by the arrival, not by the event's own time: an INSERT then stays within one partition (and is
 * atomic), what arrives with the time of another year neither makes a partition nor is deleted at once, and the parts of a day
 * leave as a whole when their time is over. Reading by the event's time goes through the sorting key.
 */
export function createTableStatement(database: string, table: LogTable): string {
  const columns = physicalColumns(table);
  const indexes = columns.flatMap((column) =>
    column.index === undefined ? [] : [`INDEX ${quoteIdentifier(indexName(column.name))} ${column.index}`],
  );
  const nullableKey = columns.some(
    (column) => table.sortingKey.includes(column.name) && column.type.startsWith('Nullable('),
  );
  const settings = [
    `non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW_BLOCKS}`,
    // Acknowledged means on disk, also after a power cut.
    'fsync_after_insert = 1',
    'fsync_part_directory = 1',
    'ttl_only_drop_parts = 1',
    `min_bytes_for_wide_part = ${WIDE_PART_BYTES}`,
    ...(nullableKey ? ['allow_nullable_key = 1'] : []),
  ];
  return [
    `CREATE TABLE IF NOT EXISTS ${database}.${quoteIdentifier(table.name)}`,
    `(\n  ${[...columns.map(columnDefinition), ...indexes].join(',\n  ')}\n)`,
    'ENGINE = MergeTree',
    `PARTITION BY ${partitionKey(table)}`,
    `ORDER BY (${sortingKey(table).map(quoteIdentifier).join(', ')})`,
    `TTL ${retentionExpression(table.retentionDays)}`,
    `SETTINGS ${settings.join(', ')}`,
  ].join('\n');
}
