// The map: an extra that comes when somebody asks for it, moved by finger or keyboard, with the same streets in a list beside it.
import type { Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { acknowledge } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

const map = (page: Page) => page.getByRole('application', { name: say('place.map_label') });
const middle = (page: Page) => page.getByRole('status').filter({ hasText: like('place.map_at') });

test('the map comes only when it is asked for; the keyboard moves it, and its middle becomes the place', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await acknowledge(page);
  await page.getByRole('combobox', { name: /Cerca un luogo/ }).fill('piazza della signoria');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const ofMap = () => asked.filter((path) => path.startsWith('/map/') || path.endsWith('.pmtiles'));
  expect(ofMap(), 'nothing of the map before somebody asks').toEqual([]);
  const toggle = page.getByRole('button', { name: say('place.map_open') });
  await toggle.click();
  await expect(middle(page)).toContainText('Piazza della Signoria');
  expect(ofMap().some((path) => path.endsWith('.pmtiles'))).toBe(true);
  await expect(map(page).locator('canvas').first()).toBeAttached();
  await expectGood(page, 'map');

  await map(page).focus();
  const before = await middle(page).innerText();
  for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowLeft');
  await expect(middle(page)).not.toHaveText(before);
  await page.keyboard.press('+');
  await page.getByRole('button', { name: say('place.map_zoom_out') }).click();
  const streets = page.getByRole('list', { name: say('place.nearby') }).getByRole('button');
  await expect(streets.first()).toContainText('metri');
  const told = /^Al centro: (.*), a/.exec(await middle(page).innerText())?.[1] ?? 'nothing';
  await expect(streets.first(), 'the list says what the map says').toContainText(told);
  await streets.first().click();
  await expect(page.getByRole('combobox', { name: /Cerca un luogo/ })).toHaveValue(told);
  await expect(page.getByText('entro 10 metri')).toBeVisible();
  await expect(toggle).toBeFocused();
  await toggle.click();
  await expect(middle(page)).toContainText(told);
  await page.getByRole('button', { name: say('place.map_use') }).click();
  await expect(map(page)).toHaveCount(0);
});

test('a map that does not come says so, and the report goes on without', async ({ openAs, page }) => {
  await page.route('**/*.pmtiles', (route) => route.fulfill({ status: 404, body: '' }));
  await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByRole('button', { name: say('place.map_open') }).click();
  await expect(page.getByRole('alert').filter({ hasText: say('place.map_failed') })).toBeVisible();
  await expect(page.getByRole('combobox', { name: /Cerca un luogo/ })).toBeEditable();
});

test('a spot outside the town cannot be used', async ({ openAs, page }) => {
  await page.route('**/config.json', async (route) => {
    const answer = await route.fetch();
    const config = await answer.json();
    await route.fulfill({ response: answer, json: { ...config, map: { ...config.map, center: [11.3289, 43.8], zoom_min: 9 } } });
  });
  await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByRole('button', { name: say('place.map_open') }).click();
  await expect(page.getByText(/fuori dal Comune/).last()).toBeVisible();
  await expect(page.getByRole('button', { name: say('place.map_use') })).toBeDisabled();
});

test('pieces of the archive are answered with 206, beyond its end with 416', async ({ request }) => {
  const piece = await request.get('/town/firenze.pmtiles', { headers: { range: 'bytes=0-6' } });
  expect([piece.status(), await piece.text()]).toEqual([206, 'PMTiles']);
  expect((await request.get('/town/firenze.pmtiles', { headers: { range: 'bytes=999999999-' } })).status()).toBe(416);
});

test('the list has two tabs: the map comes when its tab is chosen, by finger or keyboard, and goes with it', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/reports');
  const [ofMap, ofList] = [page.getByRole('tab', { name: 'Mappa' }), page.getByRole('tab', { name: 'Elenco' })];
  await expect(ofList).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('tabpanel', { name: 'Elenco' }).getByRole('article').first()).toBeVisible();
  await expectGood(page, 'the tab of the list');
  expect(asked.filter((path) => path.startsWith('/map/') || path.endsWith('.pmtiles') || path.endsWith('/points'))).toEqual([]);
  await ofList.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(ofMap).toBeFocused();
  await expect(ofMap).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText(/punti sulla mappa/)).toBeVisible();
  await expect(page.getByRole('tabpanel', { name: 'Mappa' }).getByRole('article').first(), 'the list under the map').toBeVisible();
  await expect(map(page).locator('canvas').first()).toBeAttached();
  await expectGood(page, 'reports on the map');
  await page.keyboard.press('ArrowLeft');
  await expect(ofList).toBeFocused();
  await page.keyboard.press('Home');
  await expect(ofMap).toBeFocused();
  await page.keyboard.press('End');
  await expect(map(page)).toHaveCount(0);
  await expect(page.getByRole('article').first()).toBeVisible();
  await ofMap.click();
  await expect(map(page).locator('canvas').first()).toBeAttached();
});
