// Step-up: Niccolò has come in with his password alone. What takes more says so, a second window gives it, and what was typed is still there.
import type { Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { type Crm, startCrm } from '../fixtures/crm.ts';
import { beRecognised, logIn } from '../fixtures/login.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

test.skip(({ isMobile }) => !isMobile, 'nothing here depends on the width');

const SPID = 'https://www.spid.gov.it/SpidL';
let crm: Crm;
test.beforeAll(async () => {
  crm = await startCrm({ FILO_OIDC_SPID_ACR: `${SPID}2 ${SPID}1 ${SPID}3` });
});
test.afterAll(() => crm.end());

const dialog = (page: Page) => page.getByRole('dialog', { name: say('login.step_up_title') });
const level = (page: Page) => page.evaluate(async () => (await (await fetch('/api/v1/me', { headers: { 'x-filo': '1' } })).json()).session.level as number);

/** Fills in a delegation and presses the button. */
async function give(page: Page): Promise<void> {
  await page.locator('#field-name').fill('Mia sorella');
  await page.getByRole('checkbox', { name: say('delegates.scope_cases') }).check();
  await page.locator('#field-until').fill(new Date(Date.now() + 60 * 24 * 3600 * 1000).toISOString().slice(0, 10));
  await page.getByRole('button', { name: say('delegates.give') }).click();
}

/** Presses the dialog's button; the window that opens. */
async function leave(page: Page): Promise<Page> {
  const opening = page.waitForEvent('popup');
  await dialog(page).getByRole('button', { name: say('login.step_up_enter') }).click();
  return opening;
}

test('a delegation takes a safer login: one comes back to what was typed, and presses once more', async ({ page }) => {
  await logIn(page, 'niccolo-dambra', { from: `${crm.url}/delegates` });
  expect(await level(page)).toBe(1);
  await give(page);
  await expect(dialog(page)).toContainText(say('login.step_up_text'));
  await expectGood(page, 'something takes a safer login');
  // It can be let be, and asked for again.
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByText(say('error.level'))).toBeVisible();
  await page.getByRole('button', { name: say('delegates.give') }).click();

  // A login that fails there changes nothing here.
  const first = await leave(page);
  await first.getByText('Prova un accesso che non riesce').click();
  await first.getByRole('button', { name: /\(20\)/ }).click();
  await expect(first.getByText(say('login.problem_level'))).toBeVisible();
  await first.close();
  await expect(dialog(page)).toBeVisible();

  const second = await leave(page);
  await beRecognised(second, 'niccolo-dambra');
  await expect(dialog(page)).toBeHidden();
  expect(await level(page)).toBe(2);
  await expect(page).toHaveURL(`${crm.url}/delegates`);
  await expect(page.locator('#field-name')).toHaveValue('Mia sorella');
  await expect(page.getByRole('checkbox', { name: say('delegates.scope_cases') })).toBeChecked();
  await page.getByRole('button', { name: say('delegates.give') }).click();
  await expect(page.getByText(say('delegates.code_once'))).toBeVisible();
});

test('somebody else who comes back ends both logins, and is told so', async ({ page }) => {
  await logIn(page, 'niccolo-dambra', { from: `${crm.url}/delegates` });
  await give(page);
  const second = await leave(page);
  await beRecognised(second, 'giulia-ferri');
  await expect(second.getByText(say('login.problem_other_person'))).toBeVisible();
  await expectGood(second, 'another identity came back');
  await second.close();
  await page.bringToFront();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await expect(page.getByRole('dialog', { name: say('login.expired_title') })).toBeVisible();
  await expect(page.getByText('Giulia')).toHaveCount(0);
});
