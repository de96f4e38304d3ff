import type { Compiler } from '../api.ts';
import type { Catalogue } from '../catalogue.ts';
import { locate, type KqlError } from '../errors.ts';
import { parse } from '../parser/parse.ts';

/** One thing an editor underlines: an error stops the query, the others do not. */
export interface EditorDiagnostic extends KqlError {
  readonly severity: 'error' | 'warning' | 'suggestion';
}

/** Everything that is to be said about a text: the compiler's errors, then the parser's warnings, each in the order of the text. */
export function diagnostics(compiler: Compiler, text: string, catalogue: Catalogue): readonly EditorDiagnostic[] {
  if (text.trim() === '') return [];
  const compiled = compiler.compile(text, catalogue);
  const errors = compiled.ok ? [] : compiled.errors;
  return [...errors.map((error): EditorDiagnostic => ({ ...error, severity: 'error' })), ...warnings(text, catalogue)];
}

function warnings(text: string, catalogue: Catalogue): readonly EditorDiagnostic[] {
  try {
    return parse(text, catalogue).diagnostics.flatMap(({ severity, ...fault }): EditorDiagnostic[] =>
      severity === 'error' ? [] : [{ ...locate(text, fault), severity }],
    );
  } catch {
    // The text cannot be parsed at all: the compiler's errors have said so.
    return [];
  }
}
