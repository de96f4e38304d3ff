import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from './engine.ts';
import { CATALOGUE, fillTables } from './tables.ts';

/** One case: a query over the corpus's tables as company 1, and its whole answer or the codes of its errors. */
interface Case {
  readonly name: string;
  readonly query: string;
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly errors?: readonly string[];
}

const folder = path.join(import.meta.dirname, 'corpus');
const engine = startEngine();
beforeAll(() => fillTables(engine));
afterAll(() => engine.close());

const canonical = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

for (const file of readdirSync(folder)) {
  const cases = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as readonly Case[];
  describe(file.replace('.json', ''), () => {
    test.each(cases)('$name', ({ query, columns, rows = [], errors }) => {
      if (errors !== undefined) {
        const result = engine.compiler.compile(query, CATALOGUE);
        expect(result.ok ? [] : result.errors.map((error) => error.code)).toEqual(errors);
        return;
      }
      const answer = engine.answer(query, CATALOGUE, { confine: { scope_companies: [1] } });
      expect(answer.columns).toEqual(columns);
      if (answer.query.ordered) expect(answer.rows).toEqual(rows);
      else expect(canonical(answer.rows)).toEqual(canonical(rows));
    });
  });
}
