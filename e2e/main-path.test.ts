/**
 * The shortest complete way through the house, as its users walk it: the server is started as a process, an event comes in with
 * seed 003's own curl, is stored, is found by KQL, and a rule's alert arrives as a mail at a real SMTP server.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, ask, startServer, type RunningServer } from '../bench/harness/server.ts';

const MAIN = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url));
const run = promisify(execFile);

const METRICS_TOKEN = '6f1d0c2b9a8e47d35b60f1e2c3a49587';

let folder: string;
let server: RunningServer;
let smtp: SMTPServer;
const mails: Email[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-e2e-'));
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(parts)).then((mail) => {
          mails.push(mail);
          done();
        });
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  server = await startServer(folder, {
    GATEHOUSE_MAIL_SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    GATEHOUSE_DETECTION_TICK_SECONDS: '1',
    GATEHOUSE_DETECTION_SETTLE_SECONDS: '0',
    GATEHOUSE_SERVER_METRICS_TOKEN: METRICS_TOKEN,
  });
}, 120_000);

afterAll(async () => {
  await server.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}${url}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.key, ...headers },
    body: JSON.stringify(body),
  });
}

describe('seed 003, to the letter', () => {
  const event = {
    EventType: 'Sign-In',
    UserName: 'test',
    ComputerName: 'TEST-PC',
    IPAddress: '192.168.1.100',
    Timestamp: new Date().toISOString(),
  };

  test('its curl is answered as documented', async () => {
    const answer = await post('/api/log_event', event);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ message: 'Event logged successfully', status: 'success' });
  });

  test('the acknowledged event is found at once, native and normalised', async () => {
    expect(await ask(server, `SignInEvents_CL | where UserName == "test" | project EventType, ComputerName`)).toEqual([
      ['Sign-In', 'TEST-PC'],
    ]);
    expect(
      await ask(server, `Authentication | where TargetUsername == "test" | project EventType, EventResult, SrcIpAddr`),
    ).toEqual([['Logon', 'Success', '192.168.1.100']]);
  });

  test.each(['GET', 'POST'])('%s /api/health has its keys', async (method) => {
    const answer = await fetch(`${server.url}/api/health`, { method, headers: { 'x-api-key': server.key } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'ok',
      message: 'Health check passed',
      database: 'connected',
      api_key_verified: true,
      company_id: 1,
    });
  });

  test('a wrong key is refused and stores nothing', async () => {
    const answer = await post('/api/log_event', { ...event, UserName: 'intruder' }, { 'x-api-key': 'wrong' });
    expect(answer.status).toBe(401);
    expect(await ask(server, `SignInEvents_CL | where UserName == "intruder" | count`)).toEqual([[0]]);
  });

  test('a resend is stored once', async () => {
    expect((await post('/api/log_event', { ...event, retry: 1 })).status).toBe(200);
    expect(await ask(server, `SignInEvents_CL | where UserName == "test" | count`)).toEqual([[1]]);
  });
});

describe('operation', () => {
  test.each([
    ['/healthz', {}, 200],
    ['/readyz', {}, 200],
    ['/metrics', {}, 401],
    ['/metrics', { authorization: 'Bearer wrong' }, 401],
    ['/metrics', { authorization: `Bearer ${METRICS_TOKEN}` }, 200],
    ['/api/tables', { authorization: `Bearer ${METRICS_TOKEN}` }, 401],
  ])('%s with %j answers %i', async (url, headers, status) => {
    const answer = await fetch(`${server.url}${url}`, { headers });
    expect(answer.status).toBe(status);
    if (url === '/metrics' && status === 200) expect(await answer.text()).toContain('gatehouse_');
  });
});

describe('the command line beside a running server', () => {
  test('gatehouse kql asks that server', async () => {
    const { stdout } = await run(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        MAIN,
        'kql',
        'SignInEvents_CL | where UserName == "test" | project UserName',
      ],
      {
        cwd: folder,
        env: { ...process.env, GATEHOUSE_DATA: folder },
      },
    );
    expect(stdout).toContain('test');
  });
});

describe('seed 000, from the log line to the mail', () => {
  test('eleven calls of a protected route end as a mail at the SMTP server', async () => {
    const signIn = await fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    expect(signIn.status).toBe(200);
    const cookie = signIn.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const group = await fetch(`${server.url}/api/action-groups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, origin: server.url },
      body: JSON.stringify({
        name: 'Security',
        recipients: ['security@example.org'],
        minimumSeverity: 'Informational',
      }),
    });
    expect(group.status).toBeLessThan(300);
    // Within one minute that has passed, so that both versions of the seed's rule see them in the same bin.
    const minute = Math.floor(Date.now() / 60_000) * 60_000 - 10 * 60_000;
    const lines = Array.from({ length: 11 }, (_, index) => {
      const at = new Date(minute + index * 1000).toISOString();
      return {
        TimeGenerated: at,
        Level: 'Informational',
        ResultDescription: `protected route access - user_id: auth0|e2e, email: e2e@example.org, timestamp: ${at}`,
      };
    });
    expect((await post('/api/logs/AppServiceConsoleLogs', lines)).status).toBeLessThan(300);
    const deadlineMs = Date.now() + 60_000;
    while (mails.length < 2 && Date.now() < deadlineMs) await sleep(200);
    expect(mails.length).toBe(2);
    for (const mail of mails) {
      expect(mail.to?.[0]?.address).toBe('security@example.org');
      expect(mail.text).toContain('auth0|e2e');
      expect(mail.html).toContain('auth0|e2e');
    }
  }, 90_000);
});
