import { Registry } from 'prom-client';
import type { Platform } from '../../../platform/platform.ts';
import { confineTo } from '../../../platform/access/index.ts';
import { createQuery } from '../../query/index.ts';
import type { RuleFolder } from '../rule-files/load.ts';
import type { Rule } from '../rule-files/rule.ts';
import type { RunQuery } from '../scheduling/evaluate.ts';
import { compileRule } from '../rules/rule-book.ts';
import { findAlerts, judge } from './check.ts';
import { openScratch, shapeEvents, type Scratch } from './scratch.ts';

/** What the tests of one rule said; no failures means green. */
export interface TestReport {
  readonly folder: RuleFolder;
  readonly tests: number;
  readonly failures: readonly string[];
}

/**
 * Runs the tests of the rules on a scratch store: each test is a company of its own, all rows go in at once, then every run
 * that sees an event is evaluated by the code that evaluates real ones.
 */
export async function testRules(
  platform: Omit<Platform, 'store' | 'metrics'>,
  folders: readonly RuleFolder[],
): Promise<readonly TestReport[]> {
  const { database } = platform.config.store;
  const scratch = await openScratch(database);
  const query = createQuery(
    { ...platform, store: scratch.store, metrics: new Registry() },
    {
      audit: { record: async () => undefined },
      events: {
        tables: async () => scratch.tables,
        tablesVersion: () => 'scratch',
        settleForReader: async () => undefined,
      },
    },
  );
  try {
    await query.start?.();
    const companies = numberTests(folders);
    const shapeProblems = await fill(scratch, folders, companies);
    const reports: TestReport[] = [];
    for (const folder of folders) {
      const { rule } = folder;
      if (rule === undefined) continue;
      const { problems } = await compileRule(query, folder, rule, confineTo([]));
      const failures =
        problems.length > 0
          ? problems.map(({ file, line, message }) => `${file}:${line}: ${message}`)
          : [...(shapeProblems.get(folder.name) ?? []), ...(await runTests(query, folder, rule, companies))];
      reports.push({ folder, tests: folder.tests.length, failures });
    }
    return reports;
  } finally {
    await query.stop?.();
    await scratch.close();
  }
}

type Companies = ReadonlyMap<string, number>;

function numberTests(folders: readonly RuleFolder[]): Companies {
  return new Map(
    folders
      .flatMap(({ name, tests }) => tests.map((_, index) => `${name} ${index}`))
      .map((key, index) => [key, index + 1]),
  );
}

async function fill(
  scratch: Scratch,
  folders: readonly RuleFolder[],
  companies: Companies,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = new Map<string, string[]>();
  const problems = new Map<string, string[]>();
  for (const { name, tests } of folders)
    for (const [index, test] of tests.entries()) {
      const shaped = shapeEvents(scratch.tables, companies.get(`${name} ${index}`) ?? 0, test.events);
      for (const [table, text] of shaped.rows) rows.set(table, [...(rows.get(table) ?? []), text]);
      for (const problem of shaped.problems)
        problems.set(name, [...(problems.get(name) ?? []), `${test.name}: ${problem}`]);
    }
  for (const [table, parts] of rows) await scratch.store.insert(table, parts.join(''), { token: `tests-${table}` });
  return problems;
}

/** Tests of one rule that are evaluated at once: each is another company, and so waits in another line. */
const TESTS_AT_ONCE = 4;

async function runTests(
  query: RunQuery,
  folder: RuleFolder,
  rule: Rule,
  companies: Companies,
): Promise<readonly string[]> {
  const failures: (string | undefined)[] = [];
  const waiting = [...folder.tests.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, test] = next;
      try {
        const company = companies.get(`${folder.name} ${index}`) ?? 0;
        failures[index] = judge(test, await findAlerts(query, rule, test, company));
      } catch (error) {
        failures[index] = `${test.name}: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  };
  await Promise.all(Array.from({ length: TESTS_AT_ONCE }, work));
  return failures.filter((failure) => failure !== undefined);
}
