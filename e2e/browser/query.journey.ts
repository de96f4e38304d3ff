import { describe, expect, test } from 'vitest';
import { picture, type House } from './house.ts';
import { expectAccessible } from './watched.ts';

/** Questions in KQL. */
export function queryJourney(house: () => House): void {
  describe('query', () => {
    const editor = () => house().page.getByRole('textbox', { name: 'KQL query' });

    async function type(text: string): Promise<void> {
      await editor().click();
      await house().page.keyboard.press('ControlOrMeta+a');
      await house().page.keyboard.insertText(text);
      await house().page.keyboard.press('Escape');
    }

    test('runs with the keyboard and shows typed columns', async () => {
      const { page } = house();
      await page.goto('/query');
      await type('SignInEvents_CL | where UserName == "grace" | project TimeGenerated, UserName, EventType');
      await page.keyboard.press('Shift+Enter');
      await page.getByText(/^1 row in \d+ ms$/).waitFor();
      await page.getByRole('cell', { name: 'grace' }).waitFor();
      expect(await page.getByRole('columnheader').allTextContents()).toEqual([
        'TimeGenerateddatetime',
        'UserNamestring',
        'EventTypestring',
      ]);
      await expectAccessible(page);
      await picture(house(), 'query');
    });

    test('marks a mistake while it is typed, and shows its place when it is run', async () => {
      const { page } = house();
      await type('SignInEvents_CL | where UserNam == "grace"');
      await page.locator('.cm-lintRange-error').waitFor();
      await page.keyboard.press('ControlOrMeta+Enter');
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.textContent()).toContain('UserNam');
      expect(await alert.locator('pre').textContent()).toContain('^');
      await expectAccessible(page);
      await picture(house(), 'query-error');
    });

    test('proposes what may come next', async () => {
      const { page } = house();
      await type('SignInEvents_CL | where UserNa');
      await page.keyboard.press('Control+Space');
      const proposal = page.locator('.cm-tooltip-autocomplete li').filter({ hasText: 'UserName' }).first();
      await proposal.waitFor();
      await proposal.click();
      await expect.poll(() => editor().textContent()).toContain('where UserName');
    });

    test('lays out the text, and shows where a name comes from', async () => {
      const { page } = house();
      await type('let who = "grace";SignInEvents_CL|where UserName==who|count');
      await page.keyboard.press('Shift+Alt+f');
      await expect
        .poll(() => page.locator('.cm-line').allTextContents())
        .toEqual(['let who = "grace";', 'SignInEvents_CL', '| where UserName == who', '| count']);
      const line = page.locator('.cm-line').nth(1);
      await line.click();
      await page.keyboard.press('F12');
      const definition = page.getByRole('region', { name: 'Definition of SignInEvents_CL' });
      await definition.waitFor();
      expect(await definition.textContent()).toContain('UserName: string');
      await expectAccessible(page);
      await picture(house(), 'query-definition');
      await page.keyboard.press('Escape');
      await definition.waitFor({ state: 'detached' });
      await page.locator('.cm-line').nth(2).click();
      await page.keyboard.press('End');
      await page.keyboard.press('F12');
      await expect.poll(() => page.evaluate<string>('String(document.getSelection())')).toBe('who');
    });

    test('a long one is cancelled by a click', async () => {
      const { page } = house();
      await type(
        'range a from 1 to 1000000000 step 1 | where strcat(tostring(a), tostring(a * 7)) matches regex "(1|2|3)+.*(98|87)+x$" | count',
      );
      await page.getByRole('button', { name: 'Run' }).click();
      const cancel = page.getByRole('button', { name: 'Cancel' });
      await cancel.click({ timeout: 5_000 });
      await page.getByRole('button', { name: 'Run' }).waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    test('pages through many rows and sorts numbers as numbers', async () => {
      const { page } = house();
      await type('range n from 1 to 250 step 1');
      await page.keyboard.press('Shift+Enter');
      await page.getByText(/^250 rows in/).waitFor();
      await page.getByText('1–100 of 250').waitFor();
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByText('101–200 of 250').waitFor();
      await page.getByRole('columnheader').getByRole('button').click();
      await page.getByRole('columnheader').getByRole('button').click();
      const header = page.getByRole('columnheader');
      const order = await header.getAttribute('aria-sort');
      const first = await page.getByRole('cell').first().textContent();
      expect([order, first]).toEqual(order === 'descending' ? ['descending', '250'] : ['ascending', '1']);
    });
  });
}
