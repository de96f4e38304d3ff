import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { SMTPServer } from 'smtp-server';
import { launchBrowser } from './chromium.ts';
import { startFirstRun, type FirstRun } from './firstRun.ts';
import { layLine, type Line } from './line.ts';
import { contextOf, DESKTOP, openWatched, type WatchedPage } from './watched.ts';

/** Where pictures of every page go, for people to look at; nowhere when unset. */
const PICTURES = process.env.BROWSER_PICTURES;

export const ADMIN = { email: 'ada@contoso.example', name: 'Ada', password: 'orchard-violin-cobalt-7' };

/** One server, one browser and one person's page in it, which the journeys share in their order. */
export interface House {
  readonly server: FirstRun;
  /** What the browser's requests go through. */
  readonly line: Line;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly watched: WatchedPage;
  readonly page: Page;
  /** The first company's first key, once the set-up has shown it. */
  key: string;
  close(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-browser-'));
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      stream.resume();
      stream.on('end', () => done());
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const server = await startFirstRun(folder, {
    GATEHOUSE_MAIL_SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    GATEHOUSE_DETECTION_TICK_SECONDS: '1',
    GATEHOUSE_DETECTION_SETTLE_SECONDS: '0',
  });
  const line = await layLine(server.url);
  const browser = await launchBrowser();
  const context = await contextOf(browser, line.url, DESKTOP, 'light');
  const watched = await openWatched(context);
  return {
    server,
    line,
    browser,
    context,
    watched,
    page: watched.page,
    key: '',
    async close() {
      await browser.close();
      await line.close();
      await server.stop();
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function picture({ page }: House, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
}

/** Sends with the company's key, as an agent does. */
export function send({ server, key }: House, body: unknown, url = '/api/log_event'): Promise<Response> {
  return fetch(`${server.url}${url}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify(body),
  });
}

/** A sign-in as the workstation agent reports it. */
export function signInEvent(
  UserName: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    EventType: 'Sign-In',
    UserName,
    ComputerName: 'WORKSTATION-01',
    IPAddress: '192.0.2.10',
    Timestamp: new Date().toISOString(),
    ...more,
  };
}
