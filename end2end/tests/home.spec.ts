// The first page: greeted by name, what must be done first, a person to call.
import { casesWith, moveCase } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

test('the greeting, at most three tasks, each with one way to its place', async ({ openAs, request }) => {
  const page = await openAs('carlo-bernardi', '/cases?phase=open');
  const open = (await casesWith(page, '')).filter((one) => one.phase === 'open').slice(0, 4);
  for (const { id } of open) await moveCase(request, town().crm, id, { state: 'waiting_payment', note: 'Da pagare.', task: 'pay' });
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Ciao, Carlo' })).toBeVisible();
  const tasks = page.getByRole('region', { name: say('home.tasks_title') }).getByRole('article');
  await expect(tasks).toHaveCount(3);
  const waiting = (await casesWith(page, '')).filter((one) => one.task);
  expect(waiting.length, 'more tasks than are shown').toBeGreaterThan(3);
  for (const task of await tasks.all()) await expect(task.getByRole('link', { name: say('cases.task_open') })).toHaveCount(1);
});

test('tasks come in the order of their days and lead to their case', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/');
  const tasks = page.getByRole('region', { name: say('home.tasks_title') }).getByRole('article');
  await expect(tasks.getByRole('heading', { level: 3 })).toHaveText([say('cases.task_send_documents'), say('cases.task_pay'), say('cases.task_collect')]);
  await expect(tasks.first()).toContainText(like('cases.days_left.other', { count: '\\d+' }));
  await expect(tasks.first()).toContainText('Sara');
  const days = (await tasks.allInnerTexts()).map((text) => Number(like('cases.days_left.other', { count: '(\\d+)' }).exec(text)?.[1]));
  expect(days).toEqual([...days].sort((a, b) => a - b));
  await tasks.first().getByRole('link', { name: say('cases.task_open') }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Iscrizione di Sara al nido/ })).toBeVisible();
});

test('what has moved last, and the way to all cases', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/');
  const latest = page.getByRole('region', { name: say('home.latest_title') });
  await expect(latest.getByRole('article')).toHaveCount(5);
  await expect(latest.getByRole('button', { name: say('common.show_more') })).toHaveCount(0);
  await latest.getByRole('link', { name: say('home.all_cases') }).click();
  await expect(page).toHaveURL('/cases');
});

test('who has no case is told so, and what can be done', async ({ openAs }) => {
  const page = await openAs('nora-gelli', '/');
  await expect(page.getByText(say('home.tasks_none'))).toBeVisible();
  await expect(page.getByText(say('home.latest_none'))).toBeVisible();
  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Attività' }).click();
  await expect(page.getByRole('heading', { name: say('cases.none_title') })).toBeVisible();
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
