// The end of a session: a warning with time to stay; afterwards nothing typed is lost, unless somebody else comes back.
import { type Page } from '@playwright/test';
import { endSessionBehindItsBack } from '../fixtures/api.ts';
import { startCrm } from '../fixtures/crm.ts';
import { beRecognised, logIn } from '../fixtures/login.ts';
import { expect, test } from '../fixtures/test.ts';

const warning = (page: Page) => page.getByRole('dialog', { name: 'La sessione sta per finire' });
const expired = (page: Page) => page.getByRole('dialog', { name: 'La sessione è finita' });

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
  await expired(page).getByRole('button', { name: 'Accedi di nuovo' }).click();
  const second = await opening;
  await beRecognised(second, who);
  await Promise.race([second.waitForEvent('close'), second.getByRole('heading', { name: 'Fatto, sei di nuovo dentro' }).waitFor()]);
}

test('a dialog says how much time is left, and "Resta" gives all of it again', async ({ page, loginAs }) => {
  await page.clock.install();
  await loginAs(page, 'giulia-ferri', { from: '/cases' });
  await expect(page.getByRole('article').first()).toBeVisible();
  await page.clock.fastForward('28:10');
  await expect(warning(page)).toBeVisible();
  await expect(warning(page).getByRole('timer')).toHaveText(/Manca circa 1 minuto/);
  await page.clock.fastForward('01:15');
  await expect(warning(page).getByRole('timer')).toHaveText(/Mancano meno di \d0 secondi/);
  await page.keyboard.press('Tab');
  await warning(page).getByRole('button', { name: 'Resta' }).click();
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
  await expect(expired(page)).toContainText('Quello che hai scritto è ancora qui.');
  await page.keyboard.press('Escape');
  await expect(expired(page)).toBeVisible();
  await comeBackAs(page, 'giulia-ferri');
  await expect(expired(page)).toBeHidden();
  await expect(page).toHaveURL('/reports/new/data');
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

test('who leaves instead takes everything away', async ({ page, loginAs }) => {
  await page.clock.install();
  await loginAs(page, 'giulia-ferri', { from: '/' });
  await typeTitle(page, 'Parole di Giulia');
  await page.clock.fastForward('31:00');
  await expired(page).getByRole('button', { name: 'Esci e cancella tutto' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await loginAs(page, 'giulia-ferri');
  await expect(page.getByLabel('Titolo')).toHaveValue('');
});

test('with nothing typed one comes back in the same window; the end is real, by the server\'s clock', async ({ page }) => {
  const crm = await startCrm({ FILO_MINE_TOTAL_SECONDS: '6' });
  try {
    await logIn(page, 'giulia-ferri', { from: `${crm.url}/cases?phase=closed` });
    await expect(page.getByRole('article').first()).toBeVisible();
    await expect(expired(page)).toBeVisible({ timeout: 15_000 });
    await expect(expired(page)).toContainText('torni su questa pagina');
    await expired(page).getByRole('button', { name: 'Accedi di nuovo' }).click();
    await beRecognised(page, 'giulia-ferri');
    await expect(page).toHaveURL(`${crm.url}/cases?phase=closed`);
    await expect(page.getByRole('article').first()).toBeVisible();
  } finally {
    await crm.end();
  }
});
