// Leggere meglio (K3, K4): what is chosen holds at once, comes back on another device, leaves with the person; the page read aloud.
import { expectGood } from '../fixtures/access.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const chosen = (page: import('@playwright/test').Page) => page.evaluate(() => document.documentElement.getAttribute('data-comfort') ?? '');
const letter = (page: import('@playwright/test').Page) => page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize));

// Others are Nora too: whatever goes wrong, she reads as she did before.
test.afterEach(async ({ page }) => {
  const body = JSON.stringify({});
  await page.evaluate((body) => fetch('/api/v1/me/comfort', { method: 'PUT', headers: { 'x-filo': '1', 'content-type': 'application/json' }, body }), body);
});

test('by keyboard: larger letters, more space, strong contrast; they are there on another device and go with the person', async ({ page, browser, loginAs }) => {
  await loginAs(page, 'nora-gelli', { from: '/' });
  const before = await letter(page);
  await page.getByRole('link', { name: say('common.comfort') }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: say('comfort.title') })).toBeFocused();
  await expectGood(page, 'comfort');
  await page.getByRole('radio', { name: say('comfort.size_normal') }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: say('comfort.size_larger') })).toBeChecked();
  for (const name of ['comfort.spaced', 'comfort.contrast', 'comfort.calm', 'comfort.plain'] as const) await page.getByRole('switch', { name: say(name), exact: true }).press('Space');
  await expect(page.getByRole('status').filter({ hasText: say('comfort.saved') })).toBeVisible();
  expect(await letter(page)).toBeGreaterThan(1.25 * before);
  await expectGood(page, 'comfort');
  // Nothing is cut at the side, however large.
  await page.getByRole('radio', { name: say('comfort.size_largest') }).check();
  await expect(page.getByRole('status').filter({ hasText: say('comfort.saved') })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);

  const elsewhere = await browser.newContext({ locale: 'it-IT', baseURL: new URL(page.url()).origin });
  try {
    const second = await elsewhere.newPage();
    await loginAs(second, 'nora-gelli', { device: 'shared', from: '/' });
    await expect.poll(() => chosen(second)).toBe('spaced plain contrast calm largest');
    expect(await second.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain('largest');
    // The page ends with the person, and so does what they chose.
    await second.goto('/comfort');
    await second.getByRole('button', { name: say('comfort.reset') }).click();
    await expect(second.getByRole('status').filter({ hasText: say('comfort.saved') })).toBeVisible();
    expect(await chosen(second)).toBe('');
  } finally {
    await elsewhere.close();
  }
  await page.reload();
  await expect(page.getByRole('radio', { name: say('comfort.size_normal') })).toBeChecked();
  expect(await letter(page)).toBe(before);
});

test('without a login it holds from page to page; the page is read aloud from its heading on', async ({ page }) => {
  await page.addInitScript(() => {
    const spoken: string[] = [];
    const voice = { spoken, getVoices: () => [{}], speak: (one: SpeechSynthesisUtterance) => void spoken.push(one.text), cancel: () => {} };
    Object.defineProperty(window, 'speechSynthesis', { value: voice });
  });
  await page.goto('/comfort');
  await page.getByRole('radio', { name: say('comfort.size_large'), exact: true }).check();
  await expect(page.getByText(say('comfort.only_here'))).toBeVisible();
  await page.getByRole('link', { name: say('common.public_reports') }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(say('comfort.title'));
  expect(await chosen(page)).toBe('large');
  await page.getByRole('button', { name: say('common.read_page') }).click();
  await expect(page.getByRole('button', { name: say('common.stop_reading') })).toBeVisible();
  const spoken = await page.evaluate(() => (window.speechSynthesis as unknown as { spoken: string[] }).spoken);
  expect(spoken[0]).toMatch(new RegExp(`^${await page.getByRole('heading', { level: 1 }).innerText()}`));
  // In pieces: some browsers fall silent in the middle of a long one.
  for (const piece of spoken) expect(piece.length).toBeLessThan(1_000);
});
