// Two people, one browser: a login in one tab is everybody's in the others, and nobody finds what was somebody else's.
import { type BrowserContext, type Page } from '@playwright/test';
import { logIn } from '../fixtures/login.ts';
import { quiet } from '../fixtures/quiet.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const expired = (page: Page) => page.getByRole('dialog', { name: say('login.expired_title') });

/** Whoever is here by the header, which cuts long names short. */
const named = (page: Page, name: string) => page.getByRole('banner').getByText(name);

/** Logs somebody in through the login page of another tab. */
async function logInElsewhere(context: BrowserContext, who: 'gino-bandini' | 'maria-rossi'): Promise<Page> {
  const other = await context.newPage();
  await logIn(other, who, { from: '/login' });
  return other;
}

test('a tab learns that somebody else has logged in: their name, their cases, and nothing that was typed before', async ({ page, context, loginAs }) => {
  await loginAs(page, 'maria-rossi', { from: '/reports/new' });
  await page.getByRole('checkbox', { name: /Ho letto e compreso/ }).check();
  await page.getByRole('button', { name: 'Avanti' }).click();
  await page.getByLabel('Titolo').fill('Parole di Maria');
  await logInElsewhere(context, 'gino-bandini');
  await expect(named(page, 'Gino Bandini')).toBeAttached();
  await expect(page.getByText('Maria')).toHaveCount(0);
  await expect(expired(page)).toBeHidden();
  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Segnala disservizio' }).click();
  await page.getByRole('checkbox', { name: /Ho letto e compreso/ }).check();
  await page.getByRole('button', { name: 'Avanti' }).click();
  await expect(page.getByLabel('Titolo')).toHaveValue('');
});

test('a list that is open becomes the other person\'s list', async ({ page, context, loginAs }) => {
  await loginAs(page, 'maria-rossi', { from: '/cases' });
  await expect(page.getByRole('main').getByText('Sara').first()).toBeVisible();
  await logInElsewhere(context, 'gino-bandini');
  await expect(named(page, 'Gino Bandini')).toBeAttached();
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  await expect(page.getByRole('main').getByText('Sara')).toHaveCount(0);
});

test('a tab that heard nothing asks again when somebody looks at it', async ({ page, context, loginAs }) => {
  await page.addInitScript(() => delete (window as { BroadcastChannel?: unknown }).BroadcastChannel);
  await page.clock.install();
  const isQuiet = quiet(page);
  await loginAs(page, 'maria-rossi', { from: '/cases' });
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  // With its last questions, and its line, behind it.
  await isQuiet();
  await logInElsewhere(context, 'gino-bandini');
  await expect(named(page, 'Maria Rossi')).toBeAttached();
  await page.clock.fastForward('00:40');
  const look = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await look();
  await expect(named(page, 'Gino Bandini')).toBeAttached();
  // Whoever looks again at once has just been told.
  let asked = 0;
  page.on('request', (request) => (asked += Number(request.url().endsWith('/api/v1/me'))));
  await page.waitForLoadState('networkidle');
  await look();
  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Scrivania' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ciao, Gino' })).toBeVisible();
  expect(asked).toBe(0);
});

test('what the boot script was refused before a login does not end the session after it', async ({ page, context }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await logInElsewhere(context, 'gino-bandini');
  await expect(page.getByRole('heading', { level: 1, name: 'Ciao, Gino' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  await expect(expired(page)).toBeHidden();
});
