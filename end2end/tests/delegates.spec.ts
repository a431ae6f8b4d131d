// Family and delegates: Maria lets Gino act for her, he does, both see it, and nothing of hers is left with him when it is over.
import type { Browser, Page } from '@playwright/test';
import { expectGood } from '../fixtures/access.ts';
import { casesWith } from '../fixtures/api.ts';
import { startCrm } from '../fixtures/crm.ts';
import { tracesOf } from '../fixtures/desk.ts';
import { logIn } from '../fixtures/login.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

test.skip(({ isMobile }) => !isMobile, 'two people with a phone each');
test.describe.configure({ timeout: 180_000 });

/** A phone of one's own at this CRM. */
async function phone(browser: Browser, baseURL: string): Promise<Page> {
  return (await browser.newContext({ locale: 'it-IT', timezoneId: 'Europe/Rome', serviceWorkers: 'block', baseURL, viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })).newPage();
}

const banner = (page: Page) => page.getByRole('region', { name: say('delegates.banner') });
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
/** The day in three months, as a date field takes it. */
const later = () => new Date(Date.now() + 90 * 24 * 3600 * 1000).toISOString().slice(0, 10);

/** Gives a delegation for these things; its code. */
async function give(page: Page, name: string, scopes: string[]): Promise<string> {
  await page.locator('#field-name').fill(name);
  for (const scope of scopes) await page.getByRole('checkbox', { name: say(`delegates.${scope}`) }).check();
  await page.locator('#field-until').fill(later());
  await page.getByRole('button', { name: say('delegates.give') }).click();
  await expect(page.getByText(say('delegates.code_once'))).toBeVisible();
  return page.locator('.filo-ticket-code').innerText();
}

/** Goes back to oneself, and is. */
async function goBack(page: Page): Promise<void> {
  await banner(page).getByRole('button', { name: say('delegates.back'), exact: true }).click();
  await expect(banner(page)).toHaveCount(0);
}

test('Gino acts for Maria, in two windows, and is himself again', async ({ browser }) => {
  const crm = await startCrm();
  try {
    const [maria, gino] = [await phone(browser, crm.url), await phone(browser, crm.url)];
    await logIn(maria, 'maria-rossi', { from: '/help_desk/log' });
    const [nursery] = await casesWith(maria, 'nido Sara');
    await maria.getByRole('main').getByRole('link', { name: say('common.delegates') }).click();
    await expect(heading(maria, say('common.delegates'))).toBeFocused();
    await expectGood(maria, 'no delegations yet');
    await maria.getByRole('button', { name: say('delegates.give') }).click();
    await expect(maria.getByText(like('form.required')).first()).toBeVisible();
    await expectGood(maria, 'a delegation, everything missing');
    const code = await give(maria, 'Gino Bandini', ['scope_report', 'scope_documents']);
    expect(code).toMatch(/^[A-Z2-9]{4}(-[A-Z2-9]{4}){2}$/);
    await expectGood(maria, 'the code of a delegation');
    await expect(maria.getByRole('article').filter({ hasText: 'Gino Bandini' })).toContainText(say('delegates.state_pending'));

    // The link leads behind his own login, and what stands behind # comes along.
    await logIn(gino, 'gino-bandini', { from: `/delegates#${code}` });
    await expect(gino.getByText(say('delegates.offer', { name: 'Maria Rossi' }))).toBeVisible();
    await expect(gino.getByText(say('delegates.meant_for', { name: 'Gino Bandini' }))).toBeVisible();
    await expectGood(gino, 'what is behind a code');
    await gino.getByRole('button', { name: say('delegates.yes'), exact: true }).click();
    await expect(gino.getByText(say('delegates.accepted', { name: 'Maria Rossi' }))).toBeVisible();
    // Maria sees it without asking.
    await expect(maria.getByRole('article').filter({ hasText: 'Gino Bandini' })).toContainText(say('delegates.state_active'), { timeout: 20_000 });
    // Used once.
    await gino.locator('#field-delegation').fill(code);
    await gino.getByRole('button', { name: say('common.next') }).click();
    await expect(gino.getByText(say('delegates.code_unknown'))).toBeVisible();

    // A second window of his is there too.
    const second = await gino.context().newPage();
    await second.goto('/cases');
    await expect(heading(second, /./)).toBeVisible();
    await expect(second.getByText(nursery.title)).toHaveCount(0);
    await gino.getByRole('button', { name: say('delegates.act', { name: 'Maria Rossi' }) }).click();
    await expect(heading(gino, say('delegates.now_title'))).toBeVisible();
    await expect(banner(gino)).toContainText(say('delegates.acting', { name: 'Maria Rossi' }));
    await expect(banner(gino)).toContainText(say('delegates.scope_report'));
    await expectGood(gino, 'acting for somebody');
    // The other window has become hers by itself, under the banner.
    await expect(banner(second)).toContainText('Maria Rossi');
    await expect(second.getByText(nursery.title).first()).toBeVisible();

    // What is nobody's but hers.
    await gino.goto('/payments');
    await expect(gino.getByText(say('error.on_behalf')).first()).toBeVisible();
    await expect(banner(gino)).toBeVisible();
    const tried = await gino.evaluate(async () => {
      const ask = async (method: string, path: string, body?: unknown) => {
        const answer = await fetch(path, { method, headers: { 'x-filo': '1', 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }, body: body ? JSON.stringify(body) : undefined });
        const problem = (await answer.json().catch(() => ({}))) as { fields?: { field: string; params?: { reason?: string } }[] };
        return `${answer.status} ${problem.fields?.[0]?.field} ${problem.fields?.[0]?.params?.reason}`;
      };
      const all: [string, string, unknown?][] = [['PUT', '/api/v1/me/channels', {}], ['POST', '/api/v1/session/vault'], ['GET', '/api/v1/me/sessions'], ['POST', '/api/v1/me/delegations', {}], ['GET', '/api/v1/inbox']];
      return Promise.all(all.map(([method, path, body]) => ask(method, path, body)));
    });
    expect(tried).toEqual(Array.from({ length: 5 }, () => '403 delegation never'));

    // A report for her.
    await gino.goto('/');
    const title = `Lampione per Maria ${Date.now()}`;
    await gino.getByRole('main').getByRole('link', { name: say('delegates.go_report') }).click();
    await acknowledge(gino);
    await tell(gino, { title });
    await review(gino);
    await expect(banner(gino)).toContainText('Maria Rossi');
    await send(gino);
    const number = await received(gino);
    await gino.getByRole('navigation', { name: say('common.personal_area') }).getByRole('link', { name: 'Attività' }).click();
    await gino.getByRole('link', { name: nursery.title }).first().click();
    await expect(heading(gino, nursery.title)).toBeVisible();
    // Nothing of hers is on his phone, but what the page shows.
    const marks = ['Maria Rossi', nursery.title, nursery.number, title, number];
    expect((await tracesOf(gino, marks)).filter((trace) => !/ in (page|title|address|fields)$/.test(trace))).toEqual([]);
    await goBack(gino);
    await expect(heading(gino, /./)).toBeVisible();
    expect(await tracesOf(gino, marks)).toEqual([]);
    // So does the other window, and he is himself: his cases, not hers.
    await expect(banner(second)).toHaveCount(0);
    await expect(second.getByText(nursery.title)).toHaveCount(0);
    expect(await casesWith(gino, title)).toEqual([]);
    await gino.reload();
    await expect(banner(gino)).toHaveCount(0);
    expect(await tracesOf(gino, marks)).toEqual([]);

    // She finds it among her cases, with who did it; and in her log.
    const [sent] = await casesWith(maria, title);
    await maria.goto(`/cases/${sent.id}`);
    await expect(maria.getByText(like('cases.by_delegate', { name: 'Gino Bandini' })).first()).toBeVisible();
    await maria.goto('/help_desk/log');
    await maria.getByRole('button', { name: say('help_desk.log_delegates') }).click();
    const entry = maria.getByRole('article').filter({ hasText: say('help_desk.did_send_report') });
    await expect(entry).toContainText(say('help_desk.log_delegate', { name: 'Gino Bandini' }));
    await expectGood(maria, 'the log with a delegate');
    // One press, and it is over.
    await maria.goto('/delegates');
    await maria.getByRole('article').filter({ hasText: 'Gino Bandini' }).getByRole('button', { name: say('delegates.end') }).click();
    await expect(maria.getByText(say('delegates.ended', { name: 'Gino Bandini' }))).toBeVisible();
    await expectGood(maria, 'a delegation that is over');
    await gino.goto('/delegates');
    await expect(gino.getByText(say('delegates.received_none'))).toBeVisible();
    await gino.getByText(say('delegates.over')).click();
    await expect(gino.getByText(say('delegates.state_giver'))).toBeVisible();
  } finally {
    await crm.end();
  }
});

test('a delegation that ends under the hands of who acts takes nothing that was typed', async ({ browser }) => {
  const crm = await startCrm();
  try {
    const [maria, gino] = [await phone(browser, crm.url), await phone(browser, crm.url)];
    await logIn(maria, 'maria-rossi', { from: '/delegates' });
    const code = await give(maria, 'Gino', ['scope_report']);
    // Her own code is not hers to use.
    await maria.locator('#field-delegation').fill(code);
    await maria.getByRole('button', { name: say('common.next') }).click();
    await expect(maria.getByText(say('delegates.code_own'))).toBeVisible();
    await logIn(gino, 'gino-bandini', { from: `/delegates#${code}` });
    await gino.getByRole('button', { name: say('delegates.yes'), exact: true }).click();
    await gino.getByRole('button', { name: say('delegates.act', { name: 'Maria Rossi' }) }).click();
    await gino.getByRole('main').getByRole('link', { name: say('delegates.go_report') }).click();
    await acknowledge(gino);
    const title = `Scritto per Maria ${Date.now()}`;
    await tell(gino, { title });

    // In another window he goes back to himself: here what he typed stays, is sent by nobody, and goes on.
    const second = await gino.context().newPage();
    await second.goto('/');
    await goBack(second);
    await expect(banner(gino)).toContainText(say('delegates.over_elsewhere', { name: 'Maria Rossi' }));
    await expect(gino.getByLabel('Titolo')).toHaveValue(title);
    await expectGood(gino, 'another window went back');
    await banner(gino).getByRole('button', { name: say('delegates.go_on') }).click();
    await expect(banner(gino)).toContainText(say('delegates.acting', { name: 'Maria Rossi' }));
    await expect(gino.getByLabel('Titolo')).toHaveValue(title);

    // She ends it.
    await maria.reload();
    await maria.getByRole('article').filter({ hasText: 'Gino' }).getByRole('button', { name: say('delegates.end') }).click();
    await expect(maria.getByText(say('delegates.ended', { name: 'Gino Bandini' }))).toBeVisible();
    await review(gino);
    await send(gino);
    await expect(banner(gino)).toContainText(say('delegates.over_ended', { name: 'Maria Rossi' }), { timeout: 20_000 });
    await expect(gino.getByText(title).first()).toBeVisible();
    expect(await casesWith(maria, title)).toEqual([]);
    // Once asked, once more pressed: then it is gone, and nothing of it was sent as his own.
    await banner(gino).getByRole('button', { name: say('delegates.back'), exact: true }).click();
    await expect(banner(gino)).toContainText(say('delegates.loses'));
    await banner(gino).getByRole('button', { name: say('delegates.back_anyway') }).click();
    await expect(banner(gino)).toHaveCount(0);
    expect(await casesWith(gino, title)).toEqual([]);
    expect(await tracesOf(gino, [title, 'Maria Rossi'])).toEqual([]);
  } finally {
    await crm.end();
  }
});
