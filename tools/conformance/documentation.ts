import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { batch, inFolder, readLines, type BatchCase } from './run.ts';

/** An example that does not answer as the documentation prints. */
export interface Miss {
  readonly id: string;
  /** The judge's words. */
  readonly why: string;
}

export interface FamilyScore {
  readonly passed: number;
  readonly total: number;
}

export interface Documentation {
  readonly families: Readonly<Record<string, FamilyScore>>;
  readonly misses: readonly Miss[];
  /** Passed examples of a family, of 1. */
  share(family: string): number;
}

/** The judge's families; `all` is every example. */
const FAMILIES = ['all', 'core', 'geo', 'graph', 'code'] as const;

/** Runs the documentation's examples and lets the folder's own judge score them. */
export function runDocumentation(folder: string): Documentation {
  const file = inFolder(folder, 'docs.dev.jsonl');
  const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-conformance-'));
  try {
    const results = path.join(scratch, 'results.jsonl');
    writeFileSync(results, batch(readLines<BatchCase>(file)));
    const failures = path.join(scratch, 'failures.jsonl');
    const families: Record<string, FamilyScore> = {};
    for (const family of FAMILIES) {
      const only = family === 'all' ? ['--failures', failures] : ['--family', family];
      const judge = spawnSync(process.execPath, [inFolder(folder, 'score.mjs'), file, results, ...only], {
        encoding: 'utf8',
      });
      const [, passed, total] = /(\d+) of (\d+) pass/.exec(judge.stdout) ?? [];
      if (passed === undefined || total === undefined)
        throw new Error(`the judge says: ${judge.stdout}${judge.stderr}`);
      families[family] = { passed: Number(passed), total: Number(total) };
    }
    const share = (family: string): number => {
      const score = families[family];
      return score === undefined ? 0 : score.passed / score.total;
    };
    return { families, misses: readLines<Miss>(failures), share };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
