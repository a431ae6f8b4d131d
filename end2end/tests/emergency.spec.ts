// Danger that a report is too slow for (F7): everything stops, 112 stands there; and one can go on.
import { expectGood } from '../fixtures/access.ts';
import { speak } from '../fixtures/pages.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';
import type { Page } from '@playwright/test';

const WATER = 'Acqua, allagamenti, problemi fognari';

/** The dialog that stops. */
const stop = (page: Page, language = 'it') => page.getByRole('dialog', { name: say('reports.emergency_title', {}, language) });

test('an answer that means danger stops: the call is the first thing there, Escape goes back, a note stays', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByLabel('Tipo di disservizio').selectOption(WATER);
  await expect(stop(page)).toBeHidden();
  await page.getByLabel("C'è pericolo per qualcuno?").selectOption('Sì');
  await expect(stop(page)).toBeVisible();
  await expect(stop(page)).toContainText('chiama il 112');
  const call = stop(page).getByRole('link', { name: 'Chiama 112' });
  await expect(call).toHaveAttribute('href', 'tel:112');
  await expect(call, 'the keyboard is on the call').toBeFocused();
  await expectGood(page, 'danger');
  await page.keyboard.press('Tab');
  await expect(stop(page).getByRole('button', { name: say('reports.emergency_none') })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(stop(page)).toBeHidden();
  const note = page.getByRole('region', { name: 'Disservizio' }).getByRole('link', { name: 'Chiama 112' });
  await expect(note).toBeVisible();
  // It stops once, not at every key.
  await page.getByLabel('Titolo').fill('Perdita');
  await expect(stop(page)).toBeHidden();
  await page.getByLabel("C'è pericolo per qualcuno?").selectOption('No');
  await expect(note).toHaveCount(0);
});

test('a word that means danger stops too; with another category the report goes on to its end', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page);
  await page.getByLabel('Tipo di disservizio').selectOption(WATER);
  await page.getByLabel('Che cosa succede?').selectOption('Perde acqua');
  await page.getByLabel('Titolo').fill('Gasolio in strada');
  await expect(stop(page)).toBeHidden();
  await page.getByLabel('Titolo').fill('Odore di gas');
  await expect(stop(page)).toBeVisible();
  await stop(page).getByRole('button', { name: say('reports.emergency_none') }).click();
  await expect(stop(page)).toBeHidden();
  await page.getByLabel('Tipo di disservizio').selectOption('Arredo urbano');
  await expect(stop(page)).toBeHidden();
  await page.getByLabel('Titolo').fill('Panchina rotta');
  await page.getByLabel('Che cosa è rotto o manca?').selectOption('Panchina');
  await review(page);
  await send(page);
  await received(page);
});

test('in English too, and without a login', async ({ page }) => {
  await page.goto('/reports/new');
  await page.getByRole('button', { name: say('reports.way_without_button') }).click();
  await acknowledge(page);
  await speak(page, 'en');
  await page.getByLabel(say('reports.category', {}, 'en')).selectOption('water_sewers');
  await page.locator('[id="field-answers-danger"]').selectOption('yes');
  await expect(stop(page, 'en')).toBeVisible();
  await expect(stop(page, 'en').getByRole('link', { name: 'Call 112' })).toHaveAttribute('href', 'tel:112');
  await expectGood(page, 'danger in English');
});
