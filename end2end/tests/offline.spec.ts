// Installed and without a network: the app opens from a cold start, a report is written and kept, and leaves by itself. The service
// worker keeps the app only: nothing of a person, nothing of the API; a newer build is offered and never forced.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { casesWith, moveCase } from '../fixtures/api.ts';
import { readKept, wantedKept } from '../fixtures/kept.ts';
import { logIn } from '../fixtures/login.ts';
import { farCrm } from '../fixtures/network.ts';
import { jpeg } from '../fixtures/photos.ts';
import { DIST } from '../fixtures/programs.ts';
import { acknowledge, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

test.use({ serviceWorkers: 'allow' });

/** Waits until the service worker has everything, and the form has been prepared. */
async function installed(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)), { timeout: 20_000 }).toBe(true);
  await expect.poll(() => wantedKept(page), { timeout: 20_000, message: 'what the form needs is kept' }).toBeGreaterThanOrEqual(4);
}

test('from a cold start without a network: the form opens, the report is kept, and leaves when the network is back', async ({ page, context }) => {
  const far = await farCrm();
  try {
    const title = `Lampione senza rete ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/` });
    await installed(page);
    far.network.down();
    await page.close();
    const cold = await context.newPage();
    await cold.goto(`${far.url}/reports/new`);
    await acknowledge(cold);
    await cold.getByRole('combobox', { name: /Cerca un luogo/ }).pressSequentially('v calzaiu');
    await expect(cold.getByRole('listbox').getByRole('option').first()).toHaveText('Via dei Calzaiuoli');
    await tell(cold, { title });
    await cold.getByLabel('Carica file').setInputFiles({ name: 'buio.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 640, 480) });
    await expect(cold.getByRole('listitem').filter({ hasText: 'buio.jpg' })).toContainText('kB');
    await review(cold);
    await expect(cold.getByRole('region', { name: 'Autore della segnalazione' })).toContainText('Popescu');
    await send(cold);
    await expect(cold.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
    await cold.reload();
    await expect(cold.getByRole('region', { name: say('outbox.unsent_title') })).toContainText(title);
    far.network.heal();
    await expect(cold.getByRole('region', { name: say('outbox.unsent_title') })).toContainText(say('outbox.unsent_none'), { timeout: 45_000 });
    expect(await casesWith(cold, title)).toHaveLength(1);
  } finally {
    await far.end();
  }
});

test('the service worker keeps the app and nothing else', async ({ page }) => {
  const far = await farCrm();
  try {
    await logIn(page, 'maria-rossi', { from: `${far.url}/` });
    await installed(page);
    await page.goto(`${far.url}/cases`);
    await expect(page.getByRole('article').first()).toBeVisible();
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map((request) => new URL(request.url).pathname);
    });
    expect(kept).toContain('/');
    expect(kept.filter((path) => path.startsWith('/api') || path.startsWith('/open311'))).toEqual([]);
    const names = readdirSync(DIST).filter((name) => /^(filo|outbox|vault)-.*\.(js|css|wasm)$/.test(name));
    for (const name of names) expect(kept).toContain(`/${name}`);
    expect(await page.evaluate(async () => (await (await fetch('/manifest.webmanifest')).json()).icons.length)).toBe(3);
    const icon = await page.request.get(`${far.url}/icons/filo-192.png`);
    expect(icon.headers()['content-type']).toBe('image/png');
  } finally {
    await far.end();
  }
});

test('a newer build waits, is offered, and an open form is there after the reload', async ({ page }) => {
  const app = mkdtempSync(join(tmpdir(), 'filo-app-'));
  cpSync(DIST, app, { recursive: true });
  const far = await farCrm({ FILO_APP: app });
  try {
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await installed(page);
    await acknowledge(page);
    await tell(page, { title: 'Scritto prima' });
    const worker = join(app, 'service-worker.js');
    for (const name of ['service-worker.js.br', 'service-worker.js.gz']) rmSync(join(app, name), { force: true });
    const [build] = await page.evaluate(() => caches.keys());
    writeFileSync(worker, readFileSync(worker, 'utf8').replaceAll(build, 'filo-the-next-build'));
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    const offer = page.getByRole('status').filter({ hasText: say('common.update') });
    await expect(offer).toBeVisible();
    // What the device does not keep is not thrown away: asked again, it says so.
    await page.getByRole('link', { name: say('common.tab_activity'), exact: true }).click();
    await page.getByRole('link', { name: say('common.payments'), exact: true }).first().click();
    await page.getByRole('link', { name: say('payments.paper_open') }).click();
    await page.getByLabel(new RegExp(say('payments.paper_number'))).fill('3020');
    await offer.getByRole('button', { name: say('common.reload') }).click();
    const typed = page.getByRole('status').filter({ hasText: say('common.update_typed') });
    await expect(typed).toBeVisible();
    await expect(page.getByLabel(new RegExp(say('payments.paper_number')))).toHaveValue('3020');
    await page.goto(`${far.url}/reports/new/data`);
    await expect(offer).toBeVisible();
    await expect(page.getByLabel('Titolo')).toHaveValue('Scritto prima');
    await page.waitForTimeout(1_000);
    await Promise.all([page.waitForEvent('load'), offer.getByRole('button', { name: say('common.reload') }).click()]);
    await expect(page.getByLabel('Titolo')).toHaveValue('Scritto prima');
    await expect.poll(() => page.evaluate(() => caches.keys())).toContain('filo-the-next-build');
  } finally {
    await far.end();
    rmSync(app, { recursive: true, force: true });
  }
});

test('a town can switch it off: the worker goes, and what it kept', async ({ page }) => {
  const app = mkdtempSync(join(tmpdir(), 'filo-app-'));
  cpSync(DIST, app, { recursive: true });
  const far = await farCrm({ FILO_APP: app });
  try {
    await logIn(page, 'ionut-popescu', { from: `${far.url}/` });
    await installed(page);
    for (const name of ['config.json.br', 'config.json.gz']) rmSync(join(app, name), { force: true });
    const config = JSON.parse(readFileSync(join(app, 'config.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(app, 'config.json'), JSON.stringify({ ...config, offline: false }));
    // The first time it opens with the settings that it keeps, and fetches the new ones.
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await page.reload();
    await expect.poll(() => page.evaluate(async () => [(await navigator.serviceWorker.getRegistrations()).length, (await caches.keys()).length]), { timeout: 20_000 }).toEqual([0, 0]);
  } finally {
    await far.end();
    rmSync(app, { recursive: true, force: true });
  }
});

test('without a network what was read before can be read again, with its date; with the network it is new by itself', async ({ page, context, request }) => {
  const far = await farCrm();
  try {
    await logIn(page, 'teresa-conti', { from: `${far.url}/cases` });
    await installed(page);
    const [first, other] = await casesWith(page, '');
    await page.goto(`${far.url}/cases/${first.id}`);
    const story = (one: Page) => one.getByRole('region', { name: say('cases.story') });
    await expect(story(page)).toBeVisible();
    // It is kept a moment after it was read.
    await expect.poll(() => readKept(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    await page.waitForTimeout(2_500);
    far.network.down();
    await page.close();
    const cold = await context.newPage();
    await cold.goto(`${far.url}/cases`);
    const old = cold.getByText(like('common.old', { date: '.+' }));
    await expect(cold.getByRole('link', { name: first.title })).toBeVisible({ timeout: 20_000 });
    await expect(old).toBeVisible();
    await expectGood(cold, 'cases without a network');
    await cold.getByRole('link', { name: first.title }).click();
    await expect(story(cold)).toBeVisible();
    await expect(old).toBeVisible();
    // What was never read cannot be had, and that is said.
    await cold.goto(`${far.url}/cases/${other.id}`);
    await expect(cold.getByRole('button', { name: say('common.try_again') })).toBeVisible({ timeout: 20_000 });
    await cold.goto(`${far.url}/cases/${first.id}`);
    await expect(story(cold)).toBeVisible({ timeout: 20_000 });
    far.network.heal();
    await moveCase(request, `http://127.0.0.1:${far.crm.port}`, first.id, { state: 'in_progress', note: 'Mentre eri in galleria.' });
    await cold.evaluate(() => dispatchEvent(new Event('online')));
    await expect(story(cold)).toContainText('Mentre eri in galleria.', { timeout: 20_000 });
    await expect(old).toHaveCount(0);
  } finally {
    await far.end();
  }
});
