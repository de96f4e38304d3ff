import { surroundings } from '../../api/client.ts';
import { EventStreamReader } from './eventStream.ts';
import type { LiveEvent } from './liveBuffer.ts';
import { readLiveMessage } from './liveMessage.ts';

export interface Following {
  readonly table: string | undefined;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  /** The stream ended; it is opened again by itself. */
  readonly onEnd: () => void;
  readonly onEvents: (events: readonly LiveEvent[]) => void;
}

/** Wait before the stream is opened again where the server said nothing, and the longest wait after failures, in milliseconds. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * Follows the live stream until the signal says stop, going on after every break where it was. `EventSource` is not used: it
 * forgets its place when a proxy answers 502 for a moment, and it cannot tell a lost session from a lost connection.
 */
export async function followEvents(following: Following): Promise<void> {
  const reader = new EventStreamReader();
  let failures = 0;
  const isStopped = () => following.signal.aborted;
  while (!isStopped()) {
    try {
      await readOnce(following, reader, () => {
        failures = 0;
      });
    } catch {
      failures += 1;
    }
    if (isStopped()) return;
    following.onEnd();
    reader.restart();
    await pauseFor(Math.min((reader.retryMs ?? FIRST_WAIT_MS) * 2 ** failures, LONGEST_WAIT_MS), following.signal);
  }
}

async function readOnce(following: Following, reader: EventStreamReader, onOpen: () => void): Promise<void> {
  const parameters = new URLSearchParams(following.table === undefined ? {} : { table: following.table });
  const headers = new Headers({ Accept: 'text/event-stream' });
  if (surroundings.company !== undefined) headers.set('X-Company', String(surroundings.company));
  if (reader.lastEventId !== '') headers.set('Last-Event-ID', reader.lastEventId);
  const response = await fetch(`/api/events/live?${parameters.toString()}`, {
    headers,
    cache: 'no-store',
    credentials: 'same-origin',
    signal: following.signal,
  });
  if (response.status === 401) surroundings.onSignedOut();
  if (!response.ok || response.body === null) throw new TypeError(`the live stream answered ${response.status}`);
  onOpen();
  following.onOpen();
  for await (const piece of response.body.pipeThrough(new TextDecoderStream()))
    for (const { data } of reader.read(piece)) following.onEvents(readLiveMessage(data));
}

function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
