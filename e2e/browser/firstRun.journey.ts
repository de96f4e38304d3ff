import { describe, expect, test } from 'vitest';
import { ADMIN, picture, type House } from './house.ts';
import { contextOf, DESKTOP, expectAccessible } from './watched.ts';

/** From the empty server to a signed-in administrator. */
export function firstRunJourney(house: () => House): void {
  describe('first run', () => {
    test('whoever comes first is led to the set-up', async () => {
      const { page } = house();
      await page.goto('/');
      await page.waitForURL('**/setup');
      await page.getByRole('heading', { name: 'Set up Gatehouse' }).waitFor();
      await expectAccessible(page);
      await picture(house(), 'setup');
    });

    async function fill(secret: string): Promise<void> {
      await house().page.getByLabel('Set-up secret').fill(secret);
      await house().page.getByLabel('Your name').fill(ADMIN.name);
      await house().page.getByLabel('Your e-mail').fill(ADMIN.email);
      await house().page.getByLabel('A password').fill(ADMIN.password);
      await house().page.getByLabel('Company', { exact: true }).fill('Contoso');
      await house().page.getByRole('combobox', { name: "Company's time zone" }).fill('Europe/London');
      await house().page.keyboard.press('Escape');
      await house().page.getByRole('button', { name: 'Set up' }).click();
    }

    test('a wrong secret is refused with a reason and a request id', async () => {
      const { page } = house();
      await fill('not-the-secret');
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/request [0-9a-f-]{36}/);
      await expectAccessible(page);
    });

    test('the printed secret makes the administrator and shows the first key once', async () => {
      const { page } = house();
      await fill(house().server.secret);
      await page.getByRole('heading', { name: 'You are set up' }).waitFor();
      house().key = (await page.getByTestId('secret').textContent()) ?? '';
      expect(house().key.length).toBeGreaterThan(20);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Open the console' }).click();
      await page.waitForURL('**/live');
      await page.getByRole('heading', { name: 'Live events' }).waitFor();
    });

    test('the set-up is closed from then on', async () => {
      const other = await contextOf(house().browser, house().line.url, DESKTOP, 'light');
      const stranger = await other.newPage();
      await stranger.goto('/setup');
      await stranger.waitForURL('**/sign-in');
      await other.close();
    });
  });

  describe('sign-in', () => {
    test('signing out closes every page', async () => {
      const { page } = house();
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL('**/sign-in');
      await page.goto('/keys');
      await page.waitForURL('**/sign-in?from=*');
      await expectAccessible(page);
      await picture(house(), 'sign-in');
    });

    test('a wrong password and an unknown address are refused with the same words', async () => {
      const { page } = house();
      const words: (string | null)[] = [];
      for (const email of [ADMIN.email, 'nobody@contoso.example']) {
        await page.getByLabel('E-mail').fill(email);
        await page.getByRole('textbox', { name: 'Password' }).fill('not the password at all');
        await page.getByRole('button', { name: 'Sign in' }).click();
        const alert = page.getByRole('alert');
        await alert.waitFor();
        words.push(((await alert.textContent()) ?? '').replace(/[0-9a-f-]{36}/, ''));
        await page.reload();
      }
      expect(words[0]).toContain('You are not signed in');
      expect(words[1]).toBe(words[0]);
    });

    test('the right one leads back to the page that was asked for', async () => {
      const { page } = house();
      await page.getByLabel('E-mail').fill(ADMIN.email);
      await page.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/keys');
      await page.getByRole('heading', { name: 'API keys' }).waitFor();
    });
  });
}
