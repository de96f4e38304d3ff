import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { IDENTITY_ERRORS } from './errors.ts';

const SOURCES = ['.', 'store'].flatMap((folder) =>
  readdirSync(path.join(import.meta.dirname, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !['errors.ts', 'testing.ts'].includes(name))
    .map((name) => readFileSync(path.join(import.meta.dirname, folder, name), 'utf8')),
);

it('has no code that nobody throws, and every thrown code in the table', () => {
  const thrown = new Set(
    SOURCES.flatMap((source) =>
      [...source.matchAll(/(?:IdentityError|fieldError)\(\s*'([A-Z_]+)'/g)].map((match) => match[1]),
    ),
  );
  expect([...thrown].sort()).toEqual(Object.keys(IDENTITY_ERRORS).sort());
});

it('says each in a sentence that names nothing internal', () => {
  for (const [code, { status, message }] of Object.entries(IDENTITY_ERRORS)) {
    expect(message, code).toMatch(/^[A-Z].+\.$/);
    expect(message, code).not.toMatch(/sql|table|column|hash|stack/i);
    expect([400, 401, 403, 404, 409, 429, 503], code).toContain(status);
  }
});
