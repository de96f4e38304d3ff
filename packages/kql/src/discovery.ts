import type { CompiledQuery, CompileResult } from './api.ts';
import type { KqlType } from './catalogue.ts';
import { locate } from './errors.ts';

/** A column as an output schema or the data names it. */
export interface NamedType {
  readonly name: string;
  readonly type: KqlType;
}

/** Columns that probes found, by the place that asked. Plain data: it travels and is a cache's key. */
export type Discovered = Readonly<Record<string, readonly NamedType[]>>;

/**
 * A question that the data must answer before the query can be compiled: which columns does this `evaluate` give? Its rows
 * are names and types. It reads through the same tables as the query itself and is bound with the same options.
 */
export interface Probe {
  /** The `evaluate` that asks: its text and place, and the calls it stands in. */
  readonly site: string;
  readonly query: CompiledQuery;
}

/** Columns that one `evaluate` may find in the data. A probe answers with one more, so that too many are seen. */
export const DISCOVERED_COLUMNS_LIMIT = 1000;

/** Times that a query may look at the data before it runs: one for each `evaluate` that builds on another. */
export const PROBE_ROUNDS_LIMIT = 8;

/**
 * Runs a query's probes and compiles it with what they found, until nothing is open. `run` runs a compiled query with the
 * run's own options and answers its decoded rows. Gives back what it was given where the query needs no probe.
 */
export async function settle(
  text: string,
  first: CompileResult,
  compile: (discovered: Discovered) => Promise<CompileResult>,
  run: (probe: CompiledQuery) => Promise<readonly (readonly unknown[])[]>,
): Promise<CompileResult> {
  let result = first;
  let discovered: Discovered = {};
  for (let round = 0; result.ok && result.query.probes !== undefined; round += 1) {
    if (round === PROBE_ROUNDS_LIMIT) return tooManyRounds(text);
    const found: Record<string, readonly NamedType[]> = {};
    for (const { site, query } of result.query.probes) found[site] = namedTypes(await run(query));
    discovered = { ...discovered, ...found };
    result = await compile(discovered);
  }
  return result;
}

function namedTypes(rows: readonly (readonly unknown[])[]): readonly NamedType[] {
  return rows.map(([name, type]) => ({ name: String(name), type: type as KqlType }));
}

function tooManyRounds(text: string): CompileResult {
  const message = `The columns of more than ${PROBE_ROUNDS_LIMIT} evaluates that build on each other depend on the data; give them an output schema.`;
  return { ok: false, errors: [locate(text, { code: 'GHQ004', message, span: { start: 0, end: 1 } })] };
}

/** What any call of the text at this place found: columns of several calls together, `dynamic` where their types differ. */
export function discoveredAt(discovered: Discovered, place: string): readonly NamedType[] {
  const merged = new Map<string, KqlType>();
  for (const [site, columns] of Object.entries(discovered)) {
    if (site !== place && !site.startsWith(`${place}@`)) continue;
    for (const { name, type } of columns)
      merged.set(name, merged.has(name) && merged.get(name) !== type ? 'dynamic' : type);
  }
  return [...merged].map(([name, type]) => ({ name, type }));
}
