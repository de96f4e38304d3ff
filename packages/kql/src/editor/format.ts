import type { Catalogue } from '../catalogue.ts';
import { parse } from '../parser/parse.ts';
import { formatting, serviceOf } from './language-service.ts';

/**
 * The text as Microsoft's formatter writes it: an operator a line, four spaces of indentation, line feeds. Comments stay. A text that
 * cannot be read as a whole comes back as it is: nothing is lost by asking.
 */
export function format(text: string, catalogue: Catalogue): string {
  try {
    const { code, diagnostics } = parse(text, catalogue);
    // A syntax error leaves the tree with guesses in it; names that are not known do not matter here.
    if (diagnostics.some((diagnostic) => diagnostic.severity === 'error' && SYNTAX_ERROR.test(diagnostic.code)))
      return text;
    return serviceOf(code).GetFormattedText(formatting).Text.replace(/\r\n/g, '\n');
  } catch {
    return text;
  }
}

/** The parser's own codes, before the binder's begin. */
const SYNTAX_ERROR = /^KS0\d\d$/;
