// Come ti avvisiamo: each channel tried at once, wishes that hold, quiet hours, notifications on a device from the switch to the case they open.
import type { Page, Worker } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { moveCase } from '../fixtures/api.ts';
import type { Crm } from '../fixtures/crm.ts';
import { logIn } from '../fixtures/login.ts';
import { inMailboxes, onPhones, startTellingCrm, subscribesAt } from '../fixtures/phones.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

let crm: Crm;
test.beforeAll(async () => {
  crm = await startTellingCrm();
});
test.afterAll(() => crm.end());

const channel = (page: Page, name: string) => page.getByRole('region', { name: say('channels.reach_title') }).locator('li.filo-channel').filter({ has: page.getByRole('heading', { name }) });
const last = (page: Page) => page.getByRole('region', { name: say('channels.last_title') }).getByRole('listitem');
const topic = (page: Page, name: string) => page.getByRole('group', { name, exact: true });
const save = (page: Page) => page.getByRole('button', { name: say('channels.save'), exact: true });

async function open(page: Page, who: Parameters<typeof logIn>[1], device: 'mine' | 'shared' = 'mine'): Promise<void> {
  await logIn(page, who, { from: `${crm.url}/channels`, device });
  await expect(page.getByRole('heading', { level: 1, name: say('channels.title') })).toBeVisible();
  await expect(channel(page, say('channels.email'))).toBeVisible();
}

/** Sends a test, and reads among the last ones how it ended. */
async function tryIt(page: Page, name: string, outcome: string): Promise<void> {
  await channel(page, name).getByRole('button', { name: new RegExp(`^${say('channels.test')}`) }).click();
  await expect(channel(page, name).getByRole('status')).toHaveText(say('channels.test_sent'));
  const first = last(page).first();
  await expect(first).toContainText(name);
  await expect(first).toContainText(say('channels.test_name'));
  await expect(first).toContainText(outcome);
}

test('every channel says where it reaches me, and a test of it says at once how it went', async ({ page }) => {
  await open(page, 'niccolo-dambra');
  await expect(channel(page, say('channels.email'))).toContainText('niccolo.dambra@example.org');
  await expect(channel(page, say('channels.sms'))).toContainText('+393000000109');
  await expectGood(page, 'channels');
  for (const name of [say('channels.email'), say('channels.sms'), say('channels.app_io')]) await tryIt(page, name, say('channels.state_done'));
  expect((await inMailboxes()).filter(({ to }) => to === 'niccolo.dambra@example.org')[0].subject).toBe('Questa è una prova');
  const arrived = (await onPhones()).filter(({ to }) => ['+393000000109', 'DMBNCL95T19F839C'].includes(to));
  expect(arrived.map(({ channel }) => channel).slice(0, 2).sort()).toEqual(['app_io', 'sms']);
  // The language changes everything but addresses.
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('channels.title', {}, 'en') })).toBeVisible();
  await expectGood(page, 'channels in English');
});

test('who is not on App IO reads that it does not arrive', async ({ page }) => {
  await open(page, 'gino-bandini');
  await tryIt(page, say('channels.app_io'), say('channels.state_gone'));
});

test('a no holds: it is said at once, kept, and nothing comes; what is asked for still does', async ({ page, request }) => {
  const who = test.info().project.name === 'phone' ? 'samira-el-amrani' : 'teresa-conti';
  await open(page, who);
  const cases = topic(page, say('channels.cases'));
  for (const tick of await cases.getByRole('checkbox').all()) await tick.uncheck();
  await expect(cases.getByRole('status')).toHaveText(say('channels.nowhere'));
  await save(page).click();
  await expect(page.getByRole('status').filter({ hasText: say('channels.saved') })).toBeVisible();
  await page.reload();
  await expect(topic(page, say('channels.cases')).getByRole('status')).toHaveText(say('channels.nowhere'));
  await expect(topic(page, say('channels.requests')).getByRole('checkbox', { name: say('channels.email') })).toBeChecked();
  const list = await page.evaluate(async () => (await fetch('/api/v1/cases?phase=open&limit=1', { headers: { 'x-filo': '1' } })).json());
  const before = await last(page).count();
  await moveCase(request, crm.url, list.items[0].id, { state: 'in_progress', note: 'Ci stiamo lavorando.' });
  await moveCase(request, crm.url, list.items[0].id, { state: 'waiting_information', note: 'Quando ti va bene?', task: 'answer' });
  await page.reload();
  await expect(last(page).first()).toContainText(say('channels.requests'));
  expect(await last(page).filter({ hasText: say('channels.cases') }).count()).toBe(0);
  expect(await last(page).count()).toBeGreaterThan(before - 1);
  // The message leads to the case it is about.
  await last(page).first().getByRole('link', { name: say('channels.requests') }).click();
  await expect(page).toHaveURL(/\/cases\//);
});

test('what cannot be is said where it stands, and nothing typed is lost', async ({ page }) => {
  await open(page, 'ionut-popescu');
  const paper = topic(page, say('channels.requests')).getByRole('checkbox', { name: say('channels.paper') });
  await paper.check();
  await page.getByLabel(say('channels.quiet_on')).check();
  await page.getByLabel(say('channels.quiet_from')).fill('22:00');
  await page.getByLabel(say('channels.quiet_to'), { exact: true }).fill('22:00');
  await save(page).click();
  const summary = page.getByRole('group', { name: say('form.summary') });
  await expect(summary).toBeFocused();
  await expect(page.locator('#field-quiet-hours-error')).toHaveText(/^Scrivi due ore diverse/);
  await expectGood(page, 'channels with mistakes');
  await summary.getByRole('link', { name: new RegExp(`^${say('channels.address')}`) }).click();
  await page.keyboard.type('Via Maggio 1, 50125 Firenze');
  // Away and back: it is all still there.
  await page.getByRole('link', { name: say('common.tab_messages') }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: say('inbox.title') })).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel(say('channels.address'))).toHaveValue('Via Maggio 1, 50125 Firenze');
  await page.getByLabel(say('channels.quiet_to'), { exact: true }).fill('08:00');
  await save(page).click();
  await expect(page.getByRole('status').filter({ hasText: say('channels.saved') })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel(say('channels.address'))).toHaveValue('Via Maggio 1, 50125 Firenze');
  await expect(page.getByLabel(say('channels.quiet_from'))).toHaveValue('22:00');
});

test('without a network nothing chosen is lost: it says so, and saves when the network is back', async ({ page, context }) => {
  await open(page, 'lukas-brandt');
  const discreet = page.getByLabel(say('channels.tells_content'), { exact: true });
  await page.keyboard.press('Tab');
  await discreet.focus();
  await page.keyboard.press('Space');
  await expect(discreet).toBeChecked();
  await context.setOffline(true);
  await save(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: say('error.offline') })).toBeVisible();
  await expect(discreet).toBeChecked();
  await context.setOffline(false);
  await save(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: say('channels.saved') })).toBeVisible();
  await page.reload();
  await expect(discreet).toBeChecked();
});

test('on a shared computer there are no notifications, and it says why', async ({ page }) => {
  await open(page, 'nora-gelli', 'shared');
  await expect(channel(page, say('channels.push'))).toContainText(say('channels.push_shared'));
  await expect(page.getByRole('button', { name: say('channels.device_add') })).toHaveCount(0);
});

test.describe('with the service worker', () => {
  test.use({ serviceWorkers: 'allow' });

  test('a notification says that there is something, and opens the case in the page that is open; switched off, none comes', async ({ page, context, request }, info) => {
    const id = `phone-${info.project.name}-${Date.now()}`;
    await subscribesAt(context, id);
    await open(page, 'ardita-hoxha');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    const push = channel(page, say('channels.push'));
    await push.getByRole('button', { name: say('channels.device_add') }).click();
    await expect(push.getByText(say('channels.device_this'))).toBeVisible();
    await expectGood(page, 'channels with a device');
    await tryIt(page, say('channels.push'), say('channels.state_done'));
    const list = await page.evaluate(async () => (await fetch('/api/v1/cases?limit=1', { headers: { 'x-filo': '1' } })).json());
    const [{ id: theCase, title, state }] = list.items;
    await moveCase(request, crm.url, theCase, { state, note: 'Una parola segreta.' });
    await expect.poll(async () => (await onPhones()).filter(({ to }) => to === id).length).toBe(2);
    const { text } = (await onPhones()).filter(({ to }) => to === id)[0];
    for (const secret of [title, 'segreta', 'Hoxha']) expect(text).not.toContain(secret);
    // What the town has decrypted is handed to the browser as its push service would.
    const devtools = await context.newCDPSession(page);
    const registrations: string[] = [];
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: all }) =>
      registrations.push(...all.filter(({ scopeURL, isDeleted }) => scopeURL === `${crm.url}/` && !isDeleted).map(({ registrationId }) => registrationId)),
    );
    await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)).toBe('activated');
    await devtools.send('ServiceWorker.enable');
    await expect.poll(() => registrations.length).toBeGreaterThan(0);
    await devtools.send('ServiceWorker.deliverPushMessage', { origin: crm.url, registrationId: registrations[0], data: text });
    const shown = () => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body }) => `${title}: ${body}`));
    await expect.poll(shown).toEqual([expect.stringMatching(/: (C'è una novità su una tua pratica|Il Comune ti chiede qualcosa)\.$/)]);
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    await press(worker);
    await expect(page).toHaveURL(new RegExp(`/cases/${theCase}$`));
    await expect(page.getByText('Una parola segreta.').first()).toBeVisible();
    // Switched off: the town tells this phone nothing more.
    await page.goto(`${crm.url}/channels`);
    await push.getByRole('button', { name: new RegExp(`^${say('channels.device_remove')}`) }).click();
    await expect(push.getByRole('button', { name: say('channels.device_add') })).toBeVisible();
    await expect(push.getByRole('button', { name: new RegExp(`^${say('channels.test')}`) })).toHaveCount(0);
    await moveCase(request, crm.url, theCase, { state, note: 'Un\'altra.' });
    await page.reload();
    expect((await onPhones()).filter(({ to }) => to === id).length).toBe(2);
  });

  test('whoever logs out takes the notifications of this device along', async ({ page, context, request }, info) => {
    const id = `leaving-${info.project.name}-${Date.now()}`;
    await subscribesAt(context, id);
    await open(page, 'giulia-ferri');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await channel(page, say('channels.push')).getByRole('button', { name: say('channels.device_add') }).click();
    await expect(channel(page, say('channels.push')).getByText(say('channels.device_this'))).toBeVisible();
    const list = await page.evaluate(async () => (await fetch('/api/v1/cases?limit=1', { headers: { 'x-filo': '1' } })).json());
    await page.getByText('Giulia Ferri', { exact: true }).first().click();
    await page.getByRole('button', { name: say('common.log_out') }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Accedi');
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => /push|subscribed/.test(key)))).toEqual([]);
    await moveCase(request, crm.url, list.items[0].id, { state: list.items[0].state, note: 'Per Giulia.' });
    expect((await onPhones()).filter(({ to }) => to === id)).toEqual([]);
  });
});

/** A finger on the notification that is shown. */
async function press(worker: Worker): Promise<void> {
  await worker.evaluate(async () => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration; NotificationEvent: new (kind: string, init: object) => Event; dispatchEvent(event: Event): void };
    const [notification] = await scope.registration.getNotifications();
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
  });
}
