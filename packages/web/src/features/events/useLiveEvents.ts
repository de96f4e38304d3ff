import { useEffect, useReducer, useState } from 'react';
import { surroundings } from '../../api/client.ts';
import { EMPTY_BUFFER, pause, receive, resume, type LiveBuffer, type LiveEvent } from './liveBuffer.ts';
import { readLiveMessage } from './liveMessage.ts';

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
      return EMPTY_BUFFER;
  }
}

/** Arrivals are put on the page together this often: a burst redraws it a few times a second, not once an event. */
const DRAW_EVERY_MS = 200;
/** Wait before a stream that the browser gave up is opened anew. */
const REOPEN_AFTER_MS = 3_000;

/** Follows the server's live stream of the chosen company, of one table or of all. */
export function useLiveEvents(table: string | undefined) {
  const [buffer, take] = useReducer(step, EMPTY_BUFFER);
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    take({ kind: 'clear' });
    let waiting: LiveEvent[] = [];
    let source: EventSource | undefined;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    const draw = setInterval(() => {
      if (waiting.length === 0) return;
      take({ kind: 'events', events: waiting });
      waiting = [];
    }, DRAW_EVERY_MS);
    const open = () => {
      const parameters = new URLSearchParams();
      if (table !== undefined) parameters.set('table', table);
      // An event stream sends no headers of ours, so the company goes into the address.
      if (surroundings.company !== undefined) parameters.set('company', String(surroundings.company));
      const opened = new EventSource(`/api/events/live?${parameters.toString()}`);
      source = opened;
      opened.onopen = () => setConnection('open');
      opened.onerror = () => {
        setConnection('lost');
        if (opened.readyState !== EventSource.CLOSED) return; // the browser reconnects by itself, naming the last event it got
        reopen = setTimeout(open, REOPEN_AFTER_MS);
      };
      const onMessage = (message: MessageEvent<string>) => {
        waiting.push(...readLiveMessage(message.data));
      };
      opened.addEventListener('message', onMessage);
      opened.addEventListener('events', onMessage);
    };
    open();
    return () => {
      clearInterval(draw);
      clearTimeout(reopen);
      source?.close();
    };
  }, [table]);
  return {
    buffer,
    connection,
    pause: () => take({ kind: 'pause' }),
    resume: () => take({ kind: 'resume' }),
  };
}
