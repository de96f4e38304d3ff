import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, EngineConnection, EngineResult } from './engine.ts';
import { createLanes } from './lanes.ts';
import { BadRequest, readRequest } from './request.ts';
import type { StatementRequest } from './request.ts';
import { sendGrowingFile } from './growing-file.ts';
import { readStatement, RefusedStatement } from './statements.ts';
import type { Statement } from './statements.ts';
import { quoteLiteral } from '../identifiers.ts';
import type { Spool } from './spool.ts';

export interface FrontOptions {
  readonly engine: Engine;
  readonly spool: Spool;
  readonly user: string;
  readonly password: string;
}

export interface Front {
  readonly server: Server;
  /** Statements under way. */
  readonly active: () => number;
  /** Takes no new statement, resolves when those under way are done or `timeoutMs` is over. */
  drain(timeoutMs: number): Promise<boolean>;
}

/** Queries at once; the other threads are for INSERTs and for stopping queries. */
const QUERY_LANES = 10;

/** A query that read more than this leaves memory behind that is worth giving back at once. */
const PURGE_AFTER_BYTES = 256 * 1024 * 1024;

const KILL_AGAIN_MS = 250;

/** So long after the last statement the allocator is asked to give back what it keeps. */
const IDLE_PURGE_MS = 2_000;

/** Bytes of the request line and headers: parameters of a query come in the address. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;

/** Formats whose rows go out while the query runs. Every other format is one document and goes out in one piece. */
const STREAMED_FORMATS: ReadonlySet<string> = new Set([
  'JSONEachRow',
  'JSONCompactEachRow',
  'JSONCompactEachRowWithNames',
  'JSONCompactEachRowWithNamesAndTypes',
]);

/**
 * The rows of one INSERT are one block a partition, always cut alike: the deduplication token is a block's, so a repeated
 * INSERT must be cut as the first was.
 */
const INSERT_SETTINGS: Readonly<Record<string, string>> = {
  input_format_parallel_parsing: '0',
  max_insert_threads: '1',
  min_insert_block_size_rows: '1048576',
  min_insert_block_size_bytes: '0',
  max_insert_block_size: '1048576',
};

/** ClickHouse's HTTP interface over one engine. Source: ClickHouse documentation, "HTTP interface". */
export function createFront(options: FrontOptions): Front {
  const { engine, spool } = options;
  const expected = digest(`Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`);
  let active = 0;
  let draining = false;
  let sequence = 0;
  let onIdle: (() => void) | undefined;
  let purgeTimer: NodeJS.Timeout | undefined;
  const lanes = createLanes(QUERY_LANES);
  const purge = () => {
    if (active === 0 && !draining) engine.run('SYSTEM JEMALLOC PURGE', 'Null').catch(() => undefined);
  };

  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 30_000, requestTimeout: 0 },
    (message, response) => {
      const url = new URL(message.url ?? '/', 'http://front');
      const refusal = refuse(message);
      if (refusal !== undefined) {
        fail(response, ...refusal);
        return;
      }
      if (url.pathname === '/ping') {
        response.end('Ok.\n');
        return;
      }
      active += 1;
      void serve(message, response, url).finally(() => {
        active -= 1;
        if (active > 0) return;
        onIdle?.();
        clearTimeout(purgeTimer);
        purgeTimer = setTimeout(purge, IDLE_PURGE_MS).unref();
      });
    },
  );

  function refuse(message: IncomingMessage): Refusal | undefined {
    if (!timingSafeEqual(digest(message.headers.authorization ?? ''), expected))
      return [403, 516, 'default: Authentication failed', 'AUTHENTICATION_FAILED'];
    const isPing = message.url?.startsWith('/ping') ?? false;
    if (!isPing && message.method !== 'POST') return [405, 48, 'only POST is served', 'NOT_IMPLEMENTED'];
    return !isPing && draining ? [503, 236, 'the engine is shutting down', 'ABORTED'] : undefined;
  }

  /** Again and again: a statement that still waits for a thread is not known to the engine yet. */
  async function killUntil(done: () => boolean, tag: string): Promise<void> {
    while (!done()) {
      await engine.kill(tag).catch(() => undefined);
      await sleep(KILL_AGAIN_MS);
    }
  }

  async function serve(message: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const tag = `front-${process.pid}-${++sequence}`;
    let finished = false;
    const client = { gone: false };
    response.on('close', () => {
      client.gone = !response.writableFinished;
      if (client.gone) void killUntil(() => finished, tag);
    });
    let connection: EngineConnection | undefined;
    let leaveLane: (() => void) | undefined;
    try {
      const request = await readRequest(message, url);
      const statement = readStatement(request.sql);
      if (statement.kind === 'query' && statement.needsEngineCheck)
        await engine.run('SELECT formatQuery({statement:String})', 'Null', {
          param_statement: escapeParameter(request.sql),
        });
      if (statement.kind === 'query') leaveLane = await lanes.take();
      if (client.gone) {
        finished = true;
        return;
      }
      connection = engine.connect();
      if (request.database !== undefined) connection.use(quoteDatabase(request.database));
      const { readonly, ...settings } = request.settings;
      connection.set({
        ...(statement.kind === 'insertRows' ? INSERT_SETTINGS : {}),
        ...settings,
        ...request.parameters,
        log_comment: tag,
        // Last: nothing can be set after it.
        ...(readonly === undefined ? {} : { readonly }),
      });
      if (request.queryId !== '') response.setHeader('X-ClickHouse-Query-Id', headerText(request.queryId));
      const result = await perform(connection, request, statement, response, Number(message.headers['content-length']));
      finished = true;
      if (result.bytesRead > PURGE_AFTER_BYTES) engine.run('SYSTEM JEMALLOC PURGE', 'Null').catch(() => undefined);
    } catch (error) {
      finished = true;
      answerError(response, error);
    } finally {
      connection?.close();
      leaveLane?.();
      if (!message.readableEnded) message.resume();
    }
  }

  async function perform(
    connection: EngineConnection,
    request: StatementRequest,
    statement: Statement,
    response: ServerResponse,
    announcedBytes: number,
  ): Promise<EngineResult> {
    if (statement.kind === 'insertRows') {
      if (request.body === undefined) throw new RefusedStatement('the rows of an INSERT are in the body');
      const file = await spool.write(request.body, Number.isNaN(announcedBytes) ? undefined : announcedBytes);
      try {
        const sql = `INSERT INTO ${statement.into} FROM INFILE ${quoteLiteral(file)} COMPRESSION 'none' FORMAT ${statement.format}`;
        const result = await connection.run(sql, 'Null');
        response.setHeader('X-ClickHouse-Summary', summary(result, result.rowsRead));
        response.end();
        return result;
      } finally {
        await spool.remove(file);
      }
    }
    if (statement.format !== undefined && STREAMED_FORMATS.has(statement.format)) {
      const file = spool.reserve();
      response.setHeader('X-ClickHouse-Format', statement.format);
      const running = connection.run(
        `${statement.sql} INTO OUTFILE ${quoteLiteral(file)} FORMAT ${statement.format}`,
        'Null',
      );
      try {
        await sendGrowingFile(file, running, response);
        return await running;
      } finally {
        await running.catch(() => undefined);
        await spool.remove(file);
      }
    }
    const result = await connection.run(statement.sql, statement.format ?? 'TabSeparated');
    response.setHeader('X-ClickHouse-Format', statement.format ?? 'TabSeparated');
    response.setHeader('X-ClickHouse-Summary', summary(result, 0));
    response.end(result.bytes);
    return result;
  }

  return {
    server,
    active: () => active,
    async drain(timeoutMs) {
      draining = true;
      server.closeIdleConnections();
      if (active === 0) return true;
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), timeoutMs);
        onIdle = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
    },
  };
}

function quoteDatabase(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new BadRequest(`not the name of a database: ${name}`);
  return `\`${name}\``;
}

/** The value of a String parameter: the engine reads it as TabSeparated's escaped text. */
function escapeParameter(value: string): string {
  return value.replace(
    /[\\\t\n\r]/g,
    (character) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[character] ?? '',
  );
}

function summary(result: EngineResult, writtenRows: number): string {
  return JSON.stringify({
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: String(writtenRows),
    written_bytes: String(writtenRows > 0 ? result.bytesRead : 0),
    elapsed_ns: String(Math.round(result.elapsed * 1e9)),
  });
}

function answerError(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) {
    // A result that has begun ends as an error in `sendGrowingFile`; here only the connection is left to end.
    if (!response.writableEnded) response.destroy();
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  const engineCode = /^Code: (\d+)/.exec(message)?.[1];
  if (engineCode === undefined) {
    fail(response, ...ownError(error, message));
    return;
  }
  response.statusCode = 500;
  response.setHeader('X-ClickHouse-Exception-Code', engineCode);
  response.end(message);
}

function ownError(error: unknown, message: string): Refusal {
  if (error instanceof RefusedStatement) return [400, 62, `Syntax error (${message})`, 'SYNTAX_ERROR'];
  if (error instanceof BadRequest || error instanceof TypeError || error instanceof RangeError)
    return [400, 36, message, 'BAD_ARGUMENTS'];
  return [500, 1002, message, 'UNKNOWN_EXCEPTION'];
}

/** HTTP status, the engine's error number, words, the number's name. */
type Refusal = readonly [status: number, code: number, message: string, type: string];

function fail(response: ServerResponse, ...[status, code, message, type]: Refusal): void {
  response.statusCode = status;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.end(`Code: ${code}. DB::Exception: ${message}. (${type})`);
}

function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
