// Drafts and sending: every change is kept, what cannot be sent waits and goes by itself, once; on a shared computer nothing stays.
import { type Page } from '@playwright/test';
import { casesWith, endSessionBehindItsBack } from '../fixtures/api.ts';
import { startCrm } from '../fixtures/crm.ts';
import { farCrm } from '../fixtures/network.ts';
import { beRecognised, logIn } from '../fixtures/login.ts';
import { jpeg } from '../fixtures/photos.ts';
import { expectGood } from '../fixtures/access.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

const unsent = (page: Page) => page.getByRole('region', { name: say('outbox.unsent_title') });
const drafts = (page: Page) => page.getByRole('region', { name: say('outbox.drafts_title') });

/** Every byte the page's IndexedDB holds, as text. */
async function onDevice(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('filo.vault');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    let text = '';
    for (const room of ['entries', 'files', 'answers'].filter((room) => database.objectStoreNames.contains(room))) {
      const rows = await new Promise<{ data: ArrayBuffer }[]>((resolve) => {
        const request = database.transaction(room).objectStore(room).getAll();
        request.onsuccess = () => resolve(request.result);
      });
      for (const row of rows) text += `${room} ${new TextDecoder('latin1').decode(row.data)}\n`;
    }
    database.close();
    return text;
  });
}

test('every change is kept within a second: after a reload the report goes on, with its photo', async ({ page, context, loginAs }, info) => {
  const title = `Grata rotta ${info.project.name} ${Date.now()}`;
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title, details: 'Si inciampa.' });
  await page.getByLabel('Carica file').setInputFiles({ name: 'grata.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 900, 600) });
  await expect(page.getByRole('listitem').filter({ hasText: 'grata.jpg' })).toContainText('kB');
  await page.waitForTimeout(1_000);
  await page.reload();
  await expect(page.getByLabel('Titolo')).toHaveValue(title);
  await expect(page.getByLabel('Dettagli')).toHaveValue('Si inciampa.');
  await expect(page.getByRole('combobox', { name: /Cerca un luogo/ })).toHaveValue('Via Maggio');
  const row = page.getByRole('listitem').filter({ hasText: 'grata.jpg' });
  await expect.poll(() => row.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(900);
  // For a moment the device cannot read its files: the photo is told as such, the report is kept, and later the photo is there again.
  await page.addInitScript(() => {
    const get = IDBObjectStore.prototype.get;
    IDBObjectStore.prototype.get = function (key) {
      if (this.name === 'files' && sessionStorage.getItem('unreadable')) throw new DOMException('not now', 'UnknownError');
      return get.call(this, key);
    };
  });
  await page.evaluate(() => sessionStorage.setItem('unreadable', '1'));
  await page.reload();
  await expect(row.getByRole('alert')).toHaveText(like('form.file_changed'));
  await page.getByLabel('Dettagli').fill('Si inciampa di notte.');
  await page.waitForTimeout(1_000);
  await page.evaluate(() => sessionStorage.removeItem('unreadable'));
  await page.reload();
  await expect(page.getByLabel('Dettagli')).toHaveValue('Si inciampa di notte.');
  await expect.poll(() => row.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(900);
  await review(page);
  await send(page);
  await received(page);
  await expect.poll(async () => (await casesWith(page, title)).length).toBe(1);
});

test('what is kept cannot be read on the device, and belongs to who wrote it', async ({ page, loginAs }) => {
  await loginAs(page, 'giulia-ferri', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title: 'Parole di Giulia' });
  await page.waitForTimeout(1_000);
  const kept = await onDevice(page);
  expect(kept).toContain('entries');
  for (const word of ['Giulia', 'Via Maggio', 'Lampione']) expect(kept).not.toContain(word);

  await page.getByText('Giulia Ferri').first().click();
  await page.getByRole('button', { name: 'Esci' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await loginAs(page, 'gino-bandini', { from: '/outbox' });
  await expect(drafts(page)).toContainText(say('outbox.drafts_none'));
  await page.getByText('Gino Bandini').first().click();
  await page.getByRole('button', { name: 'Esci' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await loginAs(page, 'giulia-ferri', { from: '/outbox' });
  await expect(drafts(page)).toContainText('Parole di Giulia');
});

test('several drafts are listed; one goes on, another is deleted; the form says that there is one', async ({ page, loginAs }) => {
  // Drafts of other tests of the same person are kept at the town hall too.
  const tag = `bozza ${Date.now()}`;
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  const other = page.getByRole('button', { name: say('reports.draft_other') });
  for (const title of [`Prima ${tag}`, `Seconda ${tag}`]) {
    if (await other.isVisible()) await other.click();
    // The form is empty again once the draft before is laid aside.
    await expect(other).toBeHidden();
    await acknowledge(page);
    await page.getByLabel('Titolo').fill(title);
    await page.waitForTimeout(1_000);
    await page.getByRole('link', { name: 'Indietro' }).click();
    await expect(page.getByText(say('reports.draft_title'))).toBeVisible();
  }
  await page.getByRole('link', { name: say('outbox.title') }).click();
  await expect(drafts(page).getByRole('listitem').filter({ hasText: tag })).toHaveCount(2);
  await expectGood(page, 'outbox with drafts');
  await drafts(page).getByRole('button', { name: `${say('outbox.delete')} Seconda ${tag}` }).click();
  const sure = page.getByRole('dialog', { name: say('outbox.delete_title') });
  await sure.getByRole('button', { name: 'Annulla' }).click();
  await expect(drafts(page)).toContainText(`Seconda ${tag}`);
  await drafts(page).getByRole('button', { name: `${say('outbox.delete')} Seconda ${tag}` }).click();
  await sure.getByRole('button', { name: say('outbox.delete') }).click();
  await expect(drafts(page)).not.toContainText(`Seconda ${tag}`);
  await expect(drafts(page).getByRole('heading', { name: say('outbox.drafts_title') })).toBeFocused();
  await page.reload();
  await expect(drafts(page).getByRole('listitem').filter({ hasText: tag })).toHaveCount(1);
  await drafts(page).getByRole('listitem').filter({ hasText: tag }).getByRole('link', { name: say('outbox.go_on') }).click();
  await expect(page.getByLabel('Titolo')).toHaveValue(`Prima ${tag}`);
  await page.getByRole('link', { name: 'Indietro' }).click();
  await page.goto('/reports/new');
  await page.getByRole('link', { name: say('outbox.go_on') }).click();
  await expect(page.getByLabel('Titolo')).toHaveValue(`Prima ${tag}`);
});

test('without a network it waits, says so on every page, and goes by itself when the network is back', async ({ page, context }) => {
  const far = await farCrm();
  try {
    const title = `Semaforo spento ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title });
    await page.getByLabel('Carica file').setInputFiles({ name: 'semaforo.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 700, 500) });
    await expect(page.getByRole('listitem').filter({ hasText: 'semaforo.jpg' })).toContainText('kB');
    await review(page);
    far.network.down();
    await send(page);
    await expect(page.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
    await expect(unsent(page)).toContainText(title);
    await expect(unsent(page)).toContainText(say('outbox.waiting'));
    await expect(page.getByRole('link', { name: say('outbox.unsent.one', { count: 1 }) })).toBeVisible();
    await expectGood(page, 'outbox, waiting');
    far.network.heal();
    await expect(unsent(page)).toContainText(say('outbox.unsent_none'), { timeout: 45_000 });
    const [found, ...more] = await casesWith(page, title);
    expect(more).toEqual([]);
    await page.goto(`${far.url}/cases/${found.id}`);
    await expect(page.getByRole('img', { name: say('cases.photo_alt', { number: 1 }) })).toBeVisible();
  } finally {
    await far.end();
  }
});

test('the tab is closed before anything was sent: the next one sends it, nothing pressed', async ({ page, context }) => {
  const far = await farCrm();
  try {
    const title = `Buca profonda ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title });
    // Phones call every photo the same: four of one name, two of them the very same picture.
    const pictures = [await jpeg(context, 640, 480), await jpeg(context, 600, 480), await jpeg(context, 560, 480)];
    const photos = [...pictures, pictures[0]].map((buffer) => ({ name: 'image.jpg', mimeType: 'image/jpeg', buffer }));
    await page.getByLabel('Carica file').setInputFiles(photos);
    await expect(page.getByRole('listitem').filter({ hasText: 'kB' })).toHaveCount(4);
    await review(page);
    far.network.down();
    await send(page);
    await expect(unsent(page)).toContainText(title);
    await page.close();
    far.network.heal();
    const next = await context.newPage();
    await next.goto(`${far.url}/cases`);
    await expect.poll(async () => (await casesWith(next, title)).length, { timeout: 30_000 }).toBe(1);
    const [found] = await casesWith(next, title);
    await expect(next.getByRole('link', { name: like('outbox.unsent.one', { count: '\\d+' }) })).toHaveCount(0, { timeout: 30_000 });
    await next.goto(`${far.url}/cases/${found.id}`);
    await expect(next.getByRole('img', { name: /Foto|foto/ })).toHaveCount(3);
  } finally {
    await far.end();
  }
});

test('two tabs send once', async ({ page, context }) => {
  const far = await farCrm();
  try {
    const title = `Cestino divelto ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    const second = await context.newPage();
    await second.goto(`${far.url}/outbox`);
    await acknowledge(page);
    await tell(page, { title });
    await review(page);
    far.network.down();
    await send(page);
    await expect(unsent(page)).toContainText(title);
    await expect(unsent(second)).toContainText(title);
    far.network.heal();
    await expect(unsent(page)).toContainText(say('outbox.unsent_none'), { timeout: 45_000 });
    await expect(unsent(second)).toContainText(say('outbox.unsent_none'), { timeout: 45_000 });
    expect(await casesWith(page, title)).toHaveLength(1);
  } finally {
    await far.end();
  }
});

test('on a shared computer nothing is written, and it says so before a photo is taken', async ({ page, loginAs }, info) => {
  const title = `Panca rotta ${info.project.name} ${Date.now()}`;
  await loginAs(page, 'ionut-popescu', { from: '/reports/new', device: 'shared' });
  await acknowledge(page);
  await expect(page.getByText(say('outbox.memory_shared'))).toBeVisible();
  await tell(page, { title });
  await page.waitForTimeout(1_000);
  expect(await onDevice(page)).toBe('');
  await review(page);
  await send(page);
  await received(page);
  expect(await casesWith(page, title)).toHaveLength(1);
  await page.reload();
  expect(await onDevice(page)).toBe('');
});

test('an expired session keeps what waits; after the login it goes by itself', async ({ page }, info) => {
  const crm = await startCrm();
  try {
    const title = `Ramo caduto ${info.project.name} ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${crm.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title });
    await review(page);
    await endSessionBehindItsBack(page);
    await send(page);
    const expired = page.getByRole('dialog', { name: say('login.expired_title') });
    await expect(expired).toBeVisible();
    // The page is closed and opened again: out now, it is still there after the login.
    await page.goto(`${crm.url}/outbox`);
    await page.getByRole('radio', { name: 'È il mio dispositivo' }).check({ force: true });
    await page.getByRole('button', { name: 'Entra con SPID' }).click();
    await beRecognised(page, 'ionut-popescu');
    await expect.poll(async () => (await casesWith(page, title)).length, { timeout: 20_000 }).toBe(1);
    await expect(unsent(page)).toContainText(say('outbox.unsent_none'));
  } finally {
    await crm.end();
  }
});
