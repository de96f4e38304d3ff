/** One event as the live page keeps it: its row, and the uid by which a repeated one is known. */
export interface LiveEvent {
  readonly uid: string;
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** What the live page holds. A value: every step gives a new one. */
export interface LiveBuffer {
  /** Newest first, at most `MOST_SHOWN`. */
  readonly shown: readonly LiveEvent[];
  /** Arrived while paused, newest first, at most `MOST_HELD`. */
  readonly held: readonly LiveEvent[];
  readonly paused: boolean;
  /** Events that arrived while paused beyond what can be held; they are in the store, and the page says how many. */
  readonly notHeld: number;
  /** Events received since the page was opened. */
  readonly received: number;
}

/** Rows on the page; older ones leave it (they stay in the store). */
export const MOST_SHOWN = 500;
/** Rows held while paused: minutes of a busy company, and still little memory. */
export const MOST_HELD = 5_000;

export const EMPTY_BUFFER: LiveBuffer = { shown: [], held: [], paused: false, notHeld: 0, received: 0 };

/** Takes in events, oldest first. One that is already here (sent again after a reconnect) changes nothing. */
export function receive(buffer: LiveBuffer, events: readonly LiveEvent[]): LiveBuffer {
  const known = new Set([...buffer.shown, ...buffer.held].map((event) => event.uid));
  const fresh: LiveEvent[] = [];
  for (const event of events) {
    if (known.has(event.uid)) continue;
    known.add(event.uid);
    fresh.unshift(event);
  }
  if (fresh.length === 0) return buffer;
  const received = buffer.received + fresh.length;
  if (!buffer.paused) return { ...buffer, received, shown: [...fresh, ...buffer.shown].slice(0, MOST_SHOWN) };
  const held = [...fresh, ...buffer.held];
  return {
    ...buffer,
    received,
    held: held.slice(0, MOST_HELD),
    notHeld: buffer.notHeld + Math.max(0, held.length - MOST_HELD),
  };
}

/** Stands still; what arrives from now on is held. */
export function pause(buffer: LiveBuffer): LiveBuffer {
  return { ...buffer, paused: true };
}

/** Shows what was held, in its order, and goes on. */
export function resume(buffer: LiveBuffer): LiveBuffer {
  return {
    ...buffer,
    paused: false,
    held: [],
    notHeld: 0,
    shown: [...buffer.held, ...buffer.shown].slice(0, MOST_SHOWN),
  };
}
