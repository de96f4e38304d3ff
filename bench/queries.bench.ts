/**
 * Twenty-four queries of the kinds that rules use, in KQL and in SQL written by hand, over ten million rows of twenty companies.
 * The KQL takes the way of the product: the same compiler, the same catalogue confined to one company, the same store.
 *
 *   node bench/queries.bench.ts [scale, default 1 = 10 million rows] [folder to keep the data in] [part of a name: only these]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCompiler } from '@gatehouse/kql/compiler';
import { LOG_TABLES } from '@gatehouse/schema';
import { openEventStore } from '@gatehouse/server/platform/clickhouse';
import { catalogueOf, SCOPE_PARAMETER } from '@gatehouse/server/query';
import { CASES, type BenchCase } from './queries/cases.ts';
import { fill } from './queries/data.ts';

/** Highest geometric mean of the ratios, and highest single ratio, that count as reached. */
const GOAL = 1.15;
const GOAL_WORST = 1.6;
/** Runs of each query, of which the fastest counts. */
const RUNS = 9;
const COMPANY = 7;
const DATABASE = 'bench';

const scale = Number(process.argv[2] ?? 1);
const kept = process.argv[3];
const only = process.argv[4] ?? '';
const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-'));
/** Holds the time the data ends at; retention goes by the real clock, so it is the day of the filling. */
const mark = path.join(folder, 'filled');
const filled = kept !== undefined && existsSync(mark);
const nowMs = filled ? Number(readFileSync(mark, 'utf8')) : Math.floor(Date.now() / 3_600_000) * 3_600_000;

const store = await openEventStore({ kind: 'embedded', folder: path.join(folder, 'events'), database: DATABASE });
try {
  if (!filled) {
    const rows = await fill(store, nowMs, scale, console.log);
    console.log(`${rows.toLocaleString('en')} rows\n`);
    if (kept !== undefined) writeFileSync(mark, String(nowMs));
  }
  const compiler = createCompiler();
  const catalogue = catalogueOf(LOG_TABLES, DATABASE);
  const results = [];
  for (const one of CASES.filter(({ name }) => name.includes(only))) results.push(await measure(one));
  print(results);

  async function measure(one: BenchCase) {
    const compiled = compiler.compile(one.kql, catalogue);
    if (!compiled.ok) throw new Error(`${one.name}: ${compiled.errors[0]?.message}\n${compiled.errors[0]?.frame}`);
    const { query } = compiled;
    const runKql = async () => {
      const { sql, params } = compiler.bind(query, { now: nowMs, confine: { [SCOPE_PARAMETER]: [COMPANY] } });
      const { rows } = await store.read(sql, { params });
      return rows.map((row) => compiler.decodeRow(query, row)).length;
    };
    const params = { companies: [COMPANY], now: new Date(nowMs).toISOString().replace('T', ' ').slice(0, -1) };
    const runSql = async () => (await store.read(one.sql, { params })).rows.length;
    const kqlRows = await runKql();
    const sqlRows = await runSql();
    if (kqlRows !== sqlRows) throw new Error(`${one.name}: ${kqlRows} rows in KQL, ${sqlRows} in SQL`);
    const kql: number[] = [];
    const sql: number[] = [];
    // In turn, and the fastest of each: what else the machine does weighs on both, and on no single run.
    for (let run = 0; run < RUNS; run += 1) {
      kql.push(await timed(runKql));
      sql.push(await timed(runSql));
    }
    return { name: one.name, rows: kqlRows, kql: Math.min(...kql), sql: Math.min(...sql) };
  }
} finally {
  await store.close();
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function print(results: readonly { name: string; rows: number; kql: number; sql: number }[]): void {
  console.log(
    `${'query'.padEnd(30)} ${'rows'.padStart(6)} ${'KQL ms'.padStart(8)} ${'SQL ms'.padStart(8)} ${'ratio'.padStart(6)}`,
  );
  for (const { name, rows, kql, sql } of results)
    console.log(
      `${name.padEnd(30)} ${String(rows).padStart(6)} ${kql.toFixed(1).padStart(8)} ${sql.toFixed(1).padStart(8)} ${(kql / sql).toFixed(2).padStart(6)}`,
    );
  const mean = Math.exp(results.reduce((sum, { kql, sql }) => sum + Math.log(kql / sql), 0) / results.length);
  const worst = Math.max(...results.map(({ kql, sql }) => kql / sql));
  console.log(
    `\nworst ratio ${worst.toFixed(2)} (goal: at most ${GOAL_WORST}) ${worst <= GOAL_WORST ? 'reached' : 'MISSED'}`,
  );
  console.log(
    `geometric mean of the ratios ${mean.toFixed(3)} (goal: at most ${GOAL}) ${mean <= GOAL ? 'reached' : 'MISSED'}`,
  );
}
