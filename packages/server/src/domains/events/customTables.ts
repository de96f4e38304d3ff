import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { COMMON_COLUMNS, KQL_TYPES, LOG_TABLES, type Column, type KqlType, type LogTable } from '@gatehouse/schema';
import type { CompanyScope } from '../../platform/access/index.ts';
import { COMPANY_COLUMN, migrateTables, StoreError, type EventStore } from '../../platform/clickhouse/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { EventError } from './errors.ts';
import { allCustomTables, insertCustomTable, updateCustomTable } from './store.ts';
import type { EventTables } from './tables.ts';

export interface NewColumn {
  readonly name: string;
  readonly type: string;
  readonly description?: string | undefined;
}

export interface NewTable {
  /** Ends in `_CL`. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly columns: readonly NewColumn[];
}

const TABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,59}_CL$/;
const COLUMN_NAME = /^[A-Za-z][A-Za-z0-9_]{0,44}$/;
const COLUMN_LIMIT = 300;
const TABLE_LIMIT = 200;
const RETENTION_DAYS = 365;
/** Another process may have declared a table: what is known is read again after this long. */
const CACHE_MS = 2_000;

/** Names that the store or KQL keeps for itself. */
const RESERVED: ReadonlySet<string> = new Set(
  [COMPANY_COLUMN.name, 'TenantId', ...COMMON_COLUMNS.map((column) => column.name)].map((name) => name.toLowerCase()),
);
const BUILT_IN: ReadonlyMap<string, LogTable> = new Map(LOG_TABLES.map((table) => [table.name, table]));
const BUILT_IN_NAMES: ReadonlySet<string> = new Set(LOG_TABLES.map((table) => table.name.toLowerCase()));

interface Declared {
  readonly company: number;
  readonly table: LogTable;
}

function invalid(field: string, reason: string): EventError {
  return new EventError('TABLE_INVALID', { details: [{ field, reason }] });
}

function checkedColumns(columns: readonly NewColumn[], taken: readonly Column[]): Column[] {
  const names = new Set(taken.map((column) => column.name.toLowerCase()));
  return columns.map(({ name, type, description }, index) => {
    const at = `/columns/${index}`;
    if (!COLUMN_NAME.test(name))
      throw invalid(`${at}/name`, 'begins with a letter and has up to 45 letters, digits and _');
    if (RESERVED.has(name.toLowerCase())) throw invalid(`${at}/name`, 'is a column that every table has');
    if (names.has(name.toLowerCase())) throw invalid(`${at}/name`, 'is there twice');
    names.add(name.toLowerCase());
    if (!(KQL_TYPES as readonly string[]).includes(type))
      throw invalid(`${at}/type`, `is none of ${KQL_TYPES.join(', ')}`);
    return { name, type: type as KqlType, description: description ?? '' };
  });
}

function tableOf(name: string, description: string, columns: readonly Column[]): LogTable {
  return {
    name,
    description,
    origin: 'custom',
    columns,
    sortingKey: ['TimeGenerated'],
    retentionDays: RETENTION_DAYS,
    partitionBy: 'month',
  };
}

/**
 * The log tables: built in, and those that companies declared. Two companies may declare one name; its physical table then has
 * the columns of both, and each company sees its own.
 */
export class TableRegistry {
  readonly #database: Kysely<EventTables>;
  readonly #store: EventStore;
  readonly #clock: Clock;
  #declared: readonly Declared[] = [];
  #text = '';
  #version = 0;
  #readAtMs = -Infinity;

  constructor(database: Kysely<EventTables>, store: EventStore, clock: Clock) {
    this.#database = database;
    this.#store = store;
    this.#clock = clock;
  }

  /** Makes or extends every physical table. Run at the start, before events are taken. */
  async migrate(): Promise<void> {
    await this.#read();
    await migrateTables(this.#store, [...LOG_TABLES, ...this.#physical()]);
  }

  /** Changes with any custom table. */
  version(): string {
    return String(this.#version);
  }

  /** Built in, and what the scope's companies declared; without a scope the built-in ones. */
  async visibleTo(scope?: CompanyScope): Promise<readonly LogTable[]> {
    await this.#refresh();
    if (scope === undefined) return LOG_TABLES;
    const mine = this.#declared.filter(({ company }) => scope.companies.includes(company));
    return [...LOG_TABLES, ...merged(mine)];
  }

  /** Names of all tables of all companies, for work that belongs to none of them. */
  async allNames(): Promise<readonly string[]> {
    await this.#refresh();
    return [...LOG_TABLES, ...this.#physical()].map((table) => table.name);
  }

  /** One table as a company sees it. Without a database call where the table is built in. */
  async find(company: number, name: string): Promise<LogTable | undefined> {
    const builtIn = BUILT_IN.get(name);
    if (builtIn !== undefined) return builtIn;
    await this.#refresh();
    return this.#declared.find((one) => one.company === company && one.table.name === name)?.table;
  }

  /** @throws EventError TABLE_INVALID, TABLE_EXISTS. */
  async declare(company: number, { name, description = '', columns }: NewTable): Promise<LogTable> {
    if (!TABLE_NAME.test(name))
      throw invalid('/name', 'begins with a letter, has letters, digits and _, and ends in _CL');
    if (BUILT_IN_NAMES.has(name.toLowerCase())) throw new EventError('TABLE_EXISTS');
    if (columns.length === 0 || columns.length > COLUMN_LIMIT) throw invalid('/columns', `are 1 to ${COLUMN_LIMIT}`);
    const table = tableOf(name, description, checkedColumns(columns, []));
    await this.#read();
    const mine = this.#declared.filter((one) => one.company === company);
    if (mine.some((one) => one.table.name.toLowerCase() === name.toLowerCase())) throw new EventError('TABLE_EXISTS');
    if (mine.length >= TABLE_LIMIT) throw invalid('/name', `a company has at most ${TABLE_LIMIT} tables of its own`);
    await this.#extendPhysical({ company, table });
    const nowMs = this.#clock.now();
    const row = { name, description, columns: JSON.stringify(table.columns), created_ms: nowMs, updated_ms: nowMs };
    await insertCustomTable(this.#database, { id: uuidv7(), company, ...row });
    await this.#read();
    return table;
  }

  /** Adds columns to a company's own table while it is read and written. @throws EventError TABLE_UNKNOWN, TABLE_INVALID. */
  async addColumns(company: number, name: string, columns: readonly NewColumn[]): Promise<LogTable> {
    await this.#read();
    const known = this.#declared.find((one) => one.company === company && one.table.name === name)?.table;
    if (known === undefined) throw new EventError('TABLE_UNKNOWN');
    if (known.columns.length + columns.length > COLUMN_LIMIT) throw invalid('/columns', `are at most ${COLUMN_LIMIT}`);
    const table = tableOf(name, known.description, [...known.columns, ...checkedColumns(columns, known.columns)]);
    await this.#extendPhysical({ company, table });
    await updateCustomTable(this.#database, company, name, {
      columns: JSON.stringify(table.columns),
      updated_ms: this.#clock.now(),
    });
    await this.#read();
    return table;
  }

  #physical(more: readonly Declared[] = []): LogTable[] {
    return merged([...this.#declared, ...more]);
  }

  async #extendPhysical(declared: Declared): Promise<void> {
    const others = this.#declared.filter((one) => one.table.name === declared.table.name);
    for (const [index, column] of declared.table.columns.entries()) {
      const other = others
        .flatMap((one) => one.table.columns)
        .find((one) => one.name.toLowerCase() === column.name.toLowerCase());
      if (other !== undefined && (other.name !== column.name || other.type !== column.type))
        throw invalid(`/columns/${index}`, `is kept as ${other.name}:${other.type} already: take another name`);
    }
    try {
      await migrateTables(
        this.#store,
        this.#physical([declared]).filter((table) => table.name === declared.table.name),
      );
    } catch (error) {
      // A column that an earlier declaration left in the engine with another type.
      if (error instanceof StoreError && error.code === 'STORE_SCHEMA')
        throw new EventError('TABLE_INVALID', {
          details: [
            { field: '/columns', reason: 'a column of this name was kept with another type: take another name' },
          ],
          cause: error,
        });
      throw error;
    }
  }

  async #refresh(): Promise<void> {
    const nowMs = this.#clock.now();
    if (nowMs - this.#readAtMs > CACHE_MS || nowMs < this.#readAtMs) await this.#read();
  }

  async #read(): Promise<void> {
    const rows = await allCustomTables(this.#database);
    this.#readAtMs = this.#clock.now();
    const text = JSON.stringify(rows);
    if (text === this.#text) return;
    this.#text = text;
    this.#version += 1;
    this.#declared = rows.map((row) => ({
      company: row.company,
      table: tableOf(row.name, row.description, JSON.parse(row.columns) as Column[]),
    }));
  }
}

/** One table a name, with the columns of all that declared it. */
function merged(declared: readonly Declared[]): LogTable[] {
  const tables = new Map<string, LogTable>();
  for (const { table } of declared) {
    const known = tables.get(table.name);
    if (known === undefined) tables.set(table.name, table);
    else {
      const names = new Set(known.columns.map((column) => column.name));
      tables.set(table.name, {
        ...known,
        columns: [...known.columns, ...table.columns.filter((column) => !names.has(column.name))],
      });
    }
  }
  return [...tables.values()];
}
