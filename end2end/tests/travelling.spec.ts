// Files that have not arrived: how far they are where this device sends them, that they are missing where it does not, why one was refused.
import { createHash, randomUUID } from 'node:crypto';
import { expectGood } from '../fixtures/access.ts';
import { town } from '../fixtures/crm.ts';
import { logIn } from '../fixtures/login.ts';
import { farCrm } from '../fixtures/network.ts';
import { jpeg, picked } from '../fixtures/photos.ts';
import { plainLogIn } from '../fixtures/plain_login.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { chessboard } from '../fixtures/travel.ts';
import { like, say } from '../fixtures/words.ts';

test('a photo on a slow network: the confirmation and the case show how far it is, then the photo', async ({ page }) => {
  // A large photo, a slow network: on a busy machine each takes its time.
  test.slow();
  const far = await farCrm();
  try {
    await logIn(page, 'giulia-ferri', { from: `${far.url}/reports/new` });
    await acknowledge(page);
    await tell(page);
    // Fine squares weigh several pieces.
    await page.getByLabel('Carica file').setInputFiles(picked('lenta.jpg', await chessboard(page, 2048, 1536, 5)));
    await expect(page.getByRole('listitem').filter({ hasText: 'lenta.jpg' })).toContainText('File caricato:');
    await review(page);
    far.network.rules = [{ match: /^PATCH .*uploads/, fault: { late: 1_500 } }];
    await send(page);
    await received(page);
    const travelling = page.getByRole('listitem').filter({ hasText: 'lenta.jpg' });
    const progress = travelling.getByRole('progressbar', { name: 'lenta.jpg' });
    await expect(travelling).toContainText(say('outbox.file_travelling'));
    const value = () => progress.evaluate((bar: HTMLProgressElement) => bar.value);
    await expect.poll(value, { timeout: 30_000 }).toBeGreaterThan(0);
    await expectGood(page, 'a photo on its way');
    await page.getByRole('link', { name: say('reports.sent_case') }).click();
    await expect(progress).toBeVisible();
    const before = await value();
    await expect.poll(value, { timeout: 30_000, message: 'it goes on on the page of the case' }).toBeGreaterThan(before);
    far.network.heal();
    const photo = page.getByRole('region', { name: say('cases.report') }).getByRole('img', { name: say('cases.photo_alt', { number: 1 }) });
    await expect(photo).toBeVisible({ timeout: 60_000 });
    await photo.scrollIntoViewIfNeeded();
    await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(2048);
    await expect(progress).toHaveCount(0);
  } finally {
    await far.end();
  }
});

test('what another device still has is said to be missing; what was refused says why', async ({ openAs, context }, info) => {
  const { crm } = town();
  const headers = { 'X-Filo': '1', Origin: crm, Cookie: await plainLogIn(crm, 'giulia-ferri') };
  const form = (await (await fetch(`${crm}/api/v1/reports/form?language=it`, { headers })).json()) as { privacy_notice: { version: string } };
  const whole = await jpeg(context, 400, 300);
  const cut = whole.subarray(0, whole.length / 2);
  const file = (kind: string, name: string, bytes: Buffer) => ({ id: uuid7(), kind, name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  const files = [file('photo', 'altrove.jpg', whole), file('document', 'altrove.pdf', whole), file('photo', 'rotta.jpg', cut)];
  const report = {
    privacy_version: form.privacy_notice.version,
    place: { street: 'Via Maggio', house_number: '12', point: { lon: 11.2486, lat: 43.7667 } },
    category: 'roads_traffic',
    answers: { problem: 'lamp' },
    title: `Foto altrove ${info.project.name}`,
    details: 'Di sera non si vede niente.',
    files,
  };
  const made = await fetch(`${crm}/api/v1/reports`, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }, body: JSON.stringify(report) });
  expect(made.status, await made.clone().text()).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const metadata = `filename ${base64('rotta.jpg')},kind ${base64('photo')},attachment ${base64(files[2].id)}`;
  const begun = await fetch(`${crm}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...headers, 'Tus-Resumable': '1.0.0', 'Upload-Length': `${cut.length}`, 'Upload-Metadata': metadata, 'Content-Type': 'application/offset+octet-stream' },
    body: new Uint8Array(cut),
  });
  expect(begun.status, await begun.clone().text()).toBeLessThan(500);

  const page = await openAs('giulia-ferri', `/cases/${id}`);
  const shown = page.getByRole('region', { name: say('cases.report') });
  const row = (name: string) => shown.getByRole('listitem').filter({ hasText: name });
  await expect(row('altrove.jpg')).toContainText(say('files.arriving_photo'));
  await expect(row('altrove.pdf')).toContainText(say('files.arriving_document'));
  await expect(row('rotta.jpg')).toContainText(like('files.refused_photo'));
  await expect(row('rotta.jpg')).toContainText(like('form.file_damaged'));
  await expect(shown.getByRole('img')).toHaveCount(0);
  await expect(shown.getByRole('link')).toHaveCount(0);
  await expectGood(page, 'files that have not arrived');
  await page.goto(`/reports/sent/${id}`);
  await expect(page.getByRole('listitem').filter({ hasText: 'altrove.jpg' })).toContainText(say('files.arriving_photo'));
});

/** An identifier as devices choose it: UUIDv7. */
function uuid7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
