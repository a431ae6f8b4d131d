// Several tabs, several people: a draft is open in one tab at a time, what was sent is not turned back into a draft, and nobody's report leaves
// under another's name. What is only in this page is not lost without a question.
import { type Page, type Route } from '@playwright/test';
import { casesWith } from '../fixtures/api.ts';
import { farCrm } from '../fixtures/network.ts';
import { logIn } from '../fixtures/login.ts';
import { plainLogIn } from '../fixtures/plain_login.ts';
import { expectGood } from '../fixtures/access.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const unsent = (page: Page) => page.getByRole('region', { name: say('outbox.unsent_title') });
const drafts = (page: Page) => page.getByRole('region', { name: say('outbox.drafts_title') });
const title = (page: Page) => page.getByLabel('Titolo');
const REPORTS = '**/api/v1/reports';

/** Waits until the draft has been kept: "within a second" is what the app promises. */
const kept = (page: Page) => page.waitForTimeout(1_000);

test('a second tab does not take up the draft that the first has open; asked for it, the first hands it over to the last letter', async ({ page, context, loginAs }, info) => {
  const name = `Due schede ${info.project.name} ${Date.now()}`;
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title: name });
  await kept(page);
  const second = await context.newPage();
  await second.goto('/reports/new/data');
  await expect(title(second)).toHaveValue('');
  await second.goto('/outbox');
  const card = drafts(second).getByRole('listitem').filter({ hasText: name });
  await expect(card).toContainText(say('outbox.elsewhere'));
  await title(page).fill(`${name}!`);
  await card.getByRole('link', { name: say('outbox.go_on') }).click();
  await expect(second.getByRole('heading', { level: 1, name: say('outbox.elsewhere_title') })).toBeVisible();
  await expectGood(second, 'draft open in another tab');
  await second.getByRole('button', { name: say('outbox.take_over') }).click();
  await expect(title(second)).toHaveValue(`${name}!`);
  await expect(page.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
  await expect(drafts(page).getByRole('listitem').filter({ hasText: name })).toContainText(say('outbox.elsewhere'));
  await review(second);
  await send(second);
  await received(second);
  expect(await casesWith(second, name)).toHaveLength(1);
  await expect(drafts(page)).not.toContainText(name);
});

test('without locks two tabs that write the same draft keep both versions; one that was sent stays sent', async ({ page, context, loginAs }, info) => {
  const name = `Senza lucchetti ${info.project.name} ${Date.now()}`;
  await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title: `${name} qui` });
  await kept(page);
  const second = await context.newPage();
  await second.goto('/reports/new/data');
  await expect(title(second)).toHaveValue(`${name} qui`);
  await title(page).fill(`${name} prima`);
  await kept(page);
  await title(second).fill(`${name} seconda`);
  await kept(second);
  await page.goto('/outbox');
  for (const version of ['prima', 'seconda']) await expect(drafts(page)).toContainText(`${name} ${version}`);

  // The one is sent, and waits; the other tab, which still has it open, writes on: it waits all the same.
  await page.route(REPORTS, (route) => route.abort());
  await second.route(REPORTS, (route) => route.abort());
  await drafts(page).getByRole('listitem').filter({ hasText: `${name} prima` }).getByRole('link', { name: say('outbox.go_on') }).click();
  const third = await context.newPage();
  await third.route(REPORTS, (route) => route.abort());
  await third.goto('/outbox');
  await drafts(third).getByRole('listitem').filter({ hasText: `${name} prima` }).getByRole('link', { name: say('outbox.go_on') }).click();
  await expect(title(third)).toHaveValue(`${name} prima`);
  await review(page);
  await send(page);
  // Another tab may have tried it: then this one waits for as long as it lets a person wait.
  await expect(unsent(page)).toContainText(`${name} prima`, { timeout: 20_000 });
  await title(third).fill(`${name} prima, e altro`);
  // It finds that its draft has been sent, and keeps what is written as something of its own: the other tab hears of it.
  await page.goto('/outbox');
  await expect(drafts(page)).toContainText(`${name} prima, e altro`);
  await third.goto('/outbox');
  await expect(unsent(third).getByRole('listitem').filter({ hasText: name })).toHaveCount(1);
  await expect(drafts(third)).toContainText(`${name} prima, e altro`);
});

test('another report has the key already: this one goes under a new key, nothing is lost and nothing asked', async ({ page, loginAs }, info) => {
  const name = `Chiave usata ${info.project.name} ${Date.now()}`;
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title: name });
  await review(page);
  const keys: string[] = [];
  await page.route(REPORTS, async (route: Route) => {
    const key = route.request().headers()['idempotency-key'];
    keys.push(key);
    if (keys.length > 1) return route.continue();
    // The same key has come before, with another report.
    const other = { ...(route.request().postDataJSON() as object), title: 'Un’altra' };
    await route.fetch({ postData: JSON.stringify(other) });
    return route.continue();
  });
  await send(page);
  await expect.poll(async () => (await casesWith(page, name)).length).toBe(1);
  expect(new Set(keys).size).toBe(2);
});

test('somebody else logs in in another tab: what waits stays whose it is', async ({ page, context }) => {
  const far = await farCrm();
  try {
    const name = `Di Ionut ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title: name });
    await review(page);
    far.network.down();
    await send(page);
    await expect(unsent(page)).toContainText(name);
    far.network.heal();
    // The network is back, and with it another person's session: this tab has not heard of it yet.
    const [cookie, value] = (await plainLogIn(far.url, 'gino-bandini')).split('=');
    far.network.rules = [{ match: /^POST \/api\/v1\/reports /, fault: { status: 409, body: '{"type":"about:blank","status":409,"title":"Conflict","code":"other_person"}', headers: 'content-type: application/problem+json\r\n' } }];
    await context.addCookies([{ name: cookie, value, url: far.url.replace('http:', 'https:'), secure: true, httpOnly: true }]);
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await expect(page.getByText('Gino Bandini').first()).toBeAttached();
    await expect(unsent(page)).toContainText(say('outbox.unsent_none'));
    far.network.rules = [];
    expect(await casesWith(page, name)).toEqual([]);
    await page.getByText('Gino Bandini').first().click();
    await page.getByRole('button', { name: say('common.log_out') }).click();
    await logIn(page, 'ionut-popescu', { from: `${far.url}/outbox` });
    await expect.poll(async () => (await casesWith(page, name)).length, { timeout: 20_000 }).toBe(1);
  } finally {
    await far.end();
  }
});

test('logging out asks first when reports are only in this page', async ({ page }) => {
  const far = await farCrm();
  try {
    const name = `Solo qui ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new`, device: 'shared' });
    await acknowledge(page);
    await tell(page, { title: name });
    await review(page);
    far.network.rules = [{ match: /^POST \/api\/v1\/reports /, fault: 'before' }];
    await send(page);
    const card = unsent(page).getByRole('listitem').filter({ hasText: name });
    await expect(card).toContainText(say('outbox.waiting_memory'));
    const logOut = page.getByRole('button', { name: say('common.log_out') });
    const leave = async () => {
      if (!(await logOut.isVisible())) await page.getByText('Ionuț Popescu').first().click();
      await logOut.click();
    };
    await leave();
    const sure = page.getByRole('dialog', { name: say('outbox.leave_title') });
    await expect(sure).toContainText(say('outbox.leave_text.one', { count: 1 }));
    await expectGood(page, 'logging out with a report that is only here');
    await sure.getByRole('button', { name: say('outbox.stay') }).click();
    await expect(card).toBeVisible();
    await leave();
    await sure.getByRole('button', { name: say('outbox.leave') }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  } finally {
    await far.end();
  }
});

test('a photo on its way holds up no report', async ({ page, context }) => {
  const far = await farCrm();
  try {
    const { jpeg } = await import('../fixtures/photos.ts');
    const [first, second] = [`Con foto ${Date.now()}`, `Dopo la foto ${Date.now()}`];
    await logIn(page, 'ionut-popescu', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title: first });
    await page.getByLabel('Carica file').setInputFiles({ name: 'foto.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 700, 500) });
    await expect(page.getByRole('listitem').filter({ hasText: 'foto.jpg' })).toContainText('kB');
    await review(page);
    far.network.rules = [{ match: /^PATCH/, fault: 'silence', times: 1 }];
    await send(page);
    await received(page);
    await page.goto(`${far.url}/reports/new`);
    await acknowledge(page);
    await tell(page, { title: second });
    await review(page);
    far.network.rules = [{ match: /^PATCH/, fault: 'silence' }];
    await send(page);
    await received(page);
    far.network.heal();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect.poll(async () => (await casesWith(page, second)).length).toBe(1);
  } finally {
    await far.end();
  }
});

for (const [risk, script] of [
  ['full', () => Object.defineProperty(navigator.storage, 'estimate', { value: async () => ({ quota: 100_000_000, usage: 60_000_000 }) })],
  ['week', () => Object.defineProperty(navigator, 'vendor', { value: 'Apple Computer, Inc.' })],
] as const) {
  test(`before a photo is taken it says what the device may lose: ${risk}`, async ({ page, loginAs }) => {
    await page.addInitScript(script);
    await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
    await acknowledge(page);
    await expect(page.getByText(say(`outbox.risk_${risk}`))).toBeVisible();
  });
}
