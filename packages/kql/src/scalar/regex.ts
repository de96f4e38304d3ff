/**
 * Kusto and ClickHouse both use RE2. What differs: in ClickHouse a dot also matches a line break, in Kusto it does not.
 * Source: KQL documentation, "Regex syntax"; ClickHouse documentation, "match".
 */

/** Constructs of other regular expression languages that RE2 does not have: look-around, back references, possessive and atomic groups. */
const NOT_RE2 = /\(\?(?:=|!|<=|<!|>)|\\[1-9]|(?:[*+?}])\+/;

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
  if (NOT_RE2.test(bare)) return undefined;
  return hasDot(pattern) ? `(?-s)${pattern}` : pattern;
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
