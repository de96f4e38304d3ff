import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Catalogue } from '@gatehouse/kql';
import { quoteIdentifier, type EventStore } from '../../../platform/clickhouse/index.ts';
import { boundariesOf, PlacesFault, readNetworks } from './networks.ts';

const TABLE = 'Place';
const ROWS_PER_INSERT = 50_000;
/** The engine takes arrays of up to a million values; a piece is one. */
const ROWS_PER_PIECE = 900_000;
/** Written last: a snapshot that has it is whole. Its boundary is the number of pieces. */
const MARK = 65_535;
const LOOK_EVERY_MS = 60_000;

const UNSET = 'There is no database of the places of network addresses: an administrator sets geo.database.';

/** The database of places that queries read, kept as the file is. */
export interface Places {
  current(): NonNullable<Catalogue['places']>;
  /** Reads the file where it has changed since; throws where it cannot be read. */
  refresh(): Promise<void>;
  start(failed: (error: unknown) => void): void;
  stop(): Promise<void>;
}

export function createPlaces(file: string, database: string, openStore: () => EventStore): Places {
  let current: NonNullable<Catalogue['places']> = {
    missing: file === '' ? UNSET : 'The database of places (geo.database) is not read yet.',
  };
  let seen = '';
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  async function load(): Promise<void> {
    const { mtimeMs, size } = await stat(file);
    const state = `${mtimeMs} ${size}`;
    if (state === seen) return;
    const text = await readFile(file, 'utf8');
    const snapshot = Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 13), 16);
    const store = openStore();
    const table = `${store.database}.${quoteIdentifier(TABLE)}`;
    await store.command(
      `CREATE TABLE IF NOT EXISTS ${table} (Snapshot UInt64, Piece UInt16, Boundary Decimal(38, 0), Info String)
ENGINE = MergeTree ORDER BY (Snapshot, Piece, Boundary) SETTINGS non_replicated_deduplication_window = 10000`,
    );
    const known = await store.read(
      `SELECT toString(any(Boundary)) FROM ${table} WHERE Snapshot = {snapshot:UInt64} AND Piece = ${MARK} HAVING count() > 0`,
      { params: { snapshot } },
    );
    const pieces = known.rows[0] === undefined ? await write(store, snapshot, text) : Number(known.rows[0][0]);
    const before = typeof current === 'object' && 'snapshot' in current ? current.snapshot : snapshot;
    current = { source: { database: database, table: TABLE }, snapshot, pieces };
    seen = state;
    // Queries under way still read the snapshot before.
    await store.command(`ALTER TABLE ${table} DELETE WHERE Snapshot NOT IN ({snapshot:UInt64}, {before:UInt64})`, {
      snapshot,
      before,
    });
  }

  return {
    current: () => current,
    refresh: () => (running ??= load().finally(() => (running = undefined))),
    start(failed) {
      if (file === '') return;
      const look = (): void => {
        this.refresh().catch(failed);
      };
      look();
      timer = setInterval(look, LOOK_EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running?.catch(() => undefined);
    },
  };
}

/** Answers the number of pieces. */
async function write(store: EventStore, snapshot: number, text: string): Promise<number> {
  const boundaries = boundariesOf(readNetworks(text));
  const numbers = new Map<string, bigint>();
  for (const { info } of boundaries)
    if (info !== undefined && !numbers.has(info)) numbers.set(info, BigInt(numbers.size + 1));
  if (numbers.size > ROWS_PER_PIECE) throw new PlacesFault(`it has more than ${ROWS_PER_PIECE} different places`);
  const row = (piece: number, boundary: bigint, info = ''): string =>
    JSON.stringify({ Snapshot: snapshot, Piece: piece, Boundary: String(boundary), Info: info });
  const insert = async (lines: readonly string[], part: number): Promise<void> => {
    for (let at = 0; at < lines.length; at += ROWS_PER_INSERT)
      await store.insert(TABLE, lines.slice(at, at + ROWS_PER_INSERT).join('\n'), {
        token: `${snapshot}-${part}-${at}`,
      });
  };
  await insert(
    [...numbers].map(([info, number]) => row(0, number, info)),
    0,
  );
  const pieces = Math.ceil(boundaries.length / ROWS_PER_PIECE);
  for (let piece = 1; piece <= pieces; piece += 1) {
    const part = boundaries.slice((piece - 1) * ROWS_PER_PIECE, piece * ROWS_PER_PIECE);
    await insert(
      part.map(({ key, info }) => row(piece, (key << 32n) + (info === undefined ? 0n : (numbers.get(info) ?? 0n)))),
      piece,
    );
  }
  await insert([row(MARK, BigInt(pieces))], MARK);
  return pieces;
}
