import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createApp, type App } from '../app.ts';
import { readConfig } from '../platform/config/index.ts';
import { createLog } from '../platform/log.ts';
import { openMailSink } from './demo/mailSink.ts';
import { DEMO_COMPANIES, morning, type DemoCompany } from './demo/morning.ts';
import { untilStopped } from './serve.ts';

const HELP = `usage: gatehouse demo [--port NUMBER] [--seconds NUMBER] [--once]

Starts a server on scratch data with a built-in mail sink and replays a working morning of two companies with an
attack inside. Nothing is kept, nothing leaves this machine.
  --port NUMBER     port to listen on (default 8080)
  --seconds NUMBER  how long the morning takes (default 40)
  --once            stop when the morning is over and the mails are out`;

/** After the last event: the time in which the last alerts and mails are expected. */
const AFTERMATH_MS = 20_000;

export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      seconds: { type: 'string' },
      once: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const seconds = Number(values.seconds ?? 40);
  if (!Number.isFinite(seconds) || seconds < 1 || seconds > 3600) {
    console.error('gatehouse demo: --seconds takes a number from 1 to 3600');
    return 2;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-demo-'));
  const sink = await openMailSink((mail) => console.log(`  ✉  to ${mail.to.join(', ')}: ${mail.subject}`));
  const password = `demo-${randomBytes(9).toString('base64url')}`;
  const config = readConfig({
    env: {},
    cwd: folder,
    overrides: {
      'server.port': values.port ?? '8080',
      'mail.smtpUrl': sink.url,
      'detection.tickSeconds': '2',
      'setup.adminEmail': 'superadmin@demo.example',
      'setup.adminPassword': password,
      'setup.company': DEMO_COMPANIES.alder.name,
    },
  });
  try {
    const app = await createApp({ config, log: createLog('warn') });
    const stopped = untilStopped(app);
    const url = await app.start();
    const keys = await prepareCompanies(app);
    console.log(
      `\nGatehouse demonstration: ${url}\n  sign in as superadmin@demo.example with the password ${password}\n`,
    );
    await replay(url, keys, seconds);
    await sleep(AFTERMATH_MS);
    if (values.once === true) process.kill(process.pid, 'SIGTERM');
    else console.log('\nThe morning is over. Look around in the console; Ctrl+C ends the demonstration.');
    await stopped;
  } finally {
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}

/** The two companies with a key each, and an action group that mails their alerts. */
async function prepareCompanies(app: App): Promise<Record<DemoCompany, string>> {
  const { identity, response } = app.domains;
  const keys: Partial<Record<DemoCompany, string>> = {};
  for (const [id, about] of Object.entries(DEMO_COMPANIES) as [DemoCompany, (typeof DEMO_COMPANIES)[DemoCompany]][]) {
    const existing = (await identity.companies.list()).find((one) => one.name === about.name);
    const company = existing ?? (await identity.createCompany({ name: about.name, timeZone: 'UTC' }));
    keys[id] = (
      await identity.createApiKey({ companyId: company.id, name: 'demonstration', scopes: ['ingest', 'read'] })
    ).secret;
    await response.groups.create(company.number, {
      name: 'Security team',
      recipients: [about.mail],
      minimumSeverity: 'Informational',
    });
  }
  return keys as Record<DemoCompany, string>;
}

async function replay(url: string, keys: Record<DemoCompany, string>, seconds: number): Promise<void> {
  const events = morning();
  const endMs = Date.now() + seconds * 1000;
  const first = events[0]?.minutesBefore ?? 0;
  for (const event of events) {
    const dueMs = endMs - (event.minutesBefore / first) * seconds * 1000;
    await sleep(Math.max(0, dueMs - Date.now()));
    // Today's dates: the morning ends where the replay does.
    const at = new Date(endMs - event.minutesBefore * 60_000);
    const body = event.body(at);
    const answer = await fetch(`${url}${event.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': keys[event.company] },
      body: JSON.stringify(event.path === '/api/log_event' ? body : [body]),
    });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}: ${await answer.text()}`);
    console.log(`${at.toISOString().slice(11, 19)}  ${DEMO_COMPANIES[event.company].name.padEnd(13)} ${summary(body)}`);
  }
}

function summary(body: Readonly<Record<string, unknown>>): string {
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  return body.EventType === undefined
    ? text('ResultDescription').slice(0, 70)
    : `${text('EventType').padEnd(15)} ${text('UserName').padEnd(12)} ${text('ComputerName').padEnd(14)} ${text('IPAddress')}`;
}
