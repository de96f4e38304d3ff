import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { confineTo } from '../../platform/access/index.ts';
import type { QueryLimits } from '../../platform/clickhouse/index.ts';
import { NOW_MS, openTwoCompanies, ROWS_OF_ONE, SECRET, type TwoCompanies } from './testing/two-companies.ts';

/** Runs for minutes unless it is stopped. */
const LONG = 'range x from 1 to 200000000000 step 1 | summarize sum(x % 7)';

let world: TwoCompanies;
let address: string;
beforeAll(async () => {
  world = await openTwoCompanies({ 'query.maxRows': '1000', 'query.maxSeconds': '30', 'query.maxLength': '100000' });
  address = await world.app.listen({ host: '127.0.0.1', port: 0 });
}, 60_000);
afterAll(() => world.close());
beforeEach(() => {
  world.trail.length = 0;
});

interface Options {
  readonly caller?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What the tests look at of an answer; which parts are there is what they test. */
interface Body {
  readonly tables: readonly [{ readonly rows: readonly (readonly unknown[])[] }];
  readonly error: { readonly code: string; readonly message: string; readonly details: readonly unknown[] };
  readonly diagnostics: readonly unknown[];
  readonly items: readonly { readonly label: string }[];
  readonly span: unknown;
  readonly lines: readonly string[];
}

async function post(path: string, body: unknown, { caller = 'one', headers = {}, signal }: Options = {}) {
  const answer = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-test-caller': caller, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}

const ask = (query: string, options?: Options, more: object = {}) => post('/api/query', { query, ...more }, options);

describe('POST /api/query', () => {
  it('answers in the Log Analytics shape with Kusto’s values', async () => {
    const { status, body } = await ask(
      'print l = 9223372036854775807, i = 1, r = 1.5, b = true, s = "text", d = datetime(2026-03-02 09:00:00.1234567), t = 1d + 2h, j = dynamic({"a":[1,2]}), n = long(null)',
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      tables: [
        {
          name: 'PrimaryResult',
          columns: [
            { name: 'l', type: 'long' },
            { name: 'i', type: 'long' },
            { name: 'r', type: 'real' },
            { name: 'b', type: 'bool' },
            { name: 's', type: 'string' },
            { name: 'd', type: 'datetime' },
            { name: 't', type: 'timespan' },
            { name: 'j', type: 'dynamic' },
            { name: 'n', type: 'long' },
          ],
          rows: [
            [
              '9223372036854775807',
              1,
              1.5,
              true,
              'text',
              '2026-03-02T09:00:00.1234567Z',
              '1.02:00:00',
              { a: [1, 2] },
              null,
            ],
          ],
        },
      ],
    });
    expect(body.error).toBeUndefined();
  });

  it('says every mistake with its place', async () => {
    const { status, body } = await ask('SigninLogs\n| where UserPrincipalNam == "a"');
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'KQL_ERROR', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(body.error.details[0]).toMatchObject({
      code: expect.stringMatching(/^(KS|GHQ)\d+$/),
      message: expect.stringContaining('UserPrincipalNam'),
      line: 2,
      column: 9,
      span: { start: 19, end: 35 },
      suggestion: 'UserPrincipalName',
      frame: expect.stringContaining('^^^^'),
    });
  });

  it.each([
    ['a million characters', { query: `print "${'x'.repeat(1_000_000)}"` }, 400, 'QUERY_TOO_LONG'],
    ['a million characters that are six bytes each', { query: '\u0001'.repeat(1_000_000) }, 400, 'QUERY_TOO_LONG'],
    ['no query', {}, 400, 'VALIDATION_FAILED'],
    ['a query that is no text', { query: 7 }, 400, 'VALIDATION_FAILED'],
    ['an empty query', { query: '' }, 400, 'VALIDATION_FAILED'],
    ['nothing but a comment', { query: '// nothing' }, 400, 'KQL_ERROR'],
    ['malformed JSON', '{"query": "print', 400, 'JSON_MALFORMED'],
    ['a bad timespan', { query: 'SigninLogs', timespan: 'yesterday' }, 400, 'TIMESPAN_INVALID'],
    ['a control command', { query: '.drop table SigninLogs' }, 400, 'KQL_ERROR'],
    ['a body past every bound', { query: 'x'.repeat(9_000_000) }, 413, 'BODY_TOO_LARGE'],
  ])('refuses %s', async (_what, body, status, code) => {
    const answer = await post('/api/query', body);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.message).toMatch(/\.$/);
  });

  it('takes the values of declared parameters', async () => {
    const query = 'declare query_parameters(least: long, who: string = "nobody"); print least + 1, who';
    const { status, body } = await ask(query, {}, { parameters: { least: '41', who: 'it"s; me' } });
    expect([status, body.tables[0].rows]).toEqual([200, [[42, 'it"s; me']]]);
    expect((await ask(query, {}, { parameters: { least: 'long(1)' } })).body.tables[0].rows).toEqual([[2, 'nobody']]);
    expect((await ask(query)).body.error.code).toBe('KQL_ERROR');
    expect((await ask(query, {}, { parameters: { least: '1; drop' } })).body.error.code).toBe('KQL_ERROR');
    expect((await ask(query, {}, { parameters: { least: 7 } })).status).toBe(400);
  });

  it('narrows to the timespan', async () => {
    const count = async (timespan?: string) =>
      (await ask('SigninLogs | count', {}, timespan === undefined ? {} : { timespan })).body.tables[0].rows[0]?.[0];
    expect(await count()).toBe(ROWS_OF_ONE);
    expect(await count('PT2M')).toBe(2);
    const from = new Date(NOW_MS - 3 * 60_000).toISOString();
    expect(await count(`${from}/PT1M`)).toBe(2);
    expect(await count(`${from}/${from}`)).toBe(1);
  });

  it('cuts at the limit of rows and says so', async () => {
    const { status, body } = await ask('range x from 1 to 5000 step 1');
    expect(status).toBe(200);
    expect(body.tables[0].rows).toHaveLength(1000);
    expect(body.error).toMatchObject({
      code: 'PartialError',
      details: [{ innererror: { code: 'ResultRowsLimit', message: expect.stringContaining('1000') } }],
    });
    const whole = await ask('range x from 1 to 1000 step 1');
    expect(whole.body.tables[0].rows).toHaveLength(1000);
    expect(whole.body.error).toBeUndefined();
  });

  it('confines to the caller’s companies, and to the one it names', async () => {
    const users = async (options: Options) =>
      JSON.stringify((await ask('SigninLogs | project ResultDescription', options)).body);
    expect(await users({ caller: 'one' })).not.toContain(SECRET);
    expect(await users({ caller: 'both' })).toContain(SECRET);
    expect(await users({ caller: 'both', headers: { 'x-company': '1' } })).not.toContain(SECRET);
    expect(await users({ caller: 'one', headers: { 'x-company': '2' } })).toContain('COMPANY_UNKNOWN');
    expect(await users({ caller: 'nobody' })).toContain('FORBIDDEN');
    expect(await users({ caller: 'stranger' })).toContain('UNAUTHENTICATED');
  });

  it('leaves a trace in the trail of every company that was read', async () => {
    await ask('SigninLogs | count', { caller: 'both' });
    await ask('Nonsense', { caller: 'one' });
    expect(world.trail).toMatchObject([
      {
        company: 1,
        action: 'query.run',
        outcome: 'success',
        detail: { query: 'SigninLogs | count', tables: ['SigninLogs'], rows: 1 },
      },
      { company: 2, action: 'query.run', outcome: 'success', actor: { kind: 'apiKey', label: 'gk_both' } },
      { company: 1, action: 'query.run', outcome: 'failure', reason: expect.stringContaining('KQL_ERROR') },
    ]);
  });

  it('keeps a bounded part of a long text in the trail', async () => {
    await ask(`print "${'y'.repeat(50_000)}"`);
    expect(world.trail[0]?.detail).toMatchObject({ characters: 50_008 });
    expect(String(world.trail[0]?.detail?.query).length).toBeLessThanOrEqual(2000);
  });
});

describe('stopping a query', () => {
  /** Queries of the engine that run for longer than a moment. */
  const inEngine = async () => {
    const { rows } = await world.platform.store.read(
      "SELECT count() FROM system.processes WHERE query NOT LIKE '%system.processes%' AND elapsed > 0.05",
    );
    return Number(rows[0]?.[0]);
  };
  const settled = async (wanted: number) => {
    for (let wait = 0; wait < 100 && (await inEngine()) !== wanted; wait += 1) await sleep(100);
    return inEngine();
  };

  it('ends it in the engine when the client goes away', async () => {
    const controller = new AbortController();
    const asked = ask(LONG, { signal: controller.signal });
    expect(await settled(1)).toBe(1);
    controller.abort();
    await expect(asked).rejects.toThrow();
    expect(await settled(0)).toBe(0);
    expect(world.trail.at(-1)).toMatchObject({
      outcome: 'failure',
      reason: expect.stringContaining('QUERY_CANCELLED'),
    });
  }, 30_000);

  it('ends it by the id its caller gave it, and by nobody else', async () => {
    const asked = ask(LONG, { headers: { 'x-query-id': 'mine-1' } });
    expect(await settled(1)).toBe(1);
    const cancel = async (caller: string, id: string) =>
      (await fetch(`${address}/api/query/${id}`, { method: 'DELETE', headers: { 'x-test-caller': caller } })).status;
    expect(await cancel('two', 'mine-1')).toBe(404);
    expect(await cancel('one', 'mine-2')).toBe(404);
    const twice = await ask('print 1', { headers: { 'x-query-id': 'mine-1' } });
    expect([twice.status, twice.body.error.code]).toEqual([409, 'QUERY_ID_TAKEN']);
    expect(await cancel('one', 'mine-1')).toBe(204);
    const { status, body } = await asked;
    expect([status, body.error.code]).toEqual([499, 'QUERY_CANCELLED']);
    expect(await settled(0)).toBe(0);
    expect(await cancel('one', 'mine-1')).toBe(404);
  }, 30_000);

  it('lets another company’s query through while one fills its places', async () => {
    const controller = new AbortController();
    const busy = Array.from({ length: 12 }, () => ask(LONG, { signal: controller.signal }).catch(() => undefined));
    await settled(2);
    const startedAt = performance.now();
    expect((await ask('SigninLogs | count', { caller: 'two' })).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(5000);
    controller.abort();
    await Promise.all(busy);
    expect(await settled(0)).toBe(0);
  }, 30_000);
});

describe('limits', () => {
  const run = (text: string, limits: QueryLimits) => world.query.run(confineTo([1]), text, { nowMs: NOW_MS, limits });
  it.each([
    ['TIME_LIMIT', LONG, { maxSeconds: 1 }],
    [
      'MEMORY_LIMIT',
      'range x from 1 to 1000000 step 1 | extend s = strcat("padding-padding-padding-padding-", x) | summarize make_list(s)',
      { maxMemoryBytes: 20_000_000 },
    ],
  ])('end a query with %s, and the next one runs', async (code, text, limits) => {
    await expect(run(text, limits)).rejects.toMatchObject({ code, status: 422 });
    expect((await run('print 1', {})).rows).toEqual([[1]]);
  });
});

describe('the editor’s routes', () => {
  it('diagnose without running', async () => {
    const { status, body } = await post('/api/query/diagnostics', { query: 'SigninLogs | wher x' });
    expect(status).toBe(200);
    expect(body.diagnostics[0]).toMatchObject({ severity: 'error', line: 1, span: { start: expect.any(Number) } });
    expect((await post('/api/query/diagnostics', { query: 'SigninLogs | take 1' })).body).toEqual({ diagnostics: [] });
    expect(world.trail).toEqual([]);
  });
  it('complete', async () => {
    const query = 'SigninLogs | where User';
    const { body } = await post('/api/query/completions', { query, position: query.length });
    expect(body.items.map((item) => item.label)).toContain('UserPrincipalName');
    expect(body.span).toEqual({ start: 19, end: 23 });
  });
  it('explain', async () => {
    const { body } = await post('/api/query/hover', { query: 'SigninLogs | count', position: 3 });
    expect(body.lines.join('\n')).toContain('SigninLogs');
  });
  it('find where a name comes from', async () => {
    const { body } = await post('/api/query/definition', { query: 'let a = 1;\nprint a', position: 18 });
    expect(body).toEqual({ definition: { kind: 'text', span: { start: 4, end: 5 } } });
    const table = await post('/api/query/definition', { query: 'SigninLogs | count', position: 3 });
    expect(table.body).toMatchObject({ definition: { kind: 'table', name: 'SigninLogs' } });
    expect((await post('/api/query/definition', { query: 'print 1', position: 2 })).body).toEqual({});
  });
  it('lay out', async () => {
    const { body } = await post('/api/query/format', { query: 'SigninLogs|where UserPrincipalName=="a"|take 5' });
    expect(body).toEqual({ query: 'SigninLogs\n| where UserPrincipalName == "a"\n| take 5' });
  });
});
