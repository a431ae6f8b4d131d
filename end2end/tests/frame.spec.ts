// The frame around every page: the Modello Comuni's marks, skiplinks, focus, fonts, settings that are missing, other web servers, headers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectGood } from '../fixtures/access.ts';
import { knownPort, startCrm, town } from '../fixtures/crm.ts';
import { logIn } from '../fixtures/login.ts';
import { ROOT, freePort } from '../fixtures/programs.ts';
import { expect, test } from '../fixtures/test.ts';
import { serve } from '../fixtures/webserver.ts';
import { say } from '../fixtures/words.ts';

test('the marks of the Modello Comuni are there, literally', async ({ page, isMobile }) => {
  await page.goto('/');
  const navigation = page.locator('[data-element="main-navigation"] a');
  await expect(navigation).toHaveText(['Amministrazione', 'Novità', 'Servizi', 'Vivere il Comune']);
  expect(await navigation.evaluateAll((links) => links.map((link) => link.getAttribute('data-element')))).toEqual(['management', 'news', 'all-services', 'live']);
  const footer = page.getByRole('contentinfo');
  for (const [element, words] of [
    ['faq', /^Leggi le FAQ$/], ['report-inefficiency', /^Segnalazione disservizio$/], ['privacy-policy-link', /^Informativa privacy$/],
    ['legal-notes', /^Note legali$/], ['accessibility-link', /^Dichiarazione di accessibilità$/],
  ] as const) {
    const link = footer.locator(`a:has([data-element="${element}"]), a[data-element="${element}"]`);
    await expect(link, element).toHaveText(words);
    await expect(link, element).toHaveAttribute('href', /^(\/|https:)/);
  }
  const rest = ['Prenotazione appuntamento', 'Richiesta d\'assistenza', 'Amministrazione trasparente'];
  for (const name of rest) await expect(footer.getByRole('link', { name, exact: true })).toHaveAttribute('href', /^https:/);
  const contact = page.getByRole('region', { name: 'Contatta il comune' });
  await expect(contact.locator('a[data-element="contacts"]')).toHaveText('Richiedi assistenza');
  await expect(contact.getByRole('heading', { name: 'Problemi in città' })).toBeVisible();
  await expect(contact.getByRole('link', { name: 'Segnala disservizio' })).toHaveAttribute('href', '/reports/new');
  await expect(page.getByRole('banner').locator('[data-element="personal-area-login"]')).toHaveText('Accedi all\'area personale');
  await expect(page.getByRole('region', { name: 'Contatta il comune' }).locator('[data-element="appointment-booking"]')).toHaveText('Prenota appuntamento');
  if (isMobile) await page.getByText('Menu', { exact: true }).click();
  await expect(navigation.first()).toBeVisible();
  await expect(page.getByRole('banner').getByRole('list').getByRole('button')).toHaveText(['ITItaliano', 'ENEnglish']);
  await page.goto('/legal-notes');
  await expect(page.locator('[data-element="legal-notes-section"]')).toHaveText('Licenza dei contenuti');
  await expect(page.locator('[data-element="legal-notes-body"]')).toContainText('CC-BY 4.0');
});

test('a breadcrumb says where a page stands and leads back', async ({ openAs, isMobile }) => {
  const page = await openAs('maria-rossi', '/cases?q=nido');
  await page.getByRole('main').getByRole('article').filter({ hasText: 'Iscrizione di Sara' }).getByRole('link').click();
  await page.getByRole('link', { name: say('cases.receipt_open'), exact: true }).click();
  const way = page.locator('[data-element="breadcrumb"]');
  await expect(way.getByRole('link')).toHaveText([say('common.home'), say('common.my_cases'), say('common.one_case')]);
  if (!isMobile) await expect(way.locator('[aria-current="page"]')).toHaveText(say('cases.receipt_title'));
  await way.getByRole('link', { name: say('common.one_case') }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Iscrizione di Sara/ })).toBeFocused();
  await way.getByRole('link', { name: say('common.home') }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ciao, Maria' })).toBeVisible();
  await expect(way).toHaveCount(0);
});

test('the person\'s menu closes behind a link, on Escape, on a press elsewhere and when the focus goes on', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/');
  const summary = page.locator('summary').filter({ hasText: 'Maria Rossi' });
  const exit = page.getByRole('button', { name: 'Esci' });
  const open = async () => {
    await summary.focus();
    await page.keyboard.press('Enter');
    await expect(exit).toBeVisible();
  };
  await open();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('banner').getByRole('link', { name: say('common.my_cases') })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(exit).toBeHidden();
  await expect(summary).toBeFocused();
  await open();
  // Beside everything: on a phone the menu lies over the heading.
  await page.mouse.click(4, 600);
  await expect(exit).toBeHidden();
  await open();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Le mie pratiche' })).toBeFocused();
  await expect(exit).toBeHidden();
  await open();
  // Past its links and its button.
  const inside = await page.locator('.filo-person').locator('a, button').count();
  for (let presses = 0; presses <= inside; presses += 1) await page.keyboard.press('Tab');
  await expect(exit).toBeHidden();
});

test('Bootstrap Italia and Titillium Web, as the validator looks for them', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  const css = readFileSync(join(ROOT, 'tools/node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css'), 'utf8');
  const known = new Set([...css.matchAll(/\.([a-zA-Z][\w-]*)/g)].map((match) => match[1]));
  for (const path of ['/', '/cases', '/reports/new', '/privacy']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const seen = await page.evaluate(() => ({
      version: getComputedStyle(document.body).getPropertyValue('--bootstrap-italia-version'),
      classes: [...new Set([...document.querySelectorAll('[class]')].flatMap((element) => [...element.classList]))],
      fonts: [...new Set([...document.querySelectorAll('h1, h2, h3, h4, h5, h6, p')].map((element) => getComputedStyle(element).fontFamily.split(',')[0].replaceAll('"', '')))],
    }));
    expect(Number.parseInt(seen.version.replaceAll(/["' ]/g, ''), 10), `${path}: ${seen.version}`).toBeGreaterThanOrEqual(2);
    const share = seen.classes.filter((name) => known.has(name)).length / seen.classes.length;
    expect(share, `${path}: Bootstrap Italia's classes among ${seen.classes.join(' ')}`).toBeGreaterThanOrEqual(0.3);
    expect(seen.fonts, path).toEqual(['Titillium Web']);
  }
  expect(await page.evaluate(async () => (await document.fonts.ready, [...document.fonts].filter((face) => face.status === 'loaded').length))).toBeGreaterThan(0);
});

test('skiplinks come first; a new page gives the focus to its heading and its name to the window', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/');
  await expect(page).toHaveTitle('Ciao, Maria · Comune di Firenze');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Vai ai contenuti' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Attività' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Le mie pratiche' })).toBeFocused();
  await expect(page).toHaveTitle('Le mie pratiche · Comune di Firenze');
  await expect(page.getByRole('link', { name: 'Attività' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('contentinfo').getByRole('link', { name: 'Informativa privacy' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Informativa sulla privacy' })).toBeFocused();
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
});

for (const [what, body] of [['missing', undefined], ['cut short', '{"town": "Comune di'], ['of another kind', '[1, 2]'], ['with a wrong value', '{"town": 7}']] as const) {
  test(`with a config.json that is ${what} it says so and works`, async ({ page }) => {
    await page.route('**/config.json', (route) => (body === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ contentType: 'application/json', body })));
    await page.goto('/cases');
    await expect(page.getByRole('alert').filter({ hasText: say('error.config_title') })).toBeVisible();
    await expect(page.locator('a[href=""], a:not([href]), a[href="tel:"], a[href="mailto:"]')).toHaveCount(0);
    await expectGood(page, 'without settings');
    await logIn(page, 'gino-bandini');
    await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
    await expectGood(page, 'without settings, signed in');
  });
}

test('the shell has words and a phone number before the app is there, and when it cannot start', async ({ page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByText('Comune di Firenze').first()).toBeVisible();
  await expect(page.locator('a[href="tel:+390550000000"]').filter({ visible: true }).first()).toBeVisible();
  const again = page.getByRole('button', { name: /riprova|ricarica/i });
  await expect(again).toBeVisible();
  await page.unroute('**/*.wasm');
  await again.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
});

test('it works from another web server that hands /api on to the CRM', async ({ page }) => {
  const port = await knownPort();
  const origin = `http://localhost:${port}`;
  const crm = await startCrm({ FILO_ADDRESS: `127.0.0.1:${await freePort()}`, FILO_PUBLIC_URL: origin, FILO_APP: 'absent' });
  const end = await serve(port, crm.port);
  try {
    await logIn(page, 'maria-rossi', { from: `${origin}/cases?phase=waiting_for_you` });
    await expect(page).toHaveURL(`${origin}/cases?phase=waiting_for_you`);
    await expect(page.getByRole('main').getByRole('article')).toHaveCount(3);
    await page.locator('summary').filter({ hasText: 'Maria Rossi' }).click();
    await page.getByRole('button', { name: 'Esci' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  } finally {
    await end();
    await crm.end();
  }
});

test('every answer carries the security headers', async ({ page, request }) => {
  const files: string[] = [];
  page.on('response', (response) => response.url().startsWith(town().crm) && files.push(new URL(response.url()).pathname));
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect.poll(() => files.some((path) => path.endsWith('.wasm'))).toBe(true);
  const paths = new Set([...files, '/cases', '/nowhere', '/no-such-file.js', '/town/streets.json', '/api/v1/me', '/api/v1/nowhere', '/api/v1/health', '/cases/%ff']);
  for (const path of paths) {
    const headers = (await request.get(path, { headers: { 'x-filo': '1' } })).headers();
    expect(headers['content-security-policy'], path).toContain("default-src 'none'");
    expect(headers['content-security-policy'], path).not.toMatch(/'unsafe-(inline|eval)'/);
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toBeTruthy();
    // The dictionary is the same for everybody.
    if (path.startsWith('/api/') && path !== '/api/v1/dictionary') expect(headers['cache-control'], path).toContain('no-store');
  }
  const page_policy = (await request.get('/')).headers()['content-security-policy'];
  for (const rule of ["script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'", "form-action 'self'", "require-trusted-types-for 'script'"]) expect(page_policy).toContain(rule);
  const refused = await request.post('/api/v1/reports', { data: '{', headers: { 'content-type': 'application/json' } });
  expect(refused.status()).toBeGreaterThanOrEqual(400);
  expect(refused.headers()['content-security-policy']).toContain("default-src 'none'");
});

test('a page whose file does not come says so, and comes when asked again', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/cases');
  await expect(page.getByRole('article').first()).toBeVisible();
  await page.route('**/late-*.wasm', (route) => route.abort());
  await page.getByRole('article').first().getByRole('link').click();
  await expect(page.getByText(say('error.offline'))).toBeVisible();
  await page.unroute('**/late-*.wasm');
  await page.getByRole('button', { name: say('common.try_again') }).click();
  await expect(page.getByRole('heading', { level: 2, name: say('cases.story') })).toBeVisible();
});
