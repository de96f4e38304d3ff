import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { parse } from 'csv-parse';
import { zipEntries } from './zip.ts';

export const FORMATS = ['ndjson', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** Characters of one record at most; what is longer is no log line, and would have to be held in memory. */
const LINE_LIMIT = 16 * 2 ** 20;

/** Told of bytes as they are read from the disk. */
export type OnBytes = (bytes: number) => void;

export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly code = 'IMPORT_FAILED';
}

function formatOf(name: string): Format | undefined {
  const extension = path.extname(name.replace(/\.gz$/i, '')).toLowerCase();
  if (extension === '.csv') return 'csv';
  return ['.ndjson', '.jsonl', '.log'].includes(extension) ? 'ndjson' : undefined;
}

/**
 * The records of a file as JSON texts, one by one, however long the file is: `.gz` and `.zip` are unpacked on the way. Without a
 * format the name decides, and else the first character: `[` begins a JSON array, anything else lines.
 * @throws ImportError
 */
export async function* recordsOf(file: string, format: Format | undefined, onBytes: OnBytes): AsyncGenerator<string> {
  if (/\.zip$/i.test(file)) {
    for (const entry of await zipEntries(file)) {
      const source = createReadStream(file, { start: entry.start, end: entry.end });
      yield* recordsIn(source, entry.packed ? createInflateRaw() : undefined, format ?? formatOf(entry.name), onBytes);
    }
    return;
  }
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  yield* recordsIn(source, (await isGzip(file)) ? createGunzip() : undefined, format ?? formatOf(file), onBytes);
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

async function* recordsIn(
  source: Readable,
  unpack: Transform | undefined,
  format: Format | undefined,
  onBytes: OnBytes,
): AsyncGenerator<string> {
  source.on('data', (chunk: Buffer) => onBytes(chunk.length));
  const text = new PassThrough({ encoding: 'utf8', highWaterMark: 256 * 1024 });
  const flow = unpack === undefined ? pipeline(source, text) : pipeline(source, unpack, text);
  flow.catch(() => undefined);
  try {
    if (format === 'csv') yield* csvRecords(text);
    else yield* jsonRecords(text, format);
    await flow;
  } catch (error) {
    throw error instanceof ImportError
      ? error
      : new ImportError(`the file cannot be read: ${error instanceof Error ? error.message : 'unknown'}`);
  } finally {
    source.destroy();
  }
}

/** Rows with the first line's names; an empty field is no field. */
async function* csvRecords(text: Readable): AsyncGenerator<string> {
  const parser = text.pipe(
    parse({ columns: true, bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: LINE_LIMIT }),
  );
  text.on('error', (error: Error) => parser.destroy(error));
  for await (const row of parser as AsyncIterable<Record<string, string>>)
    yield JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')));
}

async function* jsonRecords(text: Readable, given: Format | undefined): AsyncGenerator<string> {
  let splitter: Splitter | undefined;
  for await (const chunk of text as AsyncIterable<string>) {
    splitter ??= startSplitter(chunk, given);
    if (splitter === undefined) continue;
    yield* splitter.push(chunk);
  }
  if (splitter !== undefined) yield* splitter.end();
}

/** Undefined as long as there is nothing but space. */
function startSplitter(chunk: string, given: Format | undefined): Splitter | undefined {
  const first = chunk
    .replace(/^\uFEFF/, '')
    .trimStart()
    .charAt(0);
  if (first === '') return undefined;
  return given !== 'ndjson' && first === '[' ? arraySplitter() : lineSplitter();
}

interface Splitter {
  push(chunk: string): Iterable<string>;
  end(): Iterable<string>;
}

function lineSplitter(): Splitter {
  let rest = '';
  return {
    *push(chunk) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_LIMIT) throw new ImportError(`a line is longer than ${LINE_LIMIT} characters`);
      for (const line of lines) if (line.trim() !== '') yield line.trim();
    },
    *end() {
      if (rest.trim() !== '') yield rest.trim();
    },
  };
}

/** Elements of one JSON array, found by their brackets outside of strings; each is parsed later by itself. */
function arraySplitter(): Splitter {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let element = '';
  return {
    *push(chunk) {
      let start = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const character = chunk.charAt(at);
        if (inString) {
          if (escaped) escaped = false;
          else if (character === '\\') escaped = true;
          else if (character === '"') inString = false;
        } else if (character === '"') inString = true;
        else if (character === '[' || character === '{') {
          depth += 1;
          if (depth === 1) start = at + 1;
        } else if (character === ']' || character === '}') depth -= 1;
        if (!inString && ((character === ',' && depth === 1) || (character === ']' && depth === 0))) {
          const text = (element + chunk.slice(start, at)).trim();
          if (text !== '') yield text;
          element = '';
          start = at + 1;
        }
      }
      element += chunk.slice(start);
      if (element.length > LINE_LIMIT) throw new ImportError(`an element is longer than ${LINE_LIMIT} characters`);
    },
    end() {
      if (depth > 0) throw new ImportError('the JSON array has no end');
      return [];
    },
  };
}
