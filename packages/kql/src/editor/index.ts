/** What an editor asks for: Microsoft's language service on the same parser as the compiler, and the compiler's own refusals. */
export { completions, type Completion, type CompletionAnswer, type CompletionKind } from './completions.ts';
export { diagnostics, type EditorDiagnostic } from './diagnostics.ts';
export { hover, type Hover } from './hover.ts';
