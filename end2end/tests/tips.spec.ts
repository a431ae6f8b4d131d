// Tips: who sees which and why, one switched off and on again in its place, on every device; none at all, and again.
import type { Locator, Page, TestInfo } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { ask } from '../fixtures/api.ts';
import { type PersonName, logIn } from '../fixtures/login.ts';
import { expect, test } from '../fixtures/test.ts';
import { DAY, say, tipWords } from '../fixtures/words.ts';

const KEY = 'youth-card';
/** Young enough for the tip, and nobody else's while this project runs. */
const young = (info: TestInfo): PersonName => (info.project.name === 'phone' ? 'nora-gelli' : 'giulia-ferri');
const part = (page: Page) => page.getByRole('region', { name: say('home.tips_title') });
const tip = (page: Page) => part(page).getByRole('article').filter({ has: page.getByRole('heading', { name: tipWords(KEY).title }) });
const press = (where: Locator, words: string) => where.getByRole('button', { name: say(words) }).click();

interface Tips {
  tips: { key: string; why: string }[];
}

/** What the town knows of the demo people: the tip, and the fact in its reason. */
const KNOWN: [PersonName, string, RegExp][] = [
  ['ionut-popescu', 'appeal-ends', new RegExp(`«Permesso di sosta per il furgone».*: ${DAY}`)],
  ['ionut-popescu', 'bus-and-meals', /«Scuolabus di Ana/],
  ['niccolo-dambra', 'moved-waste-tax', new RegExp(`«Cambio di casa da via Doni a via Masaccio».*: ${DAY}`)],
  ['samira-el-amrani', 'badge-plate', /«Contrassegno per Youssef»/],
  ['maria-rossi', 'certificate-at-home', new RegExp(`: ${DAY}`)],
  ['gino-bandini', 'read-aloud', /\d\d anni/],
  ['lukas-brandt', 'no-email', /indirizzo e-mail/],
];

for (const [person, key, why] of KNOWN) {
  test(`${person} sees ${key}, with the fact`, async ({ openAs }) => {
    const page = await openAs(person, '/');
    await expect(part(page).getByRole('article').filter({ has: page.getByRole('heading', { name: tipWords(key).title }) })).toContainText(why);
    expect(await part(page).getByRole('article').count()).toBeLessThanOrEqual(3);
    const { body } = await ask<Tips>(page, '/api/v1/me/tips?language=en');
    expect(body.tips.find((one) => one.key === key)?.why).toMatch(/^You see this because/);
  });
}

test('a tip says why it is there, leads somewhere, and is switched off and on again in its place', async ({ openAs, browser, baseURL }, info) => {
  const page = await openAs(young(info), '/');
  await expect(tip(page)).toContainText(/Lo vedi perché hai \d\d anni/);
  await expect(tip(page).getByRole('link', { name: tipWords(KEY).link })).toHaveAttribute('href', /^https:\/\//);
  await expectGood(page, 'the home page with tips');
  const card = part(page).getByRole('article').filter({ hasText: tipWords(KEY).title }).first();
  await press(card, 'home.tip_hide');
  const off = part(page).getByRole('article').filter({ hasText: say('home.tip_hidden') });
  await expect(off.getByRole('heading')).toHaveCount(0);
  await expect(off.getByRole('button')).toBeFocused();
  await expectGood(page, 'a tip switched off');
  // On another device it is off too.
  const other = await (await browser.newContext({ baseURL })).newPage();
  await logIn(other, young(info), { from: '/' });
  await expect(other.getByRole('heading', { level: 2, name: say('home.latest_title') })).toBeVisible();
  await expect(part(other).getByRole('button', { name: new RegExp(`${say('home.tips_show')}|${say('home.tips_hide')}`) })).toBeVisible();
  await expect(tip(other)).toHaveCount(0);
  await press(off, 'home.tip_undo');
  await expect(tip(page)).toBeVisible();
  await other.reload();
  await expect(tip(other)).toBeVisible();
  await other.context().close();
});

test('who wants no tips gets none, also the next time, until they are asked for again', async ({ openAs }, info) => {
  const page = await openAs(young(info), '/');
  await expect(tip(page)).toBeVisible();
  await press(part(page), 'home.tips_hide');
  await expect(tip(page)).toHaveCount(0);
  await expect(part(page).getByRole('status').filter({ hasText: say('home.tips_hidden') })).toBeVisible();
  await page.reload();
  await expect(part(page)).toContainText(say('home.tips_hidden'));
  await expect(part(page).getByRole('article')).toHaveCount(0);
  await expectGood(page, 'the home page without tips');
  await press(part(page), 'home.tips_show');
  await expect(tip(page)).toBeVisible();
});

test('without a network a tip stays where it is and says why; pressed again it goes', async ({ openAs, context }, info) => {
  const page = await openAs(young(info), '/');
  await expect(tip(page)).toBeVisible();
  await context.setOffline(true);
  await press(tip(page), 'home.tip_hide');
  await expect(part(page).getByRole('alert').filter({ hasText: say('error.offline') })).toBeVisible();
  await expect(tip(page)).toBeVisible();
  await press(part(page), 'home.tips_hide');
  await expect(part(page).getByRole('alert').filter({ hasText: say('error.offline') })).toHaveCount(2);
  await expectGood(page, 'tips without a network');
  await context.setOffline(false);
  await press(tip(page), 'home.tip_hide');
  const off = part(page).getByRole('article').filter({ hasText: say('home.tip_hidden') });
  await expect(off).toBeVisible();
  await press(off, 'home.tip_undo');
  await expect(tip(page)).toBeVisible();
});
