// Cases: finding one among many, and understanding it: what its state means, its story, its dates, its papers.
import { readFileSync } from 'node:fs';
import { type Download, type Page } from '@playwright/test';
import { ask, casesWith, moveCase } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { expect, test } from '../fixtures/test.ts';

const cards = (page: Page) => page.getByRole('main').getByRole('article');
const search = (page: Page) => page.getByRole('searchbox', { name: 'Cerca fra le pratiche' });

async function bytes(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

test('the list is filtered by phase and by words; the URL keeps it, and "back" brings it back', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  await expect(page.getByRole('heading', { level: 1, name: 'Le mie pratiche' })).toBeVisible();
  const all = await cards(page).count();
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
  await expect(page.getByText('Nessuna pratica con queste parole.')).toBeVisible();
  await search(page).clear();
  await page.getByRole('button', { name: 'Tutte' }).click();
  await expect(cards(page)).toHaveCount(all);
});

test('words are found in numbers, subjects, states and offices, whatever the accents', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  const [nursery] = await casesWith(page, 'nido Sara');
  for (const words of [nursery.number, nursery.number.toLowerCase(), 'sara', 'mancano documenti', 'iscrizione  al  nido']) {
    await search(page).fill(words);
    await expect(cards(page).filter({ hasText: nursery.title }), words).toBeVisible();
  }
});

test('a card says where a case stands, by when, and when the town is late', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  const late = cards(page).filter({ hasText: 'Permesso di sosta' });
  await expect(late).toContainText('In lavorazione');
  await expect(late).toContainText(/In ritardo dal .* giorni fa/);
  await expect(late).toContainText('targa GX 204 PL');
  await expect(late).toContainText(/FI-\d{4}-\d{6}-[A-Z]/);
  await expect(late).toContainText(/Ultimo aggiornamento: \d+ \w+ \d{4}/);
  const running = cards(page).filter({ hasText: 'Scuolabus di Matteo' });
  await expect(running).toContainText(/Risposta entro .* mancano \d+ giorni/);
  const over = cards(page).filter({ hasText: 'Certificato di residenza per la banca' });
  await expect(over).toContainText('Accettata');
  await expect(over).not.toContainText(/Risposta entro|In ritardo/);
});

test('four hundred cases come in parts, none twice', async ({ openAs }) => {
  const page = await openAs('carlo-bernardi', '/cases');
  await expect(cards(page)).toHaveCount(20);
  const more = page.getByRole('button', { name: 'Mostra altro' });
  await more.click();
  await expect(cards(page)).toHaveCount(40);
  await more.click();
  await expect(cards(page)).toHaveCount(60);
  const links = await cards(page).getByRole('link').evaluateAll((found) => found.map((link) => link.getAttribute('href')));
  expect(new Set(links).size).toBe(60);
  await page.getByRole('button', { name: 'In corso' }).click();
  await expect(page).toHaveURL('/cases?phase=open');
  await expect(cards(page)).toHaveCount(20);
});

test('a case explains itself: the plain card, the story with the steps to come, dates, registration, office', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases?q=nido');
  await cards(page).filter({ hasText: 'Iscrizione di Sara' }).getByRole('link').click();
  const plain = page.getByRole('region', { name: 'Mancano documenti' });
  await expect(plain.getByRole('term')).toHaveText(['Cosa significa', 'A chi tocca adesso', 'Cosa devi fare', 'Entro quando']);
  await expect(plain).toContainText('Tocca a te.');
  await expect(plain).toContainText(/Ultimo giorno per dare i documenti: \d+ \w+ \d{4}/);
  await expect(plain).toContainText('Il Comune lo chiama: richiesta di integrazione documentale');
  await expect(page.getByText(/Ultimo aggiornamento dal Comune: \d+ \w+ \d{4}/)).toBeVisible();

  const story = page.getByRole('region', { name: 'La storia della pratica' }).getByRole('listitem');
  await expect(story).toHaveCount(6);
  await expect(story.first()).toContainText('Fatto: Inviata');
  await expect(story.first()).toContainText('Tu · con questa app');
  await expect(story.nth(3)).toContainText('Adesso: Mancano documenti');
  await expect(story.nth(3)).toContainText('certificato delle vaccinazioni di Sara');
  await expect(story.nth(4)).toContainText('Previsto: In lavorazione');
  await expect(story.nth(5)).toContainText(/Previsto per il \d+ \w+ \d{4}/);

  const facts = page.getByRole('region', { name: 'I dati della pratica' });
  for (const row of ['Numero', 'Per chi o che cosa', 'Inviata il', 'Protocollo', 'Presa in carico il', 'Risposta entro', 'Tempo massimo']) {
    await expect(facts.getByRole('term').filter({ hasText: row }), row).toHaveCount(1);
  }
  const office = page.getByRole('region', { name: 'Ufficio che se ne occupa' });
  await expect(office.getByRole('link', { name: /Chiama/ })).toHaveAttribute('href', /^tel:\+39/);
  await expect(office.locator('a[href^="mailto:"]')).toBeVisible();
});

test('a late case says whom to call; one that is over says how it ended', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases?q=sosta');
  await cards(page).filter({ hasText: 'Permesso di sosta' }).getByRole('link').click();
  await expect(page.getByText('Il Comune è in ritardo')).toBeVisible();
  await expect(page.getByText(/La risposta doveva arrivare entro il \d+ \w+ \d{4}/)).toBeVisible();
  await page.getByRole('link', { name: 'Torna alle pratiche' }).click();
  await page.getByRole('button', { name: 'Concluse' }).click();
  await cards(page).filter({ hasText: 'Tassa rifiuti: siamo in quattro' }).getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Accettata' })).toBeVisible();
  await expect(page.getByText('Il Comune è in ritardo')).toHaveCount(0);
});

test('documents and the receipt are real PDFs; the receipt is also a page to print', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases?q=banca');
  await cards(page).filter({ hasText: 'Certificato di residenza per la banca' }).getByRole('link').click();
  const file = page.getByRole('region', { name: 'Documenti da scaricare' }).getByRole('link', { name: /Certificato di residenza/ });
  await expect(file).toContainText(/PDF · [\d,.]+ kB/);
  const [document] = await Promise.all([page.waitForEvent('download'), file.click()]);
  expect(document.suggestedFilename()).toMatch(/\.pdf$/);
  expect((await bytes(document)).subarray(0, 5).toString()).toBe('%PDF-');

  await page.getByRole('link', { name: 'Ricevuta' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ricevuta' })).toBeVisible();
  const receipt = page.getByRole('main');
  await expect(receipt).toContainText(/FI-\d{4}-\d{6}-[A-Z]/);
  for (const words of ['Comune di Firenze', 'Maria Rossi', 'Certificato di residenza per la banca', 'Accettata']) await expect(receipt).toContainText(words);
  await expect(receipt.getByRole('button', { name: 'Stampa' })).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  for (const part of [page.getByRole('contentinfo'), page.getByRole('navigation').first(), receipt.getByRole('button', { name: 'Stampa' })]) await expect(part).toBeHidden();
  await page.emulateMedia({ media: null });
  const link = receipt.getByRole('link', { name: 'Scarica la ricevuta (PDF)' });
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
  for (const id of [own.id, crypto.randomUUID(), 'never', '..%2Fme']) {
    await page.goto(`/cases/${id}`);
    await expect(page.getByRole('alert').filter({ hasText: 'Non la troviamo.' })).toBeVisible();
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
  await expect(page.getByRole('region', { name: 'Mancano documenti' })).toBeVisible();
  const address = page.url();
  await page.getByRole('button', { name: 'English' }).click();
  const plain = page.getByRole('region', { name: 'Documents missing' });
  await expect(plain.getByRole('term')).toHaveText(['What it means', 'Whose turn it is', 'What you have to do', 'By when']);
  await expect(plain.getByText('richiesta di integrazione documentale')).toHaveAttribute('lang', 'it');
  await expect(page.getByRole('region', { name: 'The story of this case' })).toContainText('Now: Documents missing');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(page.url()).toBe(address);
  await page.reload();
  await expect(plain).toBeVisible();
  await page.getByRole('button', { name: 'Italiano' }).click();
  await expect(page.getByRole('region', { name: 'Mancano documenti' })).toBeVisible();
});

test('what a clerk does is there for the citizen after a reload', async ({ openAs, request }, info) => {
  const page = await openAs('samira-el-amrani', '/cases?q=Nour');
  await cards(page).filter({ hasText: 'Iscrizione di Nour' }).getByRole('link').click();
  await expect(page.getByRole('region', { name: 'La storia della pratica' })).toBeVisible();
  const id = new URL(page.url()).pathname.split('/').pop()!;
  const note = `Serve il parere del pediatra (${info.project.name}).`;
  await moveCase(request, town().crm, id, 'waiting_opinion', note);
  await page.reload();
  await expect(page.getByRole('region', { name: 'Serve un parere' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'La storia della pratica' })).toContainText(note);
  await moveCase(request, town().crm, id, 'in_progress', '');
});
