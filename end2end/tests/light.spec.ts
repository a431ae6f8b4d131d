// Light login: a code comes by e-mail, opens the reports of that address, and nothing says whether an address is known.
import { expectGood } from '../fixtures/access.ts';
import { type Crm, startCrm, town } from '../fixtures/crm.ts';
import { logIn } from '../fixtures/login.ts';
import { inMailboxes } from '../fixtures/phones.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

test.skip(({ isMobile }) => !isMobile, 'nothing here depends on the width');

let crm: Crm;
test.beforeAll(async () => {
  crm = await startCrm({
    FILO_LIGHT_LOGIN: 'yes',
    FILO_SMTP_HOST: '127.0.0.1',
    FILO_SMTP_PORT: String(town().smtpPort),
    FILO_SMTP_TLS: 'none',
    FILO_SMTP_FROM: 'Comune di Firenze <filo@comune.example>',
  });
});
test.afterAll(() => crm.end());

const ADDRESS = 'giulia.ferri@example.org';
/** The codes that have come to an address, the last one first. */
const codes = async (to: string) =>
  (await inMailboxes()).filter((letter) => letter.to === to).flatMap(({ subject }) => /codice: (\d{6})$/.exec(subject)?.[1] ?? []);

test('a code by e-mail shows how the reports of an address go, and how to get to the rest', async ({ page }) => {
  // Giulia sends a report, and goes.
  await logIn(page, 'giulia-ferri', { from: `${crm.url}/reports/new` });
  await acknowledge(page);
  await tell(page);
  await review(page);
  await send(page);
  const number = await received(page);
  await page.context().clearCookies();
  await page.goto(`${crm.url}/login`);
  await page.getByRole('link', { name: say('login.without_light') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('reports.light_title') })).toBeFocused();
  await expectGood(page, 'the address is asked for');
  await page.getByRole('button', { name: say('reports.light_ask') }).click();
  await expect(page.getByText(like('form.required')).first()).toBeVisible();

  const email = page.getByLabel(say('reports.light_email'));
  const code = page.getByLabel(say('reports.light_code'));
  // Nobody has this one: all looks the same.
  await email.fill('nessuno@example.org');
  await page.getByRole('button', { name: say('reports.light_ask') }).click();
  await expect(page.getByText(say('reports.light_sent', { email: 'nessuno@example.org' }))).toBeVisible();
  await code.fill('000000');
  await page.getByRole('button', { name: say('reports.light_enter') }).click();
  await expect(page.getByText(like('form.wrong_code')).first()).toBeVisible();
  await page.getByRole('button', { name: say('reports.light_other') }).click();

  const before = (await codes(ADDRESS)).length;
  await email.fill(ADDRESS);
  await page.getByRole('button', { name: say('reports.light_ask') }).click();
  await expect(page.getByText(say('reports.light_sent', { email: ADDRESS }))).toBeVisible();
  await expect(code).toBeFocused();
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await expect(code).toHaveAttribute('inputmode', 'numeric');
  await expectGood(page, 'the code is asked for');
  await expect.poll(async () => (await codes(ADDRESS)).length, { timeout: 20_000 }).toBe(before + 1);
  await code.fill((await codes(ADDRESS))[0]);
  await code.press('Enter');
  const reports = page.getByRole('main').getByRole('article');
  await expect(reports.filter({ hasText: number })).toBeVisible();
  await expectGood(page, 'the reports of an address');
  // Neither her name nor what she wrote is here.
  await expect(page.getByText(/Giulia|Lampione|tre sere/)).toHaveCount(0);
  await page.reload();
  await expect(reports.first()).toBeVisible();
  await page.getByRole('button', { name: say('reports.light_leave') }).click();
  await expect(page.getByText(say('reports.light_left'))).toBeVisible();
  await page.reload();
  await expect(email).toHaveValue('');
  await page.getByRole('link', { name: say('reports.light_more_button') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('login.title') })).toBeVisible();
});
