/**
 * Text of a log is whatever an attacker could get logged. It is only ever shown as text, and what would be invisible or would
 * turn the line around is shown as a picture or as its code point (Unicode Technical Report 36, section 3.2; CVE-2021-42574).
 */
const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = '\u2421';

function nameOf(codePoint: number): string {
  return `\u27E8U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}\u27E9`;
}

/** C0, DEL, C1, line and paragraph separators, zero-width and bidirectional controls, the byte order mark, tag characters. */
// eslint-disable-next-line no-control-regex -- finding them is what this pattern is for
const HIDDEN =
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/** The text with every hidden character made visible. Line feeds and tabs stay where `keepLines` is set. */
export function visibleText(text: string, { keepLines = false }: { readonly keepLines?: boolean } = {}): string {
  return text.replace(HIDDEN, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    if (keepLines && (character === '\n' || character === '\t')) return character;
    if (codePoint < 0x20) return String.fromCodePoint(CONTROL_PICTURES + codePoint);
    if (codePoint === 0x7f) return DELETE_PICTURE;
    return nameOf(codePoint);
  });
}

/** A value of a row as text: what is absent is empty, what is structured is JSON. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return JSON.stringify(value) ?? '';
}
