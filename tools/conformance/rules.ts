import { answersOf, batch, inFolder, readLines, type BatchAnswer, type BatchCase } from './run.ts';

interface Rule extends BatchCase {
  readonly name: string;
  /** Over tables of sign-ins. */
  readonly identity?: boolean;
}

/** A rule that is refused or that the engine cannot run. */
export interface FailedRule {
  readonly id: string;
  readonly identity: boolean;
  readonly code: string;
  readonly message: string;
}

export interface RuleScores {
  readonly groups: readonly { readonly name: string; readonly compiled: number; readonly total: number }[];
  readonly failures: readonly FailedRule[];
  /** Rules that Microsoft's own parser refuses: they count for nothing. */
  readonly unreadable: number;
}

/** Runs public rules on empty tables of the declared columns. */
export function runRules(folder: string, tables: string): RuleScores {
  const rules = readLines<Rule>(inFolder(folder, 'rules.dev.jsonl'));
  const answers = answersOf(batch(rules, ['--tables', tables]));
  const judged = rules.map((rule) => ({ rule, error: errorOf(answers.get(rule.id)) }));
  const readable = judged.filter(({ error }) => error === undefined || !isParserError(error.code));
  const failures = readable.flatMap(({ rule, error }): FailedRule[] =>
    error === undefined ? [] : [{ id: rule.id, identity: rule.identity === true, ...error }],
  );
  const identity = readable.filter(({ rule }) => rule.identity === true);
  const group = (name: string, members: typeof readable) => ({
    name,
    total: members.length,
    compiled: members.filter(({ error }) => error === undefined).length,
  });
  return {
    groups: [group('rules over sign-ins', identity), group('all rules', readable)],
    failures,
    unreadable: judged.length - readable.length,
  };
}

function errorOf(answer: BatchAnswer | undefined): { readonly code: string; readonly message: string } | undefined {
  if (answer === undefined) return { code: 'none', message: 'no answer' };
  return answer.error === undefined ? undefined : { code: answer.error.code, message: answer.error.message };
}

/** Microsoft's parser or binder refuses the text, with the tables as they are declared. */
function isParserError(code: string): boolean {
  return code.startsWith('KS');
}
