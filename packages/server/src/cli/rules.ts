import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadRules, SHIPPED_RULES, testRules, VERIFIED_FILE, type TestReport } from '../domains/detection/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config/index.ts';
import { openDatabase } from '../platform/database/index.ts';
import { createLog } from '../platform/log.ts';
import { createMailer } from '../platform/mail/index.ts';
import type { Platform } from '../platform/platform.ts';

const HELP = `usage: gatehouse rules test [FOLDER] [--record]

Runs the tests of the detection rules in FOLDER (default: the shipped ones) on a scratch store.
  --record  when everything is green, writes ${VERIFIED_FILE} beside the rules: servers then need not run the tests again`;

export async function run(argv: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, record: { type: 'boolean' } },
  });
  const [command, folder = SHIPPED_RULES] = positionals;
  if (values.help === true || command !== 'test' || positionals.length > 2) {
    console.log(HELP);
    return values.help === true ? 0 : 2;
  }
  const folders = await loadRules(path.resolve(folder));
  for (const { problems } of folders)
    for (const { level, file, line, field, message } of problems)
      console.log(`${level}: ${file}:${line}${field === '' ? '' : ` ${field}`}: ${message}`);
  const reports = await withPlatform((platform) => testRules(platform, folders));
  for (const report of reports) console.log(sentenceOf(report));
  const broken = folders.filter(({ problems }) => problems.some(({ level }) => level === 'error')).length;
  const red = reports.filter(({ failures }) => failures.length > 0).length;
  const tests = reports.reduce((sum, report) => sum + report.tests, 0);
  console.log(`${folders.length} rules, ${tests} tests: ${broken} cannot be read, ${red} red`);
  if (broken + red > 0) return 1;
  if (values.record === true) record(path.resolve(folder), reports);
  return 0;
}

function sentenceOf({ folder, tests, failures }: TestReport): string {
  if (failures.length === 0) return `green  ${folder.name} (${tests} tests)`;
  return [`RED    ${folder.name}`, ...failures.map((failure) => `         ${failure}`)].join('\n');
}

function record(folder: string, reports: readonly TestReport[]): void {
  const hashes = Object.fromEntries(reports.map((report) => [report.folder.name, report.folder.hash]));
  writeFileSync(path.join(folder, VERIFIED_FILE), `${JSON.stringify({ hashes }, null, 2)}\n`);
}

/** What the tests need of a platform, and nothing that outlives them: no data folder, no mail. */
async function withPlatform<T>(work: (platform: Omit<Platform, 'store' | 'metrics'>) => Promise<T>): Promise<T> {
  const config = readConfig({ env: process.env, cwd: process.cwd() });
  const database = await openDatabase({ url: ':memory:' }, []);
  const mail = createMailer({ smtpUrl: '', from: '' });
  try {
    return await work({ config, log: createLog('error'), clock: systemClock, database, mail });
  } finally {
    await database.destroy();
  }
}
