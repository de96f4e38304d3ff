import type { Catalogue } from '../catalogue.ts';
import { parse } from '../parser/parse.ts';
import { items } from '../parser/syntax.ts';
import { serviceOf } from './language-service.ts';

export interface Hover {
  /** What stands at the position, one part a line: a column's type, a function's signature and meaning. */
  readonly lines: readonly string[];
}

/** What Microsoft's language service says about the name at `position` (a UTF-16 offset); no lines where it says nothing. */
export function hover(text: string, position: number, catalogue: Catalogue): Hover {
  const at = Math.max(0, Math.min(Math.trunc(position), text.length));
  try {
    const info = serviceOf(parse(text, catalogue).code).GetQuickInfo(at);
    return {
      lines: items(info.Items)
        .flatMap((item) => item.Text.split('\n'))
        .filter((line) => line.trim() !== ''),
    };
  } catch {
    // A text that cannot be parsed at all: diagnostics say why.
    return { lines: [] };
  }
}
