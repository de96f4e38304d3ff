import {
  bindQuery,
  DISCOVERED_COLUMNS_LIMIT,
  decodeValue,
  type QueryParameters,
  settle as settleColumns,
  type CompiledQuery,
  type CompileResult,
  type FunctionCheck,
  type FunctionText,
  type ResultColumn,
} from '@gatehouse/kql';
import type { CompletionAnswer, Definition, EditorDiagnostic, Hover } from '@gatehouse/kql/editor';
import type { CompanyScope } from '../../platform/access/index.ts';
import type { EventStore, QueryLimits } from '../../platform/clickhouse/index.ts';
import type { Config } from '../../platform/config/index.ts';
import { queryErrorOf, type PartialCause } from './answer.ts';
import {
  LIST_COMPANIES_PARAMETER,
  LIST_SNAPSHOTS_PARAMETER,
  SCOPE_PARAMETER,
  type createCatalogues,
} from './catalogue.ts';
import { createCompiledQueries } from './compiled.ts';
import type { ExternalData, ExternalReader } from './external/index.ts';
import type { CompilerProcess } from './compiler/process.ts';
import { KqlQueryError, QueryError } from './errors.ts';
import { FairQueue } from './queue.ts';
import { GLOBAL } from './tables.ts';
import type { Window } from './timespan.ts';

export interface RunOptions {
  /** What now() answers, in epoch milliseconds. */
  readonly nowMs: number;
  /** Values for `declare query_parameters(…)`. */
  readonly parameters?: QueryParameters;
  /** Only rows with `afterMs < TimeGenerated <= throughMs`. */
  readonly window?: Window;
  /** Only rows that had arrived by then: what a run at that moment would have seen. */
  readonly arrivedThroughMs?: number;
  /** Default: the configuration's. `maxResultRows` cuts the answer and says so in `partial`; the others end the query. */
  readonly limits?: QueryLimits;
  /** Stops the query in the engine. */
  readonly signal?: AbortSignal;
  /** People's queries and rules' queries wait in different lines, so that neither holds up the other. Default `rules`. */
  readonly line?: 'people' | 'rules';
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  /** Values in the encoding of the Kusto v2 REST answer. */
  readonly rows: unknown[][];
  /** True when the row order is part of the answer. */
  readonly ordered: boolean;
  /** Names of the tables that were read. */
  readonly tables: readonly string[];
  /** True when other data would give other columns: one that is missing has no value in any row. */
  readonly open?: boolean;
  /** `render`'s kind and properties, where the query has one. */
  readonly visualization?: Readonly<Record<string, string>>;
  /** Why rows are missing; absent when the answer is whole. */
  readonly partial?: PartialCause;
  readonly statistics: { readonly elapsedMs: number; readonly waitedMs: number };
}

export interface QueryService {
  /** Compiles against what the scope may see. Never throws for a bad query: the errors are the result. */
  compile(text: string, scope: CompanyScope): Promise<CompileResult>;
  /**
   * Runs a KQL text, confined to the scope whatever it says.
   * Throws `KqlQueryError`, `QUERY_TOO_LONG`, `QUERY_TOO_COMPLEX`, `QUERY_BUSY`, `QUERY_CANCELLED`, `QUERY_FAILED`, and the
   * `EXTERNAL_DATA_FAILED`, the store's `TIME_LIMIT`, `MEMORY_LIMIT`, `STORE_UNAVAILABLE`.
   */
  run(scope: CompanyScope, text: string, options: RunOptions): Promise<QueryResult>;
  /** Checks a stored function against what the scope may see. */
  checkFunction(text: FunctionText, scope: CompanyScope): Promise<FunctionCheck>;
  /** Changes with whatever a query may name: custom tables, functions, watchlists. */
  catalogueVersion(): Promise<string>;
  diagnostics(text: string, scope: CompanyScope): Promise<readonly EditorDiagnostic[]>;
  completions(text: string, position: number, scope: CompanyScope): Promise<CompletionAnswer>;
  hover(text: string, position: number, scope: CompanyScope): Promise<Hover>;
  definition(text: string, position: number, scope: CompanyScope): Promise<Definition | undefined>;
  format(text: string, scope: CompanyScope): Promise<string>;
  readonly load: FairQueue['load'];
}

export interface QueryServiceOptions {
  readonly store: EventStore;
  readonly limits: Config['query'];
  readonly compiler: CompilerProcess;
  readonly catalogues: ReturnType<typeof createCatalogues>;
  readonly external: Pick<ExternalData, 'reader'>;
  /** The sets of watchlist items that a run may read; none where it is left out. */
  readonly snapshots?: (scope: CompanyScope, nowMs: number) => Promise<readonly number[]>;
  /** Resolves when everything acknowledged before the call is visible in the store, or after a bounded wait. */
  readonly settle: () => Promise<void>;
}

/**
 * Queries that run at once: in all, and of one line of one scope. The engine gives each several threads; more at once only
 * makes all of them slower.
 */
const QUEUE = { total: 8, perLane: 2, waitingPerLane: 50 } as const;

/** Bytes of values an answer may have, as Log Analytics bounds it. Source: Azure Monitor, "Query API limits". */
const MAX_ANSWER_BYTES = 64 * 2 ** 20;

export function createQueryService(options: QueryServiceOptions): QueryService {
  const { store, limits, compiler, catalogues, external, settle, snapshots = async () => [] } = options;
  const queue = new FairQueue(QUEUE);
  const compiled = createCompiledQueries(compiler);

  function checkLength(text: string): void {
    if (text.length <= limits.maxLength) return;
    const reason = `has ${text.length} characters; the limit is ${limits.maxLength}`;
    throw new QueryError('QUERY_TOO_LONG', { message: `The query ${reason}.`, details: [{ field: '/query', reason }] });
  }

  async function compile(text: string, scope: CompanyScope, parameters?: QueryParameters): Promise<CompileResult> {
    checkLength(text);
    return compiled.of(laneOf(scope), text, await catalogues.of(scope), undefined, parameters);
  }

  /**
   * The query with the columns that the data gives. The questions are asked in the same scope and with the same options as the
   * query itself, and from the same time.
   */
  async function withColumns(
    text: string,
    result: CompileResult,
    scope: CompanyScope,
    options: RunOptions,
    rowsOf: ExternalReader,
  ): Promise<CompiledQuery> {
    const catalogue = await catalogues.of(scope);
    const lane = laneOf(scope);
    const settled = await settleColumns(
      text,
      result,
      (discovered) => compiled.of(lane, text, catalogue, discovered, options.parameters),
      async (probe) => (await read(probe, scope, options, DISCOVERED_COLUMNS_LIMIT + 1, rowsOf)).rows,
    );
    if (!settled.ok) throw new KqlQueryError(settled.errors);
    return settled.query;
  }

  async function read(
    query: CompiledQuery,
    scope: CompanyScope,
    options: RunOptions,
    maxRows: number,
    rowsOf: ExternalReader,
  ) {
    const { nowMs, window, arrivedThroughMs, signal } = options;
    const fetched = await Promise.all(
      (query.external ?? []).map(async (one) => [one.parameter, await rowsOf(one)] as const),
    );
    const { sql, params } = bindQuery(query, {
      now: nowMs,
      external: Object.fromEntries(fetched),
      confine: {
        [SCOPE_PARAMETER]: scope.companies,
        [LIST_COMPANIES_PARAMETER]: [GLOBAL, ...scope.companies],
        [LIST_SNAPSHOTS_PARAMETER]: await snapshots(scope, nowMs),
      },
      ...(window === undefined ? {} : { window }),
      ...(arrivedThroughMs === undefined ? {} : { arrivedThroughMs }),
    });
    const rows: unknown[][] = [];
    let bytes = 0;
    const blocks = store.stream(sql, {
      params,
      // One row more than is shown tells a whole answer from a cut one.
      settings: { limit: maxRows + 1 },
      limits: {
        maxSeconds: options.limits?.maxSeconds ?? limits.maxSeconds,
        maxMemoryBytes: options.limits?.maxMemoryBytes ?? limits.maxMemory,
        maxResultRows: maxRows + 1,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const block of blocks)
      for (const row of block.rows) {
        if (rows.length >= maxRows)
          return {
            rows,
            partial: { code: 'ROWS', message: `The answer has more rows than the limit of ${maxRows}.` } as const,
          };
        bytes += sizeOf(row);
        if (bytes > MAX_ANSWER_BYTES)
          return {
            rows,
            partial: { code: 'BYTES', message: `The answer is larger than ${MAX_ANSWER_BYTES} bytes.` } as const,
          };
        rows.push(query.columns.map((column, index) => decodeValue(column.type, row[index])));
      }
    return { rows };
  }

  return {
    compile,
    async run(scope, text, options) {
      const settled = options.line === 'people' ? settle() : undefined;
      const result = await compile(text, scope, options.parameters);
      await settled;
      if (!result.ok) throw new KqlQueryError(result.errors);
      // Ahead of the query's turn: a slow address holds up nobody else.
      const rowsOf = external.reader(options.signal);
      await Promise.all((result.query.external ?? []).map(rowsOf));
      const askedAt = performance.now();
      const lane = `${options.line ?? 'rules'} ${laneOf(scope)}`;
      try {
        return await queue.run(
          lane,
          async () => {
            const startedAt = performance.now();
            const timed = withinTime(options, startedAt + 1000 * (options.limits?.maxSeconds ?? limits.maxSeconds));
            const query =
              result.query.probes === undefined ? result.query : await withColumns(text, result, scope, timed, rowsOf);
            const answer = await read(query, scope, timed, options.limits?.maxResultRows ?? limits.maxRows, rowsOf);
            return {
              ...answer,
              columns: query.columns,
              ordered: query.ordered,
              tables: query.tables,
              ...(query.open === true ? { open: true } : {}),
              ...(query.visualization === undefined ? {} : { visualization: query.visualization }),
              statistics: { elapsedMs: performance.now() - startedAt, waitedMs: startedAt - askedAt },
            };
          },
          options.signal,
        );
      } catch (error) {
        throw queryErrorOf(error);
      }
    },
    checkFunction: async (text, scope) =>
      compiler.run(laneOf(scope), { kind: 'function', text }, await catalogues.of(scope)),
    catalogueVersion: () => catalogues.version(),
    async diagnostics(text, scope) {
      checkLength(text);
      return compiler.run(laneOf(scope), { kind: 'diagnostics', text }, await catalogues.of(scope));
    },
    async completions(text, position, scope) {
      checkLength(text);
      return compiler.run(laneOf(scope), { kind: 'completions', text, position }, await catalogues.of(scope));
    },
    async hover(text, position, scope) {
      checkLength(text);
      return compiler.run(laneOf(scope), { kind: 'hover', text, position }, await catalogues.of(scope));
    },
    async definition(text, position, scope) {
      checkLength(text);
      return compiler.run(laneOf(scope), { kind: 'definition', text, position }, await catalogues.of(scope));
    },
    async format(text, scope) {
      checkLength(text);
      return compiler.run(laneOf(scope), { kind: 'format', text }, await catalogues.of(scope));
    },
    get load() {
      return queue.load;
    },
  };
}

/** The options of one reading of several, each with the time that is left. */
function withinTime(options: RunOptions, deadline: number): RunOptions {
  return {
    ...options,
    limits: {
      ...options.limits,
      get maxSeconds() {
        return Math.max(0.1, (deadline - performance.now()) / 1000);
      },
    },
  };
}

/** Companies take turns; somebody of several takes turns as one of their own. */
function laneOf(scope: CompanyScope): string {
  return scope.companies.join(',');
}

/** About the bytes of a row on the wire: its text, and a few for each value that is not text. */
function sizeOf(row: readonly unknown[]): number {
  let bytes = 2;
  for (const value of row) bytes += typeof value === 'string' ? value.length + 3 : 8;
  return bytes;
}
