import { expect, it } from 'vitest';
import { aggregate } from '../aggregates/index.ts';
import { scalarFunction } from '../functions/index.ts';
import { plugin } from '../plugins/index.ts';
import { languageReference } from './index.ts';
import { EXPLAINED } from './unsupported.ts';

const reference = languageReference();

it('lists everything that the compiler has, each with a summary and the ways to call it', () => {
  const entries = [
    ...reference.functions.flatMap((family) => family.entries),
    ...reference.aggregates,
    ...reference.plugins,
  ];
  expect(entries.length).toBeGreaterThan(400);
  expect(entries.filter((entry) => !entry.summary.endsWith('.')).map((entry) => entry.name)).toEqual([]);
  const names = entries.map((entry) => entry.name);
  expect(names.filter((name, index) => name === '' || (names.indexOf(name) !== index && !isBoth(name)))).toEqual([]);
});

/** A name may be a function and an aggregate at once. */
function isBoth(name: string): boolean {
  return [scalarFunction(name), aggregate(name), plugin(name)].filter((row) => row !== undefined).length > 1;
}

it('gives a reason for everything that it refuses, and for nothing else', () => {
  expect(reference.unsupported.filter((row) => row.reason === '')).toEqual([]);
  const refused = new Set(reference.unsupported.map((row) => row.name));
  expect(EXPLAINED.filter((name) => !refused.has(name))).toEqual([]);
});
