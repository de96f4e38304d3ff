import { describe, expect, test } from 'vitest';
import { send, signInEvent, type House } from './house.ts';
import { expectAccessible } from './watched.ts';

/** A person of two companies sees one, the other or both, and never one's rows under the other's name. */
export function companiesJourney(house: () => House): void {
  describe('two companies', () => {
    const row = (text: string) => house().page.getByRole('row').filter({ hasText: text });

    test('the switch appears with the second company', async () => {
      const { page, context, line } = house();
      const answer = await context.request.post('/api/companies', {
        data: { name: 'Fabrikam', timeZone: 'America/New_York' },
        headers: { origin: line.url },
      });
      expect(answer.status()).toBe(201);
      await page.goto('/live');
      await page.getByRole('combobox', { name: 'Company' }).waitFor();
      await send(house(), signInEvent('first-of-two'));
      await row('first-of-two').waitFor();
      await expectAccessible(page);
    });

    test('the other company shows nothing of the first, in any page', async () => {
      const { page } = house();
      await page.getByRole('combobox', { name: 'Company' }).selectOption('Fabrikam');
      await page.getByText('Waiting for events').waitFor();
      await send(house(), signInEvent('only-at-contoso'));
      await page.getByRole('link', { name: 'Alerts' }).click();
      await page.getByRole('heading', { name: 'No alerts' }).waitFor();
      await page.getByRole('link', { name: 'API keys' }).click();
      await page.getByRole('heading', { name: 'No keys yet' }).waitFor();
      await page.goto('/query?query=SignInEvents_CL%20%7C%20count');
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByRole('cell', { name: '0', exact: true }).waitFor();
      await page.getByRole('link', { name: 'Live events' }).click();
      await page.getByText('Waiting for events').waitFor();
      expect(await row('only-at-contoso').count()).toBe(0);
    });

    test('a page that belongs to one company asks which, when all are shown', async () => {
      const { page } = house();
      await page.getByRole('combobox', { name: 'Company' }).selectOption('All companies');
      await row('only-at-contoso').waitFor();
      await page.getByRole('link', { name: 'API keys' }).click();
      await page.getByRole('heading', { name: 'Choose a company' }).waitFor();
      await page.getByRole('combobox', { name: 'Company' }).selectOption('Contoso');
      await row('First key').waitFor();
      await page.reload();
      await row('First key').waitFor();
    });
  });
}
