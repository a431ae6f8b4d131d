// The files of a report: at most five photos, and for every bad file a sentence that says what is wrong with it.
import { expectGood } from '../fixtures/access.ts';
import { heic, hugeJpeg, hugePng, jpeg, pdf, type Picked } from '../fixtures/photos.ts';
import { acknowledge, review, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say } from '../fixtures/words.ts';

test('every bad file has its sentence, can be taken back, and is never sent', async ({ openAs, context }) => {
  const good = await jpeg(context, 800, 600);
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page);
  const files: [string, Picked, RegExp][] = [
    ['not an image', { name: 'note.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('these are words, not a picture') }, like('form.file_type')],
    ['a web page', { name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"></svg>') }, like('form.file_type')],
    ['0 bytes', { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) }, like('form.empty_file')],
    ['a JPEG cut short', { name: 'cut.jpg', mimeType: 'image/jpeg', buffer: good.subarray(0, good.length / 2) }, like('form.file_damaged')],
    ['a JPEG of which only the header is left', { name: 'head.jpg', mimeType: 'image/jpeg', buffer: good.subarray(0, 30) }, like('form.file_damaged')],
    ['a PNG of 12,000×12,000', { name: 'huge.png', mimeType: 'image/png', buffer: hugePng() }, like('form.too_many_pixels', { max: '64' })],
    ['a JPEG of 12,000×12,000', { name: 'huge.jpg', mimeType: 'image/jpeg', buffer: hugeJpeg(good) }, like('form.too_many_pixels', { max: '64' })],
    ['30 MB', { name: 'heavy.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([good, Buffer.alloc(30_000_000)]) }, like('form.file_too_large', { max: '\\d+[,.\\d]* MB' })],
    ['HEIC', { name: 'IMG_2.HEIC', mimeType: 'image/heic', buffer: heic() }, like('form.photo_unreadable')],
    ['a PDF as a photo', { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: pdf() }, like('form.file_type')],
  ];
  const rows = page.getByRole('listitem').filter({ hasText: 'Errore caricamento file:' });
  for (const [what, file, sentence] of files) {
    await page.getByLabel('Carica file').setInputFiles(file);
    await expect(rows.getByRole('alert'), what).toHaveText(sentence);
    await expect(rows, 'under the name it was chosen by').toContainText(file.name);
    await rows.getByRole('button', { name: /^Togli / }).click();
    await expect(rows, what).toHaveCount(0);
  }
  const documents: [Picked, RegExp][] = [
    [{ name: 'photo.pdf', mimeType: 'application/pdf', buffer: good }, like('form.file_type')],
    [{ name: 'empty.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) }, like('form.empty_file')],
    [{ name: 'heavy.pdf', mimeType: 'application/pdf', buffer: Buffer.concat([pdf(), Buffer.alloc(16_000_000)]) }, like('form.file_too_large')],
  ];
  for (const [file, sentence] of documents) {
    await page.getByLabel('Carica documento').setInputFiles(file);
    await expect(rows.getByRole('alert'), file.name).toHaveText(sentence);
    await rows.getByRole('button', { name: /^Togli / }).click();
    await expect(rows, file.name).toHaveCount(0);
  }
  await expect(page.getByLabel('Titolo')).toHaveValue('Lampione spento');
});

test('five photos are enough; one can be taken back and the same one chosen again', async ({ openAs, context }) => {
  const good = await jpeg(context, 320, 240);
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page);
  const photo = (n: number): Picked => ({ name: `foto-${n}.jpg`, mimeType: 'image/jpeg', buffer: good });
  const rows = page.getByRole('listitem').filter({ hasText: 'File caricato:' });
  await page.getByLabel('Carica file').setInputFiles([1, 2, 3, 4, 5, 6].map(photo));
  await expect(rows).toHaveCount(5);
  const refused = page.getByRole('listitem').filter({ hasText: 'Errore caricamento file:' });
  await expect(refused).toContainText('foto-6.jpg');
  await expect(refused.getByRole('alert')).toHaveText(like('form.too_many_items', { max: '5' }));
  await refused.getByRole('button', { name: 'Togli foto-6.jpg' }).click();
  await rows.filter({ hasText: 'foto-5.jpg' }).getByRole('button', { name: 'Togli foto-5.jpg' }).click();
  await expect(rows).toHaveCount(4);
  await page.getByLabel('Carica file').setInputFiles(photo(5));
  await expect(rows).toHaveCount(5);
  await review(page);
  await expect(page.getByRole('region', { name: 'Disservizio' }).getByRole('img')).toHaveCount(5);
});

test('bad photos chosen with good ones take no place', async ({ openAs, context }) => {
  const good = await jpeg(context, 320, 240);
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const bad = (n: number): Picked => ({ name: `rotta-${n}.jpg`, mimeType: 'image/jpeg', buffer: good.subarray(0, 30) });
  const photo = (n: number): Picked => ({ name: `foto-${n}.jpg`, mimeType: 'image/jpeg', buffer: good });
  await page.getByLabel('Carica file').setInputFiles([bad(1), photo(1), photo(2), bad(2), photo(3), photo(4), photo(5)]);
  await expect(page.getByRole('listitem').filter({ hasText: 'File caricato:' })).toHaveCount(5);
  const refused = page.getByRole('listitem').filter({ hasText: 'Errore caricamento file:' });
  await expect(refused).toContainText(['rotta-1.jpg', 'rotta-2.jpg']);
  await page.setViewportSize({ width: 320, height: 640 });
  await expectGood(page, 'refused photos on a narrow screen');
  const [row, why] = [await refused.first().boundingBox(), await refused.first().getByRole('alert').boundingBox()];
  expect(why!.width, 'the reason has room').toBeGreaterThan(row!.width / 2);
});

test('a transparent PNG and a WebP become JPEG on white paper', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  for (const kind of ['png', 'webp']) {
    const bytes = await page.evaluate(async (kind) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [300, 200];
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, `image/${kind}`));
      return [...new Uint8Array(await blob!.arrayBuffer())];
    }, kind);
    await page.getByLabel('Carica file').setInputFiles({ name: `${kind}.${kind}`, mimeType: `image/${kind}`, buffer: Buffer.from(bytes) });
    const row = page.getByRole('listitem').filter({ hasText: `${kind}.jpg` });
    await expect(row).toContainText('File caricato:');
    const colour = await row.locator('img').evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const canvas = document.createElement('canvas');
      const paint = canvas.getContext('2d')!;
      paint.drawImage(image, 0, 0);
      return [...paint.getImageData(5, 5, 1, 1).data];
    });
    expect(colour, kind).toEqual([255, 255, 255, 255]);
  }
});

test('a file that could not be used is named before the report leaves without it', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page);
  await page.getByLabel('Carica file').setInputFiles({ name: 'appunti.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('these are words') });
  await expect(page.getByRole('listitem').filter({ hasText: 'appunti.jpg' })).toContainText('Errore caricamento file:');
  await review(page);
  const left = page.getByRole('main').getByText(say('reports.left_title'));
  await expect(left).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'appunti.jpg' })).toBeVisible();
  await expectGood(page, 'a file that is left behind');
  await page.getByRole('link', { name: 'Indietro' }).click();
  await page.getByRole('button', { name: 'Togli appunti.jpg' }).click();
  await review(page);
  await expect(left).toHaveCount(0);
});
