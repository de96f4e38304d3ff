import type {
  Catalogue,
  Discovered,
  FunctionCheck,
  FunctionText,
  KqlError,
  PortableQuery,
  QueryParameters,
} from '@gatehouse/kql';
import type { CompletionAnswer, Definition, EditorDiagnostic, Hover } from '@gatehouse/kql/editor';

/** `CompileResult` as it travels. */
export type PackedResult =
  { readonly ok: true; readonly packed: PortableQuery } | { readonly ok: false; readonly errors: readonly KqlError[] };

/** What the compiler's process can do, by kind: what a job carries and what it answers. */
export interface Jobs {
  compile: {
    readonly job: { readonly text: string; readonly discovered?: Discovered; readonly parameters?: QueryParameters };
    readonly answer: PackedResult;
  };
  diagnostics: { readonly job: { readonly text: string }; readonly answer: readonly EditorDiagnostic[] };
  completions: {
    readonly job: { readonly text: string; readonly position: number };
    readonly answer: CompletionAnswer;
  };
  hover: { readonly job: { readonly text: string; readonly position: number }; readonly answer: Hover };
  definition: {
    readonly job: { readonly text: string; readonly position: number };
    readonly answer: Definition | undefined;
  };
  function: { readonly job: { readonly text: FunctionText }; readonly answer: FunctionCheck };
  format: { readonly job: { readonly text: string }; readonly answer: string };
}
export type JobKind = keyof Jobs;
export type Job = { [K in JobKind]: { readonly kind: K } & Jobs[K]['job'] }[JobKind];

/** `catalogue` is left out where the process is thought to know `version`; it asks when it does not. */
export interface Request {
  readonly job: Job;
  readonly version: string;
  readonly catalogue?: Catalogue;
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'catalogueNeeded' }
  | { readonly kind: 'answer'; readonly answer: Jobs[JobKind]['answer']; readonly heapBytes: number }
  | { readonly kind: 'failure'; readonly message: string };
