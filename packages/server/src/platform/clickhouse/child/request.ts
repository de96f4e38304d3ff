import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';

/** A request as the front understands it: ClickHouse's HTTP interface, the part that its client uses. */
export interface StatementRequest {
  readonly queryId: string;
  /** From the `query` parameter, or else the body. */
  readonly sql: string;
  /** Settings, `database` left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** Bound values: `param_name` -> text in the engine's escaped form. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly database: string | undefined;
  /** The rows, where the statement came as a parameter. */
  readonly body: Readable | undefined;
}

/** Bytes of a statement's text in a body. */
export const STATEMENT_LIMIT_BYTES = 32 * 1024 * 1024;

/** Parameters of the interface that are no engine settings. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'enable_http_compression',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'cancel_http_readonly_queries_on_client_close',
]);

export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

export async function readRequest(message: IncomingMessage, url: URL): Promise<StatementRequest> {
  const settings: Record<string, string> = {};
  const parameters: Record<string, string> = {};
  const take = (name: string, value: string) => {
    // The engine's interface takes texts that end at a NUL: in a value it is written as its escape.
    if (name.startsWith('param_')) parameters[name] = value.replaceAll('\0', '\\0');
    else if (!OWN_PARAMETERS.has(name)) settings[name] = value;
  };
  for (const [name, value] of url.searchParams) take(name, value);
  const encoding = message.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'gzip') throw new BadRequest(`content-encoding ${encoding} is not known`);
  const body: Readable = encoding === 'gzip' ? message.pipe(createGunzip()) : message;
  const head = {
    queryId: url.searchParams.get('query_id') ?? '',
    database: url.searchParams.get('database') ?? undefined,
    settings,
    parameters,
  };
  const inAddress = url.searchParams.get('query');
  if (inAddress !== null) return { ...head, sql: inAddress, body };
  const text = await readText(body);
  const boundary = /^multipart\/form-data;\s*boundary=(.+)$/.exec(message.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return { ...head, sql: text, body: undefined };
  const parts = readParts(text, boundary);
  for (const [name, value] of parts) if (name !== 'query') take(name, value);
  return { ...head, sql: parts.get('query') ?? '', body: undefined };
}

async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > STATEMENT_LIMIT_BYTES) throw new BadRequest(`a statement is at most ${STATEMENT_LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The fields of a multipart form (RFC 7578) as the client sends them: no files, one value a name. */
function readParts(text: string, boundary: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const split = part.indexOf('\r\n\r\n');
    const name = /name="([^"]+)"/.exec(part.slice(0, split))?.[1];
    if (split === -1 || name === undefined) throw new BadRequest('a part of the form has no name');
    parts.set(name, part.slice(split + 4).replace(/\r\n$/, ''));
  }
  return parts;
}
