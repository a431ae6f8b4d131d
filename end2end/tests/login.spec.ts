// Logging in and out: two equal buttons, whose device, landing where one started, refusals in plain words, cookies.
import { ask, casesWith } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { BUTTONS, DEVICES, beRecognised, logIn, pick } from '../fixtures/login.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const SESSION = '__Host-sid';

test('the ways in are equal, and whose device it is must be said first', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  const [spid, cie] = [page.getByRole('button', { name: BUTTONS.spid }), page.getByRole('button', { name: BUTTONS.cie })];
  const [left, right] = [await spid.boundingBox(), await cie.boundingBox()];
  expect([right?.width, right?.height]).toEqual([left?.width, left?.height]);
  expect(left?.height).toBeGreaterThanOrEqual(44);
  const look = (element: Element) => {
    const { backgroundColor, color, fontSize, fontWeight } = getComputedStyle(element);
    return { backgroundColor, color, fontSize, fontWeight };
  };
  expect(await cie.evaluate(look)).toEqual(await spid.evaluate(look));
  for (const button of [spid, cie]) {
    const [box, sign, words] = [await button.boundingBox(), await button.locator('svg').boundingBox(), await button.locator('span').boundingBox()];
    expect(sign!.y, 'the sign is inside').toBeGreaterThan(box!.y);
    expect(sign!.y + sign!.height, 'the sign is inside').toBeLessThan(box!.y + box!.height);
    expect(sign!.x + sign!.width, 'the sign stands before the words').toBeLessThanOrEqual(words!.x);
  }
  await expect(page.getByRole('button', { name: BUTTONS.eidas })).toBeVisible();
  await expect(page.getByText(BUTTONS.eidas)).toHaveAttribute('lang', 'en');

  await spid.click();
  await expect(page.getByRole('alert').filter({ hasText: say('login.device_missing') })).toBeVisible();
  await expect(page.getByRole('radio', { name: DEVICES.mine })).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page.getByText(say('login.device_missing'))).toBeHidden();
});

test('by SPID, by CIE and by eIDAS without a codice fiscale, and out again', async ({ page, loginAs }) => {
  for (const [name, greeting] of [['maria-rossi', 'Ciao, Maria'], ['ardita-hoxha', 'Ciao, Ardita'], ['lukas-brandt', 'Ciao, Lukas']] as const) {
    await loginAs(page, name, { from: '/' });
    await expect(page.getByRole('heading', { level: 1, name: greeting })).toBeVisible();
    await page.locator('summary').filter({ hasText: greeting.slice(6) }).click();
    await page.getByRole('button', { name: 'Esci' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
    await expect(page).toHaveURL(/\/login$/);
  }
  await loginAs(page, 'lukas-brandt');
  await page.goto('/reports/new/data');
  await expect(page.getByText('Lukas Brandt').last()).toBeVisible();
  await expect(page.getByRole('term').filter({ hasText: 'Codice fiscale' })).toHaveCount(0);
});

test('one lands where one started, query and all', async ({ page, loginAs, openAs }) => {
  await openAs('maria-rossi', '/cases');
  const [nursery] = await casesWith(page, 'nido');
  await page.context().clearCookies();
  await loginAs(page, 'maria-rossi', { from: `/cases/${nursery.id}` });
  await expect(page).toHaveURL(`/cases/${nursery.id}`);
  await expect(page.getByRole('heading', { level: 1, name: nursery.title })).toBeVisible();
  await page.context().clearCookies();
  await loginAs(page, 'maria-rossi', { from: '/cases?phase=closed' });
  await expect(page).toHaveURL('/cases?phase=closed');
  await expect(page.getByRole('button', { name: 'Concluse' })).toHaveAttribute('aria-pressed', 'true');
});

test('after a login that did not work the next one lands where the first was to land', async ({ page, loginAs }) => {
  await loginAs(page, 'maria-rossi', { from: '/login?problem=spid_25&back=%2Fcases%3Fphase%3Dclosed' });
  await expect(page).toHaveURL('/cases?phase=closed');
  await page.context().clearCookies();
  await loginAs(page, 'maria-rossi', { from: '/login?problem=spid_25&back=%2F%2Fevil.example%2F' });
  await expect(page).toHaveURL('/');
});

test('"you are logged in again" is said to nobody who is not', async ({ page, loginAs }) => {
  await page.goto('/login/done');
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await expect(page.getByText(say('login.done_title'))).toHaveCount(0);
  await loginAs(page, 'maria-rossi');
  await expect(page).toHaveURL('/login/done');
  await expect(page.getByRole('heading', { level: 1, name: say('login.done_title') })).toBeVisible();
});

test('a link that leads to another site lands on the home page', async ({ page, request }) => {
  await page.goto('/');
  for (const back_to of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
    const location = await page.evaluate(async (back_to) => {
      const body = JSON.stringify({ scheme: 'spid', device: 'mine', back_to, language: 'it' });
      const answer = await fetch('/api/v1/session/login', { method: 'POST', headers: { 'x-filo': '1', 'content-type': 'application/json' }, body });
      return ((await answer.json()) as { location: string }).location;
    }, back_to);
    await page.goto(location);
    await beRecognised(page, 'maria-rossi');
    await expect(page, back_to).toHaveURL('/');
    await expect(page.getByRole('heading', { level: 1, name: 'Ciao, Maria' })).toBeVisible();
  }
  expect((await request.get('/')).status()).toBe(200);
});

test('who turns back at the provider, or comes with a level too low, is told so in plain words', async ({ page }) => {
  const begin = async () => {
    await page.goto('/cases');
    await pick(page, DEVICES.mine);
    await page.getByRole('button', { name: BUTTONS.spid }).click();
  };
  await begin();
  await page.getByRole('button', { name: /annulla/i }).click();
  await expect(page.getByRole('alert').filter({ hasText: say('login.problem_cancelled') })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  for (const [number, sentence] of [[20, 'level'], [21, 'expired'], [22, 'denied'], [23, 'spid_23'], [19, 'spid_19'], [30, 'spid_30']] as const) {
    await begin();
    await page.getByText('Prova un accesso che non riesce').click();
    await page.getByRole('button', { name: `(${number})` }).click();
    await expect(page.getByRole('alert').filter({ hasText: say(`login.problem_${sentence}`) }), sentence).toBeVisible();
  }
  for (const [code, sentence] of [['unavailable', 'unavailable'], ['nonsense', 'failed']]) {
    await page.goto(`/login?problem=${code}`);
    await expect(page.getByRole('alert').filter({ hasText: say(`login.problem_${sentence}`) }), code).toBeVisible();
  }
});

test('an answer of the provider that nobody here asked for opens nothing', async ({ page }) => {
  for (const query of ['', '?state=x&code=y', '?error=access_denied&state=x', '?code=%00']) {
    await page.goto(`/api/v1/session/callback${query}`);
    await expect(page.getByRole('alert').filter({ hasText: say('login.problem_title') }), query).toBeVisible();
  }
  expect((await page.context().cookies()).map((cookie) => cookie.name)).not.toContain(SESSION);
});

test('the cookie is out of reach of scripts and other sites, and of no use after logging out', async ({ page, context, loginAs }) => {
  await loginAs(page, 'gino-bandini', { from: '/', device: 'shared' });
  const [cookie] = (await context.cookies()).filter((one) => one.name === SESSION);
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/', expires: -1 });
  expect(await page.evaluate(() => document.cookie)).toBe('');
  expect(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }))).toEqual([]);

  const second = await context.newPage();
  await second.goto('/cases');
  await expect(second.getByRole('heading', { level: 1, name: 'Le mie pratiche' })).toBeVisible();
  await expect(page.getByText(say('outbox.shared_note'))).toBeVisible();
  await page.getByRole('link', { name: 'Attività' }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
  await page.locator('summary').filter({ hasText: 'Gino Bandini' }).click();
  await page.getByRole('button', { name: 'Esci' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: say('outbox.left_text') })).toBeVisible();
  await expect(page.getByText(say('outbox.shared_note'))).toHaveCount(0);
  await expect(second.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await expect(page.getByText('Gino')).toHaveCount(0);

  await context.addCookies([{ ...cookie }]);
  expect((await ask(page, '/api/v1/me')).status).toBe(401);
  await page.goto('/cases');
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();

  await loginAs(page, 'gino-bandini', { device: 'mine' });
  await expect(page.getByText(say('outbox.shared_note'))).toHaveCount(0);
  const [kept] = (await context.cookies()).filter((one) => one.name === SESSION);
  expect(kept.expires).toBeGreaterThan(Date.now() / 1000 + 3600);
});

test('a forged cookie and a request made by another site get nothing', async ({ page, context, request }) => {
  await context.addCookies([{ name: SESSION, value: 'forged', domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Strict' }]);
  await page.goto('/cases');
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Area personale' })).toHaveCount(0);
  await context.clearCookies();
  await logIn(page, 'gino-bandini', { from: '/' });
  const [{ value }] = (await context.cookies()).filter((one) => one.name === SESSION);
  const cookie = `${SESSION}=${value}`;
  const tries: [string, Record<string, string>][] = [
    ['another origin', { cookie, 'x-filo': '1', origin: 'https://evil.example' }],
    ['another site', { cookie, 'x-filo': '1', 'sec-fetch-site': 'cross-site' }],
    ['no header of the app', { cookie, origin: town().crm }],
    ['nothing said', { cookie }],
  ];
  for (const [what, headers] of tries) {
    expect((await request.post('/api/v1/session/logout', { headers })).status(), what).toBe(403);
    expect((await request.post('/api/v1/reports', { headers: { ...headers, 'idempotency-key': 'k' }, data: {} })).status(), what).toBe(403);
  }
  expect((await ask(page, '/api/v1/me')).status).toBe(200);
});
