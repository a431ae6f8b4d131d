// The tab is killed at every point of writing and of sending; the server is killed. What was called kept is there, and arrives, once and whole.
import { expect } from '@playwright/test';
import { acknowledge, review, tell } from '../fixtures/report.ts';
import { say } from '../fixtures/words.ts';
import { type World, arrived, choose, confirm, fault, heal, plan, reopen, seen, write } from './world.ts';

/** Writing, step by step; what a draft must then have. */
const WRITING: [string, (world: World) => Promise<unknown>][] = [
  ['with the notice read', ({ page }) => acknowledge(page)],
  ['with the street', async ({ page }) => { await page.getByRole('combobox', { name: /Cerca un luogo/ }).fill('Via Maggio'); await page.keyboard.press('Escape'); }],
  ['with the category', ({ page }) => page.getByLabel('Tipo di disservizio').selectOption('Strade, marciapiedi, segnaletica e viabilità')],
  ['with its question answered', ({ page }) => page.getByLabel('Che cosa non va?').selectOption('Lampione spento o rotto')],
  ['with the title', ({ page, title }) => page.getByLabel('Titolo').fill(title)],
  ['with the details', ({ page }) => page.getByLabel('Dettagli').fill('Da tre sere è buio.')],
  ['with a photo', (world) => choose(world, 1)],
  ['with a second photo', (world) => choose(world, 1, 1)],
  ['at the summary', ({ page }) => review(page)],
  ['before the last question', ({ page }) => page.getByRole('button', { name: 'Invia', exact: true }).click()],
];
const [TITLE, DETAILS, PHOTO] = [4, 5, 6];

for (const [last, [name]] of WRITING.entries()) {
  fault(`the tab is killed ${name}: the draft is there, whole`, last === TITLE, async (world) => {
    await world.page.goto(`${world.far.url}/reports/new`);
    const other = world.page.getByRole('button', { name: say('reports.draft_other') });
    if (await other.isVisible()) await other.click();
    await expect(other).toBeHidden();
    for (const [, step] of WRITING.slice(0, last + 1)) await step(world);
    // "Kept within a second" is what the app promises.
    await world.page.waitForTimeout(1_000);
    await world.page.close();
    await reopen(world, '/outbox');
    const drafts = world.page.getByRole('region', { name: say('outbox.drafts_title') });
    const title = last >= TITLE ? world.title : say('outbox.no_title');
    await drafts.getByRole('listitem').filter({ hasText: title }).first().getByRole('link', { name: say('outbox.go_on') }).click();
    await expect(world.page.getByLabel('Titolo')).toHaveValue(last >= TITLE ? world.title : '');
    await expect(world.page.getByRole('combobox', { name: /Cerca un luogo/ })).toHaveValue(last > 0 ? 'Via Maggio' : '');
    await expect(world.page.getByLabel('Dettagli')).toHaveValue(last >= DETAILS ? 'Da tre sere è buio.' : '');
    world.photos = last < PHOTO ? 0 : last === PHOTO ? 1 : 2;
    await expect(world.page.getByRole('listitem').filter({ hasText: 'kB' })).toHaveCount(world.photos);
    await tell(world.page, { title: world.title });
    await review(world.page);
    await confirm(world);
    await arrived(world);
  });
}

/** The requests of sending; a report with two photos makes at least eleven. */
const SENDING = /^(POST|HEAD|PATCH|GET) \/api\/v1\/(reports |uploads|attachments\/[^/]+\/state)/;
for (let n = 0; n <= 10; n += 1) {
  const name = n ? `at request ${n} of sending` : 'when sending was confirmed';
  fault(`the tab is killed ${name}`, n === 1 || n === 5, async (world) => {
    world.photos = 2;
    await write(world);
    const from = world.far.network.seen.length;
    plan(world, { match: SENDING, fault: { late: 150 } });
    await confirm(world);
    await expect.poll(seen(world, SENDING, from), { intervals: [10] }).toBeGreaterThanOrEqual(n);
    await world.page.close();
    world.far.network.rules = [];
    world.befallen = n ? world.befallen : undefined;
    await reopen(world, '/outbox');
    const drafts = world.page.getByRole('region', { name: say('outbox.drafts_title') });
    await expect(drafts.locator('li, p').first()).toBeVisible();
    // Killed in the very moment of the confirmation it is a draft or on its way, and never lost.
    const draft = drafts.getByRole('listitem').filter({ hasText: world.title });
    if (n === 0 && (await draft.isVisible())) {
      await draft.getByRole('link', { name: say('outbox.go_on') }).click();
      await review(world.page);
      await confirm(world);
    }
    await arrived(world);
  });
}

/** Where the server dies: after so many of these requests have been seen. */
const SERVER: [string, RegExp][] = [
  ['when the first piece of a photo comes', /^PATCH/],
  ['when the report comes', /^POST \/api\/v1\/reports /],
  ['when a photo is announced', /^POST \/api\/v1\/uploads /],
  ['when it is asked how much has arrived', /^HEAD /],
  ['when it is asked what has become of a photo', /\/state /],
];
for (const [index, [name, match]] of SERVER.entries()) {
  fault(`the server is killed (SIGKILL) ${name}, and comes back`, index === 0, async (world) => {
    world.photos = 2;
    await write(world);
    const { network, crm } = world.far;
    const from = network.seen.length;
    plan(world, { match, fault: { late: 400 }, times: 1 });
    await confirm(world);
    await expect.poll(seen(world, match, from), { intervals: [20] }).toBeGreaterThan(0);
    await crm.kill();
    network.rules = [];
    await crm.start();
    await heal(world);
    await arrived(world);
  });
}
