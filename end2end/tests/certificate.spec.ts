// The certificate is ready: the office says so, a letter arrives, its link leads to that very case after the login, and the paper is there.
import { readFileSync, writeFileSync } from 'node:fs';
import { type Page } from '@playwright/test';
import { casesWith } from '../fixtures/api.ts';
import { type Crm, OFFICE_TOKEN, town } from '../fixtures/crm.ts';
import { type PersonName, beRecognised, person, pick } from '../fixtures/login.ts';
import { type Arrived, inMailboxes, startTellingCrm } from '../fixtures/phones.ts';
import { type Language, speak } from '../fixtures/pages.ts';
import { program, run } from '../fixtures/programs.ts';
import { expect, test } from '../fixtures/test.ts';
import { say, state } from '../fixtures/words.ts';

let crm: Crm;
test.beforeAll(async () => {
  crm = await startTellingCrm();
});
test.afterAll(() => crm.end());

const NOTE = 'Il certificato vale sei mesi.';

/** Signs in on the page that is open, in a language. */
async function signIn(page: Page, who: PersonName, language: Language): Promise<void> {
  await speak(page, language);
  await pick(page, say('login.device_mine', {}, language));
  await page.getByRole('button', { name: say(`login.${person(who).scheme}_button`, {}, language) }).click();
  await beRecognised(page, who);
}

/** Chooses that documents come with the e-mail, on the page for it. */
async function wantAttached(page: Page, language: Language): Promise<void> {
  await page.goto(`${crm.url}/channels`);
  const attach = page.getByLabel(say('channels.attaches', {}, language), { exact: true });
  await attach.check();
  await page.getByRole('button', { name: say('channels.save', {}, language), exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: say('channels.saved', {}, language) })).toBeVisible();
  await page.reload();
  await expect(attach).toBeChecked();
}

/** A real PDF: the receipt of a case, as the person has it. */
async function certificate(page: Page, id: string): Promise<Buffer> {
  const bytes = await page.evaluate(async (id) => {
    const answer = await fetch(`/api/v1/cases/${id}/receipt?language=it`, { headers: { 'x-filo': '1' } });
    return [...new Uint8Array(await answer.arrayBuffer())];
  }, id);
  return Buffer.from(bytes);
}

/** The officer finishes the case at the command line, with the certificate. */
async function finish(number: string, file: string): Promise<void> {
  const words = ['office', 'move', number, 'accepted', '--note', NOTE, '--file', file];
  await run(program('crm'), words, { FILO_OFFICE_URL: crm.url, FILO_OFFICE_TOKEN: OFFICE_TOKEN });
}

/** The letter to an address that names the case. */
async function letterTo(address: string, number: string): Promise<Arrived> {
  const find = async () => (await inMailboxes()).find(({ to, text }) => to === address && text.includes(number));
  await expect.poll(find, { timeout: 15_000 }).toBeTruthy();
  return (await find())!;
}

/** The link of a letter, as its HTML has it, and as plain text has it too. */
async function linkOf(letter: Arrived, language: Language): Promise<string> {
  const html = await (await fetch(`${town().issuer}/letters/${letter.number}/html`)).text();
  expect(html).toContain(`<html lang="${language}">`);
  const link = /href="([^"]+)"/.exec(html)?.[1] ?? '';
  expect(letter.text.split(/\r?\n/), 'the same address in plain text').toContain(link);
  return link;
}

test('a certificate is ready: the letter says so in the person’s language, with the paper or without; its link leads through the login to the case', async ({ page, context, isMobile }, info) => {
  // On the phone somebody who reads English and wants the paper with the letter; on the desktop somebody who reads Italian and wants only the link.
  const [who, email, language]: [PersonName, string, Language] = isMobile
    ? ['samira-el-amrani', 'samira.elamrani@example.org', 'en']
    : ['teresa-conti', 'teresa.conti@example.org', 'it'];
  await page.goto(`${crm.url}/cases?phase=open`);
  await signIn(page, who, language);
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  const theCase = (await casesWith(page, '')).find(({ phase, kind }) => phase === 'open' && kind !== 'street_report')!;
  const file = info.outputPath('Certificato di residenza.pdf');
  writeFileSync(file, await certificate(page, theCase.id));
  if (isMobile) await wantAttached(page, language);
  await context.clearCookies();
  await finish(theCase.number, file);

  const letter = await letterTo(email, theCase.number);
  const { label, whose_turn } = state('accepted', language);
  expect(letter.subject).toBe(`${label} (${theCase.number})`);
  for (const secret of [theCase.title, person(who).family_name, NOTE]) expect(letter.subject, 'a glance at the list of letters tells nothing').not.toContain(secret);
  for (const said of [whose_turn, NOTE, 'Certificato di residenza.pdf']) expect(letter.text).toContain(said);
  expect(letter.files).toEqual(isMobile ? [{ name: 'Certificato di residenza.pdf', media_type: 'application/pdf' }] : []);
  if (isMobile) {
    const attached = await fetch(`${town().issuer}/letters/${letter.number}/files/0`);
    expect(Buffer.from(await attached.arrayBuffer()).subarray(0, 5).toString()).toBe('%PDF-');
  }

  // From the letter into the app: who is signed out signs in, and is where the letter said.
  const link = await linkOf(letter, language);
  expect(link).toBe(`${crm.url}/cases/${theCase.id}`);
  await page.goto(link);
  await signIn(page, who, language);
  await expect(page.getByRole('heading', { level: 1, name: theCase.title })).toBeVisible();
  expect(page.url()).toBe(link);
  await expect(page.getByRole('region', { name: label })).toBeVisible();
  await expect(page.getByText(NOTE)).toBeVisible();
  const documents = page.getByRole('region', { name: say('cases.documents', {}, language) });
  const paper = documents.getByRole('link', { name: /Certificato di residenza/ }).first();
  await expect(paper).toContainText(/PDF · [\d,.]+ kB/);
  const [download] = await Promise.all([page.waitForEvent('download'), paper.click()]);
  expect(download.suggestedFilename()).toMatch(/^Certificato di residenza.*\.pdf$/);
  expect(readFileSync(await download.path()).subarray(0, 5).toString()).toBe('%PDF-');
});
