import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { settle, type CompiledQuery, type Compiler, type Span } from '@gatehouse/kql';
import { createCompiler } from '@gatehouse/kql/compiler';
import { SCOPE_PARAMETER } from '../../domains/query/index.ts';
import { systemClock } from '../../platform/clock.ts';
import { StoreError } from '../../platform/clickhouse/index.ts';
import type { DeclaredTable } from './declared.ts';
import { openScratchStore, type ScratchStore } from './scratch.ts';

export interface BatchOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly declared: readonly DeclaredTable[];
}

/** Queries that are under way at once: while the engine runs one, the next is compiled. */
const AHEAD = 4;

/** Bounds of one query of a batch. */
const LIMITS = { maxSeconds: 30, maxResultRows: 1_000_000 } as const;

type Line =
  | {
      readonly id: unknown;
      readonly columns: readonly { name: string; type: string }[];
      readonly rows: readonly unknown[][];
    }
  | { readonly id: unknown; readonly error: { readonly code: string; readonly message: string; readonly span?: Span } };

/**
 * Answers `{id, query}` lines with `{id, columns, rows}` or `{id, error: {code, message, span}}` lines, in their order, on a
 * scratch store. Resolves to the exit code: 0 also when queries fail, as their lines say so.
 */
export async function runBatch({ input, output, declared }: BatchOptions): Promise<number> {
  const scratch = await openScratchStore(declared);
  try {
    const compiler = createCompiler();
    const underWay: Promise<Line>[] = [];
    const write = async (pending: Promise<Line>) => {
      const line = JSON.stringify(await pending);
      if (!output.write(`${line}\n`)) await once(output, 'drain');
    };
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      if (text.trim() === '') continue;
      underWay.push(answer(text, compiler, scratch));
      const next = underWay.length > AHEAD ? underWay.shift() : undefined;
      if (next !== undefined) await write(next);
    }
    for (const pending of underWay) await write(pending);
    return 0;
  } finally {
    await scratch.close();
  }
}

function readLine(text: string): { id: unknown; query: string } | undefined {
  try {
    const { id, query } = JSON.parse(text) as { id?: unknown; query?: unknown };
    return typeof query === 'string' ? { id: id ?? null, query } : undefined;
  } catch {
    return undefined;
  }
}

async function answer(text: string, compiler: Compiler, scratch: ScratchStore): Promise<Line> {
  const line = readLine(text);
  if (line === undefined)
    return { id: null, error: { code: 'LINE_INVALID', message: 'A line is {"id", "query"} in JSON.' } };
  const { id, query: source } = line;
  try {
    const now = systemClock.now();
    const rowsOf = async (query: CompiledQuery) => {
      await scratch.ensure(query.tables);
      const { sql, params } = compiler.bind(query, { now, confine: { [SCOPE_PARAMETER]: [1] } });
      const { rows } = await scratch.store.read(sql, { params, limits: LIMITS });
      return rows.map((row) => compiler.decodeRow(query, row));
    };
    const compiled = await settle(
      source,
      compiler.compile(source, scratch.catalogue),
      async (discovered) => compiler.compile(source, scratch.catalogue, discovered),
      rowsOf,
    );
    if (!compiled.ok) {
      const [first] = compiled.errors;
      const { code, message, span } = first ?? { code: 'KQL_ERROR', message: 'The query is not valid.' };
      return { id, error: { code, message, ...(span === undefined ? {} : { span }) } };
    }
    const { query } = compiled;
    return {
      id,
      columns: query.columns.map(({ name, type }) => ({ name, type })),
      rows: await rowsOf(query),
    };
  } catch (error) {
    return { id, error: failureOf(error) };
  }
}

/**
 * Here the engine's own words are shown: who runs a batch owns the engine. A query that our own code stumbles over is a line as
 * well: the others of the batch go on.
 */
function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof StoreError) {
    const cause = error.cause instanceof Error ? ` ${error.cause.message}` : '';
    return { code: error.code, message: `${error.message}${cause}`.slice(0, 2000) };
  }
  return { code: 'QUERY_FAILED', message: error instanceof Error ? error.message : String(error) };
}
