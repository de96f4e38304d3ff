import { describe, expect, test } from 'vitest';
import { picture, type House } from './house.ts';
import { expectAccessible } from './watched.ts';

/** A function and a watchlist: made, used in a query, changed, restored. */
export function libraryJourney(house: () => House): void {
  describe('the library', () => {
    async function ask(text: string): Promise<void> {
      const { page } = house();
      await page.goto('/query');
      await page.getByRole('textbox', { name: 'KQL query' }).click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(text);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+Enter');
      await page.getByText(/^1 row in \d+ ms$/).waitFor();
    }

    test('a watchlist is uploaded, with what is wrong shown before', async () => {
      const { page } = house();
      await page.goto('/watchlists');
      await page.getByRole('button', { name: 'New watchlist' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Alias').fill('VIP');
      await dialog.getByRole('textbox', { name: 'CSV', exact: true }).fill('User,Tier\ngrace\n');
      await dialog.getByText('line 2: has 1 fields, the header has 2').waitFor();
      await dialog.getByRole('textbox', { name: 'CSV', exact: true }).fill('User,Tier\ngrace,gold\n');
      await dialog.getByText('1 items, searched by User.').waitFor();
      await expectAccessible(page);
      await picture(house(), 'watchlist-new');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'VIP' }).waitFor();
      await expectAccessible(page);
      await picture(house(), 'watchlists');
      await ask("_GetWatchlist('vip') | project SearchKey, Tier");
      await page.getByRole('cell', { name: 'gold' }).waitFor();
    });

    test('its items, and an earlier version', async () => {
      const { page } = house();
      await page.goto('/watchlists');
      await page.getByRole('button', { name: 'Open VIP' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('cell', { name: 'gold' }).waitFor();
      await dialog.getByRole('textbox', { name: 'CSV', exact: true }).fill('User,Tier\ngrace,silver\n');
      await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
      await dialog.getByRole('cell', { name: 'silver' }).first().waitFor();
      await dialog.getByRole('button', { name: 'Restore version 1' }).click();
      await dialog.getByText(/Version 3,/).waitFor();
      await dialog.getByRole('cell', { name: 'gold' }).waitFor();
      await expectAccessible(page);
      await picture(house(), 'watchlist');
    });

    test('a function is checked while it is typed, kept, and used', async () => {
      const { page } = house();
      await page.goto('/functions');
      await page.getByRole('button', { name: 'New function' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('signInsOf');
      await dialog.getByLabel('Parameters').fill('(who:string)');
      const body = dialog.getByRole('textbox', { name: 'The function’s query' });
      await body.click();
      await page.keyboard.insertText('SignInEvents_CL | where UserNam == who');
      await dialog.getByText(/body, line 1: .*UserNam/).waitFor();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText('SignInEvents_CL | where UserName == who | take 1');
      await dialog.getByText('It compiles.').waitFor();
      await expectAccessible(page);
      await picture(house(), 'function-new');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: /^signInsOf/ }).waitFor();
      await expectAccessible(page);
      await picture(house(), 'functions');
      await ask('signInsOf("grace") | count');
      await page.getByRole('columnheader', { name: 'Count' }).waitFor();
      expect(house().watched.complaints).toEqual([]);
    });
  });
}
