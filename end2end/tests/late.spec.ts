// The town is late: a ready text, one button, the next one in a week; the days of a case into the calendar.
import { expectGood } from '../fixtures/access.ts';
import { casesWith } from '../fixtures/api.ts';
import { logIn } from '../fixtures/login.ts';
import { farCrm } from '../fixtures/network.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

test('who waits too long reminds the town, with a ready text; once, and it stands in the story', async ({ page }) => {
  // A town of its own: a reminder is sent once.
  const far = await farCrm();
  try {
    await logIn(page, 'maria-rossi', { from: `${far.url}/cases?phase=open` });
    const [late] = await casesWith(page, 'sosta');
    await page.goto(`${far.url}/cases/${late.id}`);
    const text = page.getByLabel(say('cases.remind_label'));
    await expect(text).toHaveValue(new RegExp(late.number));
    await expectGood(page, 'a late answer');
    const button = page.getByRole('button', { name: say('cases.remind_send'), exact: true });
    // Without words there is nothing to send.
    await text.fill(' ');
    await button.click();
    await expect(page.getByRole('group', { name: say('form.summary') })).toBeVisible();
    await text.fill('Aspetto da novembre.');
    far.network.down();
    await button.click();
    // Kept, and sent by itself.
    await expect(page.getByText(say('outbox.unsent.one', { count: 1 }))).toBeVisible({ timeout: 20_000 });
    far.network.heal();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect(page.getByText(say('cases.reminded.one'))).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText(like('cases.remind_again', { date: '.+' }))).toBeVisible();
    await expect(button).toHaveCount(0);
    const story = page.getByRole('region', { name: say('cases.story') });
    await expect(story.getByRole('listitem').filter({ hasText: say('cases.step_reminder') })).toContainText('Aspetto da novembre.');
  } finally {
    await far.end();
  }
});

test('a day goes into the calendar of the phone', async ({ openAs }) => {
  const page = await openAs('maria-rossi', '/');
  const task = page.getByRole('region', { name: say('home.tasks_title') }).getByRole('article').first();
  const [download] = await Promise.all([page.waitForEvent('download'), task.getByRole('link', { name: new RegExp(`^${say('common.to_calendar')}`) }).click()]);
  expect(download.suggestedFilename()).toMatch(/^FI-\d{4}-\d{6}-[A-Y]\.ics$/);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toContain('BEGIN:VEVENT');
});
