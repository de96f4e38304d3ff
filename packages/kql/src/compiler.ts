import type { BindOptions, BoundQuery, CompiledQuery, CompileResult, Compiler, QueryParameters } from './api.ts';
import type { Catalogue } from './catalogue.ts';
import { bindQuery } from './bind.ts';
import type { Discovered } from './discovery.ts';
import { KqlRefusal, locate, type Fault } from './errors.ts';
import { encodeAnswer } from './answer.ts';
import { lowerQuery } from './lower/query.ts';
import { Session } from './lower/scope.ts';
import { DEFAULT_TEXT_LIMIT, parse } from './parser/parse.ts';
import type { QueryBlock } from './parser/syntax.ts';
import type { Table } from './relation/tree.ts';
import { plan, planAnswer } from './relation/plan.ts';
import { sizeOfSelect } from './sql/size.ts';
import { print } from './sql/print.ts';
import { preparedOf, remember, type Prepared } from './prepared.ts';
import { decodeValue } from './storage.ts';

export { checkFunction } from './stored-function.ts';

export interface CompilerOptions {
  /** Compiled queries kept by text and catalogue version; the least recently used one is dropped. Default 500, 0 keeps none. */
  readonly cacheEntries?: number;
  /** Longest text in UTF-16 units. Default 100,000; a longer one is refused at once. */
  readonly textLimit?: number;
}

/** Nodes of a whole statement: about 2 MB of text. */
const STATEMENT_LIMIT = 100_000;

const WARM_UP = 'print x = 1 | where x > 0 | summarize count() by x';

/**
 * Builds the compiler. Importing this module loads Microsoft's parser (about 0.5 s); building warms it (about 1 s).
 *
 *     const compiler = createCompiler();
 *     const result = compiler.compile('SigninLogs | take 5', catalogue);
 *     if (result.ok) store.read(...compiler.bind(result.query, { now: Date.now(), confine: { scope_companies: [1] } }));
 */
export function createCompiler(options: CompilerOptions = {}): Compiler {
  const { cacheEntries = 500, textLimit = DEFAULT_TEXT_LIMIT } = options;
  const cache = new Map<string, CompileResult>();
  compileText(WARM_UP, { version: 'warm-up', tables: [], functions: [] }, textLimit, {});

  return {
    compile(text, catalogue, discovered = {}, parameters = {}) {
      const key = `${catalogue.version}\0${JSON.stringify([discovered, parameters])}\0${text}`;
      const known = cache.get(key);
      const result = known ?? compileText(text, catalogue, textLimit, { discovered, parameters });
      if (text.length > textLimit) return result;
      cache.delete(key);
      cache.set(key, result);
      const oldest = cache.keys().next();
      if (cache.size > cacheEntries && oldest.done !== true) cache.delete(oldest.value);
      return result;
    },
    bind: (query: CompiledQuery, bindOptions: BindOptions): BoundQuery => bindQuery(query, bindOptions),
    decodeRow: (query, row) => query.columns.map((column, index) => decodeValue(column.type, row[index])),
  };
}

/** What comes with a text. */
interface Given {
  readonly discovered?: Discovered;
  readonly parameters?: QueryParameters;
}

function compileText(text: string, catalogue: Catalogue, textLimit: number, given: Given): CompileResult {
  try {
    return compileChecked(text, catalogue, textLimit, given);
  } catch (error) {
    if (error instanceof KqlRefusal) return failed(text, [error.fault]);
    if (error instanceof RangeError)
      return failed(text, [{ code: 'GHQ004', message: 'The query nests too deeply.', span: { start: 0, end: 1 } }]);
    // A promise of the interface: whatever the text, an answer and not an exception.
    const reason = error instanceof Error ? error.message : String(error);
    return failed(text, [
      { code: 'GHQ099', message: `The compiler failed on this query: ${reason}.`, span: { start: 0, end: 1 } },
    ]);
  }
}

/** The query's table; `undefined` where what was refused on the way leaves nothing to go on with. */
function lowered(block: QueryBlock, session: Session): Table | undefined {
  try {
    return lowerQuery(block, session);
  } catch (error) {
    if (session.probes.length > 0) return undefined;
    if (session.faults.length === 0 || error instanceof KqlRefusal) throw error;
    return undefined;
  }
}

function compileChecked(text: string, catalogue: Catalogue, textLimit: number, given: Given): CompileResult {
  const { code, diagnostics } = parse(text, catalogue, textLimit, given.discovered);
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length > 0) return failed(text, errors);
  if (!code.HasSemantics)
    return failed(text, [
      { code: 'GHQ004', message: 'The query nests too deeply to be analysed.', span: { start: 0, end: 1 } },
    ]);
  const session = new Session(catalogue, given.discovered, given.parameters);
  const table = lowered(code.Syntax, session);
  if (session.probes.length > 0) return unsettled(text, table, session);
  if (table === undefined || session.faults.length > 0) return failed(text, session.faults);
  const query = queryOf(table, session);
  return query === undefined ? failed(text, [TOO_LARGE]) : { ok: true, query };
}

/**
 * A query that must look at the data first. What is wrong behind the place where it does may come of what is not known yet:
 * it is said once everything is.
 */
function unsettled(text: string, table: Table | undefined, session: Session): CompileResult {
  const certain = session.faults.slice(0, session.unsettledSince);
  if (certain.length > 0) return failed(text, certain);
  const nothing: Table = { relation: { kind: 'single' }, columns: [], order: [] };
  const query = queryOf(session.faults.length > 0 || table === undefined ? nothing : table, session);
  const probes = session.probes.flatMap((probe) => {
    const asked = queryOf(probe.table, session);
    return asked === undefined ? [] : [{ site: probe.site, query: asked }];
  });
  if (query === undefined || probes.length < session.probes.length) return failed(text, [TOO_LARGE]);
  const full = { ...query, open: true, probes };
  remember(full, preparedOf(query));
  return { ok: true, query: full };
}

const TOO_LARGE: Fault = {
  code: 'GHQ004',
  message: `The query expands to more than ${STATEMENT_LIMIT} parts.`,
  span: { start: 0, end: 1 },
};

/** The compiled query of a table; `undefined` where it is too large. */
function queryOf(table: Table, session: Session): CompiledQuery | undefined {
  const columns = table.columns.map(({ name, type }) => ({ name, type }));
  const select = planAnswer(table.relation, encodeAnswer(table, session), table.order);
  for (const shared of session.shared.toReversed()) shared.settle(plan);
  if (sizeOfSelect(select) > STATEMENT_LIMIT) return undefined;
  const fixed = session.options.get('query_now')?.constant;
  const now = typeof fixed === 'bigint' ? { now: fixed } : {};
  const prepared: Prepared = { statement: (reading) => ({ ...print(select, reading), ...now }) };
  const { kind } = session.visualization;
  const query: CompiledQuery = {
    sql: prepared.statement({ window: false, arrival: false }).sql,
    columns,
    ordered: table.order.length > 0,
    tables: [...session.tablesRead].sort(),
    ...(kind === undefined ? {} : { visualization: { ...session.visualization } }),
    ...(session.external.length === 0 ? {} : { external: session.external }),
    ...(table.open === true ? { open: true } : {}),
  };
  remember(query, prepared);
  return query;
}

function failed(text: string, faults: readonly Fault[]): CompileResult {
  const seen = new Set<string>();
  const errors = faults
    .map((fault) => locate(text, fault))
    .filter((error) => {
      const key = `${error.code}\0${error.span.start}\0${error.message}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  return { ok: false, errors: errors.sort((left, right) => left.span.start - right.span.start) };
}
