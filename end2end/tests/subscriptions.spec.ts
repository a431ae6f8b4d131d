// Cosa segui: a street and what lies around it, a topic; stopped and taken up again in its place; a report and a notice that are told.
import type { APIRequestContext, Page, TestInfo } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { moveCase } from '../fixtures/api.ts';
import { OFFICE_TOKEN, town } from '../fixtures/crm.ts';
import type { PersonName } from '../fixtures/login.ts';
import { sendReport } from '../fixtures/sent.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

/** Nobody else's while this project runs. */
const follower = (info: TestInfo): PersonName => (info.project.name === 'phone' ? 'nora-gelli' : 'lukas-brandt');
const list = (page: Page) => page.getByRole('region', { name: say('subscriptions.list_title') });
const card = (page: Page, name: string) => list(page).getByRole('article').filter({ has: page.getByRole('heading', { name, exact: true }) });
const stop = (page: Page, name: string) => list(page).getByRole('button', { name: new RegExp(`^${say('subscriptions.stop')} ?: ${name}$`) });
const street = (page: Page) => page.getByRole('combobox', { name: new RegExp(say('subscriptions.street')) });

/** Follows a street as a person does: typed, chosen from the list, perhaps with what lies around it. */
async function followStreet(page: Page, typed: string, name: string, metres = ''): Promise<void> {
  await street(page).fill(typed);
  await page.getByRole('option', { name, exact: true }).click();
  if (metres) await page.getByLabel(say('subscriptions.reach'), { exact: true }).selectOption(metres);
  await page.getByRole('button', { name: say('subscriptions.follow'), exact: true }).click();
}

/** The office gives notice. */
async function giveNotice(request: APIRequestContext, notice: Record<string, string>): Promise<void> {
  const answer = await request.post(`${town().crm}/api/v1/office/notices`, {
    headers: { authorization: `Bearer ${OFFICE_TOKEN}`, 'idempotency-key': crypto.randomUUID() },
    data: { until: new Date(Date.now() + 7 * 24 * 3_600_000).toISOString().slice(0, 10), ...notice },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

test('a street, what lies around it and a topic are followed, stopped and taken up again', async ({ openAs }, info) => {
  const page = await openAs(follower(info), '/');
  await page.getByRole('banner').locator('.filo-person > summary').click();
  await page.getByRole('link', { name: say('common.my_subscriptions') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('subscriptions.title') })).toBeVisible();
  await expect(list(page)).toContainText(say('subscriptions.none'));
  await expectGood(page, 'nothing is followed');
  // Without a street there is nothing to follow.
  await page.getByRole('button', { name: say('subscriptions.follow'), exact: true }).click();
  await expect(page.getByText(like('form.required')).first()).toBeVisible();
  await followStreet(page, 'via romana', 'Via Romana');
  await expect(page.getByRole('status').filter({ hasText: say('subscriptions.followed', { name: 'Via Romana' }) })).toBeVisible();
  await expect(card(page, 'Via Romana')).toContainText(say('subscriptions.kind_street'));
  const around = say('subscriptions.area_name', { metres: 500, street: 'Via Maggio' });
  await followStreet(page, 'maggio', 'Via Maggio', '500');
  await expect(card(page, around)).toContainText(say('subscriptions.kind_area'));
  const topic = page.getByRole('button', { name: 'Scuola', exact: true });
  await topic.click();
  await expect(topic).toHaveAttribute('aria-pressed', 'true');
  await expect(card(page, 'Scuola')).toContainText(say('subscriptions.kind_topic'));
  await expectGood(page, 'what is followed');
  // Stopped in its place, with a way back that keeps the focus.
  await stop(page, 'Via Romana').click();
  const gone = list(page).getByRole('article').filter({ hasText: say('subscriptions.stopped', { name: 'Via Romana' }) });
  const undo = gone.getByRole('button', { name: new RegExp(`^${say('subscriptions.undo')}`) });
  await expect(undo).toBeFocused();
  await undo.click();
  await expect(card(page, 'Via Romana')).toBeVisible();
  await page.reload();
  await expect(list(page).getByRole('article')).toHaveCount(3);
  for (const name of ['Via Romana', around, 'Scuola']) {
    await stop(page, name).click();
    await expect(list(page)).toContainText(say('subscriptions.stopped', { name }));
  }
  await expect(topic).toHaveAttribute('aria-pressed', 'false');
  await page.reload();
  await expect(list(page)).toContainText(say('subscriptions.none'));
});

test('a report that becomes public and a notice reach who follows the street, once', async ({ openAs, request }, info) => {
  const page = await openAs(follower(info), '/subscriptions?street=via%20maggio%2012');
  // A link from a report brings the street without its number.
  await expect(street(page)).toHaveValue('Via Maggio');
  await page.getByRole('button', { name: say('subscriptions.follow'), exact: true }).click();
  await expect(card(page, 'Via Maggio')).toBeVisible();
  const title = `Buca ${info.project.name} ${Date.now()}`;
  const { id } = await sendReport('teresa-conti', title);
  await moveCase(request, town().crm, id, { state: 'registered', note: 'Presa in carico.' });
  const notice = `Strada chiusa ${info.project.name} ${Date.now()}`;
  await giveNotice(request, { topic: 'roads', street: 'Via Maggio', title: notice, text: 'Lavori ai tubi.', link: 'https://comune.example/lavori' });
  await page.goto('/inbox');
  const messages = page.getByRole('main').getByRole('article');
  const told = messages.filter({ hasText: notice });
  await expect(told).toHaveCount(1);
  await expect(told).toContainText(say('inbox.notice'));
  await expect(told).toContainText('Lavori ai tubi.');
  await expect(told).toContainText(like('inbox.notice_until'));
  await expect(told.getByRole('link', { name: new RegExp(`^${say('inbox.notice_link')}`) })).toHaveAttribute('href', 'https://comune.example/lavori');
  const report = messages.filter({ hasText: say('inbox.street_report') }).filter({ hasText: 'Via Maggio' }).first();
  await expect(report).not.toContainText(title);
  await expectGood(page, 'messages of what is followed');
  await report.getByRole('heading').getByRole('link').click();
  await expect(page).toHaveURL(/\/reports\/public\//);
  await page.goto('/subscriptions');
  await stop(page, 'Via Maggio').click();
  await expect(list(page)).toContainText(say('subscriptions.stopped', { name: 'Via Maggio' }));
});

test('without a network it says so beside what was pressed, nothing typed is lost, and pressed again it happens once', async ({ openAs, context }, info) => {
  const page = await openAs(follower(info), '/subscriptions');
  const problem = page.getByRole('alert').filter({ hasText: say('error.offline') });
  const topic = page.getByRole('button', { name: 'Scuola', exact: true });
  await expect(topic).toBeVisible();
  await street(page).fill('borgo pinti');
  await page.getByRole('option', { name: 'Borgo Pinti', exact: true }).click();
  await context.setOffline(true);
  await page.getByRole('button', { name: say('subscriptions.follow'), exact: true }).click();
  await expect(problem).toHaveCount(1);
  await expect(street(page)).toHaveValue('Borgo Pinti');
  await topic.click();
  await expect(problem).toHaveCount(2);
  await expect(topic).toHaveAttribute('aria-pressed', 'false');
  await expectGood(page, 'what is followed, without a network');
  await context.setOffline(false);
  await page.getByRole('button', { name: say('subscriptions.follow'), exact: true }).click();
  await expect(card(page, 'Borgo Pinti')).toBeVisible();
  await topic.click();
  await expect(topic).toHaveAttribute('aria-pressed', 'true');
  await expect(problem).toHaveCount(0);
  // Stopping waits for the network too: it stays followed, and the way is the same button.
  await context.setOffline(true);
  await stop(page, 'Borgo Pinti').click();
  await expect(card(page, 'Borgo Pinti').getByRole('alert')).toHaveText(say('error.offline'));
  await expect(stop(page, 'Borgo Pinti')).toBeFocused();
  await context.setOffline(false);
  for (const name of ['Borgo Pinti', 'Scuola']) {
    await stop(page, name).click();
    await expect(list(page)).toContainText(say('subscriptions.stopped', { name }));
  }
  await page.reload();
  await expect(list(page)).toContainText(say('subscriptions.none'));
  // Opened without a network: what was read before is shown as what it is, or why it is not there.
  await context.setOffline(true);
  await page.getByRole('link', { name: say('common.tab_messages') }).first().click();
  await page.goBack();
  await expect(page.getByRole('main')).toContainText(new RegExp(`${say('subscriptions.none')}|${say('error.offline')}`));
  await context.setOffline(false);
});
