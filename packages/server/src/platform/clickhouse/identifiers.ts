/**
 * The one quoting function for identifiers: backticks, with backslash and backtick escaped as the engine's lexer reads them.
 * An empty name or one with a NUL byte is a `TypeError`: no table or column of ours has such a name.
 * Source: ClickHouse documentation, "Syntax", identifiers.
 *
 * @example quoteIdentifier('Time`Generated') // '`Time\\`Generated`'
 */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) throw new TypeError('an identifier is not empty and holds no NUL byte');
  return `\`${name.replace(/[\\`]/g, (character) => `\\${character}`)}\``;
}

/**
 * A string literal. Only for places where the engine takes no bound parameter (`SET`, a file's name, a DDL default); values of
 * users are bound. A NUL byte is a `TypeError`: it would end the statement early at the C boundary.
 */
export function quoteLiteral(value: string): string {
  if (value.includes('\0')) throw new TypeError('a literal holds no NUL byte');
  return `'${value.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
