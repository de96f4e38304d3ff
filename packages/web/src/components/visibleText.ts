/**
 * Text of a log is whatever an attacker could get logged. It is only ever shown as text, and what would be invisible or would
 * turn the line around is shown by its code point (Unicode Technical Report 36, section 3.2; CVE-2021-42574).
 */
const SIGNS: Readonly<Record<string, string>> = { '\n': '↵', '\t': '⇥' };

function nameOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  return SIGNS[character] ?? `\u27E8U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}\u27E9`;
}

/** Controls and format characters (zero width, bidirectional, tags: categories Cc and Cf), line and paragraph separators. */
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The text with every hidden character made visible. Line feeds and tabs stay where `keepLines` is set. */
export function visibleText(text: string, { keepLines = false }: { readonly keepLines?: boolean } = {}): string {
  return text.replace(HIDDEN, (character) => (keepLines && character in SIGNS ? character : nameOf(character)));
}

/** Text that was broken into lines by hand, as one paragraph; empty lines between paragraphs stay. */
export function flowing(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, ' '))
    .join('\n\n');
}

/** A value of a row as text: what is absent is empty, what is structured is JSON. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return JSON.stringify(value);
}
