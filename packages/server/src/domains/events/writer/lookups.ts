import { confineTo } from '../../../platform/access/index.ts';
import type { StoredUids } from '../store.ts';
import { keyOf, type PreparedEvent } from './prepared.ts';

/** Ids asked for in one statement. */
const ASK_LIMIT = 5_000;

/**
 * Asks the store which of the events it has, one table and company at a time, within the events' own time bounds.
 * Resolves to the keys (`keyOf`) that are there.
 */
export async function askStore(events: readonly PreparedEvent[], stored: StoredUids): Promise<Set<string>> {
  const groups = new Map<string, PreparedEvent[]>();
  for (const event of events) {
    const name = `${event.company}/${event.table}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [event]);
    else group.push(event);
  }
  const found = new Set<string>();
  for (const group of groups.values()) {
    group.sort((a, b) => a.timeMs - b.timeMs);
    for (let at = 0; at < group.length; at += ASK_LIMIT) await ask(group.slice(at, at + ASK_LIMIT), stored, found);
  }
  return found;
}

async function ask(part: readonly PreparedEvent[], stored: StoredUids, found: Set<string>): Promise<void> {
  const [first] = part;
  if (first === undefined) return;
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const event of part) {
    fromMs = Math.min(fromMs, event.timeMs - event.lookbackMs);
    toMs = Math.max(toMs, event.timeMs);
  }
  const uids = [...new Set(part.map((event) => event.uid))];
  for (const uid of await stored(confineTo([first.company]), first.table, uids, fromMs, toMs))
    found.add(keyOf(first, uid));
}
