// The list of cases: by phase and by words, what is said of it, in parts; what a card says.
import { type Page } from '@playwright/test';
import { ask, casesWith } from '../fixtures/api.ts';
import { expect, test } from '../fixtures/test.ts';
import { DAY, like, say, state } from '../fixtures/words.ts';

const cards = (page: Page) => page.getByRole('main').getByRole('article');
const search = (page: Page) => page.getByRole('searchbox', { name: say('cases.search_label') });

test('the list is filtered by phase and by words; the URL keeps it, and "back" brings it back', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  await expect(page.getByRole('heading', { level: 1, name: 'Le mie pratiche' })).toBeVisible();
  // Twenty at once; drawn a few in each task.
  const all = Math.min(20, (await casesWith(page, '')).length);
  await expect(cards(page)).toHaveCount(all);
  await page.getByRole('button', { name: 'Tocca a te' }).click();
  await expect(cards(page)).toHaveCount(3);
  await expect(page).toHaveURL('/cases?phase=waiting_for_you');
  await search(page).fill('IDENTITA');
  await expect(cards(page)).toHaveCount(1);
  await expect(cards(page)).toContainText('Carta d\'identità di Matteo');
  await expect(page).toHaveURL(/phase=waiting_for_you&q=IDENTITA$/);
  await cards(page).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Carta d\'identità di Matteo' })).toBeVisible();
  await page.goBack();
  await expect(cards(page)).toHaveCount(1);
  await expect(search(page)).toHaveValue('IDENTITA');
  await page.reload();
  await expect(cards(page)).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Tocca a te' })).toHaveAttribute('aria-pressed', 'true');
  await search(page).fill('zanzibar');
  await expect(page.getByText(say('cases.none_found'))).toBeVisible();
  await search(page).clear();
  await page.getByRole('button', { name: 'Tutte' }).click();
  await expect(cards(page)).toHaveCount(all);
});

test('how many cases were found is said, and the focus stays in the search', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  await expect(cards(page).first()).toBeVisible();
  const found = page.getByRole('status').filter({ hasText: /pratic/ });
  await expect(async () => expect(await found.textContent()).toBe(say('cases.found.other', { count: await cards(page).count() }))).toPass();
  // The same element speaks each time: one that is new would not be read.
  const element = await found.elementHandle();
  await search(page).fill('IDENTITA');
  await expect(found).toHaveText(say('cases.found.one', { count: 1 }));
  await expect(search(page)).toBeFocused();
  await search(page).fill('zanzibar');
  await expect(found).toHaveText(say('cases.found.other', { count: 0 }));
  await expect(search(page)).toBeFocused();
  expect(await element?.evaluate((one) => one.isConnected)).toBe(true);
});

test('a list that is left before it has come says nothing of the network; rows of one filter are not drawn under another', async ({ openAs }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const page = await openAs('carlo-bernardi', '/cases');
  await expect(cards(page)).toHaveCount(20);
  const tabs = page.getByRole('navigation', { name: say('common.personal_area') });
  await tabs.getByRole('link', { name: new RegExp(`^${say('common.tab_messages')}`) }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('inbox.title') })).toBeVisible();
  let let_go = () => {};
  const slow = new Promise<void>((resolve) => (let_go = resolve));
  await page.route('**/api/v1/cases?*', (route) => slow.then(() => route.continue()).catch(() => undefined));
  const asked = page.waitForRequest('**/api/v1/cases?*');
  await page.goBack();
  await asked;
  const given_up = page.waitForEvent('requestfailed', (failed) => failed.url().includes('/api/v1/cases?'));
  await page.goForward();
  await given_up;
  await expect(page.getByRole('heading', { level: 1, name: say('inbox.title') })).toBeVisible();
  await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
  await expect(page.getByText(like('common.old'))).toHaveCount(0);
  let_go();
  await page.unroute('**/api/v1/cases?*');

  // As if all of the first part were open: the same rows, the same end.
  await page.goBack();
  await expect(cards(page)).toHaveCount(20);
  await page.getByRole('button', { name: say('common.show_more') }).click();
  await expect.poll(() => cards(page).count()).toBeGreaterThan(20);
  const first = await ask<object>(page, '/api/v1/cases?limit=20');
  await page.route('**/api/v1/cases?*phase=open*', (route) => route.fulfill({ json: first.body }));
  await page.getByRole('button', { name: say('cases.filter_open') }).click();
  await expect(page).toHaveURL(/phase=open/);
  await expect(cards(page)).toHaveCount(20);
});

test('what is looked for while an answer is on its way is asked for at once, and only the last answer is shown', async ({ openAs }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const page = await openAs('maria-rossi', '/cases?phase=waiting_for_you');
  await expect(cards(page)).toHaveCount(3);
  let let_go = () => {};
  const slow = new Promise<void>((resolve) => (let_go = resolve));
  await page.route('**/api/v1/cases?*q=zanzibar*', async (route) => {
    await slow;
    await route.continue();
  });
  const asked = page.waitForRequest((one) => one.url().includes('q=zanzibar'));
  await search(page).fill('zanzibar');
  const late = (await asked).response();
  await search(page).fill('IDENTITA');
  await expect(cards(page)).toHaveCount(1);
  let_go();
  await (await late)?.finished();
  await expect(page).toHaveURL(/q=IDENTITA$/);
  await expect(cards(page)).toContainText('Carta d\'identità di Matteo');
  // A search and a choice within the same moment: both count.
  await page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#finder')!;
    input.value = '';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    document.querySelectorAll<HTMLButtonElement>('.filo-chip')[0].click();
  });
  await expect(page).toHaveURL('/cases');
  await expect(cards(page)).toHaveCount(Math.min(20, (await casesWith(page, '')).length));
});

test('words are found in numbers, subjects, states and offices, whatever the accents', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  const [nursery] = await casesWith(page, 'nido Sara');
  for (const words of [nursery.number, nursery.number.toLowerCase(), 'sara', state('waiting_documents').label.toUpperCase(), 'iscrizione  al  nido']) {
    await search(page).fill(words);
    await expect(cards(page).filter({ hasText: nursery.title }), words).toBeVisible();
  }
});

test('a card says where a case stands, by when, and when the town is late', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  const late = cards(page).filter({ hasText: 'Permesso di sosta' });
  await expect(late).toContainText(state('in_progress').label);
  await expect(late).toContainText(new RegExp(`${say('cases.overdue')} .*${like('cases.days_over.other').source}`));
  await expect(late).toContainText('targa GX 204 PL');
  await expect(late).toContainText(/FI-\d{4}-\d{6}-[A-Z]/);
  await expect(late).toContainText(like('cases.moved', { date: DAY }));
  const running = cards(page).filter({ hasText: 'Scuolabus di Matteo: cambio di fermata' });
  await expect(running).toContainText(new RegExp(`${say('cases.due')} .*${like('cases.days_left.other').source}`));
  const over = cards(page).filter({ hasText: 'Certificato di residenza per la banca' });
  await expect(over).toContainText(state('accepted').label);
  await expect(over).not.toContainText(say('cases.due'));
  await expect(over).not.toContainText(say('cases.overdue'));
});

test('four hundred cases come in parts, none twice', async ({ openAs }) => {
  const page = await openAs('carlo-bernardi', '/cases');
  await expect(cards(page)).toHaveCount(20);
  await expect(page.getByText(say('cases.found_more', { count: 20 }))).toBeVisible();
  const more = page.getByRole('button', { name: say('common.show_more') });
  await more.click();
  await expect(cards(page)).toHaveCount(40);
  await expect(cards(page).nth(20).getByRole('link').first(), 'what has come takes the focus').toBeFocused();
  await more.click();
  await expect(cards(page)).toHaveCount(60);
  await expect(page.getByText(say('cases.found_more', { count: 60 }))).toBeVisible();
  const links = await cards(page).getByRole('link').evaluateAll((found) => found.map((link) => link.getAttribute('href')));
  expect(new Set(links).size).toBe(60);
  await page.getByRole('button', { name: 'Concluse' }).click();
  await expect(page).toHaveURL('/cases?phase=closed');
  await expect(cards(page)).toHaveCount(20);
});
