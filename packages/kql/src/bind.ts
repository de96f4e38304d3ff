import type { BindOptions, BoundQuery, CompiledQuery } from './api.ts';
import { EXTERNAL_PARAMETER } from './external.ts';
import { preparedOf } from './prepared.ts';
import { momentParameter } from './sql/print.ts';
import { EPOCH_TICKS, TICKS_PER_MILLISECOND } from './storage.ts';

/** Ticks since 1970 of the run's moment. */
function nowTicks(now: BindOptions['now']): bigint {
  return typeof now === 'number' ? millisecondTicks(now) : now.ticks - EPOCH_TICKS;
}

function millisecondTicks(milliseconds: number): bigint {
  return (BigInt(Math.round(milliseconds * 1000)) * TICKS_PER_MILLISECOND) / 1000n;
}

/** The moments that the engine's datetime can hold as text. */
const [EARLIEST, LATEST] = [-22_089_888_000_000_000n, 104_138_783_990_000_000n];

function moment(ticks: bigint): string {
  return momentParameter(ticks < EARLIEST ? EARLIEST : ticks > LATEST ? LATEST : ticks);
}

/**
 * Puts a run's values to a compiled query. Throws a TypeError where a confinement that the query needs is not given or is
 * not a list of whole numbers: a missing one never means "all".
 */
export function bindQuery(query: CompiledQuery, options: BindOptions): BoundQuery {
  if (query.probes !== undefined) throw new TypeError('bind() takes a query whose probes are answered: see settle().');
  const { window, arrivedThroughMs } = options;
  const statement = preparedOf(query).statement({
    window: window !== undefined,
    arrival: arrivedThroughMs !== undefined,
  });
  const now = statement.now ?? nowTicks(options.now);
  const params: Record<string, unknown> = { ...statement.literals };
  for (const [name, offset] of Object.entries(statement.moments)) params[name] = moment(now + offset);
  for (const name of statement.runs) params[name] = runValue(name, options);
  return { sql: statement.sql, params };
}

function runValue(name: string, options: BindOptions): unknown {
  const { window, arrivedThroughMs, confine } = options;
  if (name.startsWith(EXTERNAL_PARAMETER)) {
    const rows = options.external?.[name];
    if (rows === undefined) throw new TypeError(`bind() needs external.${name}: the rows that were fetched.`);
    return rows;
  }
  if (name === 'window_after' && window !== undefined) return moment(millisecondTicks(window.afterMs));
  if (name === 'window_through' && window !== undefined) return moment(millisecondTicks(window.throughMs));
  if (name === 'arrived_through' && arrivedThroughMs !== undefined) return moment(millisecondTicks(arrivedThroughMs));
  const allowed = Object.hasOwn(confine, name) ? confine[name] : undefined;
  const isList = allowed?.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32) ?? false;
  if (allowed === undefined || !isList)
    throw new TypeError(`bind() needs confine.${name}: a list of whole numbers below 2^32.`);
  return [...allowed];
}
