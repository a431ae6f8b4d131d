// The end of a session: a warning with time to stay; afterwards nothing typed is lost, unless somebody else comes back.
import { type Page } from '@playwright/test';
import { endSessionBehindItsBack } from '../fixtures/api.ts';
import { startCrm } from '../fixtures/crm.ts';
import { BUTTONS, DEVICES, beRecognised, logIn } from '../fixtures/login.ts';
import { quiet } from '../fixtures/quiet.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

const warning = (page: Page) => page.getByRole('dialog', { name: say('login.warning_title') });
const expired = (page: Page) => page.getByRole('dialog', { name: say('login.expired_title') });

/** Opens step 2 of a report and types a title. */
async function typeTitle(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Segnala disservizio' }).click();
  await page.getByRole('checkbox', { name: /Ho letto e compreso/ }).check();
  await page.getByRole('button', { name: 'Avanti' }).click();
  await page.getByLabel('Titolo').fill(title);
}

/** In the expired dialog: logs in again in the second window that opens. */
async function comeBackAs(page: Page, who: 'giulia-ferri' | 'gino-bandini'): Promise<void> {
  const opening = page.waitForEvent('popup');
  await expired(page).getByRole('button', { name: say('login.enter_again') }).click();
  const second = await opening;
  await beRecognised(second, who);
  await Promise.race([second.waitForEvent('close'), second.getByRole('heading', { name: say('login.done_title') }).waitFor()]);
}

test('a dialog says how much time is left, and "Resta" gives all of it again', async ({ page, loginAs }) => {
  await page.clock.install();
  const isQuiet = quiet(page);
  // Somebody whose cases no other test moves at the same time: news are read, and reading prolongs.
  await loginAs(page, 'carlo-bernardi', { from: '/cases' });
  await expect(page.getByRole('article').first()).toBeVisible();
  await isQuiet();
  await page.clock.fastForward('28:10');
  await expect(warning(page)).toBeVisible();
  await expect(warning(page).getByRole('timer')).toHaveText(say('login.minutes_left.one', { count: 1 }));
  await page.clock.fastForward('01:15');
  await expect(warning(page).getByRole('timer')).toHaveText(like('login.seconds_left.other', { count: '[1-6]0' }));
  await page.keyboard.press('Tab');
  await warning(page).getByRole('button', { name: say('login.stay') }).click();
  await expect(warning(page)).toBeHidden();
  await page.clock.fastForward('28:10');
  await expect(warning(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(warning(page)).toBeHidden();
});

test('an expired session keeps the page and what was typed; after the login in a second window one goes on', async ({ page, loginAs }) => {
  await page.clock.install();
  await loginAs(page, 'giulia-ferri', { from: '/' });
  await typeTitle(page, 'Panchina rotta');
  await endSessionBehindItsBack(page);
  await page.clock.fastForward('31:00');
  await expect(expired(page)).toBeVisible();
  await expect(expired(page)).toContainText(say('login.expired_typed'));
  // The browser lets Escape be declined once.
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
  await expect(expired(page)).toBeVisible();
  expect(await expired(page).evaluate((dialog) => dialog.matches(':modal'))).toBe(true);
  await comeBackAs(page, 'giulia-ferri');
  await expect(expired(page)).toBeHidden();
  await expect(page).toHaveURL('/reports/new/data');
  await expect(page.getByLabel('Titolo')).toHaveValue('Panchina rotta');
  await expect(page.getByLabel('Titolo'), 'one goes on where one was').toBeFocused();
});

test('a login that fails in the second window can be tried again there, and the first one goes on', async ({ page, loginAs }) => {
  await page.clock.install();
  await loginAs(page, 'giulia-ferri', { from: '/' });
  await typeTitle(page, 'Panchina rotta');
  await endSessionBehindItsBack(page);
  await page.clock.fastForward('31:00');
  const opening = page.waitForEvent('popup');
  await expired(page).getByRole('button', { name: say('login.enter_again') }).click();
  const second = await opening;
  await expect(second.getByRole('button', { name: 'Giulia Ferri' })).toBeVisible();
  // Where the CRM leads after a refusal: why, and where the login was to end.
  await second.goto('/login?problem=spid_25&back=%2Flogin%2Fdone');
  await expect(second.getByText(say('login.problem_cancelled'))).toBeVisible();
  await expect(expired(page)).toBeVisible();
  await second.getByRole('radio', { name: DEVICES.mine }).check({ force: true });
  await second.getByRole('button', { name: BUTTONS.spid }).click();
  await beRecognised(second, 'giulia-ferri');
  await expect(expired(page)).toBeHidden();
  await expect(page.getByLabel('Titolo')).toHaveValue('Panchina rotta');
});

test('another person who logs in finds nothing of what was typed', async ({ page, loginAs }) => {
  await page.clock.install();
  await loginAs(page, 'giulia-ferri', { from: '/' });
  await typeTitle(page, 'Parole di Giulia');
  await page.clock.fastForward('31:00');
  await comeBackAs(page, 'gino-bandini');
  await expect(expired(page)).toBeHidden();
  await expect(page.getByText('Gino Bandini').first()).toBeAttached();
  await expect(page.getByText('Giulia')).toHaveCount(0);
  await expect(page.getByLabel('Titolo')).toHaveValue('');
  await page.getByRole('link', { name: 'Indietro' }).click();
  await expect(page.getByRole('checkbox', { name: /Ho letto e compreso/ })).not.toBeChecked();
});

test('who leaves a shared computer takes everything away: the session ends on the CRM too, and in the other tabs', async ({ page, context, loginAs }) => {
  await page.clock.install();
  await loginAs(page, 'giulia-ferri', { from: '/', device: 'shared' });
  await typeTitle(page, 'Parole di Giulia');
  const other = await context.newPage();
  await other.goto('/cases');
  await expect(other.getByRole('heading', { level: 1, name: 'Le mie pratiche' })).toBeVisible();
  await other.waitForLoadState('networkidle');
  await page.clock.fastForward('11:00');
  const answering = page.waitForResponse('**/api/v1/session/logout');
  await expired(page).getByRole('button', { name: say('login.leave') }).click();
  expect(await (await answering).headerValue('clear-site-data')).toContain('storage');
  // A report may also be written without a login: there one chooses first.
  await expect(page.getByRole('link', { name: say('reports.way_login_button') })).toBeVisible();
  await expect(other.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  expect((await context.cookies()).map((cookie) => cookie.name)).not.toContain('__Host-sid');
  await other.close();
  await loginAs(page, 'giulia-ferri', { device: 'shared' });
  await expect(page.getByLabel('Titolo')).toHaveValue('');
});

test('who leaves without a network is out all the same', async ({ page, loginAs }) => {
  await page.clock.install();
  const isQuiet = quiet(page);
  await loginAs(page, 'giulia-ferri', { from: '/cases', device: 'shared' });
  await expect(page.getByRole('article').first()).toBeVisible();
  await isQuiet();
  await page.clock.fastForward('11:00');
  await page.route('**/api/v1/session/logout', (route) => route.abort());
  await expired(page).getByRole('button', { name: say('login.leave') }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await expect(page.getByText('Giulia')).toHaveCount(0);
});

test('who leaves their own device finds the draft again, at the same step', async ({ page, loginAs }) => {
  await page.clock.install();
  await loginAs(page, 'giulia-ferri', { from: '/' });
  await typeTitle(page, 'Parole di Giulia');
  await page.clock.runFor(2_000);
  await page.waitForTimeout(300);
  await page.clock.fastForward('31:00');
  await expired(page).getByRole('button', { name: say('login.leave_kept') }).click();
  await expect(page.getByRole('link', { name: say('reports.way_login_button') })).toBeVisible();
  await loginAs(page, 'giulia-ferri');
  await expect(page.getByLabel('Titolo')).toHaveValue('Parole di Giulia');
});

test('with nothing typed one comes back in the same window; the end is real, by the server\'s clock', async ({ page }) => {
  const crm = await startCrm({ FILO_MINE_TOTAL_SECONDS: '8' });
  try {
    await logIn(page, 'giulia-ferri', { from: `${crm.url}/cases?phase=closed` });
    await expect(page.getByRole('article').first()).toBeVisible();
    // Staying is no longer possible: who has answered may still finish what is under the dialog.
    await warning(page).getByRole('button', { name: say('login.stay') }).click();
    await expect(warning(page)).toBeHidden();
    await expect(expired(page)).toBeVisible({ timeout: 15_000 });
    await expect(expired(page)).toContainText(say('login.expired_text'));
    await expired(page).getByRole('button', { name: say('login.enter_again') }).click();
    await beRecognised(page, 'giulia-ferri');
    await expect(page).toHaveURL(`${crm.url}/cases?phase=closed`);
    await expect(page.getByRole('article').first()).toBeVisible();
  } finally {
    await crm.end();
  }
});
