// Reports without a login: the choice before the first step, who gets the news, the code with its card, and following by it.
import { readFileSync } from 'node:fs';
import { expectGood } from '../fixtures/access.ts';
import { moveCase } from '../fixtures/api.ts';
import { OFFICE_TOKEN, startCrm, town } from '../fixtures/crm.ts';
import { logIn, pick } from '../fixtures/login.ts';
import { speak } from '../fixtures/pages.ts';
import { jpeg } from '../fixtures/photos.ts';
import { readQr } from '../fixtures/qr.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { say, state } from '../fixtures/words.ts';
import type { APIRequestContext, Page } from '@playwright/test';

const CODE = /^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{4}$/;

/** The choice, and on to the first step. */
async function withoutLogin(page: Page, origin = ''): Promise<void> {
  await page.goto(`${origin}/reports/new`);
  await page.getByRole('button', { name: say('reports.way_without_button') }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Autorizzazioni e condizioni/ })).toBeFocused();
}

/** The code on the confirmation page. */
async function theCode(page: Page): Promise<string> {
  const code = await page.getByRole('region', { name: say('reports.code_title') }).getByText(CODE).first().innerText();
  expect(code).toMatch(CODE);
  return code;
}

/** The case behind a number, as the office finds it. */
async function atTheOffice(request: APIRequestContext, crm: string, number: string): Promise<{ id: string; citizen: string; contact: { email: string; phone: string } }> {
  const answer = await request.get(`${crm}/api/v1/office/cases?q=${number}`, { headers: { authorization: `Bearer ${OFFICE_TOKEN}` } });
  const { items } = await answer.json();
  expect(items).toHaveLength(1);
  return items[0];
}

test('without a login: a photo travels, the code stands in large letters, the QR code leads to the state, and no address has it', async ({ page, context, request }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await withoutLogin(page);
  await acknowledge(page);
  await tell(page, { title: 'Panchina rotta senza nome' });
  await expect(page.getByText(say('outbox.memory_nobody'))).toBeVisible();
  await expect(page.getByRole('region', { name: 'Autore della segnalazione' })).toHaveCount(0);
  await page.getByLabel('Carica file').setInputFiles({ name: 'panchina.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 900, 700) });
  await expect(page.getByRole('listitem').filter({ hasText: 'panchina.jpg' })).toContainText('kB');
  await expectGood(page, 'report 2 without a login');
  await review(page);
  await expect(page.getByRole('region', { name: say('reports.told_title') })).toContainText(say('reports.told_nobody'));
  await send(page);
  const number = await received(page);
  await expect(page).toHaveURL('/reports/sent');
  await expect(page.getByText('Sarà visibile sulla lista di tutte segnalazioni una volta presa in carico.')).toBeVisible();
  await expect(page.getByText(say('reports.sent_mail'))).toHaveCount(0);
  await expect(page.getByText(say('reports.files_arrived'))).toBeVisible({ timeout: 20_000 });
  const code = await theCode(page);
  const card = page.getByRole('article', { name: say('reports.ticket') });
  await expect(card).toContainText(state('submitted').label);
  await expect(card).toContainText(number);
  await expect(card.getByRole('link', { name: /Chiama/ })).toHaveAttribute('href', /^tel:\+39/);
  await expectGood(page, 'the code');

  const found = await atTheOffice(request, town().crm, number);
  expect([found.citizen, found.contact.email]).toEqual(['', '']);
  const whole = await (await request.get(`${town().crm}/api/v1/office/cases/${found.id}?language=it`, { headers: { authorization: `Bearer ${OFFICE_TOKEN}` } })).json();
  expect(whole.report.photos).toMatchObject([{ name: 'panchina.jpg', state: 'ready' }]);

  const address = await readQr(card.getByRole('img'));
  expect(address).toBe(`${town().crm}/reports/track#${code}`);
  const phone = await context.newPage();
  await phone.goto(address);
  await expect(phone.getByRole('region', { name: say('reports.track_answer') })).toContainText(number);
  await expect(phone.getByRole('main')).not.toContainText('Panchina rotta senza nome');
  await expect(phone, 'the code is not left in the history').toHaveURL('/reports/track');
  await phone.close();
  expect(asked.filter((url) => url.includes(code) || url.includes(code.replaceAll('-', ''))), 'no request has the code in its address').toEqual([]);
});

test('save, copy and print: a text file with everything, the code to paste, one card of A6', async ({ page, context }, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await withoutLogin(page);
  await acknowledge(page);
  await tell(page);
  await review(page);
  await send(page);
  const number = await received(page);
  const code = await theCode(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: say('reports.code_save'), exact: true }).click()]);
  expect(file.suggestedFilename()).toBe(`${number}.txt`);
  const text = readFileSync(await file.path(), 'utf8');
  for (const words of ['Comune di Firenze', number, code, `/reports/track#${code}`, '055 000 0000']) expect(text).toContain(words);
  await page.getByRole('button', { name: say('reports.code_copy'), exact: true }).click();
  await expect(page.getByText(say('reports.code_copied'))).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  await page.evaluate(() => Object.assign(window, { print: () => Object.assign(window, { printed: true }) }));
  await page.getByRole('button', { name: say('reports.print'), exact: true }).click();
  expect(await page.evaluate(() => (window as unknown as { printed: boolean }).printed)).toBe(true);

  await page.emulateMedia({ media: 'print' });
  const card = page.getByRole('article', { name: say('reports.ticket') });
  const box = (await card.boundingBox())!;
  const millimetres = ({ width, height }: { width: number; height: number }) => [width, height].map((pixels) => Math.round((pixels * 25.4) / 96));
  expect(millimetres(box)).toEqual([105, 148]);
  const inside = await card.evaluate((card) => [...card.querySelectorAll('*')].every((part) => part.getBoundingClientRect().bottom <= card.getBoundingClientRect().bottom));
  expect(inside, 'everything is on the card').toBe(true);
  await expect(page.getByRole('heading', { level: 1 })).toBeHidden();
  await page.screenshot({ path: info.outputPath('card.png') });
  expect(await readQr(card.getByRole('img'))).toContain(code);
  await page.emulateMedia({ media: 'screen' });

  await page.reload();
  await expect(page.getByText(say('reports.tracked_gone'))).toBeVisible();
  await expect(page.getByText(code)).toHaveCount(0);
});

test('who wants to be told leaves an address that is checked; the office can reach them', async ({ page, request }) => {
  await withoutLogin(page);
  await acknowledge(page);
  await tell(page, { title: 'Cestino pieno' });
  const choice = (name: string) => page.getByRole('radio', { name: new RegExp(`^${say(name)}`) });
  await expect(choice('reports.told_nobody')).toBeChecked();
  await expect(page.getByRole('textbox', { name: 'Email' })).toBeHidden();
  await pick(page, say('reports.told_other'));
  const next = page.getByRole('button', { name: 'Avanti' });
  const summary = page.getByRole('group', { name: 'Ci sono alcune informazioni mancanti o errate' });
  await next.click();
  await expect(summary).toContainText(`Email: ${say('form.email_or_phone')}`);
  await page.getByRole('textbox', { name: 'Email' }).fill('figlio');
  await page.getByRole('textbox', { name: 'Telefono' }).fill('boh');
  await next.click();
  await expect(summary).toContainText(`Email: ${say('form.not_an_email')}`);
  await summary.getByRole('link', { name: /Telefono/ }).click();
  await expect(page.getByRole('textbox', { name: 'Telefono' })).toBeFocused();
  await expect(page.getByRole('textbox', { name: 'Telefono' })).toHaveValue('boh');
  await expectGood(page, 'an address that is none');
  await page.getByRole('textbox', { name: 'Email' }).fill('figlio@example.org');
  await page.getByRole('textbox', { name: 'Telefono' }).fill('055 123456');
  await review(page);
  const told = page.getByRole('region', { name: say('reports.told_title') });
  for (const words of [say('reports.told_other'), 'figlio@example.org', '055 123456']) await expect(told).toContainText(words);
  await send(page);
  const { contact } = await atTheOffice(request, town().crm, await received(page));
  expect(contact).toEqual({ email: 'figlio@example.org', phone: '055 123456' });
  // No mail server here: nobody is told that a letter was written.
  await expect(page.getByText(say('reports.sent_mail'))).toHaveCount(0);
});

test('where letters are written, the confirmation says where the summary went; the news come too', async ({ page }) => {
  const crm = await startCrm({ FILO_SMTP_HOST: '127.0.0.1', FILO_SMTP_PORT: '9', FILO_SMTP_TLS: 'none', FILO_SMTP_FROM: 'Filo <filo@example.org>' });
  try {
    await withoutLogin(page, crm.url);
    await acknowledge(page);
    await tell(page);
    await pick(page, say('reports.told_author_text'));
    await page.getByRole('textbox', { name: 'Email' }).fill('io@example.org');
    await expect(page.getByText(say('reports.email_help'))).toBeVisible();
    await review(page);
    await send(page);
    await received(page);
    await expect(page.getByText(/Abbiamo inviato il riepilogo all'email:\s*io@example\.org/)).toBeVisible();
  } finally {
    await crm.end();
  }
});

test('with the server away it waits, says to keep the page open, and leaves by itself, once, with its photo', async ({ page, context, request }) => {
  const crm = await startCrm();
  try {
    await withoutLogin(page, crm.url);
    await acknowledge(page);
    await tell(page, { title: 'Buca in attesa' });
    await page.getByLabel('Carica file').setInputFiles({ name: 'buca.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 640, 480) });
    await expect(page.getByRole('listitem').filter({ hasText: 'buca.jpg' })).toContainText('kB');
    await review(page);
    await crm.stop();
    await send(page);
    await expect(page.getByRole('alert').filter({ hasText: say('reports.waits_text') })).toBeVisible();
    await expectGood(page, 'a report that waits without a login');
    // It is not changed under its own feet: there is no way back into it, not by the browser either.
    await expect(page.getByRole('link', { name: say('common.back'), exact: true })).toHaveCount(0);
    await page.goBack();
    await expect(page).toHaveURL(/\/reports\/new\/summary$/);
    await expect(page.getByRole('alert').filter({ hasText: say('reports.waits_text') })).toBeVisible();
    // Away and back again: the way back is on every page.
    await page.getByRole('contentinfo').getByRole('link', { name: /Note legali/ }).click();
    await page.getByRole('link', { name: say('outbox.unsent.one', { count: 1 }) }).click();
    await expect(page.getByRole('alert').filter({ hasText: say('reports.waits_text') })).toBeVisible();
    await crm.start();
    await page.getByRole('button', { name: say('outbox.retry') }).click({ timeout: 5_000 }).catch(() => undefined);
    const number = await received(page);
    await expect(page.getByText(say('reports.files_arrived'))).toBeVisible({ timeout: 20_000 });
    const answer = await request.get(`${crm.url}/api/v1/office/cases?q=${encodeURIComponent('Buca in attesa')}`, { headers: { authorization: `Bearer ${OFFICE_TOKEN}` } });
    expect(((await answer.json()) as { items: { number: string }[] }).items.map((one) => one.number)).toEqual([number]);
  } finally {
    await crm.end();
  }
});

test('a page with something unsent asks before it goes', async ({ page }) => {
  await withoutLogin(page);
  await acknowledge(page);
  await tell(page);
  const asked: string[] = [];
  page.on('dialog', async (dialog) => {
    asked.push(dialog.type());
    await dialog.dismiss();
  });
  // The draft is handed to the outbox within a second.
  await expect
    .poll(async () => {
      await page.evaluate(() => setTimeout(() => location.assign('/privacy')));
      await page.waitForTimeout(100);
      return asked.length;
    })
    .toBeGreaterThan(0);
  expect(asked[0]).toBe('beforeunload');
  await expect(page.getByLabel('Titolo')).toHaveValue('Lampione spento');
});

test('the other way leads to the login and back into the report', async ({ page }) => {
  await page.goto('/reports/new');
  await expect(page.getByText(say('reports.way_login_cases'))).toBeVisible();
  await logIn(page, 'giulia-ferri', { from: '/reports/new' });
  await expect(page).toHaveURL('/reports/new');
  await acknowledge(page);
  await expect(page.getByRole('region', { name: 'Autore della segnalazione' })).toContainText('Giulia Ferri');
});

test('a town that wants a login, or an address, says so', async ({ page }) => {
  const setting = { anonymous: 'off' };
  await page.route('**/api/v1/reports/form?*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...setting } });
  });
  await page.goto('/reports/new');
  await expect(page.getByText(say('reports.ways_one'))).toBeVisible();
  await expect(page.getByRole('button', { name: say('reports.way_without_button') })).toHaveCount(0);
  await page.goto('/reports');
  await expect(page.getByText('puoi farlo dopo esserti autenticato con le tue credenziali SPID o CIE.')).toBeVisible();
  setting.anonymous = 'contact';
  await page.goto('/reports');
  await expect(page.getByText(say('reports.public_write_anybody'))).toBeVisible();
  await withoutLogin(page);
  await acknowledge(page);
  await expect(page.getByRole('radio', { name: new RegExp(`^${say('reports.told_nobody')}`) })).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Email' })).toBeVisible();
});

test('who is signed in makes a code for somebody else; a new one ends the one before', async ({ openAs, browser }) => {
  const page = await openAs('ionut-popescu', '/reports/new');
  await acknowledge(page);
  await tell(page, { title: 'Per mia madre' });
  await review(page);
  await send(page);
  const number = await received(page);
  const box = page.getByRole('region', { name: say('reports.code_other_title') });
  await box.getByRole('button', { name: say('reports.code_make') }).click();
  const card = page.getByRole('article', { name: say('reports.ticket') });
  await expect(card).toContainText(number);
  const address = await readQr(card.getByRole('img'));
  await expectGood(page, 'a code for somebody else');
  const stranger = await (await browser.newContext({ locale: 'it-IT' })).newPage();
  await stranger.goto(address);
  await expect(stranger.getByRole('region', { name: say('reports.track_answer') })).toContainText(number);
  await expect(stranger.getByRole('main')).not.toContainText('Per mia madre');
  await page.reload();
  await page.getByRole('button', { name: say('reports.code_make') }).click();
  await expect(card).toContainText(number);
  await stranger.goto('about:blank');
  await stranger.goto(address);
  await expect(stranger.getByText(say('reports.track_unknown'))).toBeVisible();
  await stranger.context().close();
});

for (const language of ['it', 'en'] as const) {
  test(`the choice, the confirmation and the code are good for everybody (${language})`, async ({ page }, info) => {
    await page.goto('/reports/new');
    await expect(page.getByText(say('reports.ways_lead'))).toBeVisible();
    await speak(page, language);
    await expectGood(page, 'the choice');
    await page.screenshot({ path: info.outputPath('choice.png'), fullPage: true });
    await speak(page, 'it');
    await withoutLogin(page);
    await acknowledge(page);
    await tell(page);
    await pick(page, say('reports.told_author_text'));
    await page.screenshot({ path: info.outputPath('data.png'), fullPage: true });
    await page.getByRole('textbox', { name: 'Telefono' }).fill('055 123456');
    await review(page);
    await send(page);
    await received(page);
    await speak(page, language);
    await expectGood(page, 'the confirmation without a login');
    await page.screenshot({ path: info.outputPath('sent.png'), fullPage: true });
  });
}

test('a code that was misread says what is never in one', async ({ page }) => {
  await page.goto('/reports/track');
  await page.getByLabel(say('reports.track_code')).fill('AB2CD-EF3GH-J4K0');
  await page.getByRole('button', { name: say('reports.track_button') }).click();
  await expect(page.getByText('Non usiamo mai 0, O, 1, I, L.')).toBeVisible();
  await expect(page.getByText('Se hai ricevuto un codice')).toBeVisible();
});

test('what the office says stands on the page of the code', async ({ page, request }) => {
  await withoutLogin(page);
  await acknowledge(page);
  await tell(page, { title: 'Segnale caduto' });
  await review(page);
  await send(page);
  const number = await received(page);
  const code = await theCode(page);
  const { id } = await atTheOffice(request, town().crm, number);
  await moveCase(request, town().crm, id, { state: 'registered', note: '' });
  await page.goto(`/reports/track#${code}`);
  await expect(page.getByRole('region', { name: say('reports.track_answer') })).toContainText(state('registered').label);
  // What was found does not stay under another code.
  await page.getByLabel(say('reports.track_code')).fill('AB2CD');
  await page.getByRole('button', { name: say('reports.track_button') }).click();
  await expect(page.getByRole('region', { name: say('reports.track_answer') })).toHaveCount(0);
});
