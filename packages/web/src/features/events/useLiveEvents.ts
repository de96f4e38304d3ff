import { useEffect, useReducer, useState } from 'react';
import { followEvents } from './followEvents.ts';
import { EMPTY_BUFFER, pause, receive, resume, type LiveBuffer, type LiveEvent } from './liveBuffer.ts';

export type Connection = 'connecting' | 'open' | 'lost';

type Step =
  { readonly kind: 'events'; readonly events: readonly LiveEvent[] } | { readonly kind: 'pause' | 'resume' | 'clear' };

function step(buffer: LiveBuffer, taken: Step): LiveBuffer {
  switch (taken.kind) {
    case 'events':
      return receive(buffer, taken.events);
    case 'pause':
      return pause(buffer);
    case 'resume':
      return resume(buffer);
    case 'clear':
      return { ...EMPTY_BUFFER, paused: buffer.paused };
  }
}

/** Arrivals are put on the page together this often: a burst redraws it a few times a second, not once an event. */
const DRAW_EVERY_MS = 200;
/** The server ends every stream now and then and it is opened again at once; only a longer break is worth a word. */
const LOST_AFTER_MS = 3_000;

/** Follows the server's live stream of the chosen company, of one table or of all. */
export function useLiveEvents(table: string | undefined) {
  const [buffer, take] = useReducer(step, EMPTY_BUFFER);
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    take({ kind: 'clear' });
    const stop = new AbortController();
    let waiting: LiveEvent[] = [];
    let lost: ReturnType<typeof setTimeout> | undefined;
    const draw = setInterval(() => {
      if (waiting.length === 0) return;
      take({ kind: 'events', events: waiting });
      waiting = [];
    }, DRAW_EVERY_MS);
    void followEvents({
      table,
      signal: stop.signal,
      onOpen: () => {
        clearTimeout(lost);
        lost = undefined;
        setConnection('open');
      },
      onEnd: () => {
        lost ??= setTimeout(() => setConnection('lost'), LOST_AFTER_MS);
      },
      onEvents: (events) => {
        waiting.push(...events);
      },
    });
    return () => {
      clearInterval(draw);
      clearTimeout(lost);
      stop.abort();
    };
  }, [table]);
  return {
    buffer,
    connection,
    pause: () => take({ kind: 'pause' }),
    resume: () => take({ kind: 'resume' }),
  };
}
