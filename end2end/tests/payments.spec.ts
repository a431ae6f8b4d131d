// Pagamenti: a fee paid and confirmed by itself, two windows, a closed one, a way back that is forged, a cart, a notice on paper and its QR code.
import type { Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { ask } from '../fixtures/api.ts';
import { readQr } from '../fixtures/qr.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

/** A fee as the CRM tells it: the members that tests look at. */
interface Fee {
  id: string;
  number: string;
  title: string;
  state: string;
  amount: number;
  creditor: { fiscal_code: string };
}

const main = (page: Page) => page.getByRole('main');
const pay = (page: Page) => main(page).getByRole('button', { name: /^Paga / });
const checking = (page: Page) => main(page).getByText(say('payments.checking_title'));

/** The person's fees that contain these words. */
async function fees(page: Page, words: string): Promise<Fee[]> {
  const { body } = await ask<{ items: Fee[] }>(page, `/api/v1/payments?limit=100&q=${encodeURIComponent(words)}`);
  return body.items;
}

const stateOf = async (page: Page, id: string) => (await ask<{ fee: Fee }>(page, `/api/v1/payments/fees/${id}`)).body.fee.state;

test('a fee is found on the home page, paid, confirmed by itself, and cannot be paid again', async ({ openAs }, info) => {
  const page = await openAs(info.project.name === 'phone' ? 'samira-el-amrani' : 'ionut-popescu', '/');
  await page.getByRole('region', { name: say('home.tasks_title') }).getByRole('link', { name: /Permesso di sosta ·|Mensa scolastica ·/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Permesso di sosta|Mensa scolastica/ })).toBeVisible();
  await expect(main(page)).toContainText(/FX 456 LM|Andrei/);
  await expect(main(page)).toContainText(/(\d{4} ){4}\d{2}/);
  await expectGood(page, 'a fee to pay');
  const address = page.url();
  await pay(page).click();
  await expect(page).toHaveURL(/\/pagopa\/pay\//);
  await page.getByRole('button', { name: /^Paga [0-9.,]+ €$/ }).click();
  await expect(page).toHaveURL(/\/payments\/returned\/.+r=ok/);
  await expect(page.getByRole('heading', { level: 1, name: say('payments.returned_title') })).toBeVisible();
  // The receipt comes after a moment, and nobody reloads the page.
  await expect(main(page).getByText(say('payments.returned_paid'))).toBeVisible({ timeout: 20_000 });
  await expectGood(page, 'back from the payment page');
  // Back: the payment page takes no second payment, and the fee shows what it is now.
  await page.goBack();
  await expect(page.getByRole('heading', { name: /già pagato/ })).toBeVisible();
  await page.goto(address);
  await expect(main(page).getByText('Pagato', { exact: true }).first()).toBeVisible();
  await expect(pay(page)).toHaveCount(0);
  const pdf = page.waitForEvent('download');
  await page.getByRole('link', { name: say('payments.receipt_pdf') }).click();
  expect((await pdf).suggestedFilename()).toMatch(/^Ricevuta \d{18}\.pdf$/);
  await page.getByRole('link', { name: say('payments.receipt_open') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('payments.receipt_title') })).toBeVisible();
  await expect(main(page)).toContainText('Banca di prova');
  await expectGood(page, 'a receipt');
  await page.goto('/inbox');
  await page.getByRole('link', { name: say('inbox.fee_paid') }).first().click();
  await expect(page).toHaveURL(address);
});

test('two windows pay once; a closed one is being checked; a forged way back decides nothing', async ({ openAs, context }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const page = await openAs('lukas-brandt', '/payments');
  const [fine] = await fees(page, 'velocità');
  const address = `/payments/${fine.id}`;
  const other = await context.newPage();
  for (const window of [page, other]) {
    await window.goto(address);
    await expect(main(window)).toContainText(like('payments.reduced_after', { amount: '173,00\\s€' }));
  }
  await pay(page).click();
  await expect(page).toHaveURL(/\/pagopa\/pay\//);
  // The second window hears of it: there is nothing to press any more but the way to the same page.
  await expect(checking(other)).toBeVisible();
  await expect(pay(other)).toHaveCount(0);
  await expect(other.getByRole('link', { name: say('payments.go_on') })).toHaveAttribute('href', page.url());
  await other.close();
  // The window is closed on the payment page: nobody knows yet.
  await page.goto(address);
  await expect(checking(page)).toBeVisible();
  await expect(pay(page)).toHaveCount(0);
  await expect(page.getByRole('link', { name: say('payments.go_on') })).toBeVisible();
  await expectGood(page, 'a fee that is being checked');
  const { body } = await ask<{ attempt: { cart: string } }>(page, `/api/v1/payments/fees/${fine.id}`);
  await page.goto(`/payments/returned/${body.attempt.cart}?r=ok`);
  await expect(checking(page)).toBeVisible();
  expect(await stateOf(page, fine.id)).toBe('checking');
  await page.goto('/payments/returned/0193a7c0-0000-7000-8000-000000000001?r=ok');
  await expect(main(page).getByText(say('payments.returned_paid'))).toHaveCount(0);
  // What the bank says is sent to the office.
  await page.goto(address);
  await page.getByText(say('payments.proof_title'), { exact: true }).click();
  await page.getByRole('button', { name: say('payments.proof_send') }).click();
  await expect(page.getByText(like('form.required')).first()).toBeVisible();
  await page.getByLabel(new RegExp(say('payments.proof_label'))).fill('CRO 12345, Banca di prova, ieri');
  await page.getByRole('button', { name: say('payments.proof_send') }).click();
  await expect(page.getByText(like('payments.proof_before')).or(page.getByText(say('payments.proof_done'))).first()).toBeVisible();
});

test('when the payment page does not answer nothing is begun, and that is said', async ({ openAs }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const page = await openAs('niccolo-dambra', '/payments?show=to_pay');
  const problem = { type: 'about:blank', status: 503, title: 'Service Unavailable', code: 'unavailable' };
  await page.route('**/api/v1/payments', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }));
  const [nursery] = await fees(page, 'nido');
  await page.goto(`/payments/${nursery.id}`);
  await pay(page).click();
  await expect(page.getByRole('alert').filter({ hasText: say('payments.checkout_down') })).toBeVisible();
  await expect(pay(page)).toBeEnabled();
  // An amount that the office has changed meanwhile is not paid unseen.
  await page.route('**/api/v1/payments', (route) => route.continue({ postData: route.request().postData()?.replace(String(nursery.amount), '1') }));
  await pay(page).click();
  await expect(page.getByRole('alert').filter({ hasText: say('form.amount_changed') })).toBeVisible();
  expect(await stateOf(page, nursery.id)).toBe('due');
});

test('several are found, chosen and paid together', async ({ openAs }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const page = await openAs('teresa-conti', '/cases');
  await page.getByRole('link', { name: say('common.payments'), exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: say('payments.title') })).toBeVisible();
  await page.getByRole('searchbox').fill('tari borgo');
  await expect(main(page).getByRole('article')).toHaveCount(2);
  const first = main(page).getByRole('article').first();
  await expect(first.getByRole('link', { name: /Tassa sui rifiuti.*Borgo San Jacopo 22.*rata 1 di 2/ })).toBeVisible();
  for (const box of await main(page).getByRole('checkbox').all()) await box.check();
  await expect(page.getByRole('status').filter({ hasText: '435,00' })).toBeVisible();
  await expectGood(page, 'fees that are chosen');
  await page.getByRole('button', { name: say('payments.pay_chosen') }).click();
  await expect(page.getByRole('heading', { name: 'Paga 435,00 €' })).toBeVisible();
  await page.getByRole('button', { name: /Annulla/ }).click();
  await expect(checking(page)).toBeVisible();
  await page.getByRole('link', { name: say('payments.returned_all') }).click();
  await page.getByRole('button', { name: say('payments.filter_checking') }).click();
  await expect(main(page).getByRole('article')).toHaveCount(2);
  await expect(main(page).getByRole('checkbox')).toHaveCount(0);
});

test('a notice on paper: typed, or read from its QR code, it can be paid by somebody else', async ({ openAs }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const page = await openAs('gino-bandini', '/payments');
  const [light] = await fees(page, 'votiva');
  await page.goto(`/payments/${light.id}/notice`);
  await expect(main(page)).toContainText(light.number.replaceAll(/(\d{4})(?=\d)/g, '$1 '));
  await expectGood(page, 'a notice to print');
  const code = page.locator('.filo-notice-qr');
  expect(await readQr(code)).toBe(`PAGOPA|002|${light.number}|${light.creditor.fiscal_code}|${light.amount}`);
  const picture = await code.screenshot({ scale: 'device' });
  await page.context().clearCookies();
  const other = await openAs('giulia-ferri', '/payments/paper');
  await other.getByLabel(new RegExp(`^${say('payments.paper_number')}`)).fill('3020 3200 2700 0002 5');
  await other.getByRole('button', { name: say('payments.paper_find') }).click();
  await expect(other.getByText(like('form.not_a_notice')).first()).toBeVisible();
  await expectGood(other, 'a notice that is none');
  // Check digits that do not fit only warn.
  await other.getByLabel(new RegExp(`^${say('payments.paper_number')}`)).fill('3020 3200 2700 0002 52');
  await expect(other.getByText(say('payments.paper_unsure'))).toBeVisible();
  await other.getByLabel(new RegExp(`^${say('payments.paper_creditor')}`)).fill('01234567897');
  await other.getByRole('button', { name: say('payments.paper_find') }).click();
  await expect(other.getByRole('alert').filter({ hasText: say('payments.not_found') })).toBeVisible();
  const white = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==', 'base64');
  await other.locator('#field-qr-photo').setInputFiles({ name: 'bianco.png', mimeType: 'image/png', buffer: white });
  await expect(other.getByRole('alert').filter({ hasText: say('payments.qr_none') })).toBeVisible();
  await other.locator('#field-qr-photo').setInputFiles({ name: 'avviso.png', mimeType: 'image/png', buffer: picture });
  await expect(other.getByRole('heading', { level: 1, name: 'Luce votiva' })).toBeVisible();
  await expect(main(other), 'nothing of whose it is').not.toContainText('Trespiano');
  await expect(pay(other)).toBeEnabled();
});
