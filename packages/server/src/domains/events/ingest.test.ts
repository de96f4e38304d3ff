import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventsHarness, type EventsHarness } from './testing.ts';

let harness: EventsHarness;

beforeAll(async () => {
  harness = await createEventsHarness({ timeZone: 'Europe/London' });
});
afterAll(() => harness.close());

const EVENT = {
  EventType: 'Sign-In',
  UserName: 'test',
  ComputerName: 'TEST-PC',
  IPAddress: '192.168.1.100',
  Timestamp: '2026-03-02T08:30:00Z',
};

async function count(table: string, user: string): Promise<number> {
  const column = table === 'Authentication' ? 'TargetSimpleUsername' : 'UserName';
  const [row] = await harness.rows(
    (database) => `SELECT count() FROM ${database}.${table} WHERE ${column} = '${user}'`,
  );
  return Number(row?.[0]);
}

describe('POST /api/log_event', () => {
  it('answers as the agents expect, to the letter, and stores the native and the ASIM row', async () => {
    const answer = await harness.post('/api/log_event', EVENT);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('{"message":"Event logged successfully","status":"success"}');
    expect(
      await harness.rows(
        (database) =>
          `SELECT a.CompanyId, a.TimeGenerated, a.EventType, a.EventSubType, a.EventResult, a.TargetUsername, a.TargetUserType, a.SrcIpAddr, a.Dvc,
             a.EventOriginalType, a.EventOriginalTable, n.UserName, n.TimeReading, n.Retry
           FROM ${database}.Authentication a JOIN ${database}.SignInEvents_CL n ON a.EventOriginalUid = n.EventUid WHERE n.UserName = 'test'`,
      ),
    ).toEqual([
      [
        1,
        '2026-03-02 08:30:00.0000000',
        'Logon',
        'Interactive',
        'Success',
        'test',
        'Regular',
        '192.168.1.100',
        'TEST-PC',
        'Sign-In',
        'SignInEvents_CL',
        'test',
        'RFC 3339',
        0,
      ],
    ]);
  });

  it.each([
    ['Sign-In', 'Logon', 'Success'],
    ['Sign-Out', 'Logoff', 'Success'],
    ['Lock', 'Lock', 'Success'],
    ['Unlock', 'Unlock', 'Success'],
    ['Sign-In-Failed', 'Logon', 'Failure'],
    ['RDP-Connect', 'Logon', 'Success'],
    ['RDP-Disconnect', 'Disconnect', 'Success'],
  ])('%s is %s with %s', async (written, type, result) => {
    const user = `type-${written}`;
    await harness.post('/api/log_event', { ...EVENT, EventType: written, UserName: user });
    expect(
      await harness.rows(
        (database) =>
          `SELECT EventType, EventResult FROM ${database}.Authentication WHERE TargetSimpleUsername = '${user}'`,
      ),
    ).toEqual([[type, result]]);
  });

  it('stores an event type that it does not know, and makes up no authentication of it', async () => {
    expect(
      (await harness.post('/api/log_event', { ...EVENT, EventType: 'Coffee', UserName: 'drinker' })).statusCode,
    ).toBe(200);
    expect([await count('SignInEvents_CL', 'drinker'), await count('Authentication', 'drinker')]).toEqual([1, 0]);
  });

  it.each([
    [{ ...EVENT, UserName: undefined }, 'UserName', 'is missing'],
    [{ ...EVENT, UserName: 7 }, 'UserName', 'is not a string'],
    [{ ...EVENT, EventType: ' ' }, 'EventType', 'is empty'],
    [{ ...EVENT, ComputerName: 'x'.repeat(1025) }, 'ComputerName', 'is longer than 1024 characters'],
    [{ ...EVENT, Timestamp: {} }, 'Timestamp', 'is neither a string nor a number'],
    [{ ...EVENT, retry: -1 }, 'retry', 'is not between 0 and 1000000'],
    [{ ...EVENT, retry: 'often' }, 'retry', 'is not a whole number'],
    ['"text"', '', 'is not a JSON object'],
    ['null', '', 'is not a JSON object'],
  ])('refuses %j naming field and reason', async (payload, field, reason) => {
    const answer = await harness.post('/api/log_event', payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'EVENT_REFUSED', details: [{ field, reason }] } });
  });

  it('takes an unreadable time at its arrival, flagged, and keeps what was written', async () => {
    await harness.post('/api/log_event', { ...EVENT, UserName: 'lost-in-time', Timestamp: 'half past nine' });
    expect(
      await harness.rows(
        (database) =>
          `SELECT TimeGenerated, TimeFlag, TimeReading, AdditionalFields FROM ${database}.SignInEvents_CL WHERE UserName = 'lost-in-time'`,
      ),
    ).toEqual([['2026-03-02 09:00:00.0000000', 'unreadable', 'arrival: unreadable', '{"Timestamp":"half past nine"}']]);
  });

  it.each([
    ['an array', JSON.stringify([1, 2, 3].map((n) => ({ ...EVENT, UserName: `array-${n}` }))), {}],
    ['lines', [1, 2, 3].map((n) => JSON.stringify({ ...EVENT, UserName: `lines-${n}` })).join('\n'), {}],
    [
      'NDJSON by its type',
      [1, 2, 3].map((n) => JSON.stringify({ ...EVENT, UserName: `typed-${n}` })).join('\r\n'),
      { 'content-type': 'application/x-ndjson' },
    ],
    [
      'gzip',
      gzipSync(JSON.stringify([1, 2, 3].map((n) => ({ ...EVENT, UserName: `gzip-${n}` })))),
      { 'content-encoding': 'gzip' },
    ],
  ])('takes %s', async (_name, payload, headers) => {
    const answer = await harness.post('/api/log_event', payload, headers);
    expect(answer.json()).toMatchObject({ status: 'success', stored: 3, duplicates: 0, refused: [] });
  });

  it('stores the good rows of a part-bad batch and says which were refused', async () => {
    const lines = [
      JSON.stringify({ ...EVENT, UserName: 'part-1' }),
      '{"broken',
      JSON.stringify({ ...EVENT, UserName: 5 }),
      JSON.stringify({ ...EVENT, UserName: 'part-2' }),
    ];
    const answer = await harness.post('/api/log_event', lines.join('\n'));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      status: 'partial',
      stored: 2,
      quarantined: 2,
      refused: [
        { index: 1, field: '', reason: expect.stringContaining('is not JSON') },
        { index: 2, field: 'UserName', reason: 'is not a string' },
      ],
    });
    expect([await count('SignInEvents_CL', 'part-1'), await count('SignInEvents_CL', 'part-2')]).toEqual([1, 1]);
  });

  it.each([
    ['a wrong key', { 'x-api-key': 'gh_wrong' }, 401, 'UNAUTHENTICATED'],
    ['an encoding it does not know', { 'content-encoding': 'br' }, 415, 'ENCODING_UNKNOWN'],
    ['broken gzip', { 'content-encoding': 'gzip' }, 400, 'JSON_MALFORMED'],
  ])('refuses %s', async (_name, headers, status, code) => {
    const answer = await harness.post('/api/log_event', EVENT, headers);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ error: { code } });
  });

  it('refuses a body over the limit, packed or not', async () => {
    const large = Buffer.alloc(21 * 2 ** 20, ' ');
    expect((await harness.post('/api/log_event', large)).statusCode).toBe(413);
    expect((await harness.post('/api/log_event', gzipSync(large), { 'content-encoding': 'gzip' })).statusCode).toBe(
      413,
    );
  });

  it('keeps SQL, control characters and lone surrogates as the text they are', async () => {
    const names = [
      "'; DROP TABLE SignInEvents_CL; --",
      'line\nbreak\tand \u0000 nul',
      'emoji 😀 and half \ud83d',
      '\\ud83d',
      '{x:String}',
    ];
    for (const UserName of names)
      expect((await harness.post('/api/log_event', { ...EVENT, UserName, ComputerName: 'ODD' })).statusCode).toBe(200);
    const stored = await harness.rows(
      (database) => `SELECT UserName FROM ${database}.SignInEvents_CL WHERE ComputerName = 'ODD'`,
    );
    expect(new Set(stored.flat())).toEqual(new Set(names.map((name) => name.toWellFormed())));
  });
});

describe('resends', () => {
  const send = (user: string, more: object = {}) =>
    harness.post('/api/log_event', { ...EVENT, UserName: user, ...more });

  it('stores equal events with retry 0 as often as they happen, and a resend once', async () => {
    await send('twice');
    await send('twice', { retry: 0 });
    await send('twice', { retry: 1 });
    await send('twice', { retry: 2 });
    expect(await count('SignInEvents_CL', 'twice')).toBe(2);
    expect(await count('Authentication', 'twice')).toBe(2);
  });

  it('stores a resend whose first copy never came', async () => {
    await send('second-try', { retry: 3 });
    expect(await count('SignInEvents_CL', 'second-try')).toBe(1);
  });

  it('stores an event with an id of its own once, however it is sent', async () => {
    for (const more of [{ _id: 'x1' }, { _id: 'x1', Extra: 1 }, { log_id: 'x1' }]) await send('own-id', more);
    expect(await count('SignInEvents_CL', 'own-id')).toBe(1);
  });

  it('keeps resends apart by company', async () => {
    const event = { ...EVENT, UserName: 'both', _id: 'shared' };
    await harness.post('/api/log_event', event);
    await harness.post('/api/log_event', event, { 'x-api-key': harness.keys[1] });
    expect(
      await harness.rows(
        (database) => `SELECT CompanyId FROM ${database}.SignInEvents_CL WHERE UserName = 'both' ORDER BY 1`,
      ),
    ).toEqual([[1], [2]]);
  });

  it('stores one of many equal resends that come at once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => send('at-once', { retry: 1 })));
    expect(await count('SignInEvents_CL', 'at-once')).toBe(1);
  });

  it('takes a batch with an Idempotency-Key once', async () => {
    const batch = [1, 2].map((n) => ({ ...EVENT, UserName: 'keyed', ComputerName: `PC-${n}` }));
    const first = await harness.post('/api/log_event', batch, { 'idempotency-key': 'k1' });
    const second = await harness.post('/api/log_event', batch, { 'idempotency-key': 'k1' });
    expect([first.json(), second.json()]).toMatchObject([
      { stored: 2, duplicates: 0 },
      { stored: 0, duplicates: 2 },
    ]);
    expect(await count('SignInEvents_CL', 'keyed')).toBe(2);
  });
});

describe('secrets', () => {
  it('are taken out of both rows, by name and by form, and counted', async () => {
    const secret = 'correct-horse-battery';
    const answer = await harness.post('/api/log_event', {
      ...EVENT,
      UserName: `eve password=${secret}`,
      ComputerName: 'LEAK-PC',
      password: secret,
      Note: { api_key: secret, card: '4111 1111 1111 1111', kept: 'plain' },
    });
    expect(answer.statusCode).toBe(200);
    const rows = await harness.rows(
      (
        database,
      ) => `SELECT toString(tuple(n.UserName, n.AdditionalFields, a.TargetUsername, a.User)) FROM ${database}.SignInEvents_CL n
        JOIN ${database}.Authentication a ON a.EventOriginalUid = n.EventUid WHERE n.ComputerName = 'LEAK-PC'`,
    );
    expect(rows).toHaveLength(1);
    expect(String(rows[0])).not.toMatch(/correct-horse|4111/);
    expect(String(rows[0])).toContain('plain');
    expect(await harness.platform.metrics.metrics()).toMatch(/gatehouse_redactions_total [1-9]/);
  });
});

describe('tables with columns of their own', () => {
  it.each([
    [
      'SigninLogs',
      { UserPrincipalName: 'ann@example.org', ResultType: '50126', IPAddress: '192.0.2.1', AppDisplayName: 'Portal' },
      ['Logon', 'Failure', 'No such user or password', 'ann@example.org'],
    ],
    [
      'SigninLogs',
      { UserPrincipalName: 'ann@example.org', ResultType: 0, IPAddress: '192.0.2.1' },
      ['Logon', 'Success', '', 'ann@example.org'],
    ],
    [
      'SecurityEvent',
      { EventID: 4625, Computer: 'PC', TargetUserName: 'ann', TargetDomainName: 'CORP', SubStatus: '0xc000006a' },
      ['Logon', 'Failure', 'Incorrect password', 'CORP\\ann'],
    ],
    [
      'AppSecurityEvents_CL',
      { Event: 'authn_login_fail:ann', SourceIp: '192.0.2.1' },
      ['Logon', 'Failure', 'No such user or password', 'ann'],
    ],
  ])('%s: %j', async (table, record, expected) => {
    const uid = `own-${table}-${JSON.stringify(record).length}`;
    const answer = await harness.post(`/api/logs/${table}`, [
      { TimeGenerated: '2026-03-02T08:00:00Z', EventUid: uid, ...record },
    ]);
    expect(answer.json()).toMatchObject({ stored: 1, tables: { [table]: 1 } });
    expect(
      await harness.rows(
        (database) =>
          `SELECT EventType, EventResult, EventResultDetails, TargetUsername FROM ${database}.Authentication WHERE EventOriginalUid = '${uid}'`,
      ),
    ).toEqual([expected]);
  });

  it('takes a resend of equal rows once, and a first copy always', async () => {
    const rows = [1, 2, 1].map((n) => ({
      TimeGenerated: '2026-03-02T08:00:00Z',
      Host: 'resent',
      ResultDescription: `line ${n}`,
    }));
    expect((await harness.post('/api/logs/AppServiceConsoleLogs', rows)).json()).toMatchObject({
      stored: 3,
      duplicates: 0,
    });
    expect((await harness.post('/api/logs/AppServiceConsoleLogs?retry=1', rows)).json()).toMatchObject({
      stored: 0,
      duplicates: 3,
    });
    expect((await harness.post('/api/logs/AppServiceConsoleLogs', rows, { 'x-retry': '2' })).json()).toMatchObject({
      stored: 0,
      duplicates: 3,
    });
    expect((await harness.post('/api/logs/AppServiceConsoleLogs', rows)).json()).toMatchObject({
      stored: 3,
      duplicates: 0,
    });
  });

  it.each([
    ['/api/logs/Nothing_CL', [{}], 404, 'TABLE_UNKNOWN'],
    ['/api/logs/W3CIISLog?retry=x', [{}], 400, 'EVENT_REFUSED'],
    ['/api/logs/W3CIISLog?zone=Moon/Base', [{}], 400, 'EVENT_REFUSED'],
    ['/api/logs/W3CIISLog', 'not json', 400, 'JSON_MALFORMED'],
    ['/api/logs/W3CIISLog', '', 400, 'JSON_MALFORMED'],
  ])('%s with %j is refused', async (url, payload, status, code) => {
    const answer = await harness.post(url, payload);
    expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([status, code]);
  });
});

describe('/api/health', () => {
  it.each(['GET', 'POST'] as const)('%s answers in the documented shape, with the two figures more', async (method) => {
    const answer = await harness.http.inject({
      method,
      url: '/api/health',
      headers: { 'x-api-key': harness.keys[1], 'content-type': 'application/json' },
    });
    expect(answer.statusCode).toBe(200);
    expect(Object.entries(answer.json<Record<string, unknown>>()).slice(0, 6)).toEqual([
      ['status', 'ok'],
      ['message', 'Health check passed'],
      ['timestamp', '2026-03-02T09:00:00+00:00'],
      ['database', 'connected'],
      ['api_key_verified', true],
      ['company_id', 2],
    ]);
  });

  it('tells an agent how far its clock is off, and how old its last event is', async () => {
    await harness.post('/api/log_event', EVENT);
    const answer = await harness.post('/api/health', { Timestamp: '2026-03-02T09:01:30Z' });
    expect(answer.json()).toMatchObject({ clock_skew_seconds: 90, last_event_age_seconds: 0 });
    expect((await harness.post('/api/health', {}, { 'x-api-key': 'wrong' })).statusCode).toBe(401);
  });
});
