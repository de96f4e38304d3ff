import type { Source } from './source.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface TextOptions {
  /** Most characters; default 500. */
  readonly max?: number;
  readonly choices?: readonly string[];
  /** The form, and how a message calls it. */
  readonly pattern?: readonly [RegExp, string];
  /** Taken where the field is missing; without it a missing field is an error. */
  readonly fallback?: string;
  /** True keeps the white space around the text. */
  readonly keep?: boolean;
}

/** Reads a field that must be a non-empty text; undefined (with the problem noted) where it is not. */
export function text(source: Source, root: Fields, key: string, options: TextOptions): string | undefined {
  const { max = 500, choices, pattern, fallback, keep = false } = options;
  const value = root[key];
  if (value === undefined || value === null) return fallback ?? source.refuse([key], 'is missing');
  if (typeof value !== 'string') return source.refuse([key], 'must be a text');
  const written = keep ? value : value.trim();
  if (written.trim().length === 0) return source.refuse([key], 'is empty');
  if (written.length > max) return source.refuse([key], `has ${written.length} characters: at most ${max}`);
  if (choices !== undefined && !choices.includes(written))
    return source.refuse([key], `is ${JSON.stringify(written)}: must be ${choices.join(', ')}`);
  if (pattern !== undefined && !pattern[0].test(written)) return source.refuse([key], `must be ${pattern[1]}`);
  return written;
}

/** Reads an optional list of texts; a single text is taken as a list of one. */
export function textList(source: Source, root: Fields, key: string): readonly string[] {
  const value = root[key];
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 50 || list.some((item) => typeof item !== 'string' || item.length > 100)) {
    source.error([key], 'must be a list of up to 50 short texts');
    return [];
  }
  return list as readonly string[];
}
