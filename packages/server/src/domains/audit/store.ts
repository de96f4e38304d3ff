import type { Kysely } from 'kysely';
import { claim, pageOf, type Page } from '../../platform/database/index.ts';
import type { AuditHeadRow, AuditRow, AuditTables } from './tables.ts';

export interface AuditQuery {
  /** Company numbers; 0 stands for the installation's own trail. */
  readonly chains: readonly number[];
  /** Rows a page; the route bounds it. */
  readonly limit: number;
  /** `nextCursor` of the page before; untrusted. */
  readonly cursor?: string | undefined;
}

/** How often a writer that lost its place to another process tries again. */
const MAX_TRIES = 20;

/**
 * Appends one row behind the chain's head. Portable and safe with any number of writing processes: the head is moved by a
 * conditional update whose count is checked, in the transaction that inserts the row.
 */
export async function appendRow(
  database: Kysely<AuditTables>,
  row: { readonly chain: number },
  link: (head: AuditHeadRow | undefined) => AuditRow,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const head = await headOf(database, row.chain);
    const linked = link(head);
    const done = await database
      .transaction()
      .execute(async (transaction) => {
        if (!(await moveHead(transaction, head, linked))) return false;
        await transaction.insertInto('audit_log').values(linked).execute();
        return true;
      })
      .catch((error: unknown) => {
        // A chain's first row: two writers may both try to make the head, and the key refuses one.
        if (head === undefined && tries < MAX_TRIES) return false;
        throw error;
      });
    if (done) return;
    if (tries >= MAX_TRIES) throw new Error(`audit: chain ${row.chain} is too busy`);
  }
}

async function moveHead(
  database: Kysely<AuditTables>,
  head: AuditHeadRow | undefined,
  linked: AuditRow,
): Promise<boolean> {
  const next = { sequence: linked.sequence, hash: linked.hash };
  if (head === undefined) {
    await database
      .insertInto('audit_heads')
      .values({ chain: linked.chain, ...next })
      .execute();
    return true;
  }
  return claim(
    database.updateTable('audit_heads').set(next).where('chain', '=', head.chain).where('sequence', '=', head.sequence),
  );
}

export async function headOf(database: Kysely<AuditTables>, chain: number): Promise<AuditHeadRow | undefined> {
  return database.selectFrom('audit_heads').selectAll().where('chain', '=', chain).executeTakeFirst();
}

/** Rows of one chain behind `sequence`, in order. */
export async function rowsAfter(
  database: Kysely<AuditTables>,
  chain: number,
  sequence: number,
  limit: number,
): Promise<readonly AuditRow[]> {
  const query = database
    .selectFrom('audit_log')
    .selectAll()
    .where('chain', '=', chain)
    .where('sequence', '>', sequence);
  return (await pageOf(query, { keys: [{ column: 'sequence', direction: 'asc' }], limit })).rows;
}

/** A page of some chains, newest first. */
export async function listRows(database: Kysely<AuditTables>, query: AuditQuery): Promise<Page<AuditRow>> {
  if (query.chains.length === 0) return { rows: [], nextCursor: undefined };
  return pageOf(database.selectFrom('audit_log').selectAll().where('chain', 'in', query.chains), {
    keys: [{ column: 'id', direction: 'desc' }],
    limit: query.limit,
    cursor: query.cursor,
  });
}
