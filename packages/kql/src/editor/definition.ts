import type { Catalogue, CatalogueColumn } from '../catalogue.ts';
import type { Span } from '../errors.ts';
import { parse } from '../parser/parse.ts';
import { items } from '../parser/syntax.ts';
import { DECLARATION, serviceOf } from './language-service.ts';

/** Where a name comes from: a place of the text itself, a stored function, or a table of the catalogue. */
export type Definition =
  | { readonly kind: 'text'; readonly span: Span }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly parameters: string;
      readonly body: string;
      readonly description?: string;
    }
  | {
      readonly kind: 'table';
      readonly name: string;
      readonly columns: readonly CatalogueColumn[];
      readonly description?: string;
    };

/** What the name at `position` (a UTF-16 offset) was defined as; `undefined` for a word of the language and where nothing stands. */
export function definition(text: string, position: number, catalogue: Catalogue): Definition | undefined {
  const at = Math.max(0, Math.min(Math.trunc(position), text.length));
  return declaredIn(text, at, catalogue) ?? stored(nameAt(text, at), catalogue);
}

/** A `let`, a parameter or a column that the text itself makes. */
function declaredIn(text: string, at: number, catalogue: Catalogue): Definition | undefined {
  try {
    const related = items(serviceOf(parse(text, catalogue).code).GetRelatedElements(at).Elements);
    const found = related.find((element) => element.Kind === DECLARATION);
    return found && { kind: 'text', span: { start: found.Start, end: found.Start + found.Length } };
  } catch {
    // A text that cannot be parsed at all: diagnostics say why.
    return undefined;
  }
}

function stored(name: string | undefined, catalogue: Catalogue): Definition | undefined {
  const made = catalogue.functions.find((entry) => entry.name === name);
  if (made !== undefined) return { kind: 'function', ...made };
  const table = catalogue.tables.find((entry) => entry.name === name);
  if (table === undefined) return undefined;
  const { columns, description } = table;
  return { kind: 'table', name: table.name, columns, ...(description === undefined ? {} : { description }) };
}

/** The word around a place of the text. */
function nameAt(text: string, at: number): string | undefined {
  const start = /[A-Za-z0-9_]*$/.exec(text.slice(0, at))?.index ?? at;
  return /^[A-Za-z0-9_]+/.exec(text.slice(start))?.[0];
}
