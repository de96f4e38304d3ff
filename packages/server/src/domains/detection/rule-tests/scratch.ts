import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LOG_TABLES, COMMON_COLUMNS, type LogTable } from '@gatehouse/schema';
import { migrateTables, openEventStore, type EventStore } from '../../../platform/clickhouse/index.ts';
import type { TestEvent } from '../rule-files/rule.ts';

/** An event store of its own, in a temporary folder, with the log tables and nothing in them. */
export interface Scratch {
  readonly store: EventStore;
  readonly tables: readonly LogTable[];
  close(): Promise<void>;
}

export async function openScratch(database: string): Promise<Scratch> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-rule-tests-'));
  try {
    const store = await openEventStore({ kind: 'embedded', folder, database });
    await migrateTables(store, LOG_TABLES);
    return {
      store,
      tables: LOG_TABLES,
      async close() {
        await store.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Rows of tests, each test as a company of its own; `problems` says what does not fit its table. */
export interface ShapedEvents {
  /** NDJSON by table. */
  readonly rows: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** Shapes events of a test as the store keeps them, for the company of the given number. */
export function shapeEvents(tables: readonly LogTable[], company: number, events: readonly TestEvent[]): ShapedEvents {
  const rows = new Map<string, string>();
  const problems = new Set<string>();
  for (const [index, event] of events.entries()) {
    const table = tables.find(({ name }) => name === event.table);
    if (table === undefined) {
      problems.add(`there is no table ${event.table}`);
      continue;
    }
    const columns = new Map([...COMMON_COLUMNS, ...table.columns].map((column) => [column.name, column.type]));
    const row: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(event.fields)) {
      const type = columns.get(name);
      if (type === undefined) problems.add(`${event.table} has no column ${name}`);
      else row[name] = type === 'dynamic' && typeof value !== 'string' ? JSON.stringify(value) : value;
    }
    const time = new Date(event.timeMs).toISOString().slice(0, -1).replace('T', ' ');
    const line = JSON.stringify({
      CompanyId: company,
      EventUid: `test-${index}`,
      Type: event.table,
      ...row,
      TimeGenerated: time,
      IngestedAt: time,
    });
    rows.set(event.table, `${rows.get(event.table) ?? ''}${line}\n`);
  }
  return { rows, problems: [...problems] };
}
