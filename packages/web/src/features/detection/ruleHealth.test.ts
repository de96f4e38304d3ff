import { expect, it } from 'vitest';
import { formatSpan } from './formatSpan.ts';
import { ruleHealth } from './ruleHealth.ts';

it.each([
  [{ state: 'running', lastRunAt: 1, lagSeconds: 10 }, 'Running'],
  [{ state: 'running', lastRunAt: 1, lagSeconds: 601 }, 'Behind'],
  [{ state: 'running', lastRunAt: 1, lagSeconds: null }, 'Running'],
  [{ state: 'running', lastRunAt: null, lagSeconds: null }, 'Waiting for events'],
  [{ state: 'failing', lastRunAt: 1, lagSeconds: 0 }, 'Failing'],
  [{ state: 'disabled', lastRunAt: null, lagSeconds: null }, 'Does not run'],
] as const)('%j: %s', (rule, label) => {
  expect(ruleHealth(rule).label).toBe(label);
});

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [300, '5 minutes'],
  [5400, '1 hour 30 minutes'],
  [86_400 * 14, '14 days'],
])('%i s is %s', (seconds, words) => {
  expect(formatSpan(seconds)).toBe(words);
});
