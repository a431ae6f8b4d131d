// Everybody's reports: the list with its filters, one report, "Anche io", without a login and without a name.
import { expectGood } from '../fixtures/access.ts';
import { moveCase } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { settled, speak } from '../fixtures/pages.ts';
import { acknowledge, tell } from '../fixtures/report.ts';
import { sendReport } from '../fixtures/sent.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say, state } from '../fixtures/words.ts';
import type { Page } from '@playwright/test';

interface PublicReport { id: string; category: string; title?: string; state: string; phase: string; street?: string }

const cards = (page: Page) => page.getByRole('main').getByRole('article');

/** What the list gives, asked as nobody. */
async function reports(page: Page, query = ''): Promise<{ items: PublicReport[]; total: number; resolved_in_a_year: number }> {
  return (await page.request.get(`/api/v1/public/reports?limit=100${query}`, { headers: { 'x-filo': '1' } })).json();
}

test('nobody in particular finds the list from the login page and from every footer', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('main').getByRole('link', { name: say('login.without_reports') }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Elenco segnalazioni' })).toBeVisible();
  await page.goto('/privacy');
  await page.getByRole('contentinfo').getByRole('link', { name: 'Segnalazioni', exact: true }).click();
  await settled(page);
  const { total, resolved_in_a_year } = await reports(page);
  expect(total).toBeGreaterThan(20);
  await expect(page.getByText(`${total} Risultati`)).toBeVisible();
  await expect(page.getByText(`Negli ultimi 12 mesi sono state risolte ${resolved_in_a_year} segnalazioni.`)).toBeVisible();
  await expect(cards(page)).toHaveCount(20);
  await page.getByRole('button', { name: say('common.show_more') }).click();
  await expect(cards(page)).toHaveCount(Math.min(40, total));
});

test('category and state narrow the list, stand in the address, and go with one press', async ({ page }) => {
  await page.goto('/reports');
  await settled(page);
  const { items, total } = await reports(page);
  const codes = new Map<string, number>();
  for (const { category } of items) codes.set(category, (codes.get(category) ?? 0) + 1);
  const filter = page.locator('details').filter({ hasText: 'Filtra' });
  const box = page.getByRole('checkbox', { name: /Strade, marciapiedi/ });
  // It is open by itself where there is room, before what stands in it has come.
  if (!(await filter.evaluate((details: HTMLDetailsElement) => details.open))) await filter.locator('summary').click();
  await box.check();
  await expect(page).toHaveURL(/\?category=\w+$/);
  const chosen = new URL(page.url()).searchParams.get('category')!;
  expect(codes.has(chosen)).toBe(true);
  const narrowed = await reports(page, `&category=${chosen}`);
  expect(narrowed.total).toBeLessThan(total);
  await expect(page.getByRole('status').filter({ hasText: /Risultat/ })).toHaveText(`${narrowed.total} Risultati`);
  await page.getByRole('button', { name: say('reports.phase_closed') }).click();
  await expect(page).toHaveURL(/category=\w+&phase=closed$/);
  const closed = await reports(page, `&category=${chosen}&phase=closed`);
  await expect(page.getByRole('status').filter({ hasText: /Risultat/ })).toHaveText(like(closed.total === 1 ? 'reports.public_total.one' : 'reports.public_total.other', { count: `${closed.total}` }));
  await expect(cards(page)).toHaveCount(Math.min(20, closed.total));
  await page.reload();
  await expect(box).toBeChecked();
  await page.getByRole('button', { name: 'Rimuovi tutti i filtri' }).click();
  await expect(page).toHaveURL('/reports');
  await expect(cards(page)).toHaveCount(20);
});

test('a report says what, where and how it goes; who signs in says "Anche io" and takes it back', async ({ page, loginAs }) => {
  await page.goto('/reports');
  await settled(page);
  const { items } = await reports(page);
  const one = items.find(({ title, street, phase }) => title && street && phase === 'open')!;
  await page.goto(`/reports/public/${one.id}`);
  await expect(page.getByRole('heading', { level: 1, name: one.title })).toBeVisible();
  await expect(page.getByRole('main')).toContainText(one.street!);
  const story = page.getByRole('region', { name: say('reports.public_story') }).getByRole('listitem');
  await expect(story.last()).toContainText(`${say('common.step_current')}: ${state(one.state).label}`);
  await expectGood(page, 'a public report');
  await page.getByRole('link', { name: say('reports.follow_sign_in') }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeFocused();
  await loginAs(page, 'nora-gelli');
  await expect(page.getByRole('heading', { level: 1, name: one.title })).toBeVisible();
  await page.getByRole('button', { name: 'Anche io' }).click();
  await expect(page.getByText(say('reports.follow_done'))).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: say('reports.follow_undo') }).click();
  await expect(page.getByRole('button', { name: 'Anche io' })).toBeFocused();
});

test('what cannot be read says so and is read again; one that is not there says that', async ({ page }) => {
  await page.route('**/api/v1/public/reports?*', (route) => route.fulfill({ status: 500, body: 'no' }));
  await page.goto('/reports');
  await expect(page.getByRole('alert').filter({ hasText: say('error.broken') })).toBeVisible();
  await expectGood(page, 'a list that cannot be read');
  await page.unroute('**/api/v1/public/reports?*');
  await page.getByRole('button', { name: say('common.try_again') }).click();
  await expect(cards(page)).toHaveCount(20);
  await page.goto('/reports/public/never');
  await expect(page.getByRole('main').getByText(say('error.not_found'))).toBeVisible();
});

for (const language of ['it', 'en'] as const) {
  test(`the list and the code are good for everybody (${language})`, async ({ page }) => {
    for (const path of ['/reports', '/reports?phase=waiting_for_you&category=city_services', '/reports/track']) {
      await page.goto(path);
      await settled(page);
      await speak(page, language);
      await expectGood(page, path);
    }
  });
}

test('before a report is written, the same one nearby is shown: "Anche io", or another problem', async ({ openAs, request }, info) => {
  const title = `Lampione spento ${info.project.name}`;
  const { id } = await sendReport('giulia-ferri', title, 'Via Toscanella');
  await moveCase(request, town().crm, id, { state: 'registered', note: '' });
  const page = await openAs('ionut-popescu', '/reports/new');
  await acknowledge(page);
  await tell(page, { street: 'Via Toscanella' });
  const near = page.getByRole('region', { name: say('reports.near_title') });
  await expect(near).toContainText(/a \d+ metri/);
  await expect(near.getByRole('link').first()).toHaveAttribute('target', '_blank');
  await expectGood(page, 'reports nearby');
  await near.getByRole('button', { name: /^Anche io/ }).first().click();
  await expect(near.getByText(say('reports.follow_done')).first()).toBeVisible();
  await near.getByRole('button', { name: /^Non seguire più/ }).first().click();
  await near.getByRole('button', { name: 'È un altro problema' }).click();
  await expect(near).toHaveCount(0);
  await expect(page.getByLabel('Titolo')).toBeFocused();
});
