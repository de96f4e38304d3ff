/**
 * What compiling costs: uncached and cached, over texts that people wrote, with the live heap as it goes; and what an editor waits
 * for, warm, on a query of a hundred lines over fifty tables. Goals: 95 % of the texts compiled in 60 ms, cached in 1 ms, the editor
 * answered in 50 ms.
 *
 *   node --expose-gc bench/compile.bench.ts [queries.jsonl with {query} lines] [tables.jsonl with {table, columns} lines]
 *
 * Without a file: this repository's own rules and the KQL tests' queries.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createCompiler } from '@gatehouse/kql/compiler';
import { completions, definition, diagnostics, format, hover } from '@gatehouse/kql/editor';
import type { Catalogue } from '@gatehouse/kql';
import { LOG_TABLES, type LogTable } from '@gatehouse/schema';
import { catalogueOf } from '@gatehouse/server/query';
import { hundredLines } from './queries/hundredLines.ts';

const ROOT = path.join(import.meta.dirname, '..');
const [queriesFile, tablesFile] = process.argv.slice(2);

interface Line {
  readonly query: string;
}
const linesOf = <Entry>(file: string): Entry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);

function ownQueries(): string[] {
  const corpus = path.join(ROOT, 'packages/kql/test/corpus');
  const cases = readdirSync(corpus).flatMap(
    (name) => JSON.parse(readFileSync(path.join(corpus, name), 'utf8')) as Line[],
  );
  const rules = readdirSync(path.join(ROOT, 'rules')).map((name) => path.join(ROOT, 'rules', name, 'rule.yaml'));
  const texts = rules
    .filter((file) => existsSync(file))
    .map((file) => /query: \|\n([\s\S]*?)\n\S/.exec(readFileSync(file, 'utf8'))?.[1]);
  return [...cases.map((one) => one.query), ...texts.filter((text): text is string => text !== undefined)];
}

function catalogueWith(file: string | undefined): Catalogue {
  const base = catalogueOf(LOG_TABLES, 'bench');
  if (file === undefined) return base;
  const known = new Set(base.tables.map((table) => table.name));
  const declared = linesOf<{ table: string; columns: Readonly<Record<string, never>> }>(file)
    .filter(({ table }) => !known.has(table))
    .map(({ table, columns }) => ({
      name: table,
      columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
      source: { database: 'bench', table },
    }));
  return { ...base, version: `${base.version} and ${declared.length}`, tables: [...base.tables, ...declared] };
}

const queries = queriesFile === undefined ? ownQueries() : linesOf<Line>(queriesFile).map((line) => line.query);
const catalogue = catalogueWith(tablesFile);
const collect = (globalThis as { gc?: () => void }).gc;
const heap = (): string => {
  collect?.();
  return `${Math.round(process.memoryUsage().heapUsed / 1e6)} MB heap, ${Math.round(process.memoryUsage.rss() / 1e6)} MB resident`;
};

const percentile = (times: readonly number[], share: number): string => {
  const sorted = [...times].sort((left, right) => left - right);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
};
function report(name: string, times: readonly number[]): void {
  const shares = [0.5, 0.95, 0.99].map((share) => `p${100 * share} ${percentile(times, share)}`);
  console.log(`${name.padEnd(24)} ${shares.join('  ')}  max ${Math.max(...times).toFixed(1)} ms  (${times.length})`);
}
function timed(times: number[], run: () => unknown): void {
  const startedAt = performance.now();
  run();
  times.push(performance.now() - startedAt);
}

console.log(`${queries.length} queries, ${catalogue.tables.length} tables; ${heap()}`);
const compiler = createCompiler({ cacheEntries: queries.length });
const uncached: number[] = [];
const cached: number[] = [];
for (const [index, query] of queries.entries()) {
  timed(uncached, () => compiler.compile(query, catalogue));
  timed(cached, () => compiler.compile(query, catalogue));
  if ((index + 1) % Math.ceil(queries.length / 4) === 0) console.log(`after ${index + 1}: ${heap()}`);
}
report('uncached', uncached);
report('cached', cached);

// Fifty tables, as a company with custom ones has them.
const fifty = catalogueOf([...LOG_TABLES, ...customTables(50 - LOG_TABLES.length)], 'bench');
const text = hundredLines();
const services: Readonly<Record<string, (text: string) => unknown>> = {
  completions: (edited) => completions(edited, edited.length, fifty),
  diagnostics: (edited) => diagnostics(compiler, edited, fifty),
  hover: (edited) => hover(edited, 40, fifty),
  definition: (edited) => definition(edited, edited.length - 4, fifty),
  format: (edited) => format(edited, fifty),
};
console.log(
  `\neditor: ${text.split('\n').length} lines, ${fifty.tables.length} tables, each asked with a text it has not seen`,
);
for (const [name, ask] of Object.entries(services)) {
  const times: number[] = [];
  for (let index = 0; index < 40; index += 1) ask(`${text} // ${name} ${index}\n| where Sco`);
  for (let index = 40; index < 120; index += 1) timed(times, () => ask(`${text} // ${name} ${index}\n| where Sco`));
  report(name, times);
}

function customTables(count: number): LogTable[] {
  return Array.from({ length: Math.max(0, count) }, (_, index): LogTable => {
    const model = LOG_TABLES.at(index % LOG_TABLES.length);
    if (model === undefined) throw new Error('the schema has tables');
    return { ...model, name: `Custom${index}_CL`, columns: model.columns.slice(0, 40) };
  });
}
