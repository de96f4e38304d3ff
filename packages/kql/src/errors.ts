/** A half-open range of UTF-16 code units in the query's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * One thing that is wrong with a query. `code` is Microsoft's (`KS…`) where its parser said it and ours (`GHQ…`) otherwise;
 * the table of ours is in this file.
 */
export interface KqlError {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  /** 1-based line and column of the start. */
  readonly line: number;
  readonly column: number;
  /** The line with carets under the span. */
  readonly frame: string;
  /** The nearest name that exists, where a name was not found. */
  readonly suggestion?: string;
}

/** Our own codes: what each one means. Microsoft's codes keep their numbers and are passed through. */
export const KQL_ERROR_CODES = {
  GHQ001: 'The query text is longer than the limit.',
  GHQ002: 'A control command: queries only read.',
  GHQ003: 'There is nothing to run: the text has no query expression.',
  GHQ004: 'The query is nested too deeply or expands to too many parts.',
  GHQ005: 'The parser failed on this text.',
  GHQ010: 'The operator is part of the language but not supported.',
  GHQ011: 'The function is part of the language but not supported.',
  GHQ012: 'The aggregate is part of the language but not supported.',
  GHQ013: 'The option, kind or form is part of the language but not supported.',
  GHQ014: 'The kind of statement or expression is not supported.',
  GHQ015: 'The plugin is part of the language but not supported, or never run here.',
  GHQ020: 'The argument must be a constant.',
  GHQ021: 'The value is outside the range that is allowed here.',
  GHQ022: 'The types of the two sides cannot be compared or combined.',
  GHQ023: 'The regular expression is not one that RE2 accepts.',
  GHQ024: 'The name cannot be resolved here.',
  GHQ025: 'There is no such table.',
  GHQ026: 'The rows are not serialized: a window function needs an order.',
  GHQ027: 'Columns that the data gives cannot be added: they are too many, or the table has one of that name.',
  GHQ028: 'The address of external data is not one that an administrator has allowed.',
  GHQ029: 'There is no database of the places of network addresses here.',
  GHQ040: 'There is no such watchlist.',
  GHQ041: 'The name is taken or not allowed.',
  GHQ042: 'A function calls itself.',
  GHQ099: 'The compiler itself failed on this query: a bug to report.',
} as const satisfies Readonly<Record<`GHQ${string}`, string>>;

export type KqlErrorCode = keyof typeof KQL_ERROR_CODES;

/** A fault before it is put into the text: no line, no frame yet. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly suggestion?: string;
}

/** Stops the compilation of one query where going on makes no sense; the compiler turns it into a `KqlError`. */
export class KqlRefusal extends Error {
  readonly fault: Fault;

  constructor(code: KqlErrorCode, message: string, span: Span, suggestion?: string) {
    super(message);
    this.name = 'KqlRefusal';
    this.fault = { code, message, span, ...(suggestion === undefined ? {} : { suggestion }) };
  }
}

/** Longest part of a line that a frame shows; a rule of one line can have thousands of characters. */
const FRAME_WIDTH = 160;

/** Puts a fault into the text: line, column and a frame with carets. */
export function locate(text: string, fault: Fault): KqlError {
  const start = Math.max(0, Math.min(fault.span.start, text.length));
  const end = Math.max(start, Math.min(fault.span.end, text.length));
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const nextBreak = text.indexOf('\n', start);
  const lineEnd = nextBreak < 0 ? text.length : nextBreak;
  const line = text.slice(0, lineStart).split('\n').length;
  const from = Math.max(lineStart, Math.min(start - 60, lineEnd - FRAME_WIDTH));
  const shown = text.slice(from, Math.min(lineEnd, from + FRAME_WIDTH)).replace(/[\r\t]/g, ' ');
  const carets = Math.max(1, Math.min(end, lineEnd, from + FRAME_WIDTH) - start);
  const number = String(line);
  const frame = `${number} | ${shown}\n${' '.repeat(number.length)} | ${' '.repeat(start - from)}${'^'.repeat(carets)}`;
  return { ...fault, span: { start, end }, line, column: start - lineStart + 1, frame };
}

/**
 * The nearest of the names by edit distance, when it is near enough to be a slip of the hand: a third of the letters, at least 1 and
 * at most `most` (default 3).
 */
export function nearest(name: string, names: Iterable<string>, most = 3): string | undefined {
  const limit = Math.min(most, Math.max(1, Math.floor(name.length / 3)));
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Edits from one to the other; any number from `enough` on means that many or more, and is found without going to the end. */
function editDistance(left: string, right: string, enough: number): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= right.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const edits = Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      current.push(edits);
      if (edits < least) least = edits;
    }
    if (least >= enough) return least;
    previous = current;
  }
  return previous[right.length] ?? 0;
}
