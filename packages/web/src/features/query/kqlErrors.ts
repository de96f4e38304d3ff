/** One thing that is wrong with a query, as the answer's details name it. */
export interface QueryPlace {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly frame: string;
  readonly suggestion: string | undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The places in an error answer's `details` that carry a frame; empty where the error is of another kind. */
export function readKqlErrors(body: unknown): readonly QueryPlace[] {
  const error = isRecord(body) ? body.error : undefined;
  const details: unknown = isRecord(error) ? error.details : undefined;
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail: unknown) => {
    if (!isRecord(detail)) return [];
    const { code, message, line, column, frame, suggestion } = detail;
    if (typeof code !== 'string' || typeof message !== 'string' || typeof frame !== 'string') return [];
    if (typeof line !== 'number' || typeof column !== 'number') return [];
    return [
      { code, message, line, column, frame, suggestion: typeof suggestion === 'string' ? suggestion : undefined },
    ];
  });
}
