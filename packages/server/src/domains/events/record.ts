/** A record as it came over the wire: a JSON object that nobody has looked into yet. */
export type RawRecord = Readonly<Record<string, unknown>>;

/** A JSON integer that a double cannot hold (FILETIME, nanoseconds, bit masks). */
const UNSAFE_INTEGER = /[:[,\s]-?\d{16,}/;

/**
 * JSON.parse that keeps all digits of integers beyond 2^53, as text. Only a text that has such digits pays for it.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!UNSAFE_INTEGER.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' &&
    Number.isInteger(value) &&
    !Number.isSafeInteger(value) &&
    context?.source !== undefined
      ? context.source
      : value,
  );
}

export function isRecord(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
