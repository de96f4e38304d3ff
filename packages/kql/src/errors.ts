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
