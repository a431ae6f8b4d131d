// One case: what its state means, its story, its dates, its papers, and what its citizen does about it.
import { readFileSync } from 'node:fs';
import { type Download, type Page } from '@playwright/test';
import { ask, casesWith, moveCase } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { expectGood } from '../fixtures/access.ts';
import { sendReport } from '../fixtures/sent.ts';
import { expect, test } from '../fixtures/test.ts';
import { DAY, like, say, state } from '../fixtures/words.ts';

const cards = (page: Page) => page.getByRole('main').getByRole('article');
const search = (page: Page) => page.getByRole('searchbox', { name: say('cases.search_label') });

async function bytes(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

test('a case explains itself: the plain card, the story with the steps to come, dates, registration, office', async ({ openAs }) => {
  const waiting = state('waiting_documents');
  const page = await openAs('maria-rossi', '/cases?q=nido');
  await cards(page).filter({ hasText: 'Iscrizione di Sara' }).getByRole('link').click();
  const plain = page.getByRole('region', { name: waiting.label });
  await expect(plain.getByRole('term')).toHaveText(['Cosa significa', 'A chi tocca adesso', 'Cosa devi fare', 'Entro quando']);
  await expect(plain).toContainText(waiting.whose_turn);
  await expect(plain).toContainText(new RegExp(waiting.by_when.replace('{date}', DAY)));
  await expect(plain).toContainText(`${say('common.office_term')} ${waiting.term}`);
  await expect(page.getByText(like('cases.last_update', { date: DAY }))).toBeVisible();

  const story = page.getByRole('region', { name: say('cases.story') }).getByRole('listitem');
  await expect(story).toHaveCount(6);
  await expect(story.first()).toContainText(`${say('common.step_done')}: ${state('submitted').label}`);
  await expect(story.first()).toContainText(`${say('cases.by_you')} · ${say('cases.channel_app')}`);
  await expect(story.nth(3)).toContainText(`${say('common.step_current')}: ${waiting.label}`);
  await expect(story.nth(3)).toContainText('certificato delle vaccinazioni di Sara');
  await expect(story.nth(4)).toContainText(`${say('common.step_expected')}: `);
  await expect(story.nth(5)).toContainText(like('cases.expected_on', { date: DAY }));

  const facts = page.getByRole('region', { name: say('cases.facts') });
  const rows = ['number', 'subject', 'opened', 'protocol', 'registered', 'due', 'legal_term'].map((key) => say(`cases.${key}`));
  await expect(facts.getByRole('term')).toHaveText(rows);
  const office = page.getByRole('region', { name: say('cases.office') });
  await expect(office.getByRole('link', { name: /Chiama/ })).toHaveAttribute('href', /^tel:\+39/);
  await expect(office.locator('a[href^="mailto:"]')).toBeVisible();
});

test('a late case says whom to call; one that is over says how it ended', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases?q=sosta');
  await cards(page).filter({ hasText: 'Permesso di sosta' }).getByRole('link').click();
  await expect(page.getByText(say('cases.overdue_title'))).toBeVisible();
  await expect(page.getByText(like('cases.overdue_text', { date: DAY }))).toBeVisible();
  await page.getByRole('navigation', { name: say('common.breadcrumb') }).getByRole('link', { name: say('common.my_cases') }).click();
  await expect(search(page)).toHaveValue('');
  await page.getByRole('button', { name: 'Concluse' }).click();
  await cards(page).filter({ hasText: 'Tassa rifiuti: siamo in quattro' }).getByRole('link').click();
  await expect(page.getByRole('region', { name: state('accepted').label })).toBeVisible();
  await expect(page.getByText(say('cases.overdue_title'))).toHaveCount(0);
});

test('documents and the receipt are real PDFs; the receipt is also a page to print', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases?q=banca');
  await cards(page).filter({ hasText: 'Certificato di residenza per la banca' }).getByRole('link').click();
  const file = page.getByRole('region', { name: say('cases.documents') }).getByRole('link', { name: /Certificato di residenza/ });
  await expect(file).toContainText(/PDF · [\d,.]+ kB/);
  const [document] = await Promise.all([page.waitForEvent('download'), file.click()]);
  expect(document.suggestedFilename()).toMatch(/\.pdf$/);
  expect((await bytes(document)).subarray(0, 5).toString()).toBe('%PDF-');

  await page.getByRole('link', { name: say('cases.receipt_open'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('cases.receipt_title') })).toBeVisible();
  const receipt = page.getByRole('main');
  await expect(receipt).toContainText(/FI-\d{4}-\d{6}-[A-Z]/);
  for (const words of ['Comune di Firenze', 'Maria Rossi', 'Certificato di residenza per la banca', state('accepted').label]) await expect(receipt).toContainText(words);
  await expect(receipt.getByRole('button', { name: say('cases.receipt_print') })).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  for (const part of [page.getByRole('contentinfo'), page.getByRole('navigation').first(), receipt.getByRole('button', { name: say('cases.receipt_print') })]) await expect(part).toBeHidden();
  await page.emulateMedia({ media: null });
  const link = receipt.getByRole('link', { name: say('cases.receipt_pdf') });
  const [paper] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect((await bytes(paper)).subarray(0, 5).toString()).toBe('%PDF-');
});

test('somebody else\'s case looks the same as one that never was', async ({ page, context, openAs, loginAs }) => {
  await loginAs(page, 'gino-bandini', { from: '/cases' });
  await expect(cards(page).first()).toBeVisible();
  const [own] = await casesWith(page, '');
  await context.clearCookies();
  await openAs('maria-rossi', '/cases');
  const seen: string[] = [];
  for (const id of [own.id, crypto.randomUUID(), 'never', '0%00']) {
    await page.goto(`/cases/${id}`);
    await expect(page.getByRole('main').getByText(say('error.not_found'))).toBeVisible();
    seen.push(await page.getByRole('main').innerText());
    expect((await ask(page, `/api/v1/cases/${id}`)).status).toBe(404);
    expect((await ask(page, `/api/v1/cases/${id}/receipt`)).status).toBe(404);
  }
  expect(new Set(seen).size).toBe(1);
  expect(seen[0]).not.toContain(own.title);
});

test('the language changes in place: states, story and dates', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases?q=nido');
  await cards(page).filter({ hasText: 'Iscrizione di Sara' }).getByRole('link').click();
  await expect(page.getByRole('region', { name: state('waiting_documents').label })).toBeVisible();
  const address = page.url();
  await page.getByRole('button', { name: 'English' }).click();
  const plain = page.getByRole('region', { name: state('waiting_documents', 'en').label });
  await expect(plain.getByRole('term')).toHaveText(['meaning', 'turn', 'todo', 'when'].map((key) => say(`common.card_${key}`, {}, 'en')));
  await expect(plain.getByText(state('waiting_documents', 'en').term)).toHaveAttribute('lang', 'it');
  await expect(page.getByRole('region', { name: say('cases.story', {}, 'en') })).toContainText(state('waiting_documents', 'en').label);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(page.url()).toBe(address);
  await page.reload();
  await expect(plain).toBeVisible();
  await page.getByRole('button', { name: 'Italiano' }).click();
  await expect(page.getByRole('region', { name: state('waiting_documents').label })).toBeVisible();
});

test('on an English page what the office wrote is marked as Italian, what is translated is not', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases?q=nido');
  const title = cards(page).filter({ hasText: 'Iscrizione di Sara' }).getByRole('heading');
  await expect(title).not.toHaveAttribute('lang');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(title).toHaveAttribute('lang', 'it');
  await title.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveAttribute('lang', 'it');
  const inItalian = (text: string) => page.locator('[lang="it"]').filter({ hasText: text });
  await expect(inItalian('certificato delle vaccinazioni di Sara').first()).toBeVisible();
  await expect(page.getByRole('region', { name: say('cases.facts', {}, 'en') }).locator('p[lang="it"]')).toBeVisible();
  await expect(page.getByRole('region', { name: say('cases.office', {}, 'en') }).locator('p[lang="it"]')).toHaveCount(2);
  await expect(inItalian(state('waiting_documents', 'en').whose_turn)).toHaveCount(0);
  await page.getByRole('button', { name: 'Italiano' }).click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveAttribute('lang');
});

test.describe('reading aloud', () => {
  /** A voice that says nothing by itself: the test tells how a reading ends. */
  const openWithVoice = async (openAs: (person: 'maria-rossi', path: string) => Promise<Page>, page: Page, voices: number) => {
    await page.addInitScript((voices) => {
      const spoken: SpeechSynthesisUtterance[] = [];
      const voice = { spoken, getVoices: () => Array(voices).fill({}), speak: (one: SpeechSynthesisUtterance) => void spoken.push(one), cancel: () => {} };
      Object.defineProperty(window, 'speechSynthesis', { value: voice });
    }, voices);
    await page.clock.install();
    await openAs('maria-rossi', '/cases?q=nido');
    await cards(page).filter({ hasText: 'Iscrizione di Sara' }).getByRole('link').click();
  };
  /** The last reading ends, with an error when there is one. */
  const end = (page: Page, which: number, error?: string) =>
    page.evaluate(([which, error]) => {
      const { spoken } = window.speechSynthesis as unknown as { spoken: SpeechSynthesisUtterance[] };
      spoken.at(which as number)?.dispatchEvent(Object.assign(new Event(error ? 'error' : 'end'), { error }));
    }, [which, error] as const);
  const read = (page: Page) => page.getByRole('button', { name: say('common.read_aloud') });
  const stop = (page: Page) => page.getByRole('button', { name: say('common.stop_reading') });

  test('the button knows when a reading is over, interrupted or stopped', async ({ page, openAs }) => {
    await openWithVoice(openAs, page, 1);
    await read(page).click();
    await expect(stop(page)).toBeVisible();
    await end(page, -1);
    await expect(read(page)).toBeVisible();
    await read(page).click();
    await end(page, -1, 'interrupted');
    await expect(read(page)).toBeVisible();
    await expect(page.getByText(say('common.no_voice'))).toHaveCount(0);
    // The end of a reading that was stopped says nothing about the one that has begun since.
    await read(page).click();
    await stop(page).click();
    await read(page).click();
    await end(page, -2, 'canceled');
    await page.clock.fastForward(5_000);
    await expect(stop(page)).toBeVisible();
  });

  test('without a voice it says so, whether the browser tells or not', async ({ page, openAs }) => {
    await openWithVoice(openAs, page, 0);
    await read(page).click();
    await end(page, -1, 'synthesis-unavailable');
    await expect(page.getByRole('status').filter({ hasText: say('common.no_voice') })).toBeVisible();
    await expect(read(page)).toBeVisible();
    await read(page).click();
    await expect(page.getByText(say('common.no_voice'))).toHaveCount(0);
    await page.clock.fastForward(5_000);
    await expect(page.getByText(say('common.no_voice'))).toBeVisible();
    await expect(read(page)).toBeVisible();
  });
});

test('printed from a dark screen it is black on white', async ({ page, openAs }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await openAs('maria-rossi', '/cases?q=nido');
  await cards(page).filter({ hasText: 'Iscrizione di Sara' }).getByRole('link').click();
  await expect(page.getByRole('region', { name: state('waiting_documents').label })).toBeVisible();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const told = await page.getByRole('main').evaluate((main) => {
    const light = (color: string) => {
      const [red, green, blue] = (color.match(/[\d.]+/g) ?? []).map(Number);
      return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    };
    const dark: string[] = [];
    for (const element of [document.body, main, ...main.querySelectorAll<HTMLElement>('*')]) {
      const { backgroundColor, color, display } = getComputedStyle(element);
      if (display === 'none' || (element.checkVisibility && !element.checkVisibility())) continue;
      const clear = backgroundColor === 'transparent' || backgroundColor.endsWith(', 0)');
      if (!clear && light(backgroundColor) < 0.9) dark.push(`${element.tagName}.${element.className}: on ${backgroundColor}`);
      if (element.textContent?.trim() && light(color) > 0.35) dark.push(`${element.tagName}.${element.className}: in ${color}`);
    }
    return dark;
  });
  expect(told).toEqual([]);
});

test('what a clerk does is there for the citizen after a reload', async ({ openAs, request }, info) => {
  const page = await openAs('samira-el-amrani', '/cases?q=Nour');
  await cards(page).filter({ hasText: 'Iscrizione di Nour' }).getByRole('link').click();
  await expect(page.getByRole('region', { name: say('cases.story') })).toBeVisible();
  const id = new URL(page.url()).pathname.split('/').pop()!;
  const note = `Serve il parere del pediatra (${info.project.name}).`;
  await moveCase(request, town().crm, id, { state: 'waiting_opinion', note });
  await page.reload();
  await expect(page.getByRole('region', { name: state('waiting_opinion').label })).toBeVisible();
  await expect(page.getByRole('region', { name: say('cases.story') })).toContainText(note);
  await moveCase(request, town().crm, id, { state: 'in_progress', note: '' });
});

test('the whole story tells what happened in all cases, a phone call too; words find it, and it leads to the case', async ({ page, loginAs, request }, info) => {
  const title = `Storia ${info.project.name} ${Date.now()}`;
  const { id } = await sendReport('lukas-brandt', title);
  await loginAs(page, 'lukas-brandt', { from: '/cases' });
  await page.getByRole('main').getByRole('link', { name: say('common.my_story') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('cases.story_all') })).toBeVisible();
  const steps = page.getByRole('main').getByRole('article');
  await expect(steps.first()).toContainText(title);
  // The story is one person's: the other device's call is in it too.
  const told = `Ha chiamato: il lampione lampeggia (${title}).`;
  await moveCase(request, town().crm, id, { state: 'submitted', note: told, channel: 'phone' });
  const call = steps.filter({ hasText: told });
  await expect(call.getByRole('heading', { level: 3 })).toHaveText(say('cases.step_phone'));
  await expect(call).toContainText(say('cases.channel_phone'));
  await expectGood(page, 'the whole story');
  await page.getByRole('searchbox', { name: say('cases.story_search') }).fill(title);
  await expect(steps).toHaveCount(2);
  await call.getByRole('link', { name: title }).click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await expect(page.getByRole('region', { name: say('cases.story') })).toContainText(say('cases.step_phone'));
});

test('a case that is not needed any more is withdrawn, after one more question', async ({ openAs }, info) => {
  const title = `Non serve ${info.project.name} ${Date.now()}`;
  const { id } = await sendReport('ionut-popescu', title);
  const page = await openAs('ionut-popescu', `/cases/${id}`);
  await page.getByText(say('cases.withdraw'), { exact: true }).first().click();
  await page.getByLabel(say('cases.withdraw_why')).fill('Lo ha riparato il vicino.');
  await expectGood(page, 'a case about to be withdrawn');
  const button = page.getByRole('button', { name: say('cases.withdraw') });
  // Colours come back from the other theme in a moment, each in its own time.
  const isOneColour = () => button.evaluate((element) => getComputedStyle(element).borderTopColor === getComputedStyle(element).color);
  await expect.poll(isOneColour, 'what cannot be undone has a border of its colour').toBe(true);
  await button.click();
  const sure = page.getByRole('dialog', { name: say('cases.withdraw_sure') });
  await sure.getByRole('button', { name: say('common.cancel') }).click();
  await expect(sure).toBeHidden();
  await page.getByRole('button', { name: say('cases.withdraw') }).click();
  await sure.getByRole('button', { name: say('cases.withdraw_yes') }).click();
  await expect(page.getByRole('region', { name: state('withdrawn').label })).toBeVisible();
  await expect(page.getByText(say('cases.done_withdrawal'))).toBeFocused();
  const story = page.getByRole('region', { name: say('cases.story') });
  await expect(story).toContainText('Lo ha riparato il vicino.');
  await expect(page.getByText(say('cases.withdraw'), { exact: true })).toHaveCount(0);
  await expect(page.getByText(say('cases.message_title'), { exact: true })).toHaveCount(0);
});
