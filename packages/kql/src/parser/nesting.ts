import { KqlRefusal } from '../errors.ts';

/** Brackets open at once, and signs in a row: the parser's time grows with the square of the first and worse. */
const NESTING_LIMIT = 150;
const SIGNS_LIMIT = 50;

/** Texts and comments, which hold no brackets of the query; then brackets; then signs in a row. */
const TOKEN =
  /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|@"(?:[^"]|"")*"?|@'(?:[^']|'')*'?|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\/\/[^\n]*|[([{]|[)\]}]|[-+](?:\s*[-+])*/g;

/** Refuses, before the parser sees it, a text that nests beyond what anybody writes. */
export function checkNesting(text: string): void {
  let depth = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const first = token.charAt(0);
    if ('([{'.includes(first)) depth += 1;
    else if (')]}'.includes(first)) depth -= 1;
    const isChain = (first === '-' || first === '+') && token.replace(/\s+/g, '').length > SIGNS_LIMIT;
    if (depth <= NESTING_LIMIT && !isChain) continue;
    const span = { start: match.index, end: match.index + 1 };
    throw new KqlRefusal(
      'GHQ004',
      isChain ? `More than ${SIGNS_LIMIT} signs stand in a row.` : `Brackets nest deeper than ${NESTING_LIMIT} levels.`,
      span,
    );
  }
}
