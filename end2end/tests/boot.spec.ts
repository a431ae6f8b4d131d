// Before the app is there, and where it never will be: no scripts, a browser that cannot read them, a network that says nothing.
import { type Page } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from '../fixtures/access.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const opening = (page: Page) => page.getByText('Stiamo aprendo Filo');
const skeleton = (page: Page) => page.locator('.filo-boot .filo-skeleton');

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page says so, in both languages, with a number to call; nothing seems to be on its way', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Qui JavaScript è spento' })).toBeVisible();
    const english = page.locator('noscript p').last();
    await expect(english).toBeVisible();
    await expect(english).toContainText('Turn it on in the browser\'s settings');
    for (const call of await page.locator('noscript a').all()) await expect(call).toHaveAttribute('href', 'tel:+390550000000');
    await expect(page.locator('noscript a')).toHaveCount(2);
    await expect(opening(page)).toBeHidden();
    await expect(skeleton(page)).toBeHidden();
  });
});

test('a browser that cannot read the boot script is told what to do, after a while', async ({ page }) => {
  // A script that cannot be read and one that does nothing look the same.
  await page.route('**/', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<script type="module">.*?<\/script>/s, '') });
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Animation.enable');
  await page.goto('/');
  const help = page.getByText('Filo non si apre?');
  await expect(opening(page)).toBeVisible();
  await expect(help).toBeHidden();
  await session.send('Animation.setPlaybackRate', { playbackRate: 100 });
  await expect(help).toBeVisible();
  await expect(page.getByText('Does Filo not open?')).toBeVisible();
  await expectAccessible(page, 'a browser that cannot read the boot script');
  await expectNoSidewaysScroll(page, 'a browser that cannot read the boot script');
});

test('where the script runs, its own words are the only ones', async ({ page }) => {
  await page.route('**/*.wasm', () => {});
  await page.clock.install();
  await page.goto('/');
  await expect(opening(page)).toBeVisible();
  await expect(page.locator('[data-boot="stuck"]')).toHaveCount(0);
  await page.clock.fastForward('00:13');
  await expect(page.getByText('La rete è lenta')).toBeVisible();
  await expectAccessible(page, 'a slow start');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`what the shell says when the app does not start can be read by everybody (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.route('**/*.wasm', (route) => route.abort());
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Filo non si è aperto' })).toBeVisible();
    await expectAccessible(page, 'the app did not start');
    await expectNoSidewaysScroll(page, 'the app did not start');
    await page.evaluate(() => localStorage.setItem('filo.lang', 'en'));
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Filo did not open' })).toBeVisible();
    await expectAccessible(page, 'the app did not start, in English');
    await page.addInitScript(() => delete (window as { WebAssembly?: unknown }).WebAssembly);
    await page.reload();
    await expect(page.getByRole('heading', { name: 'You need a newer browser' })).toBeVisible();
    await expectAccessible(page, 'a browser that is too old');
  });
}

test('on a network that stalls the first page says that the town hall does not answer', async ({ page }) => {
  await page.clock.install();
  await page.route('**/api/v1/me', () => {});
  await page.goto('/');
  await expect(page.getByRole('contentinfo')).toBeVisible();
  const told = page.getByText(say('error.offline'));
  await expect(told).toHaveCount(0);
  // The boot script's time begins before the app's, which asks once more when the first question has been given up.
  await expect(async () => {
    await page.clock.fastForward('00:21');
    await expect(told).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.unroute('**/api/v1/me');
  await page.getByRole('button', { name: say('common.try_again') }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
});

test('settings that never come are settings that are missing: the app starts and says so', async ({ page }) => {
  await page.clock.install();
  await page.route('**/config.json', () => {});
  await page.goto('/');
  await expect(opening(page)).toBeVisible();
  await page.clock.fastForward('00:21');
  await expect(page.getByRole('alert').filter({ hasText: say('error.config_title') })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
});

test('who reads another language while a late page is on its way gets the page, and nothing breaks', async ({ page }) => {
  const held: (() => void)[] = [];
  let isHeld = true;
  await page.route('**/late-*.wasm', async (route) => {
    if (isHeld) await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  await page.goto('/comfort');
  await expect.poll(() => held.length).toBeGreaterThan(0);
  // The place that waits is taken down, and a new one waits for the same file.
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: 'Italiano' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  isHeld = false;
  for (const go of held) go();
  await expect(page.getByRole('heading', { level: 1, name: say('comfort.title') })).toBeVisible();
  await page.getByRole('radio', { name: say('comfort.size_large'), exact: true }).check();
  await expect(page.locator('html')).toHaveAttribute('data-comfort', 'large');
});
