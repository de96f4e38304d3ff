import { describe, expect, test } from 'vitest';
import { picture, type House } from './house.ts';
import { DESKTOP, expectAccessible, PHONE } from './watched.ts';

/** What holds for every page: it fits, it is accessible, the keyboard reaches it, a lost session leads to the sign-in. */
export function everywhereJourney(house: () => House): void {
  describe.each([
    ['phone', PHONE, 'dark'],
    ['phone', PHONE, 'light'],
    ['desktop', DESKTOP, 'dark'],
  ] as const)('on a %s, %j, %s', (name, viewport, scheme) => {
    test('every page fits and is accessible', async () => {
      const { page } = house();
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: scheme });
      for (const where of [
        'live',
        'alerts',
        'query',
        'rules',
        'functions',
        'watchlists',
        'action-groups',
        'deliveries',
        'keys',
        'no-such-page',
      ]) {
        await page.goto(`/${where}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('load');
        await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' });
        await expectAccessible(page);
        await picture(house(), `${where}-${name}-${scheme}`);
      }
    });
  });

  describe('with the keyboard', () => {
    test('the first stop is the way past the menu', async () => {
      const { page } = house();
      await page.setViewportSize(DESKTOP);
      await page.goto('/alerts');
      await page.getByRole('heading', { name: 'Alerts', exact: true }).waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
    });

    test('the menu opens on a phone, and a page chosen in it closes it', async () => {
      const { page } = house();
      await page.setViewportSize(PHONE);
      await page.goto('/alerts');
      await page.getByRole('button', { name: 'Menu' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'API keys' }).click();
      await page.getByRole('heading', { name: 'API keys' }).waitFor();
      await page.getByRole('link', { name: 'API keys' }).waitFor({ state: 'hidden' });
    });

    test('theme and time zone can be chosen and stay', async () => {
      const { page } = house();
      await page.setViewportSize(DESKTOP);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto('/keys');
      await page.getByRole('button', { name: 'Theme and time zone' }).click();
      await page.getByRole('menuitemradio', { name: 'Dark' }).click();
      await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
      await page.reload();
      expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
    });
  });

  test('a session that ended elsewhere leads to the sign-in, and back', async () => {
    const { page } = house();
    await page.goto('/alerts');
    await page.getByRole('heading', { name: 'Alerts', exact: true }).waitFor();
    await house().context.clearCookies();
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.waitForURL('**/sign-in?from=*');
  });
}
