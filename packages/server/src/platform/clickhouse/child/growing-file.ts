import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait between two looks at a file that did not grow. */
const POLL_MS = 20;
const CHUNK_BYTES = 256 * 1024;

/**
 * Sends a result that a running statement writes to a file, as it grows. The engine's own streaming call would do it without
 * the file, but it holds the event loop while the query is planned: seconds for a scalar subquery (chdb 3.4.0).
 *
 * An error before the first byte is thrown, for the caller to answer; one after it goes out in the form that ClickHouse
 * marks errors within a result with, and the client throws it.
 */
export async function sendGrowingFile(
  file: string,
  running: Promise<unknown>,
  response: ServerResponse,
): Promise<void> {
  const state = { done: false, failure: undefined as Error | undefined };
  running.then(
    () => (state.done = true),
    (error: unknown) => {
      state.failure = error instanceof Error ? error : new Error(String(error));
      state.done = true;
    },
  );
  const tag = randomBytes(8).toString('hex');
  response.setHeader('X-ClickHouse-Exception-Tag', tag);
  let handle: FileHandle | undefined;
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    for (;;) {
      // Read before looking at the file: what was written before the end is there when the end was seen.
      const ended = state.done;
      if (ended && state.failure !== undefined && !response.headersSent) throw state.failure;
      handle ??= await open(file, 'r').catch(() => undefined);
      const bytesRead = handle === undefined ? 0 : (await handle.read(buffer, 0, CHUNK_BYTES)).bytesRead;
      if (response.destroyed) return;
      if (bytesRead > 0) {
        if (!response.write(Buffer.from(buffer.subarray(0, bytesRead))))
          await Promise.race([once(response, 'drain'), once(response, 'close')]);
      } else if (ended) break;
      else await Promise.race([running.catch(() => undefined), sleep(POLL_MS)]);
    }
    if (state.failure === undefined) response.end();
    else response.end(exceptionInResult(state.failure.message, tag));
  } finally {
    await handle?.close();
  }
}

/** Source: ClickHouse, src/Server/HTTP/WriteBufferFromHTTPServerResponse.cpp, since 25.11. */
function exceptionInResult(message: string, tag: string): string {
  const text = message.replace(/\r/g, ' ');
  return `\r\n__exception__\r\n${tag}\r\n${text}\n${Buffer.byteLength(text) + 1} ${tag}\r\n__exception__\r\n`;
}
