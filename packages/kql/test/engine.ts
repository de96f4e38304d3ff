import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Session } from 'chdb';
import { createCompiler } from '../src/compiler.ts';
import {
  PROBE_ROUNDS_LIMIT,
  type BindOptions,
  type Catalogue,
  type CompiledQuery,
  type Compiler,
  type CompileResult,
  type Discovered,
  type NamedType,
} from '../src/index.ts';

/**
 * The real engine in this process, for tests of what compiled queries answer. One a test file: the engine holds one data
 * folder a process.
 */
export interface Engine {
  readonly compiler: Compiler;
  /** Runs a statement of the test's own. */
  command(sql: string): void;
  /** The engine's JSONCompact answer to a statement of the test's own. */
  query(sql: string): string;
  /** Compiles and runs; throws with the errors' codes where it is refused. */
  answer(text: string, catalogue: Catalogue, options?: Partial<BindOptions>): Answer;
  close(): void;
}

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly query: CompiledQuery;
  /** The statement as it was run, parameters apart. */
  readonly sql: string;
}

export const EMPTY_CATALOGUE: Catalogue = { version: 'empty', tables: [], functions: [] };

/** The frozen moment of the tests: 2026-03-01T12:00:00Z. */
export const TEST_NOW = Date.UTC(2026, 2, 1, 12);

/** libchdb takes the fatal signals and would hang the process at a crash: give them back. */
function restoreSignals(): void {
  for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL'] as const) {
    const handler = (): void => undefined;
    process.on(signal, handler);
    process.removeListener(signal, handler);
  }
}

/** A parameter's text form, as ClickHouse reads it from `SET param_…`. */
export function parameterText(value: unknown, quoted = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => parameterText(item, true)).join(',')}]`;
  if (typeof value === 'string') {
    const escaped = value
      .replace(/\\/g, '\\\\')
      .replace(/\0/g, '\\0')
      .replace(/\t/g, '\\t')
      .replace(/\n/g, '\\n')
      .replace(/\r/g, '\\r')
      .replace(/[\b]/g, '\\b')
      .replace(/\f/g, '\\f')
      .replace(/'/g, "\\'");
    return quoted ? `'${escaped}'` : escaped;
  }
  if (typeof value === 'number' && Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return String(value);
}

export function quoteSql(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

/** `settle` without waiting: the tests' engine answers at once. */
function settled(
  compiler: Compiler,
  text: string,
  catalogue: Catalogue,
  rowsOf: (query: CompiledQuery) => readonly (readonly unknown[])[],
): CompileResult {
  let result = compiler.compile(text, catalogue);
  let discovered: Discovered = {};
  for (let round = 0; result.ok && result.query.probes !== undefined && round < PROBE_ROUNDS_LIMIT; round += 1) {
    const found = result.query.probes.map(
      ({ site, query }) => [site, rowsOf(query).map(([name, type]) => ({ name, type }) as NamedType)] as const,
    );
    discovered = { ...discovered, ...Object.fromEntries(found) };
    result = compiler.compile(text, catalogue, discovered);
  }
  return result;
}

export function startEngine(): Engine {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-kql-'));
  let session = new Session(folder);
  restoreSignals();
  const compiler = createCompiler();

  const run = (sql: string, params: Readonly<Record<string, unknown>>): { data: unknown[][] } => {
    const settings = Object.entries(params).map(([name, value]) => `param_${name} = ${quoteSql(parameterText(value))}`);
    if (settings.length > 0) session.query(`SET ${settings.join(', ')}`);
    const text = session.query(sql, 'JSONCompact');
    return text === '' ? { data: [] } : (JSON.parse(text) as { data: unknown[][] });
  };

  return {
    compiler,
    command: (sql) => void session.query(sql),
    query: (sql) => session.query(sql, 'JSONCompact'),
    answer(text, catalogue, options = {}) {
      const bound = { now: TEST_NOW, confine: {}, ...options };
      const rowsOf = (query: CompiledQuery) => {
        const { sql, params } = compiler.bind(query, bound);
        return { sql, rows: run(sql, params).data.map((row) => compiler.decodeRow(query, row)) };
      };
      const compiled = settled(compiler, text, catalogue, (query) => rowsOf(query).rows);
      if (!compiled.ok) throw new Error(compiled.errors.map((error) => `${error.code}: ${error.message}`).join('\n'));
      const { query } = compiled;
      const { sql, rows } = rowsOf(query);
      return {
        columns: query.columns.map((column) => column.name),
        rows,
        query,
        sql,
      };
    },
    close() {
      session.close();
      session = undefined as unknown as Session;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
