import type { Static } from 'typebox';
import { StoreError } from '../../platform/clickhouse/index.ts';
import { QueryError } from './errors.ts';
import type { AnswerShape } from './schemas.ts';
import type { QueryResult } from './service.ts';

/** Why an answer is not the whole one. */
export interface PartialCause {
  readonly code: 'ROWS' | 'BYTES';
  readonly message: string;
}

/** The Log Analytics answer. Source: Azure Monitor Logs query API, "Response format". */
export type QueryAnswer = Static<typeof AnswerShape>;

const PARTIAL_CODES = { ROWS: 'ResultRowsLimit', BYTES: 'ResultSizeLimit' } as const satisfies Record<
  PartialCause['code'],
  string
>;

/** Rows and columns as they are, and beside them, where rows are missing, the PartialError that says so. */
export function answerOf(result: QueryResult): QueryAnswer {
  const { columns, rows, visualization, statistics, partial } = result;
  return {
    tables: [{ name: 'PrimaryResult', columns: columns.map(({ name, type }) => ({ name, type })), rows }],
    ...(visualization === undefined ? {} : { render: visualization }),
    statistics: { query: { executionTime: statistics.elapsedMs / 1000, resultRows: rows.length } },
    ...(partial === undefined ? {} : { error: partialError(partial) }),
  };
}

function partialError({ code, message }: PartialCause): NonNullable<QueryAnswer['error']> {
  return {
    code: 'PartialError',
    message: 'The answer is not complete.',
    details: [
      {
        code: 'EngineError',
        message: 'The answer was cut at a limit.',
        innererror: { code: PARTIAL_CODES[code], message, severity: 3, severityName: 'Warning' },
      },
    ],
  };
}

/**
 * The store's errors in a query's words. Limits keep their codes; what the engine could not compute (a value out of range, a
 * text that is no number where one is needed) is the query's or the data's, not an error of this server.
 */
export function queryErrorOf(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  switch (error.code) {
    case 'CANCELLED':
      return new QueryError('QUERY_CANCELLED', { cause: error });
    case 'STORE_BAD_ROW':
    case 'STORE_ERROR':
      return new QueryError('QUERY_FAILED', { cause: error.cause });
    case 'TIME_LIMIT':
    case 'MEMORY_LIMIT':
    case 'ROW_LIMIT':
    case 'STORE_UNAVAILABLE':
    case 'STORE_LOCKED':
    case 'STORE_SCHEMA':
      return error;
  }
}
