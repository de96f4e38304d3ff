import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { DetectionTables } from '../tables.ts';
import type { TestReport } from '../rule-tests/verify.ts';
import type { Verdict } from './rule-book.ts';

/**
 * Beside the shipped rules: the hashes of those whose tests were green when they were shipped (`gatehouse rules test --record`
 * writes it, a test of this repository proves it), so that a first start need not run them again.
 */
export const VERIFIED_FILE = 'verified.json';

/** Reads the hashes of `verified.json`; empty where there is none or it is not one. */
export async function readVerified(folder: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(folder, VERIFIED_FILE), 'utf8').catch(() => '{}');
  try {
    const hashes: unknown = (JSON.parse(text) as { hashes?: unknown }).hashes;
    return new Set(
      typeof hashes === 'object' && hashes !== null ? Object.values(hashes as Record<string, string>) : [],
    );
  } catch {
    return new Set();
  }
}

/** The verdict that was kept for the files with this hash. */
export async function verdictOf(tables: Kysely<DetectionTables>, hash: string): Promise<Verdict | undefined> {
  const row = await tables.selectFrom('detection_verdicts').selectAll().where('hash', '=', hash).executeTakeFirst();
  if (row === undefined) return undefined;
  return row.passed === 1 ? { state: 'passed' } : { state: 'failed', failures: JSON.parse(row.failures) as string[] };
}

/** Keeps a verdict; a newer one takes the place of an older. */
export async function keepVerdict(
  tables: Kysely<DetectionTables>,
  clock: Clock,
  { folder, failures }: TestReport,
): Promise<Verdict> {
  await tables.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('detection_verdicts').where('hash', '=', folder.hash).execute();
    await transaction
      .insertInto('detection_verdicts')
      .values({
        hash: folder.hash,
        passed: failures.length === 0 ? 1 : 0,
        failures: JSON.stringify(failures),
        checked_ms: clock.now(),
      })
      .execute();
  });
  return failures.length === 0 ? { state: 'passed' } : { state: 'failed', failures };
}
