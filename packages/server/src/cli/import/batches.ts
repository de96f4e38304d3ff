/** Slots of the counting table, a power of two; a byte each. */
const SLOTS = 1 << 24;
const COUNT_LIMIT = 255;

/** Lines of one request, and its characters; and characters of its X-Ordinals header, which servers bound. */
const BATCH_LINES = 2_000;
const BATCH_CHARACTERS = 4 * 2 ** 20;
const ORDINALS_CHARACTERS = 6_000;

/** Lines to send in one request. */
export interface Batch {
  readonly lines: readonly string[];
  /** Value of X-Ordinals: how many equal lines came before, where any did. */
  readonly ordinals: string;
  /** Records of the file up to and with this batch. */
  readonly through: number;
  /** True for the file's last. */
  readonly last: boolean;
}

/**
 * Says for each line how many equal ones came before it in the file, so that each of several equal lines has an id of its own and a
 * second import gives the same ids. The table is of fixed size: two different lines may share a slot, which costs nothing but a
 * number; the same file always gives the same numbers.
 */
export class LineCounter {
  readonly #counts = new Uint8Array(SLOTS);

  ordinalOf(line: string, place: number): number {
    const slot = hashOf(line) & (SLOTS - 1);
    const count = this.#counts[slot] ?? 0;
    if (count >= COUNT_LIMIT) return COUNT_LIMIT + place;
    this.#counts[slot] = count + 1;
    return count;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Cuts a file's records into batches; the first `skip` are only counted: an earlier run sent them. */
export async function* batchesOf(records: AsyncIterable<string>, skip: number): AsyncGenerator<Batch> {
  const counter = new LineCounter();
  let lines: string[] = [];
  let characters = 0;
  let ordinals: string[] = [];
  let ordinalCharacters = 0;
  let place = 0;
  const cut = (last: boolean): Batch => {
    const batch = { lines, ordinals: ordinals.length === 0 ? 'none' : ordinals.join(','), through: place, last };
    lines = [];
    characters = 0;
    ordinals = [];
    ordinalCharacters = 0;
    return batch;
  };
  for await (const line of records) {
    const ordinal = counter.ordinalOf(line, place);
    // Cut before the line that begins the next batch, so that the last batch is known to be the last.
    if (lines.length >= BATCH_LINES || characters >= BATCH_CHARACTERS || ordinalCharacters >= ORDINALS_CHARACTERS)
      yield cut(false);
    place += 1;
    if (place <= skip) continue;
    if (ordinal > 0) {
      const text = `${lines.length}=${ordinal}`;
      ordinals.push(text);
      ordinalCharacters += text.length + 1;
    }
    lines.push(line);
    characters += line.length;
  }
  if (lines.length > 0) yield cut(true);
}
