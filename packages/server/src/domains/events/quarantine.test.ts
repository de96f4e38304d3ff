import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventsHarness, type EventsHarness } from './testing.ts';

let harness: EventsHarness;
beforeAll(async () => {
  harness = await createEventsHarness();
});
afterAll(() => harness.close());

interface Entry {
  readonly id: string;
  readonly table: string;
  readonly field: string;
  readonly reason: string;
  readonly body: string;
  readonly attempts: number;
}

async function entries(company: 0 | 1 = 0): Promise<Entry[]> {
  const answer = await harness.get('/api/quarantine', { 'x-api-key': harness.keys[company] });
  expect(answer.statusCode).toBe(200);
  return answer.json<{ entries: Entry[] }>().entries;
}

describe('the quarantine', () => {
  it('keeps what cannot be decoded with its reason, for its company alone, without secrets', async () => {
    await harness.post('/api/log_event', '{"EventType": "Sign-In", "password": "hunter2hunter2", oops');
    const [entry, ...others] = await entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      table: 'SignInEvents_CL',
      field: '',
      reason: expect.stringContaining('is not JSON'),
      attempts: 0,
    });
    expect(entry?.body).toContain('oops');
    expect(entry?.body).not.toContain('hunter2');
    expect(await entries(1)).toEqual([]);
  });

  it('replays an entry once the cause is mended, once', async () => {
    const table = '/api/logs/Pumps_CL';
    await harness.post('/api/tables', { name: 'Pumps_CL', columns: [{ name: 'Litres', type: 'int' }] });
    expect((await harness.post(table, [{ Litres: 3 }, { Litres: 'many' }])).json()).toMatchObject({
      stored: 1,
      refused: [{ index: 1, field: 'Litres', reason: 'is not a int' }],
    });
    const [entry] = await entries();
    expect(entry).toMatchObject({ table: 'Pumps_CL', field: 'Litres', body: '{"Litres":"many"}' });
    const again = await harness.post(`/api/quarantine/${entry?.id}/replay`, {});
    expect(again.statusCode).toBe(422);
    expect(again.json()).toMatchObject({
      error: { code: 'REPLAY_REFUSED', details: [{ field: 'Litres', reason: 'is not a int' }] },
    });
    expect((await entries())[0]).toMatchObject({ attempts: 1 });
  });

  it('takes out what can be taken now', async () => {
    await harness.post('/api/logs/SignInEvents_CL', { EventType: 'Sign-In', UserName: 'quarantined' });
    const [entry] = await entries();
    expect(entry).toMatchObject({ field: 'ComputerName', reason: 'is missing' });
    // The mended rule: here an operator has corrected the entry's text in the control store.
    await harness.platform.database
      .withTables<{ events_quarantine: { id: string; body: string } }>()
      .updateTable('events_quarantine')
      .set({ body: JSON.stringify({ EventType: 'Sign-In', UserName: 'quarantined', ComputerName: 'PC' }) })
      .where('id', '=', entry?.id ?? '')
      .execute();
    expect(
      (await harness.post(`/api/quarantine/${entry?.id}/replay`, {}, { 'x-api-key': harness.keys[1] })).statusCode,
    ).toBe(404);
    expect((await harness.post(`/api/quarantine/${entry?.id}/replay`, {})).json()).toEqual({ replayed: true });
    expect((await harness.post(`/api/quarantine/${entry?.id}/replay`, {})).statusCode).toBe(404);
    expect(
      await harness.rows(
        (database) => `SELECT count() FROM ${database}.SignInEvents_CL WHERE UserName = 'quarantined'`,
      ),
    ).toEqual([['1']]);
  });
});

describe('custom tables', () => {
  const declare = (body: object, company: 0 | 1 = 0) =>
    harness.post('/api/tables', body, { 'x-api-key': harness.keys[company] });

  it('are declared, filled, extended while they are used, and seen by their company alone', async () => {
    const version = harness.events.tablesVersion();
    expect(
      (
        await declare({
          name: 'Doors_CL',
          columns: [
            { name: 'Door', type: 'string' },
            { name: 'Open', type: 'bool' },
          ],
        })
      ).statusCode,
    ).toBe(201);
    expect(harness.events.tablesVersion()).not.toBe(version);
    await harness.post('/api/logs/Doors_CL', [{ Door: 'north', Open: true, Colour: 'red' }]);
    expect(
      (await harness.post('/api/tables/Doors_CL/columns', { columns: [{ name: 'Colour', type: 'string' }] }))
        .statusCode,
    ).toBe(200);
    await harness.post('/api/logs/Doors_CL', [{ Door: 'south', Open: 'false', Colour: 'blue' }]);
    expect(
      await harness.rows(
        (database) => `SELECT Door, Open, Colour, AdditionalFields FROM ${database}.Doors_CL ORDER BY Door`,
      ),
    ).toEqual([
      ['north', true, '', '{"Colour":"red"}'],
      ['south', false, 'blue', ''],
    ]);
    const names = async (company: 0 | 1): Promise<string[]> =>
      (await harness.get('/api/tables', { 'x-api-key': harness.keys[company] }))
        .json<{ tables: { name: string }[] }>()
        .tables.map(({ name }) => name);
    expect(await names(0)).toContain('Doors_CL');
    expect(await names(1)).not.toContain('Doors_CL');
    expect(
      (await harness.post('/api/logs/Doors_CL', [{ Door: 'x' }], { 'x-api-key': harness.keys[1] })).statusCode,
    ).toBe(404);
    expect((await harness.get('/api/events/recent?table=Doors_CL', { 'x-api-key': harness.keys[1] })).statusCode).toBe(
      404,
    );
  });

  it('of one name are two companies’ own, with their own columns', async () => {
    await declare({ name: 'Shared_CL', columns: [{ name: 'Mine', type: 'int' }] });
    expect((await declare({ name: 'Shared_CL', columns: [{ name: 'Yours', type: 'string' }] }, 1)).statusCode).toBe(
      201,
    );
    const columns = (await harness.get('/api/tables', { 'x-api-key': harness.keys[1] }))
      .json<{ tables: { name: string; columns: { name: string }[] }[] }>()
      .tables.find(({ name }) => name === 'Shared_CL')
      ?.columns.map(({ name }) => name);
    expect(columns).toContain('Yours');
    expect(columns).not.toContain('Mine');
    expect((await declare({ name: 'Other_CL', columns: [{ name: 'A', type: 'int' }] }, 1)).statusCode).toBe(201);
    const clash = await declare({ name: 'Other_CL', columns: [{ name: 'A', type: 'string' }] });
    expect(clash.statusCode).toBe(400);
    expect(clash.json()).toMatchObject({ error: { code: 'TABLE_INVALID' } });
  });

  it.each([
    [{ name: 'NoEnding', columns: [{ name: 'A', type: 'int' }] }, '/name'],
    [{ name: 'x`; DROP TABLE y_CL', columns: [{ name: 'A', type: 'int' }] }, '/name'],
    [{ name: 'Bad_CL', columns: [{ name: 'A b', type: 'int' }] }, '/columns/0/name'],
    [{ name: 'Bad_CL', columns: [{ name: 'CompanyId', type: 'int' }] }, '/columns/0/name'],
    [{ name: 'Bad_CL', columns: [{ name: 'timegenerated', type: 'datetime' }] }, '/columns/0/name'],
    [
      {
        name: 'Bad_CL',
        columns: [
          { name: 'A', type: 'int' },
          { name: 'a', type: 'int' },
        ],
      },
      '/columns/1/name',
    ],
    [{ name: 'Bad_CL', columns: [{ name: 'A', type: 'Nested' }] }, '/columns/0/type'],
  ])('refuses %j', async (body, field) => {
    const answer = await declare(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'TABLE_INVALID', details: [{ field }] } });
  });

  it('cannot take a built-in table’s name', async () => {
    expect((await declare({ name: 'signinevents_CL', columns: [{ name: 'A', type: 'int' }] })).statusCode).toBe(409);
  });
});
