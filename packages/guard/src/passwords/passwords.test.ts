import { describe, expect, it } from 'vitest';
import {
  checkPassword,
  createPasswordHasher,
  DEFAULT_HASH_COST,
  PASSWORD_PROBLEMS,
  type PasswordProblem,
} from './index.ts';

const CHEAP = { memoryCost: 1024, timeCost: 1, parallelism: 1 };

describe('checkPassword', () => {
  const context = ['ann.miller@northwind.example', 'Ann Miller', 'Northwind Traders'];
  const cases: readonly [string, PasswordProblem | undefined][] = [
    ['', 'TOO_SHORT'],
    ['elevenchars', 'TOO_SHORT'],
    ['😀😀😀😀😀😀😀😀😀😀😀', 'TOO_SHORT'],
    [`${'x7'.repeat(512)}!`, 'TOO_LONG'],
    ['é'.repeat(513), 'TOO_LONG'],
    ['broken \ud800 text here', 'NOT_TEXT'],
    ['password1234', 'COMMON'],
    ['P@ssw0rd2024!', 'COMMON'],
    ['pa$$word!!!!!!', 'COMMON'],
    ['Welcome2Gate', undefined],
    ['Summer2026!!', 'COMMON'],
    ['adminadmin12', 'COMMON'],
    ['letmeinplease', undefined],
    ['iloveyou123456', 'COMMON'],
    ['correcthorsebatterystaple', 'COMMON'],
    ['ChangeMe-12345', 'COMMON'],
    ['aaaaaaaaaaaaaaaa', 'REPETITIVE'],
    ['hj4khj4khj4khj4k', 'REPETITIVE'],
    ['xk9#xk9#xk9#x', 'REPETITIVE'],
    ['123456789012', 'SEQUENCE'],
    ['sdfghjkl87654', 'SEQUENCE'],
    ['qwertyuiop[]12', 'COMMON'],
    ['1qaz2wsx3edc4rfv', 'SEQUENCE'],
    ['abcdefghijklm', 'SEQUENCE'],
    ['mnbvcxzlkjhgf', 'SEQUENCE'],
    ['AnnMiller1985', 'CONTEXT'],
    ['northwind-2026', 'CONTEXT'],
    ['gatehouse12345', 'CONTEXT'],
    ['miller buys 3 blue kites', undefined],
    ['violet harbour 82 kestrel', undefined],
    ['Tr0ub4dor&3xyz', undefined],
    ['zwölf Boxkämpfer jagen', undefined],
    ['k3J9-vQ2m-Zp7x', undefined],
    ['пароль мой длинный', undefined],
    ['x'.repeat(3) + 'Kq7#fL2!wE9@rT5$'.repeat(4), undefined],
  ];
  it.each(cases)('%j: %s', (password, problem) => {
    expect(checkPassword(password, { context })).toBe(problem);
  });

  it('takes the minimum between 8 and 64', () => {
    expect(checkPassword('kX7#fL2!', { minCharacters: 8 })).toBeUndefined();
    for (const minCharacters of [0, 7, 65, 8.5, NaN])
      expect(() => checkPassword('x', { minCharacters })).toThrow(
        new TypeError('minCharacters must be an integer from 8 to 64'),
      );
  });

  it('judges long hostile text quickly', () => {
    const begin = performance.now();
    for (const piece of ['pass', 'a1', 'admin', '$', '1qaz']) checkPassword(piece.repeat(1024 / piece.length));
    expect(performance.now() - begin).toBeLessThan(500);
  });

  it('has a sentence for every problem', () => {
    for (const sentence of Object.values(PASSWORD_PROBLEMS)) expect(sentence).toMatch(/^[a-z].+[^.]$/);
  });
});

describe('password hasher', () => {
  it('hashes with argon2id at the documented cost and verifies', async () => {
    const hasher = await createPasswordHasher();
    const stored = await hasher.hash('violet harbour 82 kestrel');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(stored, 'violet harbour 82 kestrel')).toEqual({ correct: true, outdated: false });
    expect(await hasher.verify(stored, 'violet harbour 82 Kestrel')).toEqual({ correct: false, outdated: false });
    expect(await hasher.hash('violet harbour 82 kestrel')).not.toBe(stored);
  });

  it('compares all of a long password: nothing is cut', async () => {
    const hasher = await createPasswordHasher({ cost: CHEAP });
    const long = 'Kq7#fL2!'.repeat(100);
    expect((await hasher.verify(await hasher.hash(long), `${long.slice(0, -1)}?`)).correct).toBe(false);
    expect((await hasher.verify(await hasher.hash(`a\0b${long}`), `a\0c${long}`)).correct).toBe(false);
  });

  it('asks for a new hash when the cost has changed, but only for a correct password', async () => {
    const old = await (await createPasswordHasher({ cost: CHEAP })).hash('violet harbour');
    const hasher = await createPasswordHasher({ cost: DEFAULT_HASH_COST });
    expect(await hasher.verify(old, 'violet harbour')).toEqual({ correct: true, outdated: true });
    expect(await hasher.verify(old, 'wrong')).toEqual({ correct: false, outdated: false });
  });

  it('says no, after the same work, for nobody and for text it would not hash', async () => {
    const hasher = await createPasswordHasher({ cost: CHEAP });
    const stored = await hasher.hash('violet harbour');
    for (const [hash, password] of [
      [undefined, 'x'],
      [undefined, ''],
      [stored, 'x'.repeat(1025)],
      [stored, 'bad \ud800'],
    ] as const)
      expect(await hasher.verify(hash, password)).toEqual({ correct: false, outdated: false });
    await expect(async () => hasher.hash('x'.repeat(1025))).rejects.toThrow(TypeError);
  });

  it('refuses more work than it was given room for', async () => {
    const hasher = await createPasswordHasher({ cost: CHEAP, concurrency: 1, queueLimit: 2 });
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => hasher.verify(undefined, 'x')));
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(results[5]).toMatchObject({
      reason: {
        code: 'PASSWORD_WORK_BUSY',
        statusCode: 503,
        message: 'Too many passwords are being checked at this moment; try again shortly.',
      },
    });
    // The turns came back.
    expect((await hasher.verify(undefined, 'x')).correct).toBe(false);
  });
});
