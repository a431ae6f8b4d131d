// Sending a report when things go wrong: pressed twice, sent again, the CRM gone, the session over. One report, nothing lost.
import { type Request } from '@playwright/test';
import { casesWith, endSessionBehindItsBack } from '../fixtures/api.ts';
import { startCrm } from '../fixtures/crm.ts';
import { beRecognised, logIn } from '../fixtures/login.ts';
import { jpeg } from '../fixtures/photos.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const REPORTS = '/api/v1/reports';

test('pressed twice, and sent again after a reload: one case', async ({ openAs }, info) => {
  const title = `Tombino aperto ${info.project.name} ${Date.now()}`;
  const page = await openAs('ionut-popescu', '/reports/new');
  await acknowledge(page);
  await tell(page, { title });
  await review(page);
  const sent: Request[] = [];
  page.on('request', (request) => request.method() === 'POST' && new URL(request.url()).pathname === REPORTS && sent.push(request));
  await page.getByRole('button', { name: 'Invia', exact: true }).click();
  await page.getByRole('dialog', { name: 'Termini e condizioni' }).getByRole('button', { name: 'Conferma e invia' }).dblclick();
  const number = await received(page);
  expect(sent).toHaveLength(1);
  const key = await sent[0].headerValue('idempotency-key');
  expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

  await page.reload();
  await expect(page.getByText(number)).toBeVisible();
  const again = (body: string) =>
    page.evaluate(
      async ([path, key, body]) => {
        const answer = await fetch(path, { method: 'POST', headers: { 'x-filo': '1', 'idempotency-key': key, 'content-type': 'application/json' }, body });
        return { status: answer.status, body: (await answer.json()) as { number?: string; code?: string } };
      },
      [REPORTS, key ?? '', body] as const,
    );
  const replayed = await again(sent[0].postData() ?? '');
  expect(replayed).toMatchObject({ status: 201, body: { number } });
  const other = await again(JSON.stringify({ ...JSON.parse(sent[0].postData() ?? '{}'), title: 'Un\'altra cosa' }));
  expect(other).toMatchObject({ status: 422, body: { code: 'key_reused' } });
  expect(await casesWith(page, title)).toHaveLength(1);
});

test('with the server stopped it says so and keeps everything; started again, it goes, once', async ({ page, context }) => {
  const crm = await startCrm();
  try {
    const title = `Marciapiede rotto ${Date.now()}`;
    await logIn(page, 'ionut-popescu', { from: `${crm.url}/reports/new` });
    await acknowledge(page);
    await tell(page, { title });
    await page.getByLabel('Carica file').setInputFiles({ name: 'buca.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 640, 480) });
    await expect(page.getByRole('listitem').filter({ hasText: 'buca.jpg' })).toContainText('kB');
    await review(page);
    await crm.stop();
    await send(page);
    await expect(page.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
    const waiting = page.getByRole('region', { name: say('outbox.unsent_title') });
    await expect(waiting).toContainText(title);
    await expect(waiting.getByRole('status')).toContainText(say('outbox.safe_title'));
    await expect(waiting).toContainText(say('outbox.why_offline'));
    await expect(waiting, 'it goes by itself').not.toContainText('Riprova');
    await crm.start();
    // It may be gone by itself before the press: both are right, and both must not make two.
    await waiting.getByRole('button', { name: say('outbox.retry') }).click({ timeout: 5_000 }).catch(() => undefined);
    await expect(waiting).toContainText(say('outbox.unsent_none'), { timeout: 20_000 });
    expect(await casesWith(page, title)).toHaveLength(1);
  } finally {
    await crm.end();
  }
});

test('an answer lost on its way is asked for again: still one case', async ({ openAs }, info) => {
  const title = `Cestino pieno ${info.project.name} ${Date.now()}`;
  const page = await openAs('ionut-popescu', '/reports/new');
  await acknowledge(page);
  await tell(page, { title });
  await review(page);
  await page.route(`**${REPORTS}`, async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
  await send(page);
  const waiting = page.getByRole('region', { name: say('outbox.unsent_title') });
  await expect(waiting).toContainText(title);
  expect(await casesWith(page, title), 'the first one has arrived').toHaveLength(1);
  await expect(waiting).toContainText(say('outbox.unsent_none'), { timeout: 20_000 });
  expect(await casesWith(page, title)).toHaveLength(1);
});

test('a page drawn anew while it is sending, in another language, still ends with the number', async ({ openAs }, info) => {
  const title = `Grata rotta ${info.project.name} ${Date.now()}`;
  const page = await openAs('ionut-popescu', '/reports/new');
  await acknowledge(page);
  await tell(page, { title });
  await review(page);
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route(`**${REPORTS}`, async (route) => {
    await held;
    await route.continue();
  });
  await send(page);
  await expect(page.getByRole('button', { name: say('reports.sending') })).toBeDisabled();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('button', { name: say('reports.sending', {}, 'en') })).toBeDisabled();
  answer();
  await expect(page.getByRole('heading', { level: 1, name: say('reports.sent_title', {}, 'en') })).toBeVisible();
  expect(await casesWith(page, title)).toHaveLength(1);
});

test('the session ends while sending: after the login in a second window it goes by itself, once', async ({ page, loginAs }, info) => {
  const title = `Panchina divelta ${info.project.name} ${Date.now()}`;
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title });
  await review(page);
  await endSessionBehindItsBack(page);
  await send(page);
  const expired = page.getByRole('dialog', { name: say('login.expired_title') });
  await expect(expired).toBeVisible();
  const opening = page.waitForEvent('popup');
  await expired.getByRole('button', { name: say('login.enter_again') }).click();
  await beRecognised(await opening, 'ionut-popescu');
  await received(page);
  expect(await casesWith(page, title)).toHaveLength(1);
});

test('the session ends while sending and somebody else logs in: nothing of it is sent', async ({ page, loginAs }, info) => {
  const title = `Parole di Ionut ${info.project.name} ${Date.now()}`;
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title });
  await review(page);
  await endSessionBehindItsBack(page);
  await send(page);
  const opening = page.waitForEvent('popup');
  await page.getByRole('dialog', { name: say('login.expired_title') }).getByRole('button', { name: say('login.enter_again') }).click();
  await beRecognised(await opening, 'gino-bandini');
  await expect(page.getByText('Gino Bandini').first()).toBeAttached();
  await expect(page.getByText(title)).toHaveCount(0);
  expect(await casesWith(page, title)).toEqual([]);
});
