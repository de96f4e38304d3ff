/**
 * DEFLATE (RFC 1951), for constants of a query: the compiler runs where no library for it is at hand. Bounded, so that a
 * small text cannot become a large one.
 */
const MOST_BYTES = 1_048_576;

const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Bits of a text of bytes, least significant first. Reading beyond the end throws. */
class Bits {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#bytes[this.#position >> 3];
      if (byte === undefined) throw new RangeError('the data ends too early');
      value |= ((byte >> (this.#position & 7)) & 1) << index;
      this.#position += 1;
    }
    return value;
  }

  align(): void {
    this.#position = (this.#position + 7) & ~7;
  }
}

/** Codes by their length and value: canonical, so the lengths alone say them. */
function codesOf(lengths: readonly number[]): ReadonlyMap<number, number> {
  const codes = new Map<number, number>();
  let code = 0;
  for (let length = 1; length <= 15; length += 1) {
    lengths.forEach((own, symbol) => {
      if (own === length) {
        codes.set((length << 16) | code, symbol);
        code += 1;
      }
    });
    code <<= 1;
  }
  return codes;
}

function symbolOf(bits: Bits, codes: ReadonlyMap<number, number>): number {
  let code = 0;
  for (let length = 1; length <= 15; length += 1) {
    code = (code << 1) | bits.take(1);
    const symbol = codes.get((length << 16) | code);
    if (symbol !== undefined) return symbol;
  }
  throw new RangeError('no such code');
}

function dynamicCodes(bits: Bits): [ReadonlyMap<number, number>, ReadonlyMap<number, number>] {
  const [literals, distances, count] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const own = Array.from({ length: 19 }, () => 0);
  for (const symbol of ORDER.slice(0, count)) own[symbol] = bits.take(3);
  const codes = codesOf(own);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = symbolOf(bits, codes);
    const [value, times] =
      symbol < 16
        ? [symbol, 1]
        : symbol === 16
          ? [lengths.at(-1) ?? 0, 3 + bits.take(2)]
          : [0, symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7)];
    for (let time = 0; time < times; time += 1) lengths.push(value);
  }
  return [codesOf(lengths.slice(0, literals)), codesOf(lengths.slice(literals, literals + distances))];
}

const FIXED = (): [ReadonlyMap<number, number>, ReadonlyMap<number, number>] => [
  codesOf(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8))),
  codesOf(Array.from({ length: 30 }, () => 5)),
];

function inflate(bytes: Uint8Array): Uint8Array {
  const bits = new Bits(bytes);
  const out: number[] = [];
  const put = (byte: number): void => {
    if (out.length >= MOST_BYTES) throw new RangeError('the data is too long');
    out.push(byte);
  };
  for (let isLast = false; !isLast;) {
    isLast = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 3) throw new RangeError('no such block');
    if (kind === 0) {
      bits.align();
      const size = bits.take(16);
      if ((size ^ bits.take(16)) !== 0xffff) throw new RangeError('a damaged block');
      for (let index = 0; index < size; index += 1) put(bits.take(8));
      continue;
    }
    const [literals, distances] = kind === 1 ? FIXED() : dynamicCodes(bits);
    for (let symbol = symbolOf(bits, literals); symbol !== 256; symbol = symbolOf(bits, literals)) {
      if (symbol < 256) {
        put(symbol);
        continue;
      }
      const length = (LENGTHS[symbol - 257] ?? 0) + bits.take(LENGTH_BITS[symbol - 257] ?? 0);
      const place = symbolOf(bits, distances);
      const distance = (DISTANCES[place] ?? 0) + bits.take(place < 4 ? 0 : (place >> 1) - 1);
      if (distance === 0 || distance > out.length) throw new RangeError('a distance beyond the beginning');
      for (let index = 0; index < length; index += 1) put(out[out.length - distance] ?? 0);
    }
  }
  return Uint8Array.from(out);
}

/** Where the data of a gzip begins, behind its header. */
function gzipStart(bytes: Uint8Array): number {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw new RangeError('no gzip');
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    while (at < bytes.length && bytes[at] !== 0) at += 1;
    at += 1;
  }
  return (flags & 2) === 0 ? at : at + 2;
}

function zlibStart(bytes: Uint8Array): number {
  const [method = 0, flags = 0] = bytes;
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) throw new RangeError('no zlib');
  return 2;
}

/** The text of compressed data in base64; `undefined` where it is none, is damaged or is longer than a megabyte. */
export function inflateBase64(text: string, format: 'gzip' | 'zlib'): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const start = format === 'gzip' ? gzipStart(bytes) : zlibStart(bytes);
    return new TextDecoder('utf-8', { fatal: true }).decode(inflate(bytes.subarray(start)));
  } catch {
    return undefined;
  }
}
