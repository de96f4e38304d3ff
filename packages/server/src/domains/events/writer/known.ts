/** Entries of a generation at most; two generations of 16 bytes a pair of slots are some 32 MB. */
const GENERATION_LIMIT = 700_000;
const FIRST_SLOTS = 1 << 14;

/** An open-addressing set of 64-bit hashes in two typed arrays; it doubles at 70 % and never shrinks. */
class HashSet {
  size = 0;
  /** Latest event time among the entries, ms; -Infinity when empty. */
  latestMs = -Infinity;
  #slots = new Uint32Array(FIRST_SLOTS * 2);

  has(high: number, low: number): boolean {
    return this.#slots[this.#find(high, low)] !== 0;
  }

  add(high: number, low: number): void {
    if (this.size * 10 >= (this.#slots.length / 2) * 7) this.#grow();
    const at = this.#find(high, low);
    if (this.#slots[at] !== 0) return;
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
    this.size += 1;
  }

  /** Index of the pair, or of the free slot where it would stand. `high` is never 0: 0 marks a free slot. */
  #find(high: number, low: number): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let slot = low & mask;
    while (slots[slot * 2] !== 0 && (slots[slot * 2] !== high || slots[slot * 2 + 1] !== low)) slot = (slot + 1) & mask;
    return slot * 2;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const high = old[at] ?? 0;
      const low = old[at + 1] ?? 0;
      if (high === 0) continue;
      const to = this.#find(high, low);
      this.#slots[to] = high;
      this.#slots[to + 1] = low;
    }
  }
}

/**
 * What is surely not in the store: a bounded memory of the ids of stored events. It holds every id whose event time is at or after
 * `completeSinceMs`, so an absent id with such a time is new; any other is asked of the store. A hit proves nothing (hashes
 * collide) and is asked as well.
 */
export class KnownUids {
  #young = new HashSet();
  #old = new HashSet();
  #completeSinceMs: number;
  /** Certainty that was lost by forgetting; loading does not bring it back. */
  #turnedMs = -Infinity;
  #loaded: boolean;
  readonly #limit: number;

  /** `completeSinceMs` Infinity: nothing is surely new until a memory was loaded. */
  constructor(completeSinceMs: number, generationLimit = GENERATION_LIMIT) {
    this.#completeSinceMs = completeSinceMs;
    this.#loaded = completeSinceMs !== Infinity;
    this.#limit = generationLimit;
  }

  get completeSinceMs(): number {
    return this.#completeSinceMs;
  }

  /** `maybe`: an equal id may be stored. */
  judge(key: string, timeMs: number): 'new' | 'maybe' | 'unknown' {
    const [high, low] = hashPair(key);
    if (this.#young.has(high, low) || this.#old.has(high, low)) return 'maybe';
    return timeMs >= this.#completeSinceMs ? 'new' : 'unknown';
  }

  remember(key: string, timeMs: number): void {
    // What is older than the memory is asked for anyway, and would push the useful ids out.
    if (this.#loaded && timeMs < this.#completeSinceMs) return;
    if (this.#young.size >= this.#limit) this.#turn();
    const [high, low] = hashPair(key);
    this.#young.add(high, low);
    if (timeMs > this.#young.latestMs) this.#young.latestMs = timeMs;
  }

  /** Declares that everything stored at or after `ms` has been remembered. */
  loadedSince(ms: number): void {
    this.#completeSinceMs = Math.max(ms, this.#turnedMs);
    this.#loaded = true;
  }

  /** The old generation is forgotten, and with it the certainty about times up to its latest. */
  #turn(): void {
    if (this.#old.size > 0) {
      this.#turnedMs = Math.max(this.#turnedMs, this.#old.latestMs + 1);
      this.#completeSinceMs = Math.max(this.#completeSinceMs, this.#turnedMs);
    }
    this.#old = this.#young;
    this.#young = new HashSet();
  }
}

const pair: [number, number] = [0, 0];

/** Two 32-bit hashes of a text (cyrb53's two lanes, by bryc, public domain); the first is never 0. The array is reused. */
function hashPair(text: string): readonly [number, number] {
  let a = 0xdead_beef;
  let b = 0x41c6_ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  pair[0] = a >>> 0 || 1;
  pair[1] = b >>> 0;
  return pair;
}
