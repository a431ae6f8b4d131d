// What the first released build left on a device is there after the update, photos too, and leaves (loss 3 of the catalogue of peers).
import { createHash, randomUUID } from 'node:crypto';
import { ask, casesWith } from '../fixtures/api.ts';
import { FIRST_KEY, type Row, firstEntry, leaveFirstVault, marks } from '../fixtures/first_vault.ts';
import { jpeg } from '../fixtures/photos.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

test('loss 3, iNaturalist React Native: after an update of the app drafts and waiting reports are there, with their photos', async ({ page, context, loginAs }, info) => {
  const [waiting, draft] = [`In attesa ${info.project.name} ${Date.now()}`, `Bozza ${info.project.name} ${Date.now()}`];
  await page.route('**/api/v1/session/vault', (route) => route.fulfill({ json: { key: FIRST_KEY.toString('base64url') } }));
  await loginAs(page, 'ionut-popescu', { from: '/outbox' });
  await expect(page.getByRole('region', { name: say('outbox.drafts_title') }), 'drafts that other tests left at the CRM may be there').toContainText(new RegExp(`${say('outbox.drafts_none')}|${say('outbox.go_on')}`));
  const { body: me } = await ask<{ id: string }>(page, '/api/v1/me');
  const { body: form } = await ask<{ privacy_notice: { version: string } }>(page, '/api/v1/reports/form?language=it');
  const photos = [await jpeg(context, 640, 480), await jpeg(context, 600, 480)];
  const rows: Row[] = [];
  for (const [state, title, photo] of [['waiting', waiting, photos[0]], ['draft', draft, photos[1]]] as const) {
    const file = { id: randomUUID(), name: 'image.jpg', bytes: photo.length, sha256: createHash('sha256').update(photo).digest('hex') };
    const report = {
      privacy_version: form.privacy_notice.version, place: { street: 'Via Maggio', house_number: '12' }, category: 'roads_traffic', answers: { problem: 'lamp' },
      title, details: 'Di sera non si vede niente.', files: [{ ...file, kind: 'photo' }],
    };
    const id = randomUUID();
    rows.push(['entries', id, firstEntry({ id, title, state, body: JSON.stringify(report), files: [file] })], ['files', file.id, photo]);
  }
  await leaveFirstVault(page, me.id, rows);
  await page.reload();
  await expect.poll(async () => (await casesWith(page, waiting)).length, { timeout: 20_000 }).toBe(1);
  const [sent] = await casesWith(page, waiting);
  await expect.poll(async () => (await ask<{ report: { photos: { state: string }[] } }>(page, `/api/v1/cases/${sent.id}?language=it`)).body.report.photos.map(({ state }) => state)).toEqual(['ready']);
  // What stays carries the marks of this build.
  await expect.poll(() => marks(page)).toEqual([expect.objectContaining({ state: 'draft' })]);
  await page.getByRole('listitem').filter({ hasText: draft }).getByRole('link', { name: say('outbox.go_on') }).click();
  await expect(page.getByLabel('Titolo')).toHaveValue(draft);
  await expect(page.getByRole('listitem').filter({ hasText: 'image.jpg' }).locator('img')).toHaveCount(1);
});
