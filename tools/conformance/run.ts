import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));

export interface BatchCase {
  readonly id: string;
  readonly query: string;
}

export interface BatchAnswer {
  readonly id: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: { readonly code: string; readonly message: string };
}

export function readLines<Line>(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** `gatehouse kql --batch`, as anybody would run it: the text of its answer. Throws where the command itself fails. */
export function batch(cases: readonly BatchCase[], options: readonly string[] = []): string {
  const argv = ['--disable-warning=ExperimentalWarning', MAIN, 'kql', '--batch', ...options];
  const input = cases.map(({ id, query }) => JSON.stringify({ id, query })).join('\n');
  const run = spawnSync(process.execPath, argv, { input: `${input}\n`, encoding: 'utf8', maxBuffer: 2 ** 30 });
  // Exit code 1: some query could not be run, which is what is to be counted.
  if (run.status === null || run.status > 1) throw new Error(`the batch failed: ${run.stderr.slice(-2000)}`);
  return run.stdout;
}

export function answersOf(text: string): ReadonlyMap<string, BatchAnswer> {
  const answers = text.split('\n').filter((line) => line !== '');
  return new Map(answers.map((line) => JSON.parse(line) as BatchAnswer).map((answer) => [answer.id, answer]));
}

export const inFolder = (folder: string, name: string): string => path.join(folder, name);
