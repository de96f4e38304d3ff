import { describe, expect, test } from 'vitest';
import { picture, send, type House } from './house.ts';
import { expectAccessible } from './watched.ts';

/** From a key and an action group to an alert that is dealt with. */
export function alertJourney(house: () => House): void {
  describe('API keys', () => {
    test('a new key is shown once and works; revoked, it does not', async () => {
      const { page } = house();
      await page.goto('/keys');
      await page.getByRole('button', { name: 'New key' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('Branch office');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Make the key' }).click();
      const secret = (await page.getByTestId('secret').textContent()) ?? '';
      await expectAccessible(page);
      await picture(house(), 'key-created');
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      expect(await page.content()).not.toContain(secret);
      const health = () =>
        fetch(`${house().server.url}/api/health`, { method: 'POST', headers: { 'x-api-key': secret } });
      expect((await health()).status).toBe(200);
      const line = page.getByRole('row').filter({ hasText: 'Branch office' });
      await line.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await line.getByText('Revoked').waitFor();
      expect((await health()).status).toBe(401);
      await page.goto('/keys');
      await page.getByRole('row').filter({ hasText: 'Branch office' }).waitFor();
      await expectAccessible(page);
      await picture(house(), 'keys');
    });
  });

  describe('from the event to the alert', () => {
    test('an action group is made, tested, and its delivery seen', async () => {
      const { page } = house();
      await page.goto('/action-groups');
      await page.getByText('Nobody is told yet').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'New group' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('On call');
      await page.getByRole('combobox', { name: 'Mail to' }).fill('soc@contoso.example');
      await page.keyboard.press('Enter');
      await expectAccessible(page);
      await picture(house(), 'group-form');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'On call' }).waitFor();
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('A test is on its way').waitFor();
      await expectAccessible(page);
      await picture(house(), 'groups');
      await page.goto('/deliveries');
      const line = page.getByRole('row').filter({ hasText: 'soc@contoso.example' });
      await line.getByText('Delivered').waitFor({ timeout: 30_000 });
      await expectAccessible(page);
      await picture(house(), 'deliveries');
    });

    test('the rules are listed and none fails', async () => {
      const { page } = house();
      await page.goto('/rules');
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThan(3);
      expect(await page.getByText(/^(Failing|Does not run)$/).count()).toBe(0);
      await expectAccessible(page);
      await picture(house(), 'rules');
    });

    test('eleven calls of a protected route become an alert with its rows, which is acknowledged and closed', async () => {
      const { page } = house();
      const minuteMs = Math.floor(Date.now() / 60_000) * 60_000 - 10 * 60_000;
      const lines = Array.from({ length: 11 }, (_, index) => {
        const at = new Date(minuteMs + index * 1000).toISOString();
        return {
          TimeGenerated: at,
          Level: 'Informational',
          ResultDescription: `protected route access - user_id: auth0|browser, email: b@example.org, timestamp: ${at}`,
        };
      });
      expect((await send(house(), lines, '/api/logs/AppServiceConsoleLogs')).status).toBeLessThan(300);
      await page.goto('/alerts');
      const line = page.getByRole('row').filter({ hasText: 'auth0|browser' }).first();
      await line.waitFor({ timeout: 60_000 });
      await expectAccessible(page);
      await picture(house(), 'alerts');
      await line.getByRole('link').click();
      await page.getByRole('heading', { name: 'The rows behind it' }).waitFor();
      await page.getByRole('cell', { name: 'auth0|browser' }).first().waitFor();
      await expectAccessible(page);
      await picture(house(), 'alert');
      await page.getByRole('button', { name: 'Acknowledge' }).click();
      await page.getByText('Acknowledged', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByText('Closed', { exact: true }).waitFor();
      await page
        .getByRole('row')
        .filter({ hasText: 'soc@contoso.example' })
        .getByText('Delivered')
        .waitFor({ timeout: 30_000 });
      await page.getByRole('link', { name: 'Open the query' }).click();
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByRole('cell', { name: 'auth0|browser' }).first().waitFor();
    });

    test('an alert that is not there says so', async () => {
      const { page } = house();
      await page.goto('/alerts/00000000-0000-7000-8000-000000000000');
      await page.getByText('The alert cannot be shown').waitFor();
      await expectAccessible(page);
    });
  });
}
