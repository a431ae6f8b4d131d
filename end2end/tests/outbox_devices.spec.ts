// Without a session what waits leaves by the credential of this device; drafts go on on another device, and two versions are never merged unasked.
import { type Browser, type Page } from '@playwright/test';
import { town } from '../fixtures/crm.ts';
import { expectGood } from '../fixtures/access.ts';
import { marks } from '../fixtures/first_vault.ts';
import { type Far, farCrm } from '../fixtures/network.ts';
import { jpeg } from '../fixtures/photos.ts';
import { type PersonName, logIn } from '../fixtures/login.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { sender } from '../fixtures/sender.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

const unsent = (page: Page) => page.getByRole('region', { name: say('outbox.unsent_title') });
const drafts = (page: Page) => page.getByRole('region', { name: say('outbox.drafts_title') });
// The card itself: two versions of a draft are items of a list inside it.
const card = (page: Page, title: string) => drafts(page).locator('.filo-unsent').filter({ hasText: title });

test.beforeEach(async () => {
  const { status } = await fetch(`${town().crm}/api/v1/drafts`, { headers: { 'x-filo': '1' } });
  test.skip(status === 404, 'this CRM keeps no drafts and gives no credential');
});

async function withFar(work: (far: Far) => Promise<void>): Promise<void> {
  const far = await farCrm();
  try {
    await work(far);
  } finally {
    await far.end();
  }
}

/** Writes a report with a photo and sends it into a network that is not there. */
async function leaveWaiting(far: Far, page: Page, title: string): Promise<void> {
  await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
  await acknowledge(page);
  await tell(page, { title });
  await page.getByLabel('Carica file').setInputFiles({ name: 'buca.jpg', mimeType: 'image/jpeg', buffer: await jpeg(page.context(), 640, 480) });
  await expect(page.getByRole('listitem').filter({ hasText: 'buca.jpg' })).toContainText('kB');
  await review(page);
  far.network.down();
  await send(page);
  await expect(unsent(page)).toContainText(title);
}

test('days later, the session long over: what waited leaves when the app is opened, nothing pressed', async ({ page, context }) => {
  await withFar(async (far) => {
    const title = `Giorni dopo ${Date.now()}`;
    await leaveWaiting(far, page, title);
    await page.close();
    await context.clearCookies();
    far.network.heal();
    const from = far.network.seen.length;
    const next = await context.newPage();
    await next.goto(`${far.url}/`);
    const person = await sender(far.url, 'ionut-popescu');
    await expect.poll(() => person.count(title), { timeout: 30_000 }).toBe(1);
    await expect.poll(() => far.network.seen.slice(from).some((line) => /^GET .*\/state /.test(line)), { timeout: 20_000, message: 'the photo too' }).toBe(true);
    await logIn(next, 'ionut-popescu', { from: `${far.url}/outbox` });
    await expect(unsent(next)).toContainText(say('outbox.unsent_none'));
    expect(await person.count(title)).toBe(1);
  });
});

test('the session ends under somebody’s hands: what waits leaves behind the dialog', async ({ page }) => {
  await withFar(async (far) => {
    const title = `Dietro la finestra ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title });
    await review(page);
    // As by time: the cookie is of no use any more, and the device was told to forget nothing.
    await page.context().clearCookies();
    await send(page);
    await expect(page.getByRole('dialog', { name: say('login.expired_title') })).toBeVisible();
    const person = await sender(far.url, 'ionut-popescu');
    await expect.poll(() => person.count(title), { timeout: 20_000 }).toBe(1);
  });
});

test('logging out takes the credential away: what waits stays until the person is back', async ({ page, context }) => {
  await withFar(async (far) => {
    const title = `Dopo l’uscita ${Date.now()}`;
    await leaveWaiting(far, page, title);
    far.network.heal();
    far.network.rules = [{ match: /^POST \/api\/v1\/reports /, fault: 'before' }];
    await page.getByText('Ionuț Popescu').first().click();
    await page.getByRole('button', { name: say('common.log_out') }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
    far.network.rules = [];
    await page.close();
    const next = await context.newPage();
    const from = far.network.seen.length;
    await next.goto(`${far.url}/`);
    // Longer than the app waits before it looks for what may leave.
    await next.waitForTimeout(6_000);
    expect(far.network.seen.slice(from).filter((line) => line.startsWith('POST /api/v1/reports '))).toEqual([]);
    await logIn(next, 'ionut-popescu', { from: `${far.url}/outbox` });
    const person = await sender(far.url, 'ionut-popescu');
    await expect.poll(() => person.count(title), { timeout: 20_000 }).toBe(1);
  });
});

/** Another device of the same person. */
async function another(browser: Browser, far: Far, who: PersonName, path: string): Promise<Page> {
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'it-IT', timezoneId: 'Europe/Rome' });
  const page = await context.newPage();
  await logIn(page, who, { from: far.url + path });
  return page;
}

test('loss 15, Kobo: a draft is at the town hall too, and goes on on another device, without its photos and saying so; two versions are both shown, and the person chooses', async ({ page, browser }) => {
  await withFar(async (far) => {
    const title = `Su due dispositivi ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title });
    await page.getByLabel('Carica file').setInputFiles({ name: 'qui.jpg', mimeType: 'image/jpeg', buffer: await jpeg(page.context(), 640, 480) });
    await expect(page.getByRole('listitem').filter({ hasText: 'qui.jpg' })).toContainText('kB');
    const mirrored = (times: number) => expect.poll(() => far.network.seen.filter((line) => line.startsWith('PUT /api/v1/drafts/')).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(times);
    await mirrored(1);
    await page.goto(`${far.url}/outbox`);
    await expect(card(page, title)).toContainText(like('outbox.saved'));

    const other = await another(browser, far, 'ionut-popescu', '/outbox');
    await expect(card(other, title)).toContainText(say('outbox.far'));
    await expectGood(other, 'a draft of another device');
    await card(other, title).getByRole('link', { name: say('outbox.go_on') }).click();
    await expect(other.getByLabel('Titolo')).toHaveValue(title);
    await other.getByLabel('Dettagli').fill('Scritto sull’altro.');
    await mirrored(2);

    await page.reload();
    await expect(card(page, title)).toContainText(say('outbox.clash'));
    await expectGood(page, 'two versions of a draft');
    await card(page, title).getByRole('button', { name: say('outbox.clash_other') }).click();
    await card(page, title).getByRole('link', { name: say('outbox.go_on') }).click();
    await expect(page.getByLabel('Dettagli')).toHaveValue('Scritto sull’altro.');
    await expect(page.getByRole('listitem').filter({ hasText: 'qui.jpg' })).toBeVisible();
    await review(page);
    await send(page);
    await received(page);

    // Sent from here, with all that the other one had: it is gone there too.
    await other.goto(`${far.url}/outbox`);
    await expect(drafts(other)).toContainText(say('outbox.drafts_none'));
    await other.context().close();
  });
});

test('a draft that is thrown away here is thrown away at the town hall too', async ({ page, browser }) => {
  await withFar(async (far) => {
    const title = `Da buttare ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title });
    await expect.poll(() => far.network.seen.some((line) => line.startsWith('PUT /api/v1/drafts/')), { timeout: 15_000 }).toBe(true);
    await page.goto(`${far.url}/outbox`);
    await drafts(page).getByRole('button', { name: new RegExp(`${say('outbox.delete')}.*${title}`) }).click();
    await page.getByRole('dialog', { name: say('outbox.delete_title') }).getByRole('button', { name: say('outbox.delete') }).click();
    await expect.poll(() => far.network.seen.some((line) => line.startsWith('DELETE /api/v1/drafts/'))).toBe(true);
    const other = await another(browser, far, 'ionut-popescu', '/outbox');
    await expect(drafts(other)).toContainText(say('outbox.drafts_none'));
    await other.context().close();
  });
});

/** The message about a case, on its page. */
async function openMessage(page: Page, far: Far, path: string): Promise<void> {
  await page.goto(far.url + path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const words = page.locator('summary').filter({ hasText: say('cases.message_title') });
  const field = page.getByLabel(say('cases.message_label'));
  // What was begun opens it by itself: pressed at that very moment, it would be closed again.
  await expect(async () => {
    if (!(await field.isVisible())) await words.click();
    await expect(field).toBeVisible({ timeout: 1_000 });
  }).toPass();
}
const begun = (page: Page, title: string) => page.getByRole('status').filter({ has: page.getByText(say(title), { exact: true }) });

test('a message begun on one device goes on on another, both versions are shown to the letter, and sent it is gone from both', async ({ page, browser }) => {
  await withFar(async (far) => {
    const puts = () => far.network.seen.filter((line) => line.startsWith('PUT /api/v1/drafts/')).length;
    const mirrored = (before: number) => expect.poll(puts, { timeout: 15_000 }).toBeGreaterThan(before);
    await logIn(page, 'maria-rossi', { from: `${far.url}/cases?phase=open` });
    await page.getByRole('main').getByRole('article').getByRole('link').first().click();
    await expect(page.getByRole('region', { name: say('cases.story') })).toBeVisible();
    const path = new URL(page.url()).pathname;
    const title = await page.getByRole('heading', { level: 1 }).innerText();
    const text = (where: Page) => where.getByLabel(say('cases.message_label'));
    await openMessage(page, far, path);
    await text(page).fill('Buongiorno, scrivo dal telefono.');
    await mirrored(0);

    // The other device says what there is; it comes when the person wants it, and is gone on with.
    const other = await another(browser, far, 'maria-rossi', '/outbox');
    await expect(card(other, title)).toContainText(say('outbox.far'));
    await openMessage(other, far, path);
    await expect(text(other)).toHaveValue('');
    await expectGood(other, 'a message of another device');
    await begun(other, 'cases.begun_title').getByRole('button', { name: say('outbox.go_on') }).click();
    await expect(text(other)).toHaveValue('Buongiorno, scrivo dal telefono.');
    await expect(text(other)).toBeFocused();
    const before = puts();
    await text(other).fill('Buongiorno, scrivo dal computer.');
    await mirrored(before);

    // Meanwhile the first one was written on without a network: neither version is lost, and the person chooses.
    const [kept] = await marks(page);
    far.network.down();
    await text(page).fill('Buongiorno, scrivo dal treno.');
    await expect.poll(async () => (await marks(page))[0]?.rev).not.toBe(kept?.rev);
    far.network.heal();
    await openMessage(page, far, path);
    const two = begun(page, 'cases.begun_two');
    await expect(two.locator('blockquote')).toHaveText(['Buongiorno, scrivo dal treno.', 'Buongiorno, scrivo dal computer.']);
    await expect(text(page)).toHaveValue('Buongiorno, scrivo dal treno.');
    await expectGood(page, 'two versions of a message');
    await two.getByRole('button', { name: say('outbox.clash_other') }).click();
    await expect(text(page)).toHaveValue('Buongiorno, scrivo dal computer.');
    await expect(two).toHaveCount(0);
    await page.reload();
    await expect(begun(page, 'cases.begun_title')).toContainText(like('cases.begun_here'));
    await expect(text(page)).toHaveValue('Buongiorno, scrivo dal computer.');
    await expectGood(page, 'a message that was begun');

    await page.getByRole('button', { name: say('cases.message_send') }).click();
    await expect(page.getByText(say('cases.done_message'))).toBeVisible();
    await expect(page.getByRole('region', { name: say('cases.story') })).toContainText('Buongiorno, scrivo dal computer.');
    await openMessage(other, far, path);
    await expect(begun(other, 'cases.begun_title')).toHaveCount(0);
    await expect(text(other)).toHaveValue('');
    await other.goto(`${far.url}/outbox`);
    await expect(drafts(other)).toContainText(say('outbox.drafts_none'));
    await other.context().close();
  });
});

test('on a shared computer a message is no draft of any device: nothing goes to the town hall before it is sent', async ({ page, browser }) => {
  await withFar(async (far) => {
    await logIn(page, 'maria-rossi', { from: `${far.url}/cases?phase=open`, device: 'shared' });
    await page.getByRole('main').getByRole('article').getByRole('link').first().click();
    await expect(page.getByRole('region', { name: say('cases.story') })).toBeVisible();
    const path = new URL(page.url()).pathname;
    await page.locator('summary').filter({ hasText: say('cases.message_title') }).click();
    await page.getByLabel(say('cases.message_label')).fill('Solo qui.');
    // It is kept, in memory; the mirror would have had its turn by then.
    await page.waitForTimeout(5_000);
    expect(far.network.seen.filter((line) => line.includes('/api/v1/drafts'))).toEqual([]);
    const other = await another(browser, far, 'maria-rossi', path);
    await expect(other.getByRole('region', { name: say('cases.story') })).toBeVisible();
    await other.goto(`${far.url}/outbox`);
    await expect(drafts(other)).toContainText(say('outbox.drafts_none'));
    await other.context().close();
  });
});
