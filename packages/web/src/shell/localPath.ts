/**
 * An address inside this console, or undefined: a link must not send who signs in somewhere else (CWE-601). Browsers read a
 * backslash as a slash and skip tabs and line feeds, so `/\\evil` and `/<tab>/evil` are addresses of other hosts.
 */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || /[\\\p{Cc}]/u.test(value)) return undefined;
  return /^\/(?!\/)/.test(value) ? value : undefined;
}
