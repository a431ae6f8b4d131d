// The first page: greeted by name, what must be done first, a person to call.
import { casesWith } from '../fixtures/api.ts';
import { expect, test } from '../fixtures/test.ts';

test('the greeting, at most three tasks by date, each with one way to its place', async ({ openAs }) => {
  const page = await openAs('carlo-bernardi', '/');
  await expect(page.getByRole('heading', { level: 1, name: 'Ciao, Carlo' })).toBeVisible();
  const tasks = page.getByRole('region', { name: 'Cosa devi fare' }).getByRole('article');
  await expect(tasks).toHaveCount(3);
  const waiting = (await casesWith(page, '')).filter((one) => one.task);
  expect(waiting.length, 'more tasks than are shown').toBeGreaterThan(3);
  for (const task of await tasks.all()) await expect(task.getByRole('link')).toHaveCount(1);
});

test('tasks come in the order of their days and lead to their case', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/');
  const tasks = page.getByRole('region', { name: 'Cosa devi fare' }).getByRole('article');
  await expect(tasks.getByRole('heading', { level: 3 })).toHaveText(['Manda i documenti che mancano', 'Paga', 'Vieni a ritirare']);
  await expect(tasks.first()).toContainText(/mancano \d+ giorni/);
  await expect(tasks.first()).toContainText('Sara');
  const days = (await tasks.allInnerTexts()).map((text) => Number(/mancano (\d+) giorni/.exec(text)?.[1]));
  expect(days).toEqual([...days].sort((a, b) => a - b));
  await tasks.first().getByRole('link', { name: /Vedi cosa fare/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Iscrizione di Sara al nido/ })).toBeVisible();
});

test('what has moved last, and the way to all cases', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/');
  const latest = page.getByRole('region', { name: 'Ultime attività' });
  await expect(latest.getByRole('article')).toHaveCount(5);
  await expect(latest.getByRole('button', { name: 'Mostra altro' })).toHaveCount(0);
  await latest.getByRole('link', { name: 'Vedi tutte le pratiche' }).click();
  await expect(page).toHaveURL('/cases');
});

test('who has no case is told so, and what can be done', async ({ openAs }) => {
  const page = await openAs('nora-gelli', '/');
  await expect(page.getByText('Per ora non devi fare niente.')).toBeVisible();
  await expect(page.getByText('Non hai ancora pratiche.')).toBeVisible();
  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Attività' }).click();
  await expect(page.getByRole('heading', { name: 'Non hai ancora pratiche' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Segnala disservizio' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Segnalazione disservizio/ })).toBeVisible();
});

test('a person to call is on every page', async ({ page, openAs }) => {
  const call = page.getByRole('region', { name: 'Contatta il comune' }).getByRole('link', { name: /Chiama 055 000 0000/ });
  for (const path of ['/login', '/privacy', '/accessibility', '/legal-notes', '/nowhere']) {
    await page.goto(path);
    await expect(call, path).toHaveAttribute('href', 'tel:+390550000000');
  }
  await openAs('maria-rossi', '/');
  const [first] = await casesWith(page, '');
  for (const path of ['/', '/cases', `/cases/${first.id}`, `/cases/${first.id}/receipt`, '/reports/new', '/reports/new/data', '/reports/new/summary']) {
    await page.goto(path);
    await expect(call, path).toBeVisible();
  }
});
