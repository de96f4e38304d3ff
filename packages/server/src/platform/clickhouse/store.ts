import http from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { neverConnected, StoreError, toStoreError } from './errors.ts';
import { quoteIdentifier } from './identifiers.ts';
import { limitSettings } from './limits.ts';
import type { EventStore, ReadOptions, ReadResult, ResultColumn } from './types.ts';

/** How the client reaches an engine; embedded and remote differ in nothing else. */
export interface StoreConnection {
  readonly url: string;
  readonly socketPath?: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly exclusive: boolean;
  /** Waits until the engine may be called; bounded. */
  readonly ready: (waitMs: number) => Promise<void>;
  readonly onClose: () => Promise<void>;
}

/** How long a call waits for an engine that is starting again, milliseconds. */
const READY_WAIT_MS = 15_000;
const CONNECT_AGAIN_MS = 50;
/** An INSERT is repeated with its token until it is known to be stored, or this time is over. */
const INSERT_RETRY_MS = 45_000;
const INSERT_PAUSES_MS = [50, 200, 500, 1_000, 2_000] as const;
/** The engine's own limit of time ends a query first; this is for a connection that is silent. */
const REQUEST_TIMEOUT_MS = 660_000;

/** Settings of every reading statement. 64-bit integers, decimals and NaN come as text: JSON has no room for them. */
const READ_SETTINGS: Readonly<Record<string, string>> = {
  output_format_json_quote_64bit_integers: '1',
  output_format_json_quote_decimals: '1',
  output_format_json_quote_denormals: '1',
  cancel_http_readonly_queries_on_client_close: '1',
  wait_end_of_query: '0',
};

/** Settings of every INSERT: on disk when it is answered, and nothing guessed about a value. See `EventStore.insert`. */
const INSERT_SETTINGS: Readonly<Record<string, string>> = {
  async_insert: '0',
  fsync_metadata: '1',
  insert_deduplicate: '1',
  deduplicate_blocks_in_dependent_materialized_views: '1',
  input_format_skip_unknown_fields: '0',
  input_format_null_as_default: '0',
  input_format_defaults_for_omitted_fields: '1',
  input_format_json_read_numbers_as_strings: '0',
  input_format_json_read_bools_as_strings: '0',
  input_format_json_read_arrays_as_strings: '0',
  input_format_json_read_objects_as_strings: '0',
  input_format_json_read_bools_as_numbers: '0',
  date_time_input_format: 'basic',
  // Built by the merges: small new parts are read faster than their indexes are made (226 columns, 21 indexes: half the time).
  materialize_skip_indexes_on_insert: '0',
};

async function drain(stream: Readable): Promise<void> {
  stream.resume();
  await finished(stream);
}

export function createStore(connection: StoreConnection): EventStore {
  const client: ClickHouseClient = createClient({
    url: connection.url,
    username: connection.user,
    password: connection.password,
    database: connection.database,
    request_timeout: REQUEST_TIMEOUT_MS,
    use_multipart_params_auto: true,
    max_open_connections: 32,
    log: { level: 127 },
    ...(connection.socketPath === undefined
      ? { compression: { request: true, response: true } }
      : { http_agent: new http.Agent({ keepAlive: true, maxSockets: 64, ...{ socketPath: connection.socketPath } }) }),
  });

  const readRequest = (sql: string, options: ReadOptions) => ({
    query: sql,
    ...(options.params === undefined ? {} : { query_params: { ...options.params } }),
    ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
    clickhouse_settings: { ...READ_SETTINGS, ...options.settings, ...limitSettings(options.limits), readonly: '1' },
  });

  async function call<Result>(signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + READY_WAIT_MS;
    for (;;) {
      try {
        if (signal?.aborted === true) throw new StoreError('CANCELLED');
        await connection.ready(READY_WAIT_MS);
        return await work();
      } catch (error) {
        // Never connected, so nothing was done: the engine ended a moment ago and nobody has noticed yet.
        if (!neverConnected(error) || performance.now() > deadline) throw toStoreError(error, signal);
        await sleep(CONNECT_AGAIN_MS);
      }
    }
  }

  return {
    database: quoteIdentifier(connection.database),
    exclusive: connection.exclusive,

    read(sql, options = {}) {
      const request = readRequest(sql, options);
      return call(options.signal, async (): Promise<ReadResult> => {
        const answer = await client.query({ ...request, format: 'JSONCompact' });
        const body = await answer.json<unknown[]>();
        return {
          columns: body.meta ?? [],
          rows: body.data,
          statistics: {
            elapsedMs: (body.statistics?.elapsed ?? 0) * 1000,
            rowsRead: body.statistics?.rows_read ?? 0,
            bytesRead: body.statistics?.bytes_read ?? 0,
          },
        };
      });
    },

    async *stream(sql, options = {}) {
      const own = new AbortController();
      const signal = options.signal === undefined ? own.signal : AbortSignal.any([own.signal, options.signal]);
      try {
        const answer = await call(options.signal, () =>
          client.query({ ...readRequest(sql, { ...options, signal }), format: 'JSONCompactEachRowWithNamesAndTypes' }),
        );
        const head: string[][] = [];
        let columns: readonly ResultColumn[] | undefined;
        for await (const block of answer.stream<unknown[]>()) {
          const rows = block.map((row) => row.json());
          while (head.length < 2 && rows.length > 0) head.push(rows.shift() as string[]);
          if (columns === undefined && head.length === 2)
            columns = (head[0] ?? []).map((name, index) => ({ name, type: head[1]?.[index] ?? '' }));
          if (columns !== undefined) yield { columns, rows };
        }
      } catch (error) {
        throw toStoreError(error, options.signal);
      } finally {
        own.abort();
      }
    },

    async insert(table, ndjson, { token }) {
      if (token === '') throw new TypeError('an insert has a token');
      const deadline = performance.now() + INSERT_RETRY_MS;
      let ownToken = token;
      const body = typeof ndjson === 'string' ? Buffer.from(ndjson) : ndjson;
      for (let attempt = 0; ; attempt++) {
        try {
          return await call(undefined, async () => {
            const answer = await client.exec({
              query: `INSERT INTO ${quoteIdentifier(table)} FORMAT JSONEachRow`,
              values: Readable.from([body], { objectMode: false }),
              clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: ownToken },
            });
            await drain(answer.stream);
            return { writtenRows: Number(answer.summary?.written_rows ?? 0) };
          });
        } catch (error) {
          const failure = toStoreError(error);
          // Memory is short for a moment, while merges have it. The engine may have noted the token of what it then gave up, and
          // would take a repetition for done: it gets a token of its own.
          const refused = failure.code === 'MEMORY_LIMIT';
          if (!failure.retryable && !refused) throw failure;
          if (performance.now() > deadline) throw new StoreError('STORE_UNAVAILABLE', { cause: error });
          if (refused) ownToken = `${token}~${attempt + 1}`;
          await sleep(INSERT_PAUSES_MS[Math.min(attempt, INSERT_PAUSES_MS.length - 1)]);
        }
      }
    },

    command: (sql, params) =>
      call(undefined, async () => {
        await client.command({ query: sql, ...(params === undefined ? {} : { query_params: { ...params } }) });
      }),

    async ping() {
      const signal = AbortSignal.timeout(1_000);
      try {
        await connection.ready(1_000);
        return (await client.ping({ select: false, abort_signal: signal })).success;
      } catch {
        return false;
      }
    },

    async close() {
      await connection.onClose();
      await client.close();
    },
  };
}
