import type { CompiledQuery } from './api.ts';
import type { Reading } from './sql/tree.ts';
import type { Statement } from './sql/print.ts';

/** What `bind` needs of a compiled query beside its face. */
export interface Prepared {
  /** The statement for a run with or without a window and an arrival bound. */
  statement(reading: Reading): Statement;
}

const prepared = new WeakMap<CompiledQuery, Prepared>();

export function remember(query: CompiledQuery, parts: Prepared): void {
  const statements = new Map<string, Statement>();
  prepared.set(query, {
    statement: (reading) => {
      const key = `${String(reading.window)} ${String(reading.arrival)}`;
      const known = statements.get(key) ?? parts.statement(reading);
      statements.set(key, known);
      return known;
    },
  });
}

/** Throws a TypeError for a query that this compiler did not make. */
export function preparedOf(query: CompiledQuery): Prepared {
  const parts = prepared.get(query);
  if (parts === undefined) throw new TypeError('bind() takes a query that compile() gave.');
  return parts;
}
