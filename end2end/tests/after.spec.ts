// After a report, as the citizen sees it: the office asks, the citizen answers, judges the repair, rates the service.
import { expectGood } from '../fixtures/access.ts';
import { moveCase } from '../fixtures/api.ts';
import { town } from '../fixtures/crm.ts';
import { sendReport } from '../fixtures/sent.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say, state } from '../fixtures/words.ts';

test('the office asks; what is typed outlives a bad network, leaves by itself, and stands in the story', async ({ openAs, request }, info) => {
  const { id } = await sendReport('giulia-ferri', `Lampione spento ${info.project.name}`);
  const question = 'Quale lampione? Ce ne sono tre.';
  await moveCase(request, town().crm, id, { state: 'waiting_information', note: question, task: 'answer' });
  const page = await openAs('giulia-ferri', `/cases/${id}`);
  const answer = page.getByRole('region', { name: say('cases.answer_title') });
  await expect(answer.getByText(question)).toBeVisible();
  await answer.getByRole('button', { name: 'Rispondi' }).click();
  await expect(answer.getByRole('group', { name: say('form.summary') })).toContainText(like('form.required'));
  await expectGood(page, 'an answer without words');
  await answer.getByLabel(say('cases.answer_label')).fill('Quello davanti al numero 12.');
  await page.getByRole('navigation', { name: say('common.breadcrumb') }).getByRole('link', { name: say('common.my_cases') }).click();
  await page.goBack();
  await expect(answer.getByLabel(say('cases.answer_label'))).toHaveValue('Quello davanti al numero 12.');
  await page.route('**/api/v1/cases/*/messages', (route) => route.abort());
  await answer.getByRole('button', { name: 'Rispondi' }).click();
  await expect(page.getByRole('alert').filter({ hasText: say('outbox.reply_waiting') })).toBeVisible();
  await expectGood(page, 'an answer that waits for the network');
  await page.unroute('**/api/v1/cases/*/messages');
  // It leaves by itself.
  const story = page.getByRole('region', { name: say('cases.story') });
  await expect(story.getByRole('listitem').filter({ hasText: say('cases.step_question') })).toContainText(question);
  await expect(story.getByRole('listitem').filter({ hasText: say('cases.step_you') })).toContainText('Quello davanti al numero 12.');
  await expect(answer).toHaveCount(0);
  await expect(page.getByText(say('cases.message_title'))).toBeVisible();
});

test('"No, riapri" needs a reason; "Sì, risolto" ends it; then the rating in the prescribed words', async ({ openAs, request }, info) => {
  const { id } = await sendReport('giulia-ferri', `Buca ${info.project.name}`);
  await moveCase(request, town().crm, id, { state: 'resolved', note: 'Riparato stamattina.' });
  const page = await openAs('giulia-ferri', `/cases/${id}`);
  const verdict = page.getByRole('region', { name: say('cases.verdict_title') });
  await verdict.getByRole('button', { name: 'No, riapri' }).click();
  await verdict.getByRole('button', { name: say('cases.verdict_send') }).click();
  await expect(verdict.getByRole('group', { name: say('form.summary') })).toContainText(like('form.required'));
  await expectGood(page, 'a verdict without a reason');
  await verdict.getByLabel(say('cases.verdict_why')).fill('La buca è di nuovo aperta.');
  await verdict.getByRole('button', { name: say('cases.verdict_send') }).click();
  await expect(page.getByRole('region', { name: state('reopened').label })).toBeVisible();
  const story = page.getByRole('region', { name: say('cases.story') });
  await expect(story).toContainText(say('cases.step_reopened'));
  await expect(story).toContainText('La buca è di nuovo aperta.');

  await moveCase(request, town().crm, id, { state: 'resolved', note: 'Questa volta con l’asfalto.' });
  await page.reload();
  await verdict.getByRole('button', { name: 'Sì, risolto' }).click();
  await expect(story).toContainText(say('cases.step_confirmed'));
  await expect(verdict).toHaveCount(0);
  await expect(page.getByText(say('cases.done_confirmed'))).toBeFocused();
  const card = page.getByRole('region', { name: state('resolved').label });
  await expect(card, 'it is nobody\'s turn any more').not.toContainText('Tocca a te');
  await expect(card).toContainText('La pratica è chiusa');

  const feedback = page.locator('[data-element=feedback]');
  await expect(feedback.locator('[data-element=feedback-title]')).toHaveText('Quanto è stato facile usare questo servizio?');
  await expect(feedback.locator('[data-element=feedback-rating-positive] [data-element=feedback-rating-answer]')).toHaveCount(5);
  await expect(feedback.locator('[data-element=feedback-rating-negative] [data-element=feedback-rating-answer]')).toHaveCount(5);
  await feedback.getByRole('radio', { name: 'Valuta 2 stelle su 5' }).check();
  await expect(feedback.getByText('Dove hai incontrato le maggiori difficoltà?')).toBeVisible();
  await feedback.getByRole('radio', { name: 'Valuta 5 stelle su 5' }).check();
  await expect(feedback.getByText('Quali sono stati gli aspetti che hai preferito?')).toBeVisible();
  await feedback.getByRole('radio', { name: 'Le indicazioni erano chiare', exact: true }).check();
  await expectGood(page, 'a rating');
  await feedback.getByRole('button', { name: 'Avanti' }).click();
  await feedback.getByLabel('Dettaglio').fill('Tutto bene.');
  await feedback.getByRole('button', { name: 'Avanti' }).click();
  await expect(feedback.getByText('Grazie, il tuo parere ci aiuterà a migliorare il servizio!')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('region', { name: say('cases.story') })).toBeVisible();
  await expect(feedback).toHaveCount(0);
});

test('what the office changes is not drawn over a form that somebody has begun meanwhile: they are told, and choose', async ({ openAs, request }, info) => {
  test.skip(info.project.name !== 'phone', 'the same on both');
  const { id } = await sendReport('giulia-ferri', 'Tombino rotto');
  await moveCase(request, town().crm, id, { state: 'resolved', note: 'Riparato stamattina.' });
  const page = await openAs('giulia-ferri', `/cases/${id}`);
  const verdict = page.getByRole('region', { name: say('cases.verdict_title') });
  await expect(verdict).toBeVisible();
  const story = page.getByRole('region', { name: say('cases.story') });
  const more = `Ecco la foto ${Date.now()}.`;
  let let_go = () => {};
  const slow = new Promise<void>((resolve) => (let_go = resolve));
  const asked = page.waitForRequest((one) => one.url().includes(`/api/v1/cases/${id}?`));
  await page.route(`**/api/v1/cases/${id}?*`, async (route) => {
    await slow;
    await route.continue();
  });
  await expect(async () => {
    await moveCase(request, town().crm, id, { state: 'resolved', note: more });
    await Promise.race([asked, new Promise((_, reject) => setTimeout(() => reject(new Error('the live line is not open yet')), 1_000))]);
  }).toPass();
  await verdict.getByRole('button', { name: 'No, riapri' }).click();
  const why = verdict.getByLabel(say('cases.verdict_why'));
  await why.fill('Balla ancora.');
  const answered = page.waitForResponse((one) => one.url().includes(`/api/v1/cases/${id}?`));
  let_go();
  await (await answered).finished();
  const show = page.getByRole('button', { name: say('common.show_new') });
  await expect(show).toBeVisible();
  await expect(why).toBeFocused();
  await expect(why).toHaveValue('Balla ancora.');
  await expect(story).not.toContainText(more);
  await show.click();
  await expect(story).toContainText(more);
  await expect(why, 'what was typed is there still').toHaveValue('Balla ancora.');
});
