// Answers with photos, through the outbox: a draft for each case, sent with the tab closed in between, drawn in the story; the photo of the repair.
import type { Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { moveCase } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { asTakenByPhone, jpeg, picked, tellsMore } from '../fixtures/photos.ts';
import { sendReport } from '../fixtures/sent.ts';
import { expect, test } from '../fixtures/test.ts';
import { sentFiles } from '../fixtures/travel.ts';
import { say } from '../fixtures/words.ts';

const answerOn = (page: Page) => page.getByRole('region', { name: say('cases.answer_title') });
const storyOn = (page: Page) => page.getByRole('region', { name: say('cases.story') });

/** How many entries the device keeps. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const open = indexedDB.open('filo.vault');
    await new Promise((resolve) => (open.onsuccess = resolve));
    const count = open.result.transaction('entries').objectStore('entries').count();
    await new Promise((resolve) => (count.onsuccess = resolve));
    open.result.close();
    return count.result;
  });

test('an answer takes a photo with it, through the outbox; both stand in the story', async ({ openAs, request, context }, info) => {
  const { id } = await sendReport('giulia-ferri', `Lampione foto ${info.project.name}`);
  await moveCase(request, town().crm, id, { state: 'waiting_information', note: 'Ci mandi una foto?', task: 'answer' });
  const page = await openAs('giulia-ferri', `/cases/${id}`);
  const answer = answerOn(page);
  await answer.getByLabel(say('cases.answer_label')).fill('Eccola.');
  await answer.getByLabel(say('cases.photos_button')).setInputFiles(picked('lampione.jpg', asTakenByPhone(await jpeg(context, 1600, 1200))));
  await expect(answer.getByRole('listitem').filter({ hasText: 'lampione.jpg' })).toContainText('File caricato:');
  await expectGood(page, 'an answer with a photo');
  const sent = sentFiles(page);
  await answer.getByRole('button', { name: say('cases.answer_send') }).click();
  const step = storyOn(page).getByRole('listitem').filter({ hasText: say('cases.step_you') });
  await expect(step).toContainText('Eccola.');
  const photo = step.getByRole('img', { name: say('cases.step_photo', { number: 1 }) });
  await photo.scrollIntoViewIfNeeded();
  await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
  expect(sent().map(tellsMore)).toEqual([false]);
});

test('what is written for one case stays there when another is opened, also after a reload', async ({ page, loginAs, request, context }, info) => {
  const cases = await Promise.all(['uno', 'due'].map((name) => sendReport('ionut-popescu', `Caso ${name} ${info.project.name}`)));
  for (const { id } of cases) await moveCase(request, town().crm, id, { state: 'waiting_information', note: 'Quale?', task: 'answer' });
  await loginAs(page, 'ionut-popescu', { from: `/cases/${cases[0].id}` });
  const text = answerOn(page).getByLabel(say('cases.answer_label'));
  await text.fill('Parole per il primo.');
  await answerOn(page).getByLabel(say('cases.photos_button')).setInputFiles(picked('primo.jpg', await jpeg(context, 640, 480)));
  await expect(answerOn(page).getByRole('listitem').filter({ hasText: 'primo.jpg' })).toContainText('File caricato:');
  await page.getByRole('navigation', { name: say('common.breadcrumb') }).getByRole('link', { name: say('common.my_cases') }).click();
  await page.getByRole('link', { name: new RegExp(`Caso due ${info.project.name}`) }).first().click();
  await expect(text).toHaveValue('');
  await text.fill('Parole per il secondo.');
  await expect.poll(() => kept(page)).toBe(2);
  await page.goto('/outbox');
  const drafts = page.getByRole('region', { name: say('outbox.drafts_title') });
  for (const name of ['uno', 'due']) await expect(drafts).toContainText(say('outbox.reply_title', { title: `Caso ${name} ${info.project.name}` }));
  await drafts.getByRole('listitem').filter({ hasText: `Caso uno ${info.project.name}` }).getByRole('link', { name: say('outbox.go_on') }).click();
  await expect(text).toHaveValue('Parole per il primo.');
  await expect(answerOn(page).getByRole('listitem').filter({ hasText: 'primo.jpg' })).toContainText('File caricato:');
  await answerOn(page).getByRole('button', { name: say('cases.answer_send') }).click();
  await expect(storyOn(page)).toContainText('Parole per il primo.');
  await page.goto(`/cases/${cases[1].id}`);
  await expect(text).toHaveValue('Parole per il secondo.');
});

test('an answer without a network outlives the page, and arrives once', async ({ page, loginAs, request }, info) => {
  const { id } = await sendReport('giulia-ferri', `Lampione rete ${info.project.name}`);
  await moveCase(request, town().crm, id, { state: 'waiting_information', note: 'Quale lampione?', task: 'answer' });
  await loginAs(page, 'giulia-ferri', { from: `/cases/${id}` });
  await answerOn(page).getByLabel(say('cases.answer_label')).fill('Il terzo da destra.');
  // The answer of the CRM is lost: it has arrived, and nobody here knows.
  await page.route('**/api/v1/cases/*/messages', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
  await answerOn(page).getByRole('button', { name: say('cases.answer_send') }).click();
  await expect(page.getByRole('alert').filter({ hasText: say('outbox.reply_waiting') })).toContainText(say('outbox.reply_kept'));
  await page.goto('/outbox');
  await expect(page.getByRole('region', { name: say('outbox.unsent_title') })).toContainText(say('outbox.unsent_none'), { timeout: 20_000 });
  await page.goto(`/cases/${id}`);
  await expect(storyOn(page).getByText('Il terzo da destra.')).toHaveCount(1);
});

test('an answer that the case takes no more is shown, and goes when the person says so', async ({ openAs, request }, info) => {
  const { id } = await sendReport('giulia-ferri', `Lampione tardi ${info.project.name}`);
  await moveCase(request, town().crm, id, { state: 'waiting_information', note: 'Quale lampione?', task: 'answer' });
  const page = await openAs('giulia-ferri', `/cases/${id}`);
  await answerOn(page).getByLabel(say('cases.answer_label')).fill('Troppo tardi.');
  await moveCase(request, town().crm, id, { state: 'resolved', note: 'Fatto.' });
  await answerOn(page).getByRole('button', { name: say('cases.answer_send') }).click();
  const gone = page.locator('.callout', { hasText: say('cases.unsendable_title') });
  await expect(gone).toContainText('Troppo tardi.', { timeout: 30_000 });
  await expectGood(page, 'an answer that came too late');
  await gone.getByRole('button', { name: say('outbox.delete') }).click();
  await expect(gone).toHaveCount(0);
});

test('the closing shows the photo of the repair; "No, riapri" takes a new photo; a rating belongs to its case', async ({ openAs, request, context }, info) => {
  const [{ id, number }, other] = await Promise.all(['chiuso', 'altro'].map((name) => sendReport('giulia-ferri', `Lampione ${name} ${info.project.name}`)));
  const { issuer } = town();
  const clerk = async (about: string) => {
    const moved = await request.post(`${issuer}/clerk/moves`, {
      headers: { Origin: issuer },
      form: { number: about, state: 'resolved', note: 'Lampadina cambiata.', key: crypto.randomUUID() },
      maxRedirects: 0,
    });
    expect(moved.status()).toBe(303);
  };
  for (const about of [number, other.number]) await clerk(about);
  const page = await openAs('giulia-ferri', `/cases/${other.id}`);
  const stars = (number: number) => page.getByRole('radio', { name: `Valuta ${number} stelle su 5` });
  await stars(2).check();
  await page.goto(`/cases/${id}`);
  const closing = storyOn(page).getByRole('listitem').filter({ hasText: 'Lampadina cambiata.' });
  const repair = closing.getByRole('img', { name: say('cases.step_photo', { number: 1 }) });
  await repair.scrollIntoViewIfNeeded();
  await expect.poll(() => repair.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await expectGood(page, 'the photo of a repair');
  await page.getByRole('navigation', { name: say('common.breadcrumb') }).getByRole('link', { name: say('common.my_cases') }).click();
  await page.getByRole('link', { name: new RegExp(`Lampione altro ${info.project.name}`) }).first().click();
  await stars(2).check();
  await page.goBack();
  await page.goBack();
  await expect(stars(2)).not.toBeChecked();

  const verdict = page.getByRole('region', { name: say('cases.verdict_title') });
  await verdict.getByRole('button', { name: 'No, riapri' }).click();
  await verdict.getByLabel(say('cases.verdict_why')).fill('È di nuovo buio.');
  await verdict.getByLabel(say('cases.photos_button')).setInputFiles(picked('buio.jpg', await jpeg(context, 800, 600)));
  await expect(verdict.getByRole('listitem').filter({ hasText: 'buio.jpg' })).toContainText('File caricato:');
  await verdict.getByRole('button', { name: say('cases.verdict_send') }).click();
  const reopened = storyOn(page).getByRole('listitem').filter({ hasText: say('cases.step_reopened') });
  await expect(reopened).toContainText('È di nuovo buio.');
  const photo = reopened.getByRole('img', { name: say('cases.step_photo', { number: 1 }) });
  await photo.scrollIntoViewIfNeeded();
  await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(800);
});
