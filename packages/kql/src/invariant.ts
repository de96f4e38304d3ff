/** A fault of this package, not of the query: it is a bug and says so. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (condition === false || condition === undefined || condition === null)
    throw new Error(`kql invariant broken: ${what}`);
}
