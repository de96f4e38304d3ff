/** What an editor asks for: Microsoft's language service on the same parser as the compiler, and the compiler's own refusals. */
export { completions, type Completion, type CompletionAnswer, type CompletionKind } from './completions.ts';
export { definition, type Definition } from './definition.ts';
export { diagnostics, type EditorDiagnostic } from './diagnostics.ts';
export { format } from './format.ts';
export { hover, type Hover } from './hover.ts';
