import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { EventError } from './errors.ts';
import { parseJson } from './record.ts';

const gunzipAsync = promisify(gunzip);

/** What a body held: records in their order, and the parts that are no JSON. */
export interface ReadBody {
  readonly records: readonly unknown[];
  /** Place of each record in the body, from 0. */
  readonly indexes: readonly number[];
  readonly malformed: readonly { readonly index: number; readonly reason: string; readonly text: string }[];
  /** True for one object that stands alone: it is answered as one. */
  readonly single: boolean;
}

/**
 * Unpacks a body. @throws EventError BODY_TOO_LARGE past the limit, ENCODING_UNKNOWN, JSON_MALFORMED for broken gzip.
 */
export async function unpackBody(body: Buffer, encoding: string | undefined, limitBytes: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return body;
  if (name !== 'gzip' && name !== 'x-gzip')
    throw new EventError('ENCODING_UNKNOWN', {
      details: [{ field: 'content-encoding', reason: 'is neither gzip nor identity' }],
    });
  try {
    return await gunzipAsync(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new EventError('BODY_TOO_LARGE', { cause: error });
    throw new EventError('JSON_MALFORMED', { message: 'The body is not valid gzip.', cause: error });
  }
}

const LINES_TYPE = /ndjson|jsonlines|json-lines|jsonl/i;

/** Reads an object, an array, or one JSON value a line; the content type decides only where the text leaves it open. */
export function readBody(text: string, contentType: string | undefined): ReadBody {
  if (LINES_TYPE.test(contentType ?? '')) return readLines(text);
  const whole = tryJson(text);
  if (whole.ok) {
    if (!Array.isArray(whole.value)) return { records: [whole.value], indexes: [0], malformed: [], single: true };
    return { records: whole.value, indexes: whole.value.map((_, index) => index), malformed: [], single: false };
  }
  const lineEnd = text.indexOf('\n');
  if (lineEnd > 0 && tryJson(text.slice(0, lineEnd)).ok) return readLines(text);
  return { records: [], indexes: [], malformed: [{ index: 0, reason: whole.reason, text }], single: true };
}

function readLines(text: string): ReadBody {
  const records: unknown[] = [];
  const indexes: number[] = [];
  const malformed: { index: number; reason: string; text: string }[] = [];
  let index = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const read = tryJson(line);
    if (read.ok) {
      records.push(read.value);
      indexes.push(index);
    } else malformed.push({ index, reason: read.reason, text: line });
    index += 1;
  }
  return { records, indexes, malformed, single: false };
}

function tryJson(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) };
  } catch (error) {
    return { ok: false, reason: `is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'}` };
  }
}
