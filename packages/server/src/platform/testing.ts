import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { ManualClock } from './clock.ts';
import { openEventStore } from './clickhouse/index.ts';
import { readConfig } from './config/index.ts';
import { openDatabase, type Migration } from './database/index.ts';
import { createMailer } from './mail/index.ts';
import type { Platform } from './platform.ts';

export interface TestPlatformOptions {
  /** Where the manual clock starts; default 2026-03-02T09:00:00Z, a Monday. */
  readonly clockMs?: number;
  readonly migrations?: readonly Migration[];
  /** Settings by `section.key`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False: no event store is started, and touching it throws; for tests of the control plane alone. */
  readonly withStore?: boolean;
}

export interface TestPlatform extends Platform {
  readonly clock: ManualClock;
  close(): Promise<void>;
}

/** A platform for tests: real SQLite and the real engine in a temporary folder, and a clock that stands still. */
export async function createTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-test-'));
  const config = readConfig({
    env: { GATEHOUSE_DATA: folder },
    cwd: folder,
    overrides: { 'app.secretKey': 'test-only-0123456789abcdef0123456789abcdef', ...options.settings },
  });
  const clock = new ManualClock(options.clockMs ?? Date.UTC(2026, 2, 2, 9));
  const database = await openDatabase({ url: config.database.url, folder, clock }, options.migrations ?? []);
  const store =
    options.withStore === false
      ? undefined
      : await openEventStore({ kind: 'embedded', folder: path.join(folder, 'events'), database: 'gatehouse' });
  const mail = createMailer(config.mail);
  return {
    config,
    clock,
    database,
    mail,
    log: pino({ level: 'silent' }),
    metrics: new Registry(),
    get store() {
      if (store === undefined) throw new Error('this test platform was made without an event store');
      return store;
    },
    async close() {
      mail.close();
      await store?.close();
      await database.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
