import type { Kysely, Transaction, TransactionBuilder } from 'kysely';
import type { TransactionMark } from './dialect.ts';

/** Methods of Kysely that give another handle on the same connection. */
const DERIVING = [
  '$extendTables',
  '$omitTables',
  '$pickTables',
  'withTables',
  'withPlugin',
  'withoutPlugins',
  'withSchema',
] as const satisfies readonly (keyof Kysely<unknown>)[];

/**
 * Makes every transaction of the handle, and of the handles derived from it, run under the mark, so that the driver can refuse
 * the outer handle inside. Controlled transactions and held connections are refused: no callback of theirs carries the mark.
 */
export function guardTransactions<Tables>(handle: Kysely<Tables>, mark: TransactionMark): Kysely<Tables> {
  const transaction = handle.transaction.bind(handle);
  const refuse = () => {
    throw new TypeError('use transaction().execute(…): it is the only way to hold the connection');
  };
  const overrides: Record<string, unknown> = {
    transaction: () => guardBuilder(transaction(), mark),
    startTransaction: refuse,
    connection: refuse,
  };
  for (const name of DERIVING) {
    const derive = handle[name].bind(handle) as (...given: unknown[]) => Kysely<Tables>;
    overrides[name] = (...given: unknown[]) => guardTransactions(derive(...given), mark);
  }
  return Object.assign(handle, overrides);
}

function guardBuilder<Tables>(builder: TransactionBuilder<Tables>, mark: TransactionMark): TransactionBuilder<Tables> {
  const execute = builder.execute.bind(builder);
  return Object.assign(builder, {
    execute: <Result>(work: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result> =>
      execute((handle) => mark.run(() => work(handle))),
  });
}
