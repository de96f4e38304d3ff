import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { readRule } from './read-rule.ts';
import { readTests } from './read-tests.ts';
import type { Rule, RuleProblem, RuleTest } from './rule.ts';
import { FILE_LIMIT_BYTES, Source } from './source.ts';

/** What reading gives for a file past the limit. */
const TOO_LONG = Symbol('too long');

/** One rule's folder, as it was found. */
export interface RuleFolder {
  /** The folder's name. */
  readonly name: string;
  /** Undefined where the file leaves no rule to run; `problems` says why. */
  readonly rule: Rule | undefined;
  readonly tests: readonly RuleTest[];
  readonly problems: readonly RuleProblem[];
  /** SHA-256 over both files: what a test's verdict and a run belong to. */
  readonly hash: string;
}

/** Reads every folder below `folder` that holds a `rule.yaml`, in alphabetical order. Never throws for a bad rule. */
export async function loadRules(folder: string): Promise<readonly RuleFolder[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const found = await Promise.all(names.sort().map(async (name) => loadFolder(folder, name)));
  return withoutTwins(found.filter((one) => one !== undefined));
}

async function loadFolder(root: string, name: string): Promise<RuleFolder | undefined> {
  const ruleText = await readText(path.join(root, name, 'rule.yaml'));
  if (ruleText === undefined) return undefined;
  const testsText = await readText(path.join(root, name, 'tests.yaml'));
  const ruleFile = `${name}/rule.yaml`;
  const testsFile = `${name}/tests.yaml`;
  if (ruleText === TOO_LONG || testsText === TOO_LONG) {
    const file = ruleText === TOO_LONG ? ruleFile : testsFile;
    return {
      name,
      hash: '',
      rule: undefined,
      tests: [],
      problems: [{ level: 'error', file, line: 1, field: '', message: 'is longer than 1 MB' }],
    };
  }
  const hash = createHash('sha256')
    .update(ruleText)
    .update('\0')
    .update(testsText ?? '')
    .digest('hex');
  const source = new Source(ruleFile, ruleText);
  const rule = readRule(source);
  const testSource = testsText === undefined ? undefined : new Source(testsFile, testsText);
  const tests = testSource === undefined ? [] : readTests(testSource);
  const noTests: RuleProblem = {
    level: 'warning',
    file: testsFile,
    line: 1,
    field: '',
    message: 'is missing: nothing shows that the rule works',
  };
  return { name, hash, rule, tests, problems: [...source.problems, ...(testSource?.problems ?? [noTests])] };
}

async function readText(file: string): Promise<string | typeof TOO_LONG | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  return found.size > FILE_LIMIT_BYTES ? TOO_LONG : readFile(file, 'utf8');
}

/** Two rules with one id would share alerts and state: the second is refused. */
function withoutTwins(folders: readonly RuleFolder[]): readonly RuleFolder[] {
  const first = new Map<string, string>();
  return folders.map((folder) => {
    if (folder.rule === undefined) return folder;
    const other = first.get(folder.rule.id);
    if (other === undefined) {
      first.set(folder.rule.id, folder.name);
      return folder;
    }
    const problem: RuleProblem = {
      level: 'error',
      file: `${folder.name}/rule.yaml`,
      line: 1,
      field: 'id',
      message: `is also the id of ${other}`,
    };
    return { ...folder, rule: undefined, problems: [...folder.problems, problem] };
  });
}
