/**
 * Kusto and ClickHouse both use RE2. What differs: in ClickHouse a dot also matches a line break, in Kusto it does not.
 * Kusto reads its patterns as Rust does: \\d, \\w, \\s and \\b know all of Unicode there and ASCII here.
 * Source: KQL documentation, "Regex syntax"; ClickHouse documentation, "match".
 */

/** Constructs of other regular expression languages that RE2 does not have: look-around, back references, possessive and atomic groups. */
const NOT_RE2 = /\(\?(?:=|!|<=|<!|>)|\\[1-9]|(?:[*+?}])\+/;

/** Operations on classes of characters, which Kusto has and RE2 reads as something else: `[a-z&&[^aeiou]]`. */
const CLASS_OPERATION = /(?:&&|--|~~)\[\^?[^\]]*\]\]/;

/** Free spacing, which RE2 does not have, and repetitions beyond its bound. */
function beyondRe2(bare: string): boolean {
  if (/\(\?[a-wyz-]*x[a-z-]*[:)]/i.test(bare)) return true;
  return [...bare.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].some(
    ([, low, high]) => Number(low) > 1000 || Number(high ?? 0) > 1000,
  );
}

/** Dots that mean "any character": not escaped and not in a class. */
function hasDot(pattern: string): boolean {
  return pattern
    .replace(/\\./gs, '')
    .replace(/\[[^\]]*\]/g, '')
    .includes('.');
}

/** The pattern as the engine takes it, or `undefined` where RE2 would refuse it. */
export function engineRegex(pattern: string): string | undefined {
  const bare = pattern.replace(/\\\\/g, '').replace(/\[(?:\\.|[^\]\\])*\]/g, '');
  if (NOT_RE2.test(bare) || CLASS_OPERATION.test(pattern) || beyondRe2(bare)) return undefined;
  return hasDot(pattern) ? `(?-s)${pattern}` : pattern;
}

/** Names of the capturing groups in their order, `undefined` for those without one. */
export function groupNames(pattern: string): readonly (string | undefined)[] {
  const bare = pattern.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/\((?!\?)|\(\?P?<([a-z_]\w*)>/gi)].map(([, name]) => name);
}

/** Number of capturing groups. */
export function groupsOf(pattern: string): number {
  const bare = pattern.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');
  return (bare.match(/\((?!\?)|\(\?P?<[a-z]/gi) ?? []).length;
}

/** Text as a pattern that matches it and nothing else. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}-]/g, (character) => `\\${character}`);
}
