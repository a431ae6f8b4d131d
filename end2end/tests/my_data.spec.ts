// I tuoi dati: a copy to take away, a yes that is withdrawn at once, and the end: told before, done with a word, forgotten by the device too.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import type { Crm } from '../fixtures/crm.ts';
import { logIn } from '../fixtures/login.ts';
import { inMailboxes, startTellingCrm } from '../fixtures/phones.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

test.skip(({ isMobile }) => !isMobile, 'nothing here depends on the width');

let crm: Crm;
test.beforeAll(async () => {
  crm = await startTellingCrm();
});
test.afterAll(() => crm.end());

const h1 = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

/** What the vault of this browser holds, by owner. */
const kept = (page: Page) =>
  page.evaluate(
    async () =>
      // To open it before the app has would make an empty one.
      !(await indexedDB.databases()).some(({ name }) => name === 'filo.vault') ? [] : new Promise<string[]>((resolve, reject) => {
        const request = indexedDB.open('filo.vault');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const rooms = ['keys', 'entries', 'files', 'answers'].filter((room) => request.result.objectStoreNames.contains(room));
          if (rooms.length === 0) return resolve([]);
          const transaction = request.result.transaction(rooms, 'readonly');
          const found: string[] = [];
          for (const room of rooms) {
            transaction.objectStore(room).getAllKeys().onsuccess = ({ target }) => found.push(...(target as IDBRequest<IDBValidKey[]>).result.map((key) => `${room}/${String(key)}`));
          }
          transaction.oncomplete = () => resolve(found);
        };
      }),
  );

test('a copy is prepared while one does something else, told among the messages, and taken away', async ({ page }) => {
  await logIn(page, 'carlo-bernardi', { from: `${crm.url}/help_desk/log` });
  await page.getByRole('main').getByRole('link', { name: say('my_data.title') }).click();
  await expect(h1(page, say('my_data.title'))).toBeFocused();
  await expect(page.getByRole('button', { name: say('my_data.prepare') })).toBeVisible();
  await expectGood(page, 'my data');
  await page.getByRole('button', { name: say('my_data.prepare') }).click();
  const download = page.getByRole('link', { name: new RegExp(`^${say('my_data.download')}`) });
  await expect(download).toBeVisible({ timeout: 30_000 });
  await expectGood(page, 'my data with a copy');
  const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
  expect(file.suggestedFilename()).toMatch(/^I miei dati \d{4}-\d{2}-\d{2}\.zip$/);
  const bytes = readFileSync(await file.path());
  expect(bytes.subarray(0, 2).toString()).toBe('PK');
  for (const name of ['data.json', 'index.html']) expect(bytes.includes(name), name).toBe(true);
  await page.goto(`${crm.url}/inbox`);
  await page.getByRole('link', { name: say('inbox.copy_ready') }).first().click();
  await expect(h1(page, say('my_data.title'))).toBeVisible();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(h1(page, say('my_data.title', {}, 'en'))).toBeVisible();
  await expectGood(page, 'my data in English');
});

test('a yes is withdrawn with one press, and its history says when', async ({ page }) => {
  await logIn(page, 'niccolo-dambra', { from: `${crm.url}/my_data` });
  await page.getByRole('main').getByRole('link', { name: say('my_data.choices_title') }).click();
  await expect(h1(page, say('my_data.choices_title'))).toBeFocused();
  const email = page.getByRole('article').filter({ has: page.getByRole('heading', { name: say('my_data.email') }) });
  await expect(email).toContainText('niccolo.dambra@example.org');
  await expectGood(page, 'yes and no');
  await email.getByRole('button').click();
  await expect(page.getByRole('status').filter({ hasText: say('my_data.withdrawn', { what: say('my_data.email') }) })).toBeVisible();
  await expect(email.getByText(say('my_data.not_given'), { exact: true })).toBeVisible();
  await email.getByText(say('my_data.history')).click();
  await expect(email.getByRole('listitem')).toHaveCount(1);
  await expectGood(page, 'yes and no with a history');
  await email.getByRole('link', { name: say('my_data.again') }).click();
  await expect(h1(page, say('channels.title'))).toBeVisible();
  for (const tick of await page.getByRole('checkbox', { name: say('channels.email') }).all()) await expect(tick).not.toBeChecked();
});

test('everything is told before it goes; then it is gone here and everywhere, and who comes back reads what is kept', async ({ page, browser }) => {
  await logIn(page, 'teresa-conti', { from: `${crm.url}/my_data/deletion` });
  await expect(h1(page, say('my_data.delete_title'))).toBeVisible();
  const word = page.getByRole('textbox', { name: /ELIMINA/ });
  await expect(word).toBeVisible();
  for (const part of ['goes_title', 'kept_title', 'anonymous_title']) await expect(page.getByRole('region', { name: say(`my_data.${part}`) })).toBeVisible();
  await expect(page.getByText('teresa.conti@example.org')).toBeVisible();
  await expectGood(page, 'deletion');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(h1(page, say('my_data.delete_title', {}, 'en'))).toBeVisible();
  await expect(page.getByRole('textbox', { name: /DELETE/ })).toBeVisible();
  await expectGood(page, 'deletion in English');
  await page.getByRole('button', { name: 'Italiano' }).click();
  const other = await (await browser.newContext({ locale: 'it-IT', serviceWorkers: 'block' })).newPage();
  await logIn(other, 'teresa-conti', { from: `${crm.url}/cases` });
  await expect.poll(() => kept(page)).not.toEqual([]);
  const send = page.getByRole('button', { name: say('my_data.do'), exact: true });
  await word.fill('elimin');
  await send.click();
  await expect(page.getByText(say('my_data.word_wrong')).first()).toBeVisible();
  await expect(word).toBeFocused();
  await word.fill('elimina');
  await send.click();
  await expect(h1(page, say('my_data.deleted_title'))).toBeVisible();
  await expectGood(page, 'deleted');
  expect(await kept(page)).toEqual([]);
  await other.reload();
  await expect(other.getByRole('button', { name: 'Entra con SPID' })).toBeVisible();
  await expect.poll(async () => (await inMailboxes()).filter(({ to }) => to === 'teresa.conti@example.org')[0]?.subject).toBe('Abbiamo cancellato i tuoi dati');
  await logIn(page, 'teresa-conti', { from: `${crm.url}/cases` });
  await page.getByRole('main').getByRole('article').first().getByRole('link').first().click();
  await expect(page.getByText(say('cases.sealed'))).toBeVisible();
  await expect(page.getByText(say('cases.withdraw'))).toHaveCount(0);
  await expectGood(page, 'a case that is kept');
});
