import type { CompileResult } from '@gatehouse/kql';
import { confineTo, type CompanyScope } from '../../../platform/access/index.ts';
import { missingColumns } from '../alerting/content.ts';
import { loadRules, type RuleFolder } from '../rule-files/load.ts';
import type { Rule, RuleProblem } from '../rule-files/rule.ts';
import type { ActiveRule } from '../scheduling/evaluate.ts';

/** What the tests of a rule said. `waiting`: not yet run on this version of its files. */
export type Verdict =
  | { readonly state: 'passed' | 'waiting' | 'none' }
  | { readonly state: 'failed'; readonly failures: readonly string[] };

/** A rule of the folder with all that is known of it. */
export interface BookedRule {
  readonly folder: RuleFolder;
  readonly tables: readonly string[];
  readonly problems: readonly RuleProblem[];
  readonly verdict: Verdict;
  /** Why the rule does not run; empty where it does. */
  readonly reasons: readonly string[];
}

export interface RuleBookNeeds {
  readonly folder: string;
  compile(text: string, scope: CompanyScope): Promise<CompileResult>;
  readonly companies: () => Promise<readonly { readonly number: number }[]>;
  /** Changes with what queries may name: tables, functions, watchlists. */
  readonly catalogueVersion: () => Promise<string>;
  /** The verdict on the files with this hash, where it is known. */
  readonly verdictOf: (hash: string) => Promise<Verdict | undefined>;
  /** Runs the tests of the given rules and keeps what they say. */
  readonly verify: (folders: readonly RuleFolder[]) => Promise<ReadonlyMap<string, Verdict>>;
}

/** The rules of one folder: read once at the start, compiled against the tables that there are, off where a test is red. */
export class RuleBook {
  readonly #needs: RuleBookNeeds;
  #rules: readonly BookedRule[] = [];
  #compiledFor: string | undefined;

  constructor(needs: RuleBookNeeds) {
    this.#needs = needs;
  }

  get rules(): readonly BookedRule[] {
    return this.#rules;
  }

  /** Rules that run. */
  get active(): readonly ActiveRule[] {
    return this.#rules.flatMap(({ folder, tables, reasons }): ActiveRule[] =>
      folder.rule === undefined || reasons.length > 0 ? [] : [{ rule: folder.rule, hash: folder.hash, tables }],
    );
  }

  byId(id: string): BookedRule | undefined {
    return this.#rules.find(({ folder }) => folder.rule?.id === id);
  }

  /** Reads the folder and compiles its rules. Tests whose verdict is not known leave their rule waiting: see `verify`. */
  async load(): Promise<void> {
    const folders = await loadRules(this.#needs.folder);
    this.#compiledFor = await this.#needs.catalogueVersion();
    const scope = await this.#scope();
    const rules: BookedRule[] = [];
    for (const folder of folders) rules.push(await this.#book(folder, scope, await this.#knownVerdict(folder)));
    this.#rules = rules;
  }

  /** Compiles again what did not compile, once there are other tables than before. */
  async refresh(): Promise<void> {
    const version = await this.#needs.catalogueVersion();
    if (version === this.#compiledFor) return;
    this.#compiledFor = version;
    const scope = await this.#scope();
    const rules: BookedRule[] = [];
    for (const booked of this.#rules) rules.push(await this.#book(booked.folder, scope, booked.verdict));
    this.#rules = rules;
  }

  /** Runs the tests that wait, and switches their rules on or leaves them off. */
  async verify(): Promise<void> {
    const waiting = this.#rules.filter(
      ({ verdict, folder }) => verdict.state === 'waiting' && folder.rule !== undefined,
    );
    if (waiting.length === 0) return;
    const verdicts = await this.#needs.verify(waiting.map(({ folder }) => folder));
    const scope = await this.#scope();
    const rules: BookedRule[] = [];
    for (const booked of this.#rules) {
      const verdict = verdicts.get(booked.folder.name);
      rules.push(verdict === undefined ? booked : await this.#book(booked.folder, scope, verdict));
    }
    this.#rules = rules;
  }

  async #scope(): Promise<CompanyScope> {
    return confineTo((await this.#needs.companies()).map(({ number }) => number));
  }

  async #knownVerdict(folder: RuleFolder): Promise<Verdict> {
    if (folder.tests.length === 0) return { state: 'none' };
    return (await this.#needs.verdictOf(folder.hash)) ?? { state: 'waiting' };
  }

  async #book(folder: RuleFolder, scope: CompanyScope, verdict: Verdict): Promise<BookedRule> {
    const { rule } = folder;
    const compiled = rule === undefined ? undefined : await compileRule(this.#needs, folder, rule, scope);
    const problems = [...folder.problems, ...(compiled?.problems ?? [])];
    const reasons = problems
      .filter(({ level }) => level === 'error')
      .map(({ file, line, field, message }) => `${file}:${line}${field === '' ? '' : ` ${field}`}: ${message}`);
    if (rule?.enabled === false) reasons.push('the file says enabled: false');
    if (verdict.state === 'waiting') reasons.push('its tests are being run');
    if (verdict.state === 'failed') reasons.push(...verdict.failures.map((failure) => `a test is red: ${failure}`));
    return { folder, tables: compiled?.tables ?? [], problems, verdict, reasons };
  }
}

/** Compiles a rule's query; each error is placed in the rule's file, not in the query. */
export async function compileRule(
  { compile }: Pick<RuleBookNeeds, 'compile'>,
  folder: RuleFolder,
  rule: Rule,
  scope: CompanyScope,
): Promise<{ tables: readonly string[]; problems: readonly RuleProblem[] }> {
  const file = `${folder.name}/rule.yaml`;
  const problem = (line: number, field: string, message: string): RuleProblem => ({
    level: 'error',
    file,
    line,
    field,
    message,
  });
  let result: CompileResult;
  try {
    result = await compileForAny(compile, rule.query, scope);
  } catch (error) {
    return {
      tables: [],
      problems: [problem(rule.queryPlace.line, 'query', error instanceof Error ? error.message : String(error))],
    };
  }
  if (!result.ok)
    return {
      tables: [],
      problems: result.errors.map(({ code, line, message }) =>
        problem(rule.queryPlace.line + line - 1, 'query', `${code}: ${message}`),
      ),
    };
  // Where the data gives the columns, a run says what is missing.
  const missing = result.query.open === true ? [] : missingColumns(rule, result.query.columns);
  return {
    tables: result.query.tables,
    problems: missing.map((name) =>
      problem(rule.queryPlace.line, 'query', `its result has no column ${name}, which the rule maps`),
    ),
  };
}

/** For all companies at once; where that fails for one that can run it, as functions and watchlists are each company's own. */
async function compileForAny(
  compile: RuleBookNeeds['compile'],
  text: string,
  scope: CompanyScope,
): Promise<CompileResult> {
  const result = await compile(text, scope);
  if (result.ok || scope.companies.length < 2) return result;
  for (const company of scope.companies) {
    const own = await compile(text, confineTo([company]));
    if (own.ok) return own;
  }
  return result;
}
