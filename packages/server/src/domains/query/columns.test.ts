/** Columns that the data decides: what a query may see of it before it runs is what it may see when it runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confineTo } from '../../platform/access/index.ts';
import type { RunOptions } from './index.ts';
import { NOW_MS, openTwoCompanies, SECRET, type TwoCompanies } from './testing/two-companies.ts';

const MINUTE_MS = 60_000;

let world: TwoCompanies;
beforeAll(async () => {
  world = await openTwoCompanies();
}, 60_000);
afterAll(() => world.close());

async function columns(companies: readonly number[], text: string, options: Partial<RunOptions> = {}) {
  const result = await world.query.run(confineTo(companies), text, { nowMs: NOW_MS, ...options });
  return result.columns.map(({ name }) => name);
}

const BY_NAME = [
  'SigninLogs | project b = bag_pack(UserPrincipalName, 1) | evaluate bag_unpack(b)',
  'SigninLogs | project UserPrincipalName | evaluate pivot(UserPrincipalName)',
  'let f = () { SigninLogs | project UserPrincipalName | evaluate pivot(UserPrincipalName) }; f()',
  'SigninLogs | project b = bag_pack("inner", bag_pack(UserPrincipalName, 1)) | evaluate bag_unpack(b) | evaluate bag_unpack(inner)',
] as const;

describe('names that come from the data', () => {
  it.each(BY_NAME)('%s', async (text) => {
    const one = await columns([1], text);
    expect(one).toEqual(
      ['of-one-1', 'of-one-2', 'of-one-3', 'of-one-4']
        .map((name) => `${name}@example.org`)
        .concat('shared@example.org'),
    );
    expect(JSON.stringify(await columns([2], text))).toContain(SECRET);
    expect(JSON.stringify(await columns([1], text))).not.toContain(SECRET);
    expect(await columns([], text)).toEqual([]);
  });

  it('are those of the window', async () => {
    const [text] = BY_NAME;
    const window = { afterMs: NOW_MS - 3 * MINUTE_MS - 1, throughMs: NOW_MS - 2 * MINUTE_MS };
    expect(await columns([1], text, { window })).toEqual(['of-one-1@example.org', 'of-one-2@example.org']);
  });

  it('are those of what had arrived', async () => {
    const [text] = BY_NAME;
    const arrivedThroughMs = NOW_MS - 5 * MINUTE_MS;
    expect(await columns([1], text, { arrivedThroughMs })).toEqual(['of-one-4@example.org']);
  });

  it('are as many as are allowed', async () => {
    const text = 'range n from 1 to 1001 step 1 | project b = bag_pack(strcat("k", n), n) | evaluate bag_unpack(b)';
    await expect(columns([1], text)).rejects.toMatchObject({
      code: 'KQL_ERROR',
      errors: [{ code: 'GHQ027', span: { start: text.indexOf('bag_unpack'), end: text.length } }],
    });
    expect(await columns([1], text.replace('1001', '1000'))).toHaveLength(1000);
  }, 60_000);

  it('are asked for no longer than the query may take', async () => {
    const text =
      'range n from 1 to 100000000000 step 1 | project b = bag_pack(strcat("k", n % 7), n) | evaluate bag_unpack(b)';
    const startedAt = performance.now();
    await expect(columns([1], text, { limits: { maxSeconds: 1 } })).rejects.toMatchObject({ code: 'TIME_LIMIT' });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  }, 60_000);

  it('do not depend on how many rows an answer may have', async () => {
    const [text] = BY_NAME;
    expect(await columns([1], text, { limits: { maxResultRows: 1 } })).toHaveLength(5);
  });
});

it('says what is wrong behind them in the place of the text', async () => {
  const text =
    'SigninLogs\n| project Status\n| evaluate bag_unpack(Status)\n| summarize count() by mark\n| where gone == 1';
  await expect(columns([1], text)).rejects.toMatchObject({
    errors: [{ code: 'GHQ024', line: 5, span: { start: text.indexOf('gone'), end: text.indexOf('gone') + 4 } }],
  });
});
