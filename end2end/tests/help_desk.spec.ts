// The help desk: one citizen at a time, within what they agreed to, and nothing of the first left for the second. The desk is a desktop's.
import { expectGood } from '../fixtures/access.ts';
import { casesWith } from '../fixtures/api.ts';
import { startCrm, town } from '../fixtures/crm.ts';
import { agree, askByPhone, banner, helping, letRead, logInAtDesk, phoneOf, plan, readback, tracesOf, wipe } from '../fixtures/desk.ts';
import { device } from '../fixtures/device.ts';
import { logIn, person } from '../fixtures/login.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

test.skip(({ isMobile }) => isMobile, 'the desk stands on a desktop; the citizen\'s phone is a window of its own here');
test.describe.configure({ mode: 'serial', timeout: 180_000 });

test('two citizens in a row: the second finds nothing of the first', async ({ page, browser }) => {
  const maria = person('maria-rossi');
  await page.goto('/help_desk');
  await expectGood(page, 'the desk, nobody logged in');
  await logInAtDesk(page, 'Ivo Sarti');
  await expect(page.getByText(say('help_desk.problem_role'))).toBeVisible();
  await logInAtDesk(page, 'Elena Vannucci');
  await expect(page.getByRole('heading', { level: 1, name: say('help_desk.title') })).toBeVisible();
  // With nothing chosen it says what is missing.
  await page.getByRole('button', { name: say('help_desk.ask'), exact: true }).click();
  await expect(page.getByText(like('form.not_digits')).first()).toBeVisible();
  await expectGood(page, 'the desk, everything missing');
  const code = await askByPhone(page, ['scope_cases', 'scope_report']);
  await expectGood(page, 'the desk, waiting for a phone');
  const { phone, context } = await phoneOf(browser, 'maria-rossi', code);
  await expect(phone.getByText('Elena Vannucci')).toBeVisible();
  await expectGood(phone, 'the question on the phone');
  await agree(page, phone);
  await expect(page.getByRole('heading', { level: 1, name: helping('Maria Rossi') })).toBeVisible();
  await expectGood(page, 'somebody is being helped');
  await expect(page).toHaveTitle(new RegExp(`^${say('help_desk.title_short')}`));

  // Her cases, one of them, and a report of hers: all under the banner.
  const [nursery] = await casesWith(page, 'nido Sara');
  await page.getByRole('main').getByRole('link', { name: say('help_desk.see_cases') }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
  // She follows on her own phone, as it is done.
  await phone.getByRole('link', { name: say('common.help_log') }).first().click();
  await expect(phone.getByRole('button', { name: say('help_desk.stop') })).toBeVisible();
  await page.getByRole('link', { name: nursery.title }).first().click();
  await expect(phone.getByRole('article').filter({ hasText: say('help_desk.did_see_case') }).first()).toContainText(nursery.title, { timeout: 20_000 });
  await expect(page.getByRole('heading', { level: 1, name: nursery.title })).toBeVisible();
  await expect(banner(page)).toContainText('Maria Rossi');
  await page.getByRole('navigation', { name: say('common.personal_area') }).getByRole('link', { name: 'Segnala disservizio' }).click();
  const title = `Buca allo sportello ${Date.now()}`;
  await acknowledge(page);
  await tell(page, { title });
  await review(page);
  await send(page);
  // Nothing leaves before she has read it on her own phone; what is wrong is corrected and read again.
  await letRead(page, 'told_citizen');
  await expect(page.getByText(say('help_desk.shown_phone')).first()).toBeVisible();
  await expect(readback(page)).toHaveCount(0);
  await expect(readback(phone)).toContainText(title, { timeout: 20_000 });
  await expect(readback(phone)).toContainText('Via Maggio');
  await expectGood(phone, 'the second screen');
  await readback(phone).getByRole('button', { name: say('help_desk.read_no') }).click();
  await expect(page.getByText(say('help_desk.shown_wrong')).first()).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: say('help_desk.show') }).click();
  await readback(phone).getByRole('button', { name: say('help_desk.read_yes') }).click();
  const number = await received(page);
  // What nobody has agreed to, and what nobody can agree to.
  const tried = await page.evaluate(async () => {
    const ask = async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(path, { method, headers: { 'x-filo': '1', 'content-type': 'application/json' }, body: body ? JSON.stringify(body) : undefined });
      const problem = (await answer.json().catch(() => ({}))) as { fields?: { params?: { reason?: string } }[] };
      return `${answer.status} ${problem.fields?.[0]?.params?.reason ?? ''}`;
    };
    return [await ask('PUT', '/api/v1/me/channels', {}), await ask('POST', '/api/v1/session/vault'), await ask('GET', '/api/v1/me/access_log'), await ask('GET', '/api/v1/inbox')];
  });
  expect(tried).toEqual(['403 never', '403 never', '403 never', '403 never']);
  const marks = ['Maria', 'Rossi', maria.fiscal_code!, 'maria.rossi', nursery.title, nursery.number, title, number];
  // Nothing is on the device even now, but in the page's own memory.
  expect((await tracesOf(page, marks)).filter((trace) => !/ in (page|title|address|fields)$/.test(trace))).toEqual([]);

  await banner(page).getByRole('button', { name: say('help_desk.finish') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('help_desk.receipt_title') })).toBeVisible();
  await expect(page.getByRole('main')).toContainText(title);
  await expect(page.getByRole('main')).toContainText(say('help_desk.did_see_case'));
  await expectGood(page, 'the receipt');
  const heard: string[] = [];
  page.on('response', async (answer) => heard.push(await answer.text().catch(() => '')));
  await wipe(page);
  await expectGood(page, 'the computer, checked');
  expect(await tracesOf(page, marks)).toEqual([]);
  // Back, again and again: the pages ask anew, and nobody is there.
  for (let steps = 0; steps < 6; steps += 1) {
    await page.goBack({ timeout: 5_000 }).catch(() => null);
    await page.waitForLoadState('networkidle');
    expect(await tracesOf(page, marks), `${steps + 1} steps back`).toEqual([]);
  }

  // The second citizen, in the room, with a colleague who looks at the document.
  await page.goto('/help_desk');
  await plan(page, ['scope_cases']);
  await page.locator('.filo-choice').filter({ hasText: say('help_desk.way_room') }).locator('label').click();
  await page.getByRole('textbox', { name: like('help_desk.fiscal_code') }).fill(person('gino-bandini').fiscal_code!);
  await page.getByLabel(say('help_desk.document'), { exact: false }).selectOption('identity_card');
  await page.getByRole('button', { name: say('help_desk.ask'), exact: true }).click();
  await expect(page.getByText(say('help_desk.room_wait'))).toBeVisible();
  const colleague = await (await browser.newContext({ locale: 'it-IT', serviceWorkers: 'block' })).newPage();
  await logInAtDesk(colleague, 'Omar Benelli');
  await expect(colleague.getByText('Gino Bandini')).toBeVisible();
  await expectGood(colleague, 'a colleague confirms');
  await colleague.getByRole('button', { name: say('help_desk.confirm_yes') }).click();
  await expect(banner(page)).toContainText('Gino Bandini');
  await page.getByRole('main').getByRole('link', { name: say('help_desk.see_cases') }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
  expect(await tracesOf(page, marks)).toEqual([]);
  await banner(page).getByRole('button', { name: say('help_desk.finish') }).click();
  await wipe(page);
  expect(heard.filter((text) => marks.slice(2).some((mark) => text.includes(mark)))).toEqual([]);
  await colleague.context().close();

  // What she reads on her own phone, and what she does not recognise.
  await phone.reload();
  const seen = phone.getByRole('article').filter({ has: phone.getByRole('heading', { name: say('help_desk.did_see_cases') }) }).first();
  await expect(seen).toContainText('Elena Vannucci');
  await expectGood(phone, 'the log');
  await seen.getByRole('button', { name: new RegExp(`^${say('help_desk.dispute')}`) }).click();
  await seen.getByRole('link', { name: say('help_desk.disputed') }).click();
  await expect(phone.getByRole('heading', { level: 1, name: 'Non riconosco un accesso ai miei dati' })).toBeVisible();
  await context.close();
});

test('the citizen takes the consent back on the phone, and the desk ends', async ({ page, browser }) => {
  await logInAtDesk(page, 'Elena Vannucci');
  const { phone, context } = await phoneOf(browser, 'teresa-conti', await askByPhone(page, ['scope_cases']));
  await agree(page, phone);
  await page.getByRole('main').getByRole('link', { name: say('help_desk.see_cases') }).click();
  await phone.getByRole('link', { name: say('common.help_log') }).first().click();
  await phone.getByRole('button', { name: say('help_desk.stop') }).click();
  await expect(phone.getByRole('button', { name: say('help_desk.stop') })).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: say('help_desk.receipt_title') })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('main')).toContainText(say('help_desk.end_revoked'));
  await wipe(page);
  // The code has begun something: it begins nothing more, and says so.
  await context.close();
});

test('a screen that nobody touches locks; the four digits open it', async ({ page, browser }) => {
  await page.clock.install();
  await logInAtDesk(page, 'Elena Vannucci');
  const { phone, context } = await phoneOf(browser, 'teresa-conti', await askByPhone(page, ['scope_cases']));
  await agree(page, phone);
  await page.clock.fastForward('03:05');
  const locked = page.getByRole('dialog', { name: say('help_desk.locked') });
  await expect(locked).toBeVisible();
  await expect(banner(page)).toBeHidden();
  await expectGood(page, 'a locked screen');
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
  await locked.getByLabel(say('help_desk.pin')).fill('0000');
  await locked.getByRole('button', { name: say('help_desk.unlock') }).click();
  await expect(locked.getByText(like('form.wrong_code'))).toBeVisible();
  await locked.getByLabel(say('help_desk.pin')).fill('2468');
  await locked.getByRole('button', { name: say('help_desk.unlock') }).click();
  await expect(banner(page)).toBeVisible();
  await banner(page).getByRole('button', { name: say('help_desk.finish') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('help_desk.receipt_title') })).toBeVisible();
  // The test's clock hides from the page when it was loaded: what the next test needs is said in its place.
  await page.evaluate(async () => {
    const clean = ['session', 'cookies', 'storage', 'databases', 'caches', 'memory'];
    await fetch('/api/v1/help_desk/checked', { method: 'POST', headers: { 'x-filo': '1', 'content-type': 'application/json' }, body: JSON.stringify({ clean }) });
  });
  await context.close();
});

test('a browser that crashes shows nothing when it starts again, and says that the help has ended', async ({ browser }, info) => {
  const computer = device(info);
  try {
    const first = await computer.start();
    const desk = await first.newPage();
    await logInAtDesk(desk, 'Elena Vannucci');
    const { phone, context } = await phoneOf(browser, 'teresa-conti', await askByPhone(desk, ['scope_cases']));
    await agree(desk, phone);
    const [own] = await casesWith(desk, '');
    await computer.kill();
    const again = await (await computer.start()).newPage();
    await again.goto(`${town().crm}/cases`);
    await expect(again.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await tracesOf(again, ['Teresa Conti', person('teresa-conti').fiscal_code!, own.title, own.number])).toEqual([]);
    await logInAtDesk(again, 'Elena Vannucci');
    await expect(again.getByRole('heading', { level: 1, name: say('help_desk.left_title') })).toBeVisible();
    await expect(again.getByText(say('help_desk.end_reopened'))).toBeVisible();
    await wipe(again);
    await context.close();
  } finally {
    await computer.end();
  }
});

test('somebody without anything: made by two, read on the turned screen, found by the paper, taken over once', async ({ page, browser }) => {
  const crm = await startCrm();
  const window = async () => (await browser.newContext({ locale: 'it-IT', serviceWorkers: 'block', baseURL: crm.url })).newPage();
  try {
    await logInAtDesk(page, 'Elena Vannucci', crm.url);
    await plan(page, ['scope_cases', 'scope_report']);
    await page.locator('.filo-choice').filter({ hasText: say('help_desk.way_new') }).locator('label').click();
    await page.getByRole('button', { name: say('help_desk.ask'), exact: true }).click();
    await expect(page.getByText(like('form.required')).first()).toBeVisible();
    await page.getByLabel(say('help_desk.person_name'), { exact: false }).fill('Amina');
    await page.getByLabel(say('help_desk.person_language'), { exact: false }).selectOption('it');
    await page.getByLabel(say('help_desk.reach'), { exact: false }).selectOption('nothing');
    await expectGood(page, 'somebody new');
    await page.getByRole('button', { name: say('help_desk.ask'), exact: true }).click();
    await expect(page.getByText(say('help_desk.new_wait'))).toBeVisible();
    const colleague = await window();
    await logInAtDesk(colleague, 'Omar Benelli', crm.url);
    await expect(colleague.getByText('Amina')).toBeVisible();
    await colleague.getByRole('button', { name: say('help_desk.confirm_new') }).click();
    await expect(banner(page)).toContainText('Amina');
    const paper = page.getByRole('region', { name: say('help_desk.paper_title') });
    await expect(paper).toContainText('Amina');
    await expectGood(page, 'the paper');
    const code = (await paper.locator('.filo-ticket-code').innerText()).trim();
    expect(code).toMatch(/^[A-Z2-9]{4} [A-Z2-9]{4} [A-Z2-9]{4}$/);

    // A report, read on the screen that is turned to her.
    await page.getByRole('main').getByRole('link', { name: say('common.tab_report') }).click();
    const title = `Lampione di Amina ${Date.now()}`;
    await acknowledge(page);
    await tell(page, { title });
    await review(page);
    await send(page);
    await letRead(page, 'told_nobody');
    await expect(readback(page)).toContainText(title);
    await expect(readback(page)).toContainText(say('help_desk.told_nobody'));
    await expectGood(page, 'the turned screen');
    await readback(page).getByRole('button', { name: say('help_desk.read_yes') }).click();
    await received(page);
    await banner(page).getByRole('button', { name: say('help_desk.finish') }).click();
    await expect(page.getByRole('main')).toContainText(say('help_desk.did_confirm_content'));
    await wipe(page);
    expect(await tracesOf(page, ['Amina', title, code, code.replaceAll(' ', '')])).toEqual([]);

    // Another day, at another desk: a wrong code says so, the right one finds her.
    await plan(colleague, ['scope_cases']);
    await colleague.locator('.filo-choice').filter({ hasText: say('help_desk.way_paper') }).locator('label').click();
    const typed = colleague.getByLabel(say('help_desk.paper_field'), { exact: false });
    await typed.fill('AAAA BBBB CCCC');
    await colleague.getByRole('button', { name: say('help_desk.ask'), exact: true }).click();
    await expect(colleague.getByText(like('form.wrong_code')).first()).toBeVisible();
    await typed.fill(code.toLowerCase());
    await colleague.getByRole('button', { name: say('help_desk.ask'), exact: true }).click();
    await expect(banner(colleague)).toContainText('Amina');
    await colleague.getByRole('main').getByRole('link', { name: say('help_desk.see_cases') }).click();
    await expect(colleague.getByRole('link', { name: title })).toBeVisible();

    // She has an identity of her own now: what was under the paper is hers, and the desk is out.
    const phone = await window();
    await logIn(phone, 'samira-el-amrani', { from: `/help_desk/paper#${code.replaceAll(' ', '')}` });
    await expectGood(phone, 'a code of the town');
    await phone.getByRole('button', { name: say('help_desk.paper_take') }).click();
    await expect(phone.getByText(say('help_desk.paper_taken'))).toBeVisible();
    await phone.getByRole('main').getByRole('link', { name: say('common.my_cases') }).click();
    await expect(phone.getByRole('link', { name: title })).toBeVisible();
    await expect(colleague.getByRole('heading', { level: 1, name: say('help_desk.receipt_title') })).toBeVisible({ timeout: 20_000 });
    await phone.goto(`/help_desk/paper#${code.replaceAll(' ', '')}`);
    await phone.getByRole('button', { name: say('help_desk.paper_take') }).click();
    await expect(phone.getByText(say('help_desk.paper_gone'))).toBeVisible();
    await phone.goto('/help_desk/log');
    await expect(phone.getByRole('article').filter({ hasText: title }).first()).toContainText('Elena Vannucci');
    await phone.context().close();
    await colleague.context().close();
  } finally {
    await crm.end();
  }
});
