/**
 * The console in a real browser against a real server, walked as its first user walks it: set-up, sign-in, events as they arrive,
 * KQL, a key, an alert with its mail. Every page is looked at by axe, at two widths and in both themes, and no page may complain
 * in its log or break its security policy. BROWSER_PICTURES names a folder for pictures of every page.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertJourney } from './alert.journey.ts';
import { CHROMIUM, SKIPPED_BECAUSE } from './chromium.ts';
import { companiesJourney } from './companies.journey.ts';
import { everywhereJourney } from './everywhere.journey.ts';
import { firstRunJourney } from './firstRun.journey.ts';
import { openHouse, type House } from './house.ts';
import { libraryJourney } from './library.journey.ts';
import { liveJourney } from './live.journey.ts';
import { queryJourney } from './query.journey.ts';

if (SKIPPED_BECAUSE !== undefined) console.warn(`\n*** The browser tests are skipped: ${SKIPPED_BECAUSE}. ***\n`);

const JOURNEY_TIMEOUT_MS = 120_000;

describe.skipIf(CHROMIUM === undefined)('the console', { timeout: JOURNEY_TIMEOUT_MS }, () => {
  let opened: House | undefined;
  const house = (): House => {
    if (opened === undefined) throw new Error('the house is not open');
    return opened;
  };
  beforeAll(async () => {
    opened = await openHouse();
  }, JOURNEY_TIMEOUT_MS);
  afterAll(async () => {
    await opened?.close();
  });

  // In this order: each goes on where the one before left the page.
  firstRunJourney(house);
  liveJourney(house);
  queryJourney(house);
  libraryJourney(house);
  alertJourney(house);
  companiesJourney(house);
  everywhereJourney(house);

  test('no page complained: no script error, no warning, no violation of the security policy', () => {
    expect(house().watched.complaints).toEqual([]);
  });
});
