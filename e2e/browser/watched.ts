import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Scripts that run in the page are text here: this side of the test knows no DOM. */
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  reportViolation([location.pathname, event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber, event.columnNumber].join(' ')))`;
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** How long anything may take to appear, in milliseconds; generous, since the tests share two cores with everything else. */
const PATIENCE_MS = 15_000;

/**
 * What Chromium writes for every answer of 400 and more, and for a connection that ends: refusals and a cut line are part of
 * these tests. A 5xx, a script error, a blocked style are not.
 */
const EXPECTED =
  /^Failed to load resource: (?:the server responded with a status of 4\d\d|net::ERR_(?:INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET))/;

/** A page whose complaints are kept: scripts that threw, errors and warnings in its log, violations of its security policy. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

export async function openWatched(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`threw: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text()))
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  return { page, complaints };
}

/** A context of its own: cookies, theme and size as a person's. */
export function contextOf(
  browser: Browser,
  baseURL: string,
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark',
) {
  return browser.newContext({
    baseURL,
    viewport,
    colorScheme,
    timezoneId: 'Europe/London',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
}

/** No violation of WCAG 2.2 A and AA or of axe's best practices, and nothing wider than the screen. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`),
  ).toEqual([]);
  const overflow = await page.evaluate<number>(OVERFLOW);
  expect(overflow, 'pixels that the page is wider than the screen').toBe(0);
}
