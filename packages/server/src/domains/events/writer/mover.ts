import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StoreError, type EventStore } from '../../../platform/clickhouse/index.ts';
import type { Lines, Segment } from './journal.ts';

/** Rows of one insert at most, and bytes: the engine sorts an insert in memory. */
const INSERT_ROWS = 20_000;
const INSERT_BYTES = 16 * 2 ** 20;
const PAUSES_MS = [200, 500, 1_000, 2_000, 5_000] as const;

export interface BadRow {
  readonly table: string;
  readonly json: string;
  readonly reason: string;
}

export interface MoverOptions {
  readonly store: EventStore;
  readonly log: Logger;
  /** A row that the engine refuses: kept where somebody can look at it. Resolves when it is. */
  readonly onBadRow: (row: BadRow) => Promise<void>;
  /** True: give up; the journal keeps what is not moved. */
  readonly stopping: () => boolean;
}

/** Thrown when a stop cut a move short; nothing is lost. */
export class MoveInterrupted extends Error {
  override readonly name = 'MoveInterrupted';
}

/**
 * Puts a segment's rows into the store, all tables at once. Its tokens follow from the segment alone, so doing it twice leaves one
 * copy. Waits out a store that is down; takes rows that the engine refuses apart from the others.
 */
export async function moveSegment(segment: Segment, options: MoverOptions): Promise<void> {
  const results = await Promise.allSettled(
    [...segment.rows].map(([table, rows]) => moveTable(segment.id, table, rows, options)),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function moveTable(id: string, table: string, lines: readonly Lines[], options: MoverOptions): Promise<void> {
  let from = 0;
  while (from < lines.length) {
    let to = from;
    let bytes = 0;
    let rows = 0;
    while (to < lines.length && rows < INSERT_ROWS && bytes < INSERT_BYTES) {
      bytes += lines[to]?.bytes.length ?? 0;
      rows += lines[to]?.count ?? 0;
      to += 1;
    }
    await moveRows(`${id}:${from}`, table, Buffer.concat(lines.slice(from, to).map((one) => one.bytes)), options);
    from = to;
  }
}

async function moveRows(token: string, table: string, rows: Buffer, options: MoverOptions): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await options.store.insert(table, rows, { token });
      return;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'STORE_BAD_ROW') {
        await moveApart(token, table, rows, error, options);
        return;
      }
      options.log.error(
        { err: error, table, bytes: rows.length, attempt },
        'events wait in the journal: the store does not take them',
      );
      if (options.stopping())
        throw new MoveInterrupted('the store did not take the rows before the stop', { cause: error });
      await sleep(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 5_000);
    }
  }
}

/** Halves the rows until the refused one stands alone. */
async function moveApart(
  token: string,
  table: string,
  rows: Buffer,
  error: StoreError,
  options: MoverOptions,
): Promise<void> {
  const lines = rows
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) {
    const reason = error.cause instanceof Error ? error.cause.message.slice(0, 500) : error.message;
    options.log.error({ err: error, table }, 'the store refuses a row; it is in the quarantine');
    await options.onBadRow({ table, json: only, reason });
    return;
  }
  const middle = Math.ceil(lines.length / 2);
  await moveRows(`${token}<`, table, Buffer.from(`${lines.slice(0, middle).join('\n')}\n`), options);
  await moveRows(`${token}>`, table, Buffer.from(`${lines.slice(middle).join('\n')}\n`), options);
}
