import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { redactText } from '@gatehouse/guard/redact';
import { confineTo, type CompanyScope } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { flagOf, type Page } from '../../platform/database/index.ts';
import { EventError } from './errors.ts';
import {
  countQuarantine,
  deleteQuarantine,
  findQuarantine,
  insertQuarantine,
  listQuarantine,
  updateQuarantineReason,
} from './store.ts';
import type { EventTables, QuarantineRow } from './tables.ts';

/** What could not be taken, and why. */
export interface QuarantineEntry {
  readonly table: string;
  readonly source: string;
  /** Empty where the whole is wrong. */
  readonly field: string;
  readonly reason: string;
  /** As it was sent. */
  readonly text: string;
}

/** Characters of an entry that are kept, and entries of a company; past that the answer alone says what was wrong. */
const BODY_LIMIT = 65_536;
const ENTRY_LIMIT = 2_000;

export interface Quarantine {
  /** Keeps entries as far as there is room; resolves to how many were kept. Secrets are taken out. */
  keep(company: number, entries: readonly QuarantineEntry[]): Promise<number>;
  list(scope: CompanyScope, page: { limit: number; cursor: string | undefined }): Promise<Page<QuarantineRow>>;
  /**
   * Tries an entry again with `take`; removes it when that succeeds, and keeps the new reason when it throws.
   * @throws EventError QUARANTINE_UNKNOWN, REPLAY_REFUSED.
   */
  replay(scope: CompanyScope, id: string, take: (row: QuarantineRow) => Promise<void>): Promise<void>;
}

export function createQuarantine(database: Kysely<EventTables>, clock: Clock): Quarantine {
  return {
    async keep(company, entries) {
      if (entries.length === 0) return 0;
      const room = ENTRY_LIMIT - (await countQuarantine(database, company));
      const kept = entries.slice(0, Math.max(0, room));
      const nowMs = clock.now();
      const rows = kept.map((entry): QuarantineRow => ({
        id: uuidv7(),
        company,
        received_ms: nowMs,
        table_name: entry.table.slice(0, 100),
        source: entry.source.slice(0, 254),
        field: entry.field.slice(0, 254),
        reason: entry.reason.slice(0, 1_000),
        // SQL databases take no NUL in a text, and a lone surrogate is no character.
        body: redactText(entry.text.slice(0, BODY_LIMIT).toWellFormed().replaceAll('\0', '\uFFFD')),
        truncated: flagOf(entry.text.length > BODY_LIMIT),
        attempts: 0,
      }));
      await insertQuarantine(database, rows);
      return kept.length;
    },
    list: (scope, page) => listQuarantine(database, scope, page),
    async replay(scope, id, take) {
      const row = await findQuarantine(database, scope, id);
      if (row === undefined) throw new EventError('QUARANTINE_UNKNOWN');
      const own = confineTo([row.company]);
      try {
        if (row.truncated === 1)
          throw new EventError('REPLAY_REFUSED', { message: 'Only the beginning of this entry was kept.' });
        await take(row);
      } catch (error) {
        if (!(error instanceof EventError) || error.status >= 500 || error.status === 429) throw error;
        const [detail] = error.details;
        const change = {
          field: detail?.field ?? row.field,
          reason: detail?.reason ?? error.message,
          attempts: row.attempts + 1,
        };
        await updateQuarantineReason(database, own, id, change);
        throw new EventError('REPLAY_REFUSED', {
          details: [{ field: change.field, reason: change.reason }],
          cause: error,
        });
      }
      await deleteQuarantine(database, own, id);
    },
  };
}
