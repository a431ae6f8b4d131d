// Real photos of a folder (FILO_PHOTOS_DIR; beside the repository when it is there): each ends ready and upright, or with a sentence.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tellsMore } from '../fixtures/photos.ts';
import { ROOT } from '../fixtures/programs.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { lookAt, sentFiles } from '../fixtures/travel.ts';
import { like, say } from '../fixtures/words.ts';

const FOLDER = process.env.FILO_PHOTOS_DIR ?? join(ROOT, '../shared/data/photos');
const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /\.(jpe?g|png|webp|heic|heif)$/i.test(name)).sort() : [];
/** A photo that is made ready is a JPEG; one that is refused keeps its own name. */
const stem = (name: string) => name.replace(/\.[^.]+$/, '');

test.skip(names.length === 0, `no photos in ${FOLDER} (FILO_PHOTOS_DIR)`);

test('each photo of the folder ends ready, or with a sentence that says what is wrong', async ({ openAs }) => {
  test.setTimeout(180_000);
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const start = page.getByRole('region', { name: say('files.start_title') });
  const whys = ['file_type', 'file_damaged', 'photo_unreadable', 'too_many_pixels', 'file_too_large', 'empty_file'].map((why) => like(`form.${why}`));
  for (const name of names) {
    await start.getByLabel(say('files.start_choose')).setInputFiles(join(FOLDER, name));
    const row = page.getByRole('listitem').filter({ hasText: stem(name) });
    await expect(row, name).toContainText(/File caricato:|Errore caricamento file:/, { timeout: 20_000 });
    const refused = row.getByRole('alert');
    if (await refused.count()) {
      const told = await refused.innerText();
      expect(whys.some((why) => why.test(told)), `${name}: ${told}`).toBe(true);
      expect(told).not.toContain('{');
    } else {
      const image = row.locator('img');
      await expect.poll(() => image.evaluate((image: HTMLImageElement) => image.naturalWidth), name).toBeGreaterThan(0);
      const [width, height] = await image.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
      expect(Math.max(width, height), name).toBeLessThanOrEqual(2048);
      if (name.startsWith('landscape_')) expect(width, `${name} lies`).toBeGreaterThan(height);
    }
    if (/\.hei[cf]$/i.test(name)) await expect(refused, name).toHaveText(like('form.photo_unreadable'));
    // Taken in another town.
    if (name.startsWith('DSCN')) await expect(start.getByText(say('files.place_outside')), name).toBeVisible();
    await row.getByRole('button', { name: new RegExp(`^Togli ${stem(name)}\\.`) }).click();
    await expect(row).toHaveCount(0);
  }
});

test('what is sent of them is upright and tells nothing but the picture', async ({ openAs }) => {
  test.setTimeout(180_000);
  const good = names.filter((name) => /\.jpe?g$/i.test(name) && !name.startsWith('invalid'));
  test.skip(good.length === 0, 'no JPEG that can be read');
  const page = await openAs('giulia-ferri', '/reports/new');
  const upright: number[][] = [];
  for (let at = 0; at < good.length; at += 5) {
    const some = good.slice(at, at + 5);
    await page.goto('/reports/new');
    await acknowledge(page);
    await tell(page, { title: `Foto da ${at}` });
    await page.getByLabel('Carica file').setInputFiles(some.map((name) => join(FOLDER, name)));
    await expect(page.getByRole('listitem').filter({ hasText: 'File caricato:' })).toHaveCount(some.length, { timeout: 30_000 });
    const sent = sentFiles(page);
    await review(page);
    await send(page);
    await received(page);
    await expect.poll(() => sent().length, { timeout: 30_000 }).toBe(some.length);
    await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 30_000 });
    for (const [index, bytes] of sent().entries()) {
      expect(tellsMore(bytes), some[index]).toBe(false);
      expect(bytes.includes('GPS'), some[index]).toBe(false);
      if (!some[index].startsWith('landscape_')) continue;
      const { width, height, areas } = await lookAt(page, bytes, [[0, 0, 1, 1]]);
      expect(width, some[index]).toBeGreaterThan(height);
      upright.push(areas[0].pixels);
    }
  }
  // All eight ways of holding the camera give the same picture.
  for (const pixels of upright) {
    const off = pixels.map((value, at) => Math.abs(value - upright[0][at]));
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(30);
  }
});
