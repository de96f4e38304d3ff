import type { CompiledQuery } from './api.ts';
import { preparedOf, remember } from './prepared.ts';
import type { Statement } from './sql/print.ts';

const READINGS = [false, true].flatMap((window) => [false, true].map((arrival) => ({ window, arrival })));

/** A compiled query as plain data: it can be sent to another process or thread by structured clone. */
export interface PortableQuery {
  readonly query: CompiledQuery;
  /** The statement of every way to read it, in the order of `READINGS`. */
  readonly statements: readonly Statement[];
  /** The probes' queries, in their order. */
  readonly probes?: readonly PortableQuery[];
}

/** Takes along what `bind` needs. Throws a TypeError for a query that this compiler did not make. */
export function pack(query: CompiledQuery): PortableQuery {
  const prepared = preparedOf(query);
  const statements = READINGS.map((reading) => prepared.statement(reading));
  return {
    query,
    statements,
    ...(query.probes === undefined ? {} : { probes: query.probes.map((one) => pack(one.query)) }),
  };
}

/** The query again, ready for `bind`; where it is unpacked needs no parser. */
export function unpack({ query: packed, statements, probes }: PortableQuery): CompiledQuery {
  const query =
    packed.probes === undefined
      ? packed
      : {
          ...packed,
          probes: packed.probes.map(({ site, query: probe }, index) => {
            const portable = probes?.[index];
            if (portable === undefined) throw new TypeError('a packed query has its probes with it');
            return { site, query: unpack({ ...portable, query: probe }) };
          }),
        };
  remember(query, {
    statement: ({ window, arrival }) => {
      const at = READINGS.findIndex((reading) => reading.window === window && reading.arrival === arrival);
      const statement = statements[at];
      if (statement === undefined) throw new TypeError('a packed query has a statement for every reading');
      return statement;
    },
  });
  return query;
}
