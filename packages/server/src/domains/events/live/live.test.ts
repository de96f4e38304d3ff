import { get as httpGet, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confineTo } from '../../../platform/access/index.ts';
import { createEventsHarness, type EventsHarness } from '../testing.ts';
import { placeOf, placeText } from './stream.ts';

let harness: EventsHarness;
let port: number;

beforeAll(async () => {
  harness = await createEventsHarness();
  await harness.http.listen({ host: '127.0.0.1', port: 0 });
  port = (harness.http.server.address() as AddressInfo).port;
});
afterAll(() => harness.close());

interface Reader {
  /** Users of the events so far, in the order they came. */
  readonly users: string[];
  lastId: string;
  until(users: number): Promise<void>;
  close(): void;
}

/** Reads a live stream as a browser does. */
function open(company: 0 | 1, query = '', lastEventId?: string): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const headers = {
      'x-api-key': harness.keys[company],
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    const request = httpGet(
      { host: '127.0.0.1', port, path: `/api/events/live${query}`, headers },
      (response: IncomingMessage) => {
        let text = '';
        const reader: Reader = {
          users: [],
          lastId: '',
          until: async (count) => {
            const deadlineMs = Date.now() + 10_000;
            while (reader.users.length < count && Date.now() < deadlineMs) await sleep(10);
          },
          close: () => request.destroy(),
        };
        response.setEncoding('utf8');
        response.on('error', () => undefined);
        response.on('data', (chunk: string) => {
          text += chunk;
          const messages = text.split('\n\n');
          text = messages.pop() ?? '';
          for (const message of messages) {
            const data = /^data: (.*)$/m.exec(message)?.[1];
            if (data === undefined) continue;
            reader.lastId = /^id: (.*)$/m.exec(message)?.[1] ?? '';
            for (const event of JSON.parse(data) as { UserName?: string; TargetUsername?: string }[])
              reader.users.push(event.UserName ?? event.TargetUsername ?? '?');
          }
        });
        if (response.headers['content-type']?.startsWith('text/event-stream') === true) resolve(reader);
        else reject(new Error(`answered ${response.statusCode}`));
      },
    );
    request.on('error', reject);
  });
}

let minute = 0;
async function send(company: 0 | 1, users: readonly string[]): Promise<void> {
  minute += 1;
  const events = users.map((UserName) => ({
    EventType: 'Sign-In',
    UserName,
    ComputerName: 'PC',
    Timestamp: new Date(harness.platform.clock.now() - minute * 1000).toISOString(),
  }));
  const answer = await harness.post('/api/log_event', events, { 'x-api-key': harness.keys[company] });
  expect(answer.statusCode).toBe(200);
}

describe('GET /api/events/live', () => {
  it('shows each company its own events, the latest first of all', async () => {
    await send(0, ['early-0']);
    await send(1, ['early-1']);
    const [north, south] = [await open(0), await open(1)];
    await send(0, ['live-0']);
    await send(1, ['live-1']);
    await Promise.all([north.until(2), south.until(2)]);
    await sleep(300);
    expect([north.users, south.users]).toEqual([
      ['early-0', 'live-0'],
      ['early-1', 'live-1'],
    ]);
    north.close();
    south.close();
  });

  it('goes on without a loss or a repetition after it was cut off, whatever arrived meanwhile', async () => {
    const first = await open(0, '?table=Authentication');
    await send(0, ['a']);
    await first.until(1);
    while (first.users.at(-1) !== 'a') await sleep(10);
    first.close();
    const missed = Array.from({ length: 1200 }, (_, index) => `m${index}`);
    await send(0, missed.slice(0, 700));
    await send(0, missed.slice(700));
    // Rows of one moment have no order among them; 'z' is of a later one.
    await harness.events.settle();
    const second = await open(0, '?table=Authentication', first.lastId);
    await send(0, ['z']);
    await second.until(1201);
    await sleep(200);
    expect(second.users.at(-1)).toBe('z');
    expect(new Set(second.users)).toEqual(new Set([...missed, 'z']));
    expect(second.users).toHaveLength(1201);
    second.close();
  });

  it('refuses a table that the caller does not have, and a key that is wrong', async () => {
    expect((await harness.get('/api/events/live?table=Nothing_CL')).statusCode).toBe(404);
    expect((await harness.get('/api/events/live', { 'x-api-key': 'wrong' })).statusCode).toBe(401);
  });
});

describe('GET /api/events/recent', () => {
  it('gives the latest events of the caller’s company alone', async () => {
    await send(1, ['recent-1']);
    await send(0, ['recent-0']);
    const users = async (company: 0 | 1): Promise<unknown[]> => {
      const answer = await harness.get('/api/events/recent?table=SignInEvents_CL&limit=2', {
        'x-api-key': harness.keys[company],
      });
      return answer
        .json<{ events: { UserName: string; Company: number }[] }>()
        .events.map((event) => [event.UserName, event.Company]);
    };
    expect((await users(0))[0]).toEqual(['recent-0', 1]);
    expect((await users(1))[0]).toEqual(['recent-1', 2]);
  });

  it('shows what the engine keeps in the forms of a query’s answer', async () => {
    await harness.post('/api/log_event', {
      EventType: 'Coffee',
      UserName: 'forms',
      ComputerName: 'PC',
      Timestamp: '2026-03-02T08:00:00.5Z',
      Cup: { size: 2 },
    });
    const answer = await harness.get('/api/events/recent?table=SignInEvents_CL&limit=1');
    expect(answer.json<{ events: unknown[] }>().events[0]).toMatchObject({
      TimeGenerated: '2026-03-02T08:00:00.5000000Z',
      Type: 'SignInEvents_CL',
      UserName: 'forms',
      Retry: 0,
      AdditionalFields: { Cup: { size: 2 } },
    });
  });

  it('gives another company nothing by naming the first', async () => {
    const answer = await harness.get(`/api/events/recent?company=${harness.companies[0].number}`, {
      'x-api-key': harness.keys[1],
    });
    expect(answer.statusCode).toBe(404);
  });
});

describe('live.subscribe', () => {
  it('hands over rows of the scope alone', async () => {
    await harness.events.settle();
    const seen: unknown[] = [];
    const end = harness.events.live.subscribe(confineTo([2]), (events) =>
      seen.push(...events.map(({ event }) => event.UserName)),
    );
    await harness.get('/api/events/live?table=Nothing_CL');
    await send(0, ['not-mine']);
    await send(1, ['mine']);
    await harness.events.settle();
    end();
    await send(1, ['after']);
    await harness.events.settle();
    expect(seen).toEqual(['mine']);
  });
});

describe('the place of a stream', () => {
  it.each(['plain', 'with/slash and space', 'ünï😀', "quote'"])('is read back: %s', (uid) => {
    const place = { ingestedAt: '2026-03-02 09:00:00.1234567', uid };
    expect(placeOf(placeText(place))).toEqual(place);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    '2026-03-02T09:00:00.1234567',
    '2026-03-02T09:00:00.1234567/%',
    "2026-03-02T09:00:00.1234567'/x",
  ])('is none: %s', (text) => {
    expect(placeOf(text)).toBeUndefined();
  });
});
