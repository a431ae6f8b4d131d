// Where a report is: a street by what is typed, the device's position with its accuracy, an object nearby. All of it by the keyboard, too.
import type { Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { speak } from '../fixtures/pages.ts';
import { acknowledge, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

/** A spot in Via Maggio. */
const VIA_MAGGIO = { longitude: 11.24879, latitude: 43.76604 };
const street = (page: Page) => page.getByRole('combobox', { name: /Cerca un luogo/ });
const number = (page: Page) => page.getByLabel('Numero civico o punto preciso');
const use = (page: Page) => page.getByRole('button', { name: say('reports.use_position') });

test('a street is found by what people type, and a house number behind it goes to its field', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const options = page.getByRole('listbox').getByRole('option');
  for (const [typed, name] of [
    ['p.za s. marco', 'Piazza San Marco'], ['via calzaioli', 'Via dei Calzaiuoli'], ['maggio via', 'Via Maggio'], ['SANTEGIDIO', "Via Sant'Egidio"],
  ]) {
    await street(page).fill(typed);
    await expect(options.first(), typed).toHaveText(name);
  }
  await street(page).fill('via maggio 12 rosso');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(street(page)).toHaveValue('Via Maggio');
  await expect(number(page)).toHaveValue('12 rosso');
  await expect(page.getByText(say('form.suggestion_chosen', { name: 'Via Maggio' }))).toBeAttached();
  await page.keyboard.press('ArrowDown');
  await expect(options.first(), 'the arrow opens the list again').toHaveText('Via Maggio');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox')).toBeHidden();
  await street(page).fill('dietro il vecchio mulino');
  await expect(page.getByText(say('form.no_suggestion'))).toBeVisible();
  await expectGood(page, 'no such street');
});

test('a search among all streets takes less than 20 ms', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await street(page).fill('via');
  await expect(page.getByRole('listbox').getByRole('option')).toHaveCount(8);
  const slowest = await street(page).evaluate((input: HTMLInputElement) => {
    const times = ['via m', 'via ma', 'p.za san', 'via calzaioli', 'lugnarno vespuci', 'zzzzzz'].map((typed) => {
      input.value = typed;
      const began = performance.now();
      input.dispatchEvent(new Event('input', { bubbles: true }));
      return performance.now() - began;
    });
    return Math.max(...times);
  });
  expect(slowest).toBeLessThan(20);
});

test('a good position is told in words, and writes the street; one nearby is a press away', async ({ openAs, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ ...VIA_MAGGIO, accuracy: 12 });
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await use(page).click();
  await expect(page.getByText(say('reports.position_taken', { metres: 12 }))).toBeVisible();
  await expect(street(page)).toHaveValue('Via Maggio');
  const nearby = page.getByRole('group', { name: say('place.nearby') }).getByRole('button');
  await expect(nearby.first()).toHaveAttribute('aria-pressed', 'true');
  const other = await nearby.nth(1).innerText();
  await number(page).fill('99r');
  await nearby.nth(1).click();
  await expect(street(page)).toHaveValue(other);
  await expect(number(page), 'a number of one street is none of another').not.toHaveValue('99r');
  await expectGood(page, 'position taken');
});

test('a rough position is taken only when it is confirmed', async ({ openAs, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ ...VIA_MAGGIO, accuracy: 120 });
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await use(page).click();
  await expect(page.getByText(say('reports.position_rough', { metres: 120 }))).toBeVisible();
  await expect(page.getByText(say('place.rough_ask', { street: 'Via Maggio' }))).toBeVisible();
  await expect(street(page)).toHaveValue('');
  await expectGood(page, 'rough position');
  await page.getByRole('button', { name: say('place.rough_no') }).click();
  await expect(street(page)).toBeFocused();
  await expect(page.getByText(like('reports.position_rough'))).toHaveCount(0);
  await use(page).click();
  await page.getByRole('button', { name: say('place.rough_yes') }).click();
  await expect(street(page)).toHaveValue('Via Maggio');
  await expect(page.getByText(say('reports.position_taken', { metres: 120 }))).toBeVisible();
});

test('no position: refused, unavailable and too slow each have their words, and the street can be typed', async ({ openAs, page, context }) => {
  await page.addInitScript(() => {
    const state = globalThis as unknown as { geolocationCode: number };
    navigator.geolocation.getCurrentPosition = (_, failed) => failed?.({ code: state.geolocationCode } as GeolocationPositionError);
  });
  await context.grantPermissions(['geolocation']);
  await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  for (const [code, words] of [[1, 'reports.position_denied'], [2, 'reports.position_unavailable'], [3, 'place.slow']] as const) {
    await page.evaluate((code) => ((globalThis as unknown as { geolocationCode: number }).geolocationCode = code), code);
    await use(page).click();
    await expect(page.getByRole('alert').filter({ hasText: say(words) })).toBeVisible();
  }
  await tell(page);
  await expect(street(page)).toHaveValue('Via Maggio');
});

test('an object near the place is chosen from a list, by the keyboard', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const toggle = page.getByRole('button', { name: say('place.objects_open') });
  await toggle.click();
  await expect(page.getByText(say('place.objects_first'))).toBeVisible();
  await page.getByRole('button', { name: say('place.objects_close') }).click();
  await street(page).fill('piazza della signoria');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await number(page).fill('lato nord');
  await toggle.focus();
  await page.keyboard.press('Enter');
  await page.getByLabel(say('place.objects_kind')).selectOption({ label: say('place.fountain') });
  const objects = page.getByRole('list', { name: say('place.objects_title') }).getByRole('button');
  await expect(objects.first()).toHaveText(/^Fontana.*, a \d+ metri$/);
  const metres = (await objects.allInnerTexts()).map((text) => Number(/a (\d+) metri/.exec(text)?.[1]));
  expect(metres).toEqual([...metres].sort((a, b) => a - b));
  await expectGood(page, 'objects');
  await objects.first().focus();
  await page.keyboard.press('Enter');
  await expect(toggle).toBeFocused();
  await expect(number(page)).toHaveValue(/^lato nord, Fontana/);
  await expect(page.getByText('entro 10 metri')).toBeVisible();
});

test('the place in English', async ({ openAs, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ ...VIA_MAGGIO, accuracy: 12 });
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await use(page).click();
  await speak(page, 'en');
  await expect(page.getByRole('combobox', { name: /Street or place/ })).toHaveValue('Via Maggio');
  await page.getByRole('button', { name: 'Choose an object nearby' }).click();
  await expect(page.getByRole('list', { name: 'Objects nearby' }).getByRole('button').first()).toContainText('metres away');
});
