import { describe, expect, it } from 'vitest';
import { presentedKey } from './presented.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('presented key', () => {
  const forms: [string, Record<string, string>, string | undefined][] = [
    ['X-API-Key', { 'x-api-key': 'k1' }, 'k1'],
    ['Bearer', { authorization: 'Bearer k1' }, 'k1'],
    ['bearer, any case', { authorization: 'bEARER k1' }, 'k1'],
    ['ApiKey', { authorization: 'ApiKey k1' }, 'k1'],
    ['ApiKey as Elastic writes it', { authorization: `ApiKey ${base64('id:gh_abcdefgh_x')}` }, 'gh_abcdefgh_x'],
    ['Basic password', { authorization: `Basic ${base64('elastic:k1')}` }, 'k1'],
    ['Basic password with a colon', { authorization: `Basic ${base64('elastic:k:1')}` }, 'k:1'],
    ['X-API-Key before Authorization', { 'x-api-key': 'k1', authorization: 'Bearer k2' }, 'k1'],
    ['an empty key', { 'x-api-key': '' }, undefined],
    ['a key of 513 characters', { 'x-api-key': 'x'.repeat(513) }, undefined],
    ['an unknown scheme', { authorization: 'Digest k1' }, undefined],
    ['Basic without a colon', { authorization: `Basic ${base64('k1')}` }, undefined],
    ['two words', { authorization: 'Bearer k1 k2' }, undefined],
    ['nothing', {}, undefined],
  ];
  it.each(forms)('%s', (_what, headers, expected) => {
    expect(presentedKey(headers)).toBe(expected);
  });
});
