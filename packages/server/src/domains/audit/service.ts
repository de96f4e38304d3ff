import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { redact } from '@gatehouse/guard/redact';
import type { Clock } from '../../platform/clock.ts';
import type { Page } from '../../platform/database/index.ts';
import { CHAIN_START, hashRow } from './chain.ts';
import { appendRow, headOf, listRows, rowsAfter, type AuditQuery } from './store.ts';
import type { AuditRow, AuditTables } from './tables.ts';

export interface AuditActor {
  readonly kind: 'user' | 'apiKey' | 'system';
  /** UUIDv7 of the user or key, or the name of the part of the system. */
  readonly id: string;
  /** What people read: an e-mail address, a key's prefix. */
  readonly label: string;
}

export interface AuditEntry {
  /** The company's number; null for what concerns the installation as a whole. */
  readonly company: number | null;
  readonly actor: AuditActor;
  /** `noun.verb`, e.g. `key.create`. */
  readonly action: string;
  /** On whom or what: an id or a name. */
  readonly target?: string;
  readonly outcome: 'success' | 'failure';
  /** The real reason, which the caller may not have been told. */
  readonly reason?: string;
  /** Network address the action came from. */
  readonly address?: string;
  /** More facts; secrets are taken out. */
  readonly detail?: Record<string, unknown>;
}

export type ChainVerdict =
  | { readonly ok: true; readonly rows: number }
  | {
      readonly ok: false;
      readonly rows: number;
      readonly sequence: number;
      readonly problem: 'EDITED' | 'MISSING' | 'TRUNCATED';
    };

export interface AuditTrail {
  /** Appends an entry; resolves when it is stored. Texts longer than their column are cut at its end, never refused. */
  record(entry: AuditEntry): Promise<void>;
  /** A page of the trail, newest first. */
  list(query: AuditQuery): Promise<Page<AuditRow>>;
  /** Walks a company's chain (null: the installation's) from its start to its head and says where it was first tampered with. */
  verify(company: number | null): Promise<ChainVerdict>;
}

interface AuditDependencies {
  readonly database: Kysely<AuditTables>;
  readonly clock: Clock;
  /** 32 bytes; who has it can forge a trail. */
  readonly chainKey: Buffer;
}

const VERIFY_PAGE_ROWS = 1000;

export function createAuditTrail({ database, clock, chainKey }: AuditDependencies): AuditTrail {
  // One writer at a time in this process; other processes are kept apart by the head's conditional update.
  let last: Promise<unknown> = Promise.resolve();

  return {
    record: (entry) => {
      const row = rowOf(entry, clock.now());
      const write = last.then(() =>
        appendRow(database, row, (head) => {
          const linked = { ...row, sequence: (head?.sequence ?? 0) + 1, previous_hash: head?.hash ?? CHAIN_START };
          return { ...linked, hash: hashRow(chainKey, linked) };
        }),
      );
      last = write.catch(() => undefined);
      return write;
    },
    list: (query) => listRows(database, query),
    verify: (company) => verifyChain(database, chainKey, company ?? 0),
  };
}

function rowOf(entry: AuditEntry, atMs: number): Omit<AuditRow, 'sequence' | 'previous_hash' | 'hash'> {
  return {
    id: uuidv7(),
    chain: entry.company ?? 0,
    at_ms: atMs,
    actor_kind: entry.actor.kind,
    actor_id: entry.actor.id.slice(0, 64),
    actor_label: entry.actor.label.slice(0, 254),
    action: entry.action.slice(0, 64),
    target: entry.target?.slice(0, 254) ?? null,
    outcome: entry.outcome,
    reason: entry.reason?.slice(0, 254) ?? null,
    address: entry.address?.slice(0, 64) ?? null,
    detail: entry.detail === undefined ? null : JSON.stringify(redact(entry.detail)),
  };
}

async function verifyChain(database: Kysely<AuditTables>, chainKey: Buffer, chain: number): Promise<ChainVerdict> {
  // The head is read first: rows appended while we walk lie behind it and are left to the next look.
  const head = await headOf(database, chain);
  let previous = { sequence: 0, hash: CHAIN_START };
  const upTo = head?.sequence ?? 0;
  while (previous.sequence < upTo || head === undefined) {
    const rows = await rowsAfter(database, chain, previous.sequence, VERIFY_PAGE_ROWS);
    for (const row of rows) {
      const sequence = previous.sequence + 1;
      if (row.sequence !== sequence) return { ok: false, rows: previous.sequence, sequence, problem: 'MISSING' };
      if (row.previous_hash !== previous.hash || hashRow(chainKey, row) !== row.hash)
        return { ok: false, rows: previous.sequence, sequence, problem: 'EDITED' };
      previous = row;
      if (row.sequence === upTo) break;
    }
    if (rows.length < VERIFY_PAGE_ROWS) break;
  }
  // A head that is gone or behind its rows was cut as well.
  if (previous.sequence !== upTo || (head !== undefined && previous.hash !== head.hash))
    return { ok: false, rows: previous.sequence, sequence: previous.sequence + 1, problem: 'TRUNCATED' };
  return { ok: true, rows: previous.sequence };
}
