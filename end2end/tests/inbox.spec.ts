// Messaggi: what the office does is heard at once in every window, read, put away, found; a line that was cut misses nothing.
import type { Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { ask, moveCase } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { logIn } from '../fixtures/login.ts';
import { farCrm } from '../fixtures/network.ts';
import { pdf } from '../fixtures/photos.ts';
import { newKey, sender } from '../fixtures/sender.ts';
import { sendReport } from '../fixtures/sent.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const tab = (page: Page) => page.getByRole('navigation', { name: say('common.personal_area') }).getByRole('link', { name: new RegExp(`^${say('common.tab_messages')}`) });
/** What the tab is called when so many are not read. */
const named = (unread: number) => [say('common.tab_messages'), unread ? say('common.unread.other', { count: unread }) : ''].join(' ').trim();
const messages = (page: Page) => page.getByRole('main').getByRole('article');
const found = (page: Page) => page.getByRole('status').filter({ hasText: /\d+ messagg/ });

test('a change is on the screen at once: in the story of the case, in the badge, among the messages; whoever sees it has read it', async ({ page, loginAs, context, request }, info) => {
  const title = `Lampione in diretta ${info.project.name} ${Date.now()}`;
  const { id } = await sendReport('teresa-conti', title);
  // Of another case there is something unread all the while: what is said about this one is said once for each message.
  await sendReport('teresa-conti', `Altra pratica ${Date.now()}`);
  const said: (string | undefined)[] = [];
  page.on('request', (asked) => asked.url().endsWith('/api/v1/inbox/read') && said.push(asked.headers()['x-filo-unasked']));
  await loginAs(page, 'teresa-conti', { from: '/inbox' });
  await expect(page.getByRole('heading', { level: 1, name: say('inbox.title') })).toBeVisible();
  await expect(messages(page).filter({ hasText: title })).toContainText(say('inbox.received'));
  const { unread } = (await ask<{ unread: number }>(page, '/api/v1/inbox/count')).body;
  const second = await context.newPage();
  await second.goto('/cases?phase=closed');
  await expect(second.getByRole('heading', { level: 1 })).toBeVisible();
  // One line serves both windows: the one that is looked at holds it.
  await expect.poll(() => second.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/live')))).toBe(true);
  await moveCase(request, town().crm, id, { state: 'in_progress', note: 'La squadra è partita.' });
  const news = messages(page).filter({ hasText: title }).first();
  await expect(news).toContainText(say('inbox.moved', { state: 'In lavorazione' }));
  await expect(news).toContainText('La squadra è partita.');
  await expect(news.getByText(say('inbox.new'), { exact: true })).toBeVisible();
  for (const one of [page, second]) await expect(tab(one)).toHaveAccessibleName(named(unread + 1));
  await expectGood(page, 'messages');
  // The heading leads to the exact place, and what is said there is read.
  await news.getByRole('heading').getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  for (const one of [second, page]) await expect(tab(one)).toHaveAccessibleName(named(unread));
  expect(said, 'opened by the person').toEqual([undefined]);
  // The window that has the line is closed: the other goes on with it.
  await second.close();
  // Open in front of somebody, the story goes on by itself; under the hands of somebody who writes it waits to be asked.
  // What nobody asked for does not prolong the session.
  const unasked = page.waitForRequest((asked) => asked.url().includes(`/api/v1/cases/${id}?`) && asked.headers()['x-filo-unasked'] === '1');
  await moveCase(request, town().crm, id, { state: 'in_progress', note: 'Siamo sul posto.' });
  await unasked;
  await expect(page.getByRole('region', { name: say('cases.story') })).toContainText('Siamo sul posto.');
  await page.getByText(say('cases.message_title'), { exact: true }).click();
  const text = page.getByLabel(say('cases.message_label'));
  await text.fill('Grazie, e');
  await moveCase(request, town().crm, id, { state: 'in_progress', note: 'Manca la lampadina.' });
  const show = page.getByRole('button', { name: say('common.show_new') });
  await expect(show).toBeVisible();
  await expect(text).toBeFocused();
  await page.keyboard.type(' quando?');
  await expectGood(page, 'news under the hands of somebody who writes');
  await show.click();
  await expect(page.getByRole('region', { name: say('cases.story') })).toContainText('Manca la lampadina.');
  await expect(text).toHaveValue('Grazie, e quando?');
  await expect(show).toHaveCount(0);
  await expect(tab(page)).toHaveAccessibleName(named(unread));
  expect(said.slice(1).every((unasked) => unasked === '1'), 'nobody asked for these').toBe(true);
  expect(said.length, 'once for each message').toBeLessThanOrEqual(3);
});

test('messages are marked, put away, taken out, looked for, and all read at once', async ({ page, loginAs, request }, info) => {
  const title = `Posta ${info.project.name} ${Date.now()}`;
  // All read at once: each browser has its own person.
  const person = info.project.name === 'phone' ? 'niccolo-dambra' : 'ardita-hoxha';
  const { id } = await sendReport(person, title);
  for (const note of ['zaffiro', 'rubino', 'quarzo']) await moveCase(request, town().crm, id, { state: 'registered', note });
  await loginAs(page, person, { from: `/inbox?q=${encodeURIComponent(title)}` });
  await expect(messages(page)).toHaveCount(4);
  const two = messages(page).filter({ hasText: 'rubino' });
  await two.getByRole('button', { name: new RegExp(`^${say('inbox.mark_read')}`) }).click();
  await expect(two.getByText(say('inbox.new'), { exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: say('inbox.filter_unread'), exact: true }).click();
  await expect(messages(page)).toHaveCount(2);
  await page.getByRole('button', { name: say('inbox.filter_all'), exact: true }).click();
  await expect(messages(page)).toHaveCount(4);
  await messages(page).filter({ hasText: 'zaffiro' }).getByRole('button', { name: new RegExp(`^${say('inbox.archive')}`) }).click();
  await expect(page.getByText(say('inbox.archived'))).toBeVisible();
  await page.getByRole('button', { name: say('inbox.filter_archived'), exact: true }).click();
  await expect(page).toHaveURL(/show=archived/);
  await expect(messages(page)).toHaveCount(1);
  await expectGood(page, 'messages put away');
  await messages(page).getByRole('button', { name: new RegExp(`^${say('inbox.unarchive')}`) }).click();
  await expect(page.getByText(say('inbox.unarchived'))).toBeVisible();
  await page.getByRole('button', { name: say('inbox.filter_all'), exact: true }).click();
  await page.getByRole('searchbox', { name: say('inbox.search_label') }).fill(`${title} QUARZO`);
  await expect(messages(page)).toHaveCount(1);
  await expect(found(page)).toBeVisible();
  await page.getByRole('searchbox').fill('parole che nessuno ha scritto');
  await expect(page.getByText(say('inbox.none_found'))).toBeVisible();
  await expectGood(page, 'no messages found');
  await page.getByRole('button', { name: say('inbox.read_all') }).click();
  await expect(page.getByRole('button', { name: say('inbox.read_all') })).toHaveCount(0);
  const { body } = await ask<{ unread: number }>(page, '/api/v1/inbox/count');
  expect(body.unread).toBe(0);
});

test('the home page says what is new', async ({ page, loginAs, request }, info) => {
  const title = `Novità ${info.project.name} ${Date.now()}`;
  const { id } = await sendReport('samira-el-amrani', title);
  await loginAs(page, 'samira-el-amrani', { from: '/' });
  const news = page.getByRole('region', { name: say('inbox.news_title') });
  await moveCase(request, town().crm, id, { state: 'planned', note: '' });
  await expect(news.getByRole('article').filter({ hasText: title })).toBeVisible();
  await expectGood(page, 'home with news');
  await news.getByRole('link', { name: say('inbox.all') }).click();
  await expect(page).toHaveURL('/inbox');
  await page.getByRole('button', { name: say('inbox.filter_archived'), exact: true }).click();
  await expect(page.getByText(say('inbox.none_archived'))).toBeVisible();
});

test('after a tunnel everything is there, nothing pressed', async ({ page, request }, info) => {
  const title = `Galleria ${info.project.name} ${Date.now()}`;
  const far = await farCrm();
  try {
    const id = await (await sender(far.url, 'giulia-ferri')).insist(title, newKey());
    const crm = `http://127.0.0.1:${far.crm.port}`;
    await logIn(page, 'giulia-ferri', { from: `${far.url}/cases/${id}` });
    const story = page.getByRole('region', { name: say('cases.story') });
    await expect(story).toBeVisible();
    await expect.poll(() => far.network.seen.some((line) => line.includes('/api/v1/events'))).toBe(true);
    far.network.down();
    await moveCase(request, crm, id, { state: 'registered', note: 'Prima frase.' });
    await moveCase(request, crm, id, { state: 'registered', note: 'Seconda frase.' });
    far.network.heal();
    await expect(story).toContainText('Seconda frase.', { timeout: 20_000 });
    await expect(story).toContainText('Prima frase.');
  } finally {
    await far.end();
  }
});

test('the office asks for documents: the task leads to the upload, and is done when they are sent', async ({ openAs, request }, info) => {
  const { id } = await sendReport('gino-bandini', `Documenti ${info.project.name} ${Date.now()}`);
  await moveCase(request, town().crm, id, { state: 'waiting_documents', note: 'Serve una planimetria.', task: 'send_documents' });
  const page = await openAs('gino-bandini', `/cases/${id}`);
  const form = page.getByRole('region', { name: say('cases.documents_title') });
  await expect(form).toContainText('Serve una planimetria.');
  await expectGood(page, 'documents asked for');
  await form.getByRole('button', { name: say('cases.documents_send') }).click();
  await expect(form.getByRole('link', { name: new RegExp(say('cases.documents_files')) })).toBeVisible();
  await form.getByLabel(say('cases.documents_button')).setInputFiles({ name: 'planimetria.pdf', mimeType: 'application/pdf', buffer: pdf() });
  await form.getByRole('button', { name: say('cases.documents_send') }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByRole('region', { name: say('cases.story') })).toContainText('planimetria.pdf');
});
