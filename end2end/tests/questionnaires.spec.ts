// Questionnaires: answered by keyboard alone, kept without a network and sent once, changed, refused with a summary; anonymous ones; what came of one.
import { type Page, type TestInfo } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { ask } from '../fixtures/api.ts';
import { OFFICE_TOKEN, town } from '../fixtures/crm.ts';
import { readKept } from '../fixtures/kept.ts';
import { logIn, type PersonName } from '../fixtures/login.ts';
import { farCrm } from '../fixtures/network.ts';
import { speak } from '../fixtures/pages.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

const LIBRARY = 'Come usi la biblioteca?';
const SCHOOL = 'La strada verso la scuola';
const PARK = 'Il parco che vorrei';

interface Listed { id: string; title: string; answered_at?: string; begun: boolean }
interface Asked { given?: { number: number; answers: Record<string, unknown> }; begun?: { answers: Record<string, unknown>; place: string } }

const listed = async (page: Page, title: string): Promise<Listed> => {
  const { body } = await ask<{ items: Listed[] }>(page, '/api/v1/questionnaires?language=it');
  const found = body.items.find((one) => one.title === title);
  if (!found) throw new Error(`no questionnaire ${title}`);
  return found;
};
const asked = async (page: Page, title: string): Promise<Asked> => (await ask<Asked>(page, `/api/v1/questionnaires/${(await listed(page, title)).id}?language=it`)).body;
const next = (page: Page) => page.getByRole('button', { name: say('common.next'), exact: true });
const send = (page: Page) => page.getByRole('button', { name: say('questionnaires.send'), exact: true });
const heading = (page: Page, at: number, all: number) => page.getByRole('heading', { name: say('questionnaires.question_of', { at, all }) });
const card = (page: Page, title: string) => page.getByRole('main').getByRole('article').filter({ hasText: title });

/** From the list to the first question. */
async function begin(page: Page, title: string, from = '/questionnaires', words: string | RegExp = say('questionnaires.begin')): Promise<void> {
  await page.goto(from);
  await card(page, title).getByRole('link', { name: title }).click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await page.getByRole('link', { name: words, exact: true }).click();
}

/** Chooses a card of a question by its words. */
const take = (page: Page, words: string) => page.locator('.filo-answer').filter({ hasText: words }).first().locator('label').click();

const own = (info: TestInfo, phone: PersonName, desktop: PersonName): PersonName => (info.project.name === 'phone' ? phone : desktop);

test('one is found, read about, answered by keyboard alone, and its answers are changed', async ({ openAs }, info) => {
  test.slow();
  const page = await openAs(own(info, 'nora-gelli', 'lukas-brandt'), '/');
  await page.getByRole('banner').locator('.filo-person > summary').click();
  await page.getByRole('link', { name: say('questionnaires.title') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('questionnaires.title') })).toBeVisible();
  await expect(card(page, LIBRARY)).toContainText(say('questionnaires.to_do'));
  await expectGood(page, 'the list of questionnaires');
  await card(page, LIBRARY).getByRole('link').click();
  const main = page.getByRole('main');
  for (const words of ['who_asks', 'how_long', 'last_day', 'who_reads', 'before']) await expect(main).toContainText(say(`questionnaires.${words}`));
  await expectGood(page, 'before a questionnaire');
  await page.getByRole('link', { name: say('questionnaires.begin'), exact: true }).focus();
  await page.keyboard.press('Enter');

  // One question at a time; what must be answered is said, and the summary leads there.
  await expect(heading(page, 1, 4)).toBeVisible();
  await next(page).focus();
  await page.keyboard.press('Enter');
  const summary = page.getByRole('group', { name: say('form.summary') });
  await expect(summary).toBeFocused();
  await expectGood(page, 'a question that is not answered');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('radio', { name: 'Ogni settimana' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Ogni mese' })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'Ogni mese' })).toBeFocused();
  await expect(summary).toBeHidden();
  await page.keyboard.press('Enter');
  // The answer has brought more questions.
  await expect(heading(page, 2, 8)).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('checkbox', { name: 'Altro' })).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox', { name: 'Uso i computer' })).toBeDisabled();
  await page.getByRole('textbox', { name: say('questionnaires.comment') }).focus();
  await page.keyboard.type('Leggo il giornale');
  await expectGood(page, 'several choices');
  await page.keyboard.press('Enter');
  await expect(heading(page, 3, 8)).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('Iso');
  await expect(page.getByRole('combobox')).toHaveValue('1');
  await next(page).focus();
  await page.keyboard.press('Enter');
  await expect(heading(page, 4, 8)).toBeFocused();
  for (let row = 0; row < 3; row += 1) {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
  }
  await expectGood(page, 'a matrix');
  if (info.project.name === 'phone') {
    await page.setViewportSize({ width: 320, height: 640 });
    await expectGood(page, 'a matrix on the narrowest phone');
    await page.setViewportSize({ width: 360, height: 740 });
  }
  await page.keyboard.press('Enter');
  await expect(heading(page, 5, 8)).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  for (let star = 1; star < 4; star += 1) await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: say('questionnaires.stars.other', { count: 4 }) })).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(heading(page, 6, 8)).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: say('questionnaires.no') })).toBeChecked();
  await page.keyboard.press('Enter');
  // A number that is none is held up; a right one is not.
  await expect(heading(page, 7, 8)).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('tanti');
  await page.keyboard.press('Enter');
  await expect(summary).toContainText(say('questionnaires.not_a_number'));
  const age = page.getByRole('textbox', { name: 'Quanti anni hai?' });
  await age.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('200');
  await page.keyboard.press('Enter');
  await expect(summary).toContainText('Scrivi la tua età in anni.');
  await age.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('34');
  await page.keyboard.press('Enter');
  await expect(heading(page, 8, 8)).toBeFocused();
  await next(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: say('questionnaires.review') })).toBeFocused();
  await expect(main).toContainText('Prendo libri, Studio o lavoro, Altro: Leggo il giornale');
  await expectGood(page, 'everything once more');
  await send(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: say('questionnaires.sent_title') })).toBeVisible();
  const sent = (await asked(page, LIBRARY)).given;
  expect(sent?.number).toBe(1);
  expect(sent?.answers).toMatchObject({ quanto: 'mese', cosa: ['libri', 'studio', 'other'], 'cosa-Comment': 'Leggo il giornale', quale: 'isolotto', stelle: 4, sera: false, eta: 34 });

  // Changed: the same questions with the same answers, in another language, sent in their place.
  await begin(page, LIBRARY, '/questionnaires', say('questionnaires.change'));
  await expect(page.getByText(say('questionnaires.changing'))).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Ogni mese' })).toBeChecked();
  await speak(page, 'en');
  await expect(page.getByRole('radio', { name: 'Every month' })).toBeChecked();
  await take(page, 'Never');
  await speak(page, 'it');
  for (let at = 1; at < 6; at += 1) {
    if (at === 3) await take(page, say('questionnaires.no'));
    await next(page).click();
  }
  await expect(page.getByRole('heading', { name: say('questionnaires.review') })).toBeVisible();
  await send(page).click();
  await expect(page.getByRole('heading', { name: say('questionnaires.sent_title') })).toBeVisible();
  const changed = (await asked(page, LIBRARY)).given;
  expect(changed?.number).toBe(2);
  expect(changed?.answers).toEqual({ quanto: 'mai', sera: false, eta: 34 });
  await page.goto('/questionnaires');
  await expect(card(page, LIBRARY)).toContainText(like('questionnaires.answered_on'));
});

test.describe('without a network', () => {
  test.use({ serviceWorkers: 'allow' });

  test('what is begun stays on the device, is found at its question, and leaves by itself once', async ({ page, context }, info) => {
    test.skip(info.project.name !== 'phone', 'one device is enough');
    test.setTimeout(120_000);
    const far = await farCrm();
    try {
      await logIn(page, 'giulia-ferri', { from: `${far.url}/questionnaires` });
      await begin(page, LIBRARY, `${far.url}/questionnaires`);
      await take(page, 'Ogni mese');
      await next(page).click();
      await take(page, 'Prendo libri');
      await expect(page.getByText(say('questionnaires.saved'))).toBeVisible();
      await page.evaluate(() => navigator.serviceWorker.ready);
      await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)), { timeout: 20_000 }).toBe(true);
      await expect.poll(() => readKept(page), { timeout: 20_000, message: 'what was read is kept' }).toBeGreaterThanOrEqual(2);
      far.network.down();
      await page.close();
      const cold = await context.newPage();
      await begin(cold, LIBRARY, `${far.url}/questionnaires`, new RegExp(`^(${say('questionnaires.begin')}|${say('questionnaires.go_on')})$`));
      await expect(heading(cold, 2, 8)).toBeVisible();
      await expect(cold.getByRole('checkbox', { name: 'Prendo libri' })).toBeChecked();
      await next(cold).click();
      await next(cold).click();
      for (const row of ['La scelta di libri', 'I posti a sedere', 'Il silenzio']) await cold.getByRole('group', { name: row }).getByText('Bene', { exact: true }).click();
      await next(cold).click();
      await next(cold).click();
      await take(cold, say('questionnaires.no'));
      for (let at = 0; at < 3; at += 1) await next(cold).click();
      await send(cold).click();
      await expect(cold.getByRole('heading', { name: say('outbox.reply_waiting') })).toBeVisible({ timeout: 20_000 });
      await cold.goto(`${far.url}/outbox`);
      const unsent = cold.getByRole('region', { name: say('outbox.unsent_title') });
      await expect(unsent).toContainText(LIBRARY);
      far.network.heal();
      await expect(unsent).toContainText(say('outbox.unsent_none'), { timeout: 45_000 });
      const { given } = await asked(cold, LIBRARY);
      expect(given?.number).toBe(1);
      expect(given?.answers).toMatchObject({ quanto: 'mese', cosa: ['libri'], sera: false });
    } finally {
      await far.end();
    }
  });
});

test('an anonymous one is answered and changed with the token of this device, and the CRM does not know by whom', async ({ openAs }, info) => {
  const page = await openAs(own(info, 'ardita-hoxha', 'samira-el-amrani'), '/questionnaires');
  const sent: { headers: Record<string, string>; body: string }[] = [];
  page.on('request', (request) => request.url().includes('/ballots') && sent.push({ headers: request.headers(), body: request.postData() ?? '' }));
  await begin(page, SCHOOL);
  await expect(page.getByRole('heading', { name: say('questionnaires.page_of', { at: 1, all: 2 }) })).toBeVisible();
  await take(page, 'A piedi');
  await page.getByLabel("All'andata").fill('12');
  await page.getByLabel('Al ritorno').fill('15');
  await expect(page.getByRole('status').filter({ hasText: 'Minuti al giorno, in tutto' })).toContainText('27');
  await page.getByRole('radio', { name: '4', exact: true }).check();
  await expectGood(page, 'a page of questions');
  await next(page).click();
  await page.getByRole('button', { name: `${say('questionnaires.up')}: Auto a 30 all'ora` }).click();
  await page.getByRole('button', { name: say('questionnaires.panel_add') }).click();
  await next(page).click();
  await expect(page.getByRole('group', { name: say('form.summary') })).toContainText('Via o incrocio');
  await page.getByRole('textbox', { name: /Via o incrocio/ }).fill('Via Romana');
  await page.getByRole('group', { name: 'Il sabato' }).getByLabel('La mattina').selectOption({ label: 'Nessuno' });
  await expectGood(page, 'an order, panels and a table');
  await next(page).click();
  await send(page).click();
  await expect(page.getByRole('heading', { name: say('questionnaires.sent_title') })).toBeVisible();
  expect(sent).toHaveLength(1);
  const [{ headers, body }] = sent;
  for (const told of ['cookie', 'x-filo-person', 'authorization']) expect(headers[told]).toBeUndefined();
  expect(JSON.parse(body).answers).toMatchObject({
    come: 'piedi', minuti: { andata: 12, ritorno: 15 }, sicura: 4, ordine: ['trenta', 'strisce', 'chiuse'], luoghi: [{ dove: 'Via Romana' }], giorni: { sabato: { mattina: 'nessuno' } },
  });
  // The CRM knows nothing of it, the device does.
  expect((await listed(page, SCHOOL)).answered_at).toBeUndefined();
  expect((await asked(page, SCHOOL)).given).toBeUndefined();
  await begin(page, SCHOOL);
  await expect(page.getByText(say('questionnaires.changing'))).toBeVisible();
  await expect(page.getByRole('radio', { name: 'A piedi' })).toBeChecked();
  await take(page, 'In bicicletta');
  await next(page).click();
  await next(page).click();
  await send(page).click();
  await expect(page.getByRole('heading', { name: say('questionnaires.sent_title') })).toBeVisible();
  expect(JSON.parse(sent[1].body)).toMatchObject({ token: JSON.parse(body).token, answers: { come: 'bici' } });
});

test('a shared computer keeps nothing of a questionnaire, and what is begun goes on elsewhere', async ({ page, loginAs, context }, info) => {
  test.skip(info.project.name !== 'phone', 'once is enough');
  await loginAs(page, 'teresa-conti', { device: 'shared', from: '/questionnaires' });
  await begin(page, LIBRARY);
  await take(page, 'Mai');
  await expect.poll(async () => (await asked(page, LIBRARY)).begun?.answers.quanto, { timeout: 15_000 }).toBe('mai');
  await expect(page.getByText(say('questionnaires.saved'))).toBeVisible();
  const kept = await page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    if (!names.includes('filo.vault')) return 0;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('filo.vault');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    let rows = 0;
    for (const room of [...database.objectStoreNames]) {
      rows += await new Promise<number>((resolve) => {
        const request = database.transaction(room).objectStore(room).count();
        request.onsuccess = () => resolve(request.result);
      });
    }
    database.close();
    return rows;
  });
  expect(kept).toBe(0);
  // An anonymous one is nowhere but in the page, and says so before and while it is answered.
  await page.goto('/questionnaires');
  await card(page, SCHOOL).getByRole('link', { name: SCHOOL }).click();
  await expect(page.getByText(say('questionnaires.anonymous_shared'))).toBeVisible();
  await page.getByRole('link', { name: say('questionnaires.begin'), exact: true }).click();
  await take(page, 'A piedi');
  await expect(page.getByText(say('questionnaires.not_saved'))).toBeVisible();
  await expect(page.getByText(say('questionnaires.saved'))).toHaveCount(0);
  // On another device it is found at its question.
  const other = await (await context.browser()?.newContext({ baseURL: town().crm, locale: 'it-IT', serviceWorkers: 'block' }))?.newPage();
  if (!other) throw new Error('no browser');
  await logIn(other, 'teresa-conti', { from: `${town().crm}/questionnaires` });
  await expect(card(other, LIBRARY)).toContainText(say('questionnaires.begun'));
  await begin(other, LIBRARY, `${town().crm}/questionnaires`, say('questionnaires.go_on'));
  await expect(other.getByRole('radio', { name: 'Mai' })).toBeChecked();
  await other.context().close();
});

test('what came of one is read by everybody, without small groups; one that is over says so', async ({ page, request, openAs }, info) => {
  const answer = await request.get(`${town().crm}/api/v1/office/questionnaires`, { headers: { authorization: `Bearer ${OFFICE_TOKEN}` } });
  const { items } = (await answer.json()) as { items: { key: string; summary: { id: string } }[] };
  const id = items.find(({ key }) => key === 'parco-2026')?.summary.id;
  await page.goto(`/questionnaires/${id}/results`);
  await expect(page.getByRole('heading', { level: 1, name: PARK })).toBeVisible();
  const main = page.getByRole('main');
  await expect(main).toContainText('dodici lampioni');
  await expect(main).toContainText(say('questionnaires.results_of.other', { count: 103 }));
  const when = page.getByRole('table', { name: 'Quando vai al parco?' });
  await expect(when.getByRole('row', { name: /Il pomeriggio/ })).toContainText('41 (40%)');
  await expect(when.getByRole('row', { name: /La notte/ })).toContainText(say('questionnaires.few', { count: 10 }));
  await expectGood(page, 'what came of a questionnaire');
  const signed = await openAs(own(info, 'nora-gelli', 'lukas-brandt'), '/questionnaires');
  await expect(card(signed, PARK)).toContainText(say('questionnaires.has_results'));
});
