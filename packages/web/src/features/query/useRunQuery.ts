import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { api, bodyOf } from '../../api/client.ts';
import type { QueryAnswer } from '../../api/types.ts';

export interface RunRequest {
  readonly query: string;
  /** ISO 8601 duration or interval; empty leaves the time to the query. */
  readonly timespan: string;
}

export interface RunResult {
  readonly answer: QueryAnswer;
  /** From the click to the rows, in milliseconds. */
  readonly tookMs: number;
}

/** Random enough to name one of this user's own queries; `randomUUID` is missing on plain http. */
function newQueryId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Runs one query at a time: a new one, a click on cancel and leaving the page stop the one before, on the server too. */
export function useRunQuery() {
  const running = useRef<{ readonly id: string; readonly stop: AbortController } | undefined>(undefined);
  const cancel = useCallback(() => {
    const current = running.current;
    if (current === undefined) return;
    running.current = undefined;
    current.stop.abort();
    // The server notices the closed connection too; a proxy between may keep it open, so it is told as well.
    api.DELETE('/api/query/{id}', { params: { path: { id: current.id } } }).catch(() => undefined);
  }, []);
  useEffect(() => cancel, [cancel]);
  const mutation = useMutation({
    mutationFn: async ({ query, timespan }: RunRequest): Promise<RunResult | undefined> => {
      cancel();
      const id = newQueryId();
      const stop = new AbortController();
      const mine = { id, stop };
      running.current = mine;
      const startedMs = performance.now();
      try {
        const answer = bodyOf(
          await api.POST('/api/query', {
            body: { query, ...(timespan !== '' && { timespan }) },
            headers: { 'X-Query-Id': id },
            signal: stop.signal,
          }),
        );
        return { answer, tookMs: performance.now() - startedMs };
      } catch (thrown) {
        if (stop.signal.aborted) return undefined;
        throw thrown;
      } finally {
        if (running.current === mine) running.current = undefined;
      }
    },
  });
  return { ...mutation, cancel };
}
