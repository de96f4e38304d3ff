import { describe, expect, test } from 'vitest';
import { picture, send, signInEvent, type House } from './house.ts';
import { expectAccessible } from './watched.ts';

/** Events on the screen as they arrive. */
export function liveJourney(house: () => House): void {
  describe('live events', () => {
    const row = (text: string) => house().page.getByRole('row').filter({ hasText: text });

    test('an event appears as it arrives, one of an unknown type too', async () => {
      const { page } = house();
      await page.goto('/live');
      await page.getByText('Live', { exact: true }).waitFor();
      expect((await send(house(), signInEvent('grace'))).status).toBe(200);
      expect((await send(house(), signInEvent('hopper', { EventType: 'Coffee-Break' }))).status).toBe(200);
      await row('grace').waitFor();
      await row('Coffee-Break').waitFor();
      await expectAccessible(page);
      await picture(house(), 'live');
    });

    test('what a log holds is text: no markup, nothing hidden, nothing turned around', async () => {
      const { page } = house();
      await send(house(), signInEvent('<img src=x onerror=alert(1)>\u202Egnp.exe'));
      await row('<img src=x onerror=alert(1)>⟨U+202E⟩gnp.exe').waitFor();
      expect(await page.locator('img[src="x"]').count()).toBe(0);
    });

    test('while paused the page stands still; resumed, nothing is missing', async () => {
      const { page } = house();
      await page.getByRole('button', { name: 'Pause' }).click();
      for (let index = 0; index < 5; index += 1) await send(house(), signInEvent(`while-paused-${index}`));
      await page.getByRole('button', { name: 'Resume (5 new)' }).waitFor();
      expect(await row('while-paused').count()).toBe(0);
      await page.getByRole('button', { name: 'Resume' }).click();
      await row('while-paused-4').waitFor();
      expect(await row('while-paused').count()).toBe(5);
    });

    test('after a break of the line nothing is missing, also when more came than a page begins with', async () => {
      const { page, line } = house();
      const goesOn = page.waitForRequest(
        (request) => request.url().includes('/api/events/live') && request.headers()['last-event-id'] !== undefined,
      );
      line.cut();
      const sent = Array.from({ length: 80 }, (_, index) => signInEvent(`while-cut-${index}`));
      expect((await send(house(), sent)).status).toBe(200);
      await page.waitForTimeout(1500);
      line.mend();
      await goesOn;
      await expect.poll(() => row('while-cut').count(), { timeout: 30_000 }).toBe(80);
    });

    test('people and machines can be told apart, and all fields of an event seen', async () => {
      const { page } = house();
      await send(house(), signInEvent('WORKSTATION-01$'));
      await row('WORKSTATION-01$').waitFor();
      await page.getByText('People', { exact: true }).click();
      await expect.poll(() => row('WORKSTATION-01$').count()).toBe(0);
      expect(await row('grace').count()).toBe(1);
      await row('grace').getByRole('button', { name: 'All fields' }).click();
      await page.getByText('EventUid').waitFor();
      await expectAccessible(page);
      await picture(house(), 'live-open');
    });
  });
}
