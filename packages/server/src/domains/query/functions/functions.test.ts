import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, rowsOf, type Caller } from '../testing/ask.ts';
import { openTwoCompanies, ROWS_OF_ONE, ROWS_OF_TWO, type TwoCompanies } from '../testing/two-companies.ts';

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly company: number | null;
  readonly owner: string;
}

let world: TwoCompanies;
beforeAll(async () => {
  world = await openTwoCompanies();
}, 60_000);
afterAll(() => world.close());

const make = async (caller: Caller, body: object): Promise<Shown> => {
  const made = await ask<Shown>(world, caller, 'POST', '/api/functions', body);
  expect(made.body).toMatchObject({ id: expect.any(String) });
  return made.body;
};

describe('a company’s function', () => {
  it('is used in queries at once, also by another function, with defaults and tables', async () => {
    await make('one', {
      name: 'signins',
      parameters: '(least:int=0)',
      body: 'SigninLogs | where toint(Status.errorCode) >= least',
    });
    await make('one', { name: 'howMany', parameters: '(T:(TimeGenerated:datetime))', body: 'T | count' });
    expect(await rowsOf(world, 'one', 'signins() | count')).toEqual([[ROWS_OF_ONE]]);
    expect(await rowsOf(world, 'one', 'signins | count')).toEqual([[ROWS_OF_ONE]]);
    expect(await rowsOf(world, 'one', 'howMany(signins(1))')).toEqual([[ROWS_OF_ONE - 1]]);
    expect(await rowsOf(world, 'one', 'SigninLogs | invoke howMany()')).toEqual([[ROWS_OF_ONE]]);
  });

  it('is nobody else’s', async () => {
    const { id } = await make('one', { name: 'mine', body: 'print 1' });
    expect(await rowsOf(world, 'two', 'mine()')).toMatch(/'mine' does not refer/);
    for (const [method, url, body] of [
      ['GET', `/api/functions/${id}`, undefined],
      ['GET', `/api/functions/${id}/versions`, undefined],
      ['PUT', `/api/functions/${id}`, { body: 'print 2', version: 1 }],
      ['POST', `/api/functions/${id}/restore`, { version: 1 }],
      ['DELETE', `/api/functions/${id}`, undefined],
    ] as const)
      expect((await ask(world, 'two', method, url, body)).body.error).toMatchObject({ code: 'FUNCTION_UNKNOWN' });
    const listed = await ask<{ functions: readonly Shown[] }>(world, 'two', 'GET', '/api/functions');
    expect(listed.body.functions.map(({ name }) => name)).not.toContain('mine');
  });

  it('sees only rows of whoever calls it', async () => {
    await make('root', { name: 'everyRow', body: 'SigninLogs | count', global: true });
    expect(await rowsOf(world, 'one', 'everyRow()')).toEqual([[ROWS_OF_ONE]]);
    expect(await rowsOf(world, 'two', 'everyRow()')).toEqual([[ROWS_OF_TWO]]);
    expect(await rowsOf(world, 'both', 'everyRow()')).toEqual([[ROWS_OF_ONE + ROWS_OF_TWO]]);
  });

  it('hides the global one of its name', async () => {
    await make('root', { name: 'who', body: 'print "all"', global: true });
    await make('one', { name: 'who', body: 'print "one"' });
    expect(await rowsOf(world, 'one', 'who()')).toEqual([['one']]);
    expect(await rowsOf(world, 'two', 'who()')).toEqual([['all']]);
    expect(await rowsOf(world, 'both', 'who()')).toEqual([['all']]);
  });

  it('that differs between companies is refused over both of them, with the reason', async () => {
    await make('one', { name: 'torn', body: 'print 1' });
    await make('two', { name: 'torn', body: 'print 2' });
    expect(await rowsOf(world, 'both', 'torn()')).toMatch(/differs between your companies: choose one/);
    expect(await rowsOf(world, 'two', 'torn()')).toEqual([[2]]);
  });
});

describe('versions', () => {
  it('are kept, restored, and a change made from an old one is refused', async () => {
    const { id } = await make('one', { name: 'changing', body: 'print 1', description: 'first' });
    const url = `/api/functions/${id}`;
    const second = await ask<Shown>(world, 'one', 'PUT', url, { body: 'print 2', version: 1, description: 'second' });
    expect(second.body).toMatchObject({ version: 2, description: 'second', owner: 'gk_one' });
    expect(await rowsOf(world, 'one', 'changing()')).toEqual([[2]]);
    const late = await ask(world, 'one', 'PUT', url, { body: 'print 3', version: 1 });
    expect([late.status, late.body.error.code]).toEqual([409, 'FUNCTION_CHANGED']);
    expect((await ask<Shown>(world, 'one', 'POST', `${url}/restore`, { version: 1 })).body.version).toBe(3);
    expect(await rowsOf(world, 'one', 'changing()')).toEqual([[1]]);
    const { body } = await ask<{ versions: readonly { version: number; body: string }[] }>(
      world,
      'one',
      'GET',
      `${url}/versions`,
    );
    expect(body.versions.map(({ version, body: text }) => [version, text])).toEqual([
      [3, 'print 1'],
      [2, 'print 2'],
      [1, 'print 1'],
    ]);
    expect((await ask(world, 'one', 'POST', `${url}/restore`, { version: 9 })).body.error.code).toBe('VERSION_UNKNOWN');
  });

  it('bring a deleted function back, unless its name is taken meanwhile', async () => {
    const { id } = await make('one', { name: 'gone', body: 'print 1' });
    expect((await ask(world, 'one', 'DELETE', `/api/functions/${id}`)).status).toBe(200);
    expect(await rowsOf(world, 'one', 'gone()')).toMatch(/does not refer/);
    const again = await make('one', { name: 'gone', body: 'print 2' });
    const refused = await ask(world, 'one', 'POST', `/api/functions/${id}/restore`, { version: 1 });
    expect(refused.body.error.code).toBe('FUNCTION_NAME_TAKEN');
    await ask(world, 'one', 'DELETE', `/api/functions/${again.id}`);
    expect((await ask(world, 'one', 'POST', `/api/functions/${id}/restore`, { version: 1 })).status).toBe(200);
    expect(await rowsOf(world, 'one', 'gone()')).toEqual([[1]]);
  });
});

describe('what is refused', () => {
  it.each<[string, Caller, object, number, string, string | undefined]>([
    [
      'a body that does not compile',
      'one',
      { name: 'a', body: 'SigninLogs\n| where Nope == 1' },
      400,
      'FUNCTION_INVALID',
      '/body',
    ],
    ['the name of a table', 'one', { name: 'SigninLogs', body: '1' }, 400, 'FUNCTION_INVALID', '/name'],
    ['the name of a function of the language', 'one', { name: 'strlen', body: '1' }, 400, 'FUNCTION_INVALID', '/name'],
    ['the name of an ASIM function', 'one', { name: 'imAuthentication', body: '1' }, 400, 'FUNCTION_INVALID', '/name'],
    ['a watchlist function', 'one', { name: '_GetWatchlist', body: '1' }, 400, 'FUNCTION_INVALID', '/name'],
    [
      'a parameter of no type',
      'one',
      { name: 'a', parameters: '(x:nope)', body: 'x' },
      400,
      'FUNCTION_INVALID',
      '/parameters',
    ],
    ['itself', 'one', { name: 'a', body: 'a()' }, 400, 'FUNCTION_INVALID', '/body'],
    ['a global one by a company', 'one', { name: 'a', body: '1', global: true }, 403, 'FORBIDDEN', undefined],
    ['no company', 'both', { name: 'a', body: '1' }, 400, 'COMPANY_NEEDED', undefined],
    ['who only reads', 'reader', { name: 'a', body: '1' }, 403, 'FORBIDDEN', undefined],
    ['an unknown field', 'one', { name: 'a', body: '1', owns: 1 }, 400, 'VALIDATION_FAILED', '/owns'],
    ['too long a body', 'one', { name: 'a', body: `"${'x'.repeat(50_001)}"` }, 400, 'FUNCTION_INVALID', '/body'],
  ])('%s', async (_, caller, body, status, code, field) => {
    const refused = await ask(world, caller, 'POST', '/api/functions', body);
    expect([refused.status, refused.body.error.code]).toEqual([status, code]);
    if (field !== undefined) expect(refused.body.error.details[0]?.field).toBe(field);
  });

  it('a change that closes a circle', async () => {
    const { id } = await make('one', { name: 'circle1', body: 'print 1' });
    await make('one', { name: 'circle2', body: 'circle1()' });
    const refused = await ask(world, 'one', 'PUT', `/api/functions/${id}`, { body: 'circle2()', version: 1 });
    expect(refused.body.error.message).toContain('circle1 → circle2 → circle1');
  });

  it('a change of a global one by a company', async () => {
    const { id } = await make('root', { name: 'shared', body: 'print 1', global: true });
    const refused = await ask(world, 'one', 'PUT', `/api/functions/${id}`, { body: 'print 2', version: 1 });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'LIBRARY_FORBIDDEN']);
  });

  it('is said with its place before it is kept', async () => {
    const checked = await ask<{ faults: readonly object[] }>(world, 'one', 'POST', '/api/functions/check', {
      name: 'a',
      body: 'SigninLogs\n| where Nope == 1',
    });
    expect(checked.body.faults).toMatchObject([{ field: 'body', code: 'KS142', line: 2, column: 9 }]);
    const good = await ask(world, 'one', 'POST', '/api/functions/check', { name: 'a', body: 'SigninLogs | count' });
    expect(good.body).toMatchObject({ faults: [], columns: [{ name: 'Count', type: 'long' }] });
  });
});

it('leaves a trail in the company, or in the installation', () => {
  const actions = world.trail.filter(({ action }) => action.startsWith('function.'));
  expect(actions).toContainEqual(expect.objectContaining({ action: 'function.create', company: 1, target: 'mine' }));
  expect(actions).toContainEqual(expect.objectContaining({ action: 'function.create', company: null, target: 'who' }));
  expect(new Set(actions.map(({ action }) => action))).toEqual(
    new Set(['function.create', 'function.change', 'function.restore', 'function.delete']),
  );
});
