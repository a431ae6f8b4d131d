// Questionnaires that ask for photos and PDF, that are tried before anybody is asked, and whose order is drawn by hand.
import { type Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { ask } from '../fixtures/api.ts';
import { OFFICE_TOKEN, town } from '../fixtures/crm.ts';
import { speak } from '../fixtures/pages.ts';
import { asTakenByPhone, jpeg, pdf, picked, tellsMore } from '../fixtures/photos.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

interface Brought { preview?: string; summary: { id: string } }
interface Named { name: string; type: string; content: string }
interface Exported { answers: { answers: Record<string, Named[]>; files: { id: string; question: string; media_type: string; state: string }[] }[] }

const both = (it: string, en: string) => ({ it, en });
const OFFICE = { authorization: `Bearer ${OFFICE_TOKEN}` };

/** What is brought in, under a key that no other run has. */
const benches = (key: string) => ({
  key,
  title: both('Le panchine', 'The benches'), asks: both('Ufficio Verde', 'Green Office'), why: both('Per mettere le panchine dove servono.', 'To put benches where they are needed.'), readers: both("L'ufficio.", 'The office.'),
  minutes: 2, anonymous: false, one_by_one: true, closes_on: '2099-12-31',
  definition: {
    locale: 'it',
    elements: [
      { type: 'file', name: 'foto', isRequired: true, allowMultiple: true, acceptedTypes: 'image/*', title: both('Com\'è il posto?', 'How is the place?') },
      { type: 'file', name: 'pianta', acceptedTypes: 'application/pdf', title: both('Hai una pianta?', 'Have you a plan?') },
      { type: 'checkbox', name: 'quale', title: both('Quale panchina ti piace?', 'Which bench do you like?'), choices: [{ value: 'legno', text: both('Di legno', 'Wooden'), imageLink: '/icons/filo-192.png' }, { value: 'pietra', text: both('Di pietra', 'Of stone'), imageLink: '/icons/filo-512.png' }] },
      { type: 'ranking', name: 'ordine', title: both('Che cosa conta di più?', 'What matters most?'), choices: [{ value: 'ombra', text: both("L'ombra", 'Shade') }, { value: 'vista', text: both('La vista', 'The view') }, { value: 'silenzio', text: both('Il silenzio', 'Silence') }] },
    ],
  },
});

async function bring(page: Page, key: string): Promise<Brought> {
  const answer = await page.request.post(`${town().crm}/api/v1/office/questionnaires`, { headers: { ...OFFICE, 'idempotency-key': `bring ${key}` }, data: benches(key) });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()) as Brought;
}

const next = (page: Page) => page.getByRole('button', { name: say('common.next'), exact: true });
const send = (page: Page) => page.getByRole('button', { name: say('questionnaires.send'), exact: true });
const order = (page: Page) => page.locator('.filo-rank > span:not(.filo-rank-handle)').allInnerTexts();

/** Draws a row of an order onto another, as a finger or a mouse does. */
async function draw(page: Page, from: string, to: string): Promise<void> {
  const row = (name: string) => page.locator('.filo-rank').filter({ hasText: name });
  // The page scrolls there gently; this waits until it stands still.
  await row(from).locator('.filo-rank-handle').hover();
  const target = await row(to).boundingBox();
  if (!target) throw new Error('nowhere to draw it');
  await page.mouse.down();
  await page.mouse.move(target.x + 40, target.y + target.height / 2, { steps: 6 });
  await page.mouse.up();
}

test('of too many files those that fit are taken and the others say why; one that is refused takes no room', async ({ page, context }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const { preview } = await bring(page, `panchine-troppe-${info.retry}`);
  await page.goto(new URL(preview ?? '').pathname);
  const photos = await Promise.all([64, 72, 80, 88, 96, 104].map((width) => jpeg(context, width, 60)));
  const chosen = [{ name: 'finta.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a photo') }, ...photos.map((photo, at) => picked(`foto-${at}.jpg`, photo))];
  await page.locator('.filo-upload input').setInputFiles(chosen);
  await expect(page.locator('.filo-upload-row.is-ready')).toHaveCount(5);
  const refused = page.locator('.filo-upload-row.is-refused');
  await expect(refused).toHaveCount(2);
  await expect(refused.filter({ hasText: 'foto-5.jpg' })).toContainText(like('form.too_many_items', { max: '5' }));
  // What is refused does not stand in the way of the rest.
  for (let left = 2; left > 0; left -= 1) {
    await refused.first().getByRole('button').click();
    await expect(refused).toHaveCount(left - 1);
  }
  await next(page).click();
  await expect(page.getByRole('group', { name: /Hai una pianta/ })).toBeVisible();
});

test('one is tried before anybody is asked, then answered with photos and a PDF that reach the office', async ({ page, openAs, context }, info) => {
  test.slow();
  const key = `panchine-${info.project.name}-${info.retry}`;
  const { preview, summary } = await bring(page, key);
  if (!preview) throw new Error('no preview');
  // Tried by somebody who is not signed in, in both languages; nothing leaves.
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET' && !request.url().endsWith('/questionnaires/preview')) sent.push(request.url());
  });
  await page.goto(new URL(preview).pathname);
  await expect(page.getByRole('heading', { level: 1, name: 'Le panchine' })).toBeVisible();
  await expect(page.getByText(say('questionnaires.preview_title'))).toBeVisible();
  await expectGood(page, 'a questionnaire that is tried');
  await speak(page, 'en');
  await expect(page.getByRole('group', { name: /How is the place/ })).toBeVisible();
  await speak(page, 'it');
  const photo = asTakenByPhone(await jpeg(context, 800, 600));
  await next(page).click();
  await expect(page.getByRole('group', { name: say('form.summary') })).toBeFocused();
  const choose = page.locator('.filo-upload input');
  await choose.setInputFiles(picked('posto.jpg', photo));
  await expect(page.locator('.filo-upload-row.is-ready')).toHaveCount(1);
  await next(page).click();
  await next(page).click();
  // Pictures stand beside the words, which alone name the choice.
  const wooden = page.getByRole('checkbox', { name: 'Di legno', exact: true });
  await expect(wooden).toBeVisible();
  await expect.poll(() => page.locator('.filo-answer img').evaluateAll((all: HTMLImageElement[]) => all.map((one) => one.naturalWidth))).toEqual([192, 512]);
  await expectGood(page, 'choices with pictures');
  await page.locator('.filo-answer img').first().click();
  await expect(wooden).toBeChecked();
  await next(page).click();
  await expect(page.locator('.filo-rank')).toHaveCount(3);
  await expectGood(page, 'an order that is tried');
  await draw(page, 'Il silenzio', "L'ombra");
  await expect.poll(() => order(page)).toEqual(['Il silenzio', "L'ombra", 'La vista']);
  await expect(page.getByText('Il silenzio: adesso è al posto 1 di 3.')).toBeAttached();
  await next(page).click();
  await send(page).click();
  await expect(page.getByRole('heading', { name: say('questionnaires.preview_over') })).toBeFocused();
  expect(sent.filter((url) => url.includes('/questionnaires') || url.includes('/uploads'))).toEqual([]);
  await page.getByRole('button', { name: say('questionnaires.preview_again') }).click();
  await expect(page.locator('.filo-upload-row')).toHaveCount(0);

  // Opened, its preview is gone.
  const opened = await page.request.post(`${town().crm}/api/v1/office/questionnaires/${summary.id}/moves`, { headers: { ...OFFICE, 'idempotency-key': `open ${key}` }, data: { to: 'open' } });
  expect(opened.status()).toBe(200);
  await page.goto(new URL(preview).pathname);
  await expect(page.getByText(say('questionnaires.preview_title'))).toHaveCount(0);

  const mine = await openAs(info.project.name === 'phone' ? 'nora-gelli' : 'lukas-brandt', `/questionnaires/${summary.id}/answer`);
  await expect(mine.getByRole('group', { name: /Com'è il posto/ })).toBeVisible();
  const upload = mine.locator('.filo-upload input');
  await upload.setInputFiles([picked('uno.jpg', photo), picked('due.jpg', await jpeg(context, 640, 480))]);
  await expect(mine.locator('.filo-upload-row.is-ready')).toHaveCount(2);
  await expectGood(mine, 'a question with photos');
  // What is no photo is refused by its bytes, and what is taken back is gone.
  await upload.setInputFiles({ name: 'finta.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a photo') });
  await expect(mine.locator('.filo-upload-row.is-refused')).toHaveCount(1);
  await mine.locator('.filo-upload-row.is-refused').getByRole('button').click();
  await expect(mine.locator('.filo-upload-row.is-refused')).toHaveCount(0);
  // Left and found again on this device, with its pictures.
  await expect(mine.getByText(say('questionnaires.saved'))).toBeVisible();
  await mine.reload();
  await expect(mine.locator('.filo-upload-row.is-ready img')).toHaveCount(2);
  await mine.locator('.filo-upload-row').filter({ hasText: 'due.jpg' }).getByRole('button').click();
  await expect(mine.locator('.filo-upload-row')).toHaveCount(1);
  await next(mine).click();
  await mine.locator('.filo-upload input').setInputFiles({ name: 'pianta.pdf', mimeType: 'application/pdf', buffer: pdf() });
  await expect(mine.locator('.filo-upload-row.is-ready')).toContainText('pianta.pdf');
  await next(mine).click();
  await next(mine).click();
  await mine.getByRole('button', { name: `${say('questionnaires.up')}: La vista` }).click();
  await expect(mine.getByText('La vista: adesso è al posto 1 di 3.')).toBeAttached();
  await next(mine).click();
  await expect(mine.getByRole('main')).toContainText('uno.jpg');
  await expect(mine.getByRole('main')).toContainText('pianta.pdf');
  await send(mine).click();
  await expect(mine.getByRole('heading', { name: say('questionnaires.sent_title') })).toBeVisible();

  const exported = async (): Promise<Exported> => (await (await page.request.get(`${town().crm}/api/v1/office/questionnaires/${summary.id}/answers`, { headers: OFFICE })).json()) as Exported;
  await expect.poll(async () => (await exported()).answers[0]?.files.map(({ question, state }) => `${question} ${state}`).sort(), { timeout: 30_000 }).toEqual(['foto ready', 'pianta ready']);
  const [{ answers, files }] = (await exported()).answers;
  expect(answers.foto.map(({ name, type }) => [name, type])).toEqual([['uno.jpg', 'image/jpeg']]);
  const file = files.find(({ question }) => question === 'foto');
  const got = await page.request.get(`${town().crm}/api/v1/office/questionnaires/${summary.id}/files/${file?.id}`, { headers: OFFICE });
  expect(tellsMore(await got.body()), 'nothing of where it was taken').toBe(false);
  // What was sent is there to be changed, without being sent again.
  await mine.goto(`/questionnaires/${summary.id}/answer`);
  await expect(mine.locator('.filo-upload-row')).toContainText('uno.jpg');
  const { body } = await ask<{ given?: { answers: Record<string, unknown> } }>(mine, `/api/v1/questionnaires/${summary.id}?language=it`);
  expect(body.given?.answers.ordine).toEqual(['vista', 'ombra', 'silenzio']);
});
