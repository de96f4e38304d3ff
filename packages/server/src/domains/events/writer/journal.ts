import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * The journal: acknowledged rows on their way to the store.
 *
 * A store insert of two wide tables takes some 30 to 100 ms whatever its size, so 64 clients that wait for one cannot reach
 * thousands of events a second; a flushed append to a file takes half a millisecond. So an event is acknowledged when it is in
 * the journal and flushed (fdatasync), and the journal is moved into the store segment by segment. What a killed process left is
 * inserted at the next start with the same deduplication token, so it is there once. ARIES calls this redo logging.
 *
 * A segment is a file of frames: `F <bytes> <crc32>\n`, then for each table `T <table> <rows> <bytes>\n` and its rows as JSON lines.
 * A frame that was cut off by a kill fails its length or checksum; it was not acknowledged, and reading stops there.
 */
export interface Segment {
  /** Part of the insert's deduplication token: the same after a restart. */
  readonly id: string;
  readonly file: string;
  /** Rows by table, in the order of their arrival; as bytes, so that what waits for the store is no work for the collector. */
  readonly rows: Map<string, Lines[]>;
  rowCount: number;
  bytes: number;
  /** `IngestedAt` of its first row, milliseconds. */
  readonly firstStampMs: number;
}

/** Rows of one table as JSON lines. */
export interface Lines {
  readonly bytes: Buffer;
  readonly count: number;
}

const SUFFIX = '.journal';

export class Journal {
  readonly #folder: string;
  #handle: FileHandle | undefined;
  #active: Segment | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder where it is missing. */
  static async open(folder: string): Promise<Journal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new Journal(folder);
  }

  get active(): Segment | undefined {
    return this.#active;
  }

  /** Segments that an earlier process left, the oldest first. Call before the first `append`. */
  async leftovers(): Promise<Segment[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(SUFFIX)).sort();
    const segments: Segment[] = [];
    for (const name of names) {
      const file = path.join(this.#folder, name);
      const segment = newSegment(file, Number(name.split('-')[0]));
      for (const [table, lines] of readFrames(await readFile(file))) addLines(segment, table, lines);
      segments.push(segment);
    }
    return segments;
  }

  /** Appends one frame and resolves when it is flushed to disk. One call at a time. After an error the frame is not there. */
  async append(tables: ReadonlyMap<string, Lines>, stampMs: number): Promise<Segment> {
    const parts = [...tables].flatMap(([table, { bytes, count }]) => [
      Buffer.from(`T ${table} ${count} ${bytes.length}\n`),
      bytes,
    ]);
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const checksum = parts.reduce((sum, part) => crc32(part, sum), 0);
    const head = Buffer.from(`F ${size} ${checksum.toString(16)}\n`);
    const segment = this.#active ?? (await this.#create(stampMs));
    const handle = this.#handle;
    if (handle === undefined) throw new Error('invariant: an active segment has a handle');
    try {
      await handle.writev([head, ...parts], segment.bytes);
      await handle.datasync();
    } catch (error) {
      // The next frame is written at the same place; a rest of this one would hide what follows.
      await handle.truncate(segment.bytes).catch(() => undefined);
      throw error;
    }
    segment.bytes += head.length + size;
    for (const [table, lines] of tables) addLines(segment, table, lines);
    return segment;
  }

  /** Ends the active segment and hands it over; the next append begins another. Not while an append is under way. */
  async seal(): Promise<Segment | undefined> {
    const segment = this.#active;
    const handle = this.#handle;
    this.#active = undefined;
    this.#handle = undefined;
    await handle?.close();
    return segment;
  }

  /** Forgets a segment whose rows are all in the store. */
  async remove(segment: Segment): Promise<void> {
    await rm(segment.file, { force: true });
  }

  async #create(stampMs: number): Promise<Segment> {
    const file = path.join(
      this.#folder,
      `${String(stampMs).padStart(15, '0')}-${randomBytes(6).toString('hex')}${SUFFIX}`,
    );
    const handle = await open(file, 'wx', 0o600);
    // The file's name must survive a power cut as well as its content.
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    this.#handle = handle;
    this.#active = newSegment(file, stampMs);
    return this.#active;
  }
}

function newSegment(file: string, firstStampMs: number): Segment {
  return { id: path.basename(file, SUFFIX), file, rows: new Map(), rowCount: 0, bytes: 0, firstStampMs };
}

function addLines(segment: Segment, table: string, lines: Lines): void {
  const known = segment.rows.get(table);
  if (known === undefined) segment.rows.set(table, [lines]);
  else known.push(lines);
  segment.rowCount += lines.count;
}

/** The rows of all whole frames, by table; a torn or foreign end is left out. */
export function* readFrames(file: Buffer): Generator<[table: string, lines: Lines]> {
  let at = 0;
  while (at < file.length) {
    const head = readHead(file, at, /^F (\d{1,12}) ([0-9a-f]{1,8})$/);
    if (head === undefined) return;
    const end = head.end + Number(head.match[1]);
    const payload = file.subarray(head.end, end);
    if (end > file.length || crc32(payload).toString(16) !== head.match[2]) return;
    yield* readTables(payload);
    at = end;
  }
}

function* readTables(payload: Buffer): Generator<[table: string, lines: Lines]> {
  let at = 0;
  while (at < payload.length) {
    const head = readHead(payload, at, /^T (\w+) (\d{1,9}) (\d{1,12})$/);
    if (head === undefined) return;
    const [, table = '', count, size] = head.match;
    yield [table, { bytes: payload.subarray(head.end, head.end + Number(size)), count: Number(count) }];
    at = head.end + Number(size);
  }
}

function readHead(file: Buffer, at: number, pattern: RegExp): { match: RegExpExecArray; end: number } | undefined {
  const lineEnd = file.indexOf(10, at);
  const match = lineEnd === -1 || lineEnd - at > 200 ? null : pattern.exec(file.toString('latin1', at, lineEnd));
  return match === null ? undefined : { match, end: lineEnd + 1 };
}
