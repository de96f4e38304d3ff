import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../../platform/testing.ts';
import { auditMigrations, createAudit, type Audit, type AuditEntry } from './index.ts';
import type { AuditTables } from './tables.ts';

let platform: TestPlatform;
let audit: Audit;
beforeEach(async () => {
  platform = await createTestPlatform({ withStore: false, migrations: auditMigrations });
  audit = createAudit(platform);
});
afterEach(() => platform.close());

const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  company: 1,
  actor: { kind: 'user', id: '0199', label: 'ann@example.org' },
  action: 'key.create',
  outcome: 'success',
  ...change,
});
const tables = () => platform.database.withTables<AuditTables>();

describe('record', () => {
  it('keeps who did what, on whom, from where, with what outcome and why', async () => {
    await audit.record(
      entry({ target: 'abc', outcome: 'failure', reason: 'no', address: '192.0.2.1', detail: { scopes: ['read'] } }),
    );
    expect((await audit.list({ chains: [1], limit: 10 })).rows).toMatchObject([
      {
        chain: 1,
        sequence: 1,
        at_ms: platform.clock.now(),
        actor_kind: 'user',
        actor_label: 'ann@example.org',
        action: 'key.create',
        target: 'abc',
        outcome: 'failure',
        reason: 'no',
        address: '192.0.2.1',
        detail: '{"scopes":["read"]}',
      },
    ]);
  });

  it('takes secrets out of details, and cuts what is too long', async () => {
    await audit.record(
      entry({ detail: { password: 'hunter2hunter2', note: 'token=abcdef123456' }, target: 'x'.repeat(5000) }),
    );
    const [row] = (await audit.list({ chains: [1], limit: 1 })).rows;
    expect(row?.detail).toBe('{"password":"[redacted]","note":"token=[redacted:secret]"}');
    expect(row?.target).toHaveLength(254);
  });

  it('numbers each company’s rows without gaps, also when two processes write at once', async () => {
    const other = createAudit(platform);
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (index % 2 === 0 ? audit : other).record(entry({ company: index % 3 === 0 ? null : 2 })),
      ),
    );
    const numbers = async (chain: number) =>
      (
        await tables()
          .selectFrom('audit_log')
          .select('sequence')
          .where('chain', '=', chain)
          .orderBy('sequence')
          .execute()
      ).map((row) => row.sequence);
    expect(await numbers(0)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    expect(await numbers(2)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect([await audit.verify(null), await audit.verify(2)]).toEqual([
      { ok: true, rows: 10 },
      { ok: true, rows: 20 },
    ]);
  });
});

describe('list', () => {
  it('pages through the trail, newest first, without repeating or losing a row', async () => {
    for (let index = 0; index < 7; index += 1) await audit.record(entry({ target: String(index) }));
    await audit.record(entry({ company: 2, target: 'theirs' }));
    const seen: (string | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await audit.list({ chains: [1], limit: 3, cursor });
      seen.push(...page.rows.map((row) => row.target));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0']);
    expect((await audit.list({ chains: [], limit: 3 })).rows).toEqual([]);
  });

  it('refuses a cursor that is none', async () => {
    await expect(audit.list({ chains: [1], limit: 3, cursor: "' or 1=1 --" })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });
});

describe('verify', () => {
  beforeEach(async () => {
    for (let index = 1; index <= 5; index += 1) await audit.record(entry({ target: String(index) }));
  });

  const at = (sequence: number) => ({ sequence, chain: 1 });
  const tamperings: [string, (database: ReturnType<typeof tables>) => Promise<unknown>, object][] = [
    [
      'an edited row',
      (database) =>
        database
          .updateTable('audit_log')
          .set({ outcome: 'failure' } as never)
          .where('sequence', '=', 3)
          .execute(),
      { ok: false, sequence: 3, problem: 'EDITED' },
    ],
    [
      'a removed row',
      (database) => database.deleteFrom('audit_log').where('sequence', '=', 2).execute(),
      { ok: false, sequence: 2, problem: 'MISSING' },
    ],
    [
      'a cut end',
      (database) => database.deleteFrom('audit_log').where('sequence', '>', 3).execute(),
      { ok: false, sequence: 4, problem: 'TRUNCATED' },
    ],
    [
      'a cut end with its head set back',
      async (database) => {
        await database.deleteFrom('audit_log').where('sequence', '>', 3).execute();
        await database.updateTable('audit_heads').set({ sequence: 3 }).where('chain', '=', 1).execute();
      },
      { ok: false, sequence: 4, problem: 'TRUNCATED' },
    ],
    [
      'a removed head',
      (database) => database.deleteFrom('audit_heads').where('chain', '=', 1).execute(),
      { ok: false, problem: 'TRUNCATED' },
    ],
    [
      'a row moved to another company',
      (database) =>
        database
          .updateTable('audit_log')
          .set({ chain: 7 } as never)
          .where('sequence', '=', 5)
          .execute(),
      { ok: false, sequence: 5, problem: 'TRUNCATED' },
    ],
  ];
  it.each(tamperings)('finds %s', async (_what, tamper, verdict) => {
    expect(await audit.verify(at(1).chain)).toEqual({ ok: true, rows: 5 });
    await tamper(tables());
    expect(await audit.verify(1)).toMatchObject(verdict);
  });

  it('finds a trail that was written anew with another key', async () => {
    const { database, clock, config } = platform;
    const forger = createAudit({
      database,
      clock,
      config: { ...config, app: { ...config.app, secretKey: 'another-secret' } },
    });
    await tables().deleteFrom('audit_log').execute();
    await tables().deleteFrom('audit_heads').execute();
    await forger.record(entry());
    expect(await audit.verify(1)).toMatchObject({ ok: false, sequence: 1, problem: 'EDITED' });
  });
});
