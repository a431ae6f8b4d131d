// Photos before they leave: the place in them, faces and plates hidden, one made ready after the other, and what goes wrong on the way.
import { rmSync, writeFileSync } from 'node:fs';
import { expectGood } from '../fixtures/access.ts';
import { AREZZO, asTakenByPhone, jpeg, picked, tellsMore } from '../fixtures/photos.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { chessboard, lookAt, sentFiles } from '../fixtures/travel.ts';
import { like, say } from '../fixtures/words.ts';

test('a report begins with a photo: its place is offered with the street, taken, and stripped from what is sent', async ({ openAs, context, isMobile }) => {
  const photo = asTakenByPhone(await jpeg(context, 1200, 900));
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const start = page.getByRole('region', { name: say('files.start_title') });
  const camera = start.getByLabel(say('files.start_camera'));
  await expect(camera).toHaveAttribute('capture', 'environment');
  await expect(start.getByText(say('files.start_camera'))).toBeVisible({ visible: isMobile });
  await start.getByLabel(say('files.start_choose')).setInputFiles(picked('IMG_1.jpg', photo));
  await expect(start.getByText(like('files.place_ask', { street: '(Via|Piazza|Piazzale|Loggia|Chiasso) .+' }))).toBeVisible();
  await expect(start.getByText(say('files.start_added'))).toBeVisible();
  await expectGood(page, 'the place in a photo');
  await start.getByRole('button', { name: say('files.place_yes') }).click();
  const street = page.getByRole('combobox', { name: /Cerca un luogo/ });
  await expect(street).toBeFocused();
  const chosen = await street.inputValue();
  expect(chosen).not.toBe('');
  await expect(start.getByText(say('files.place_taken'))).toBeVisible();
  await expect(page.getByText(like('reports.position_taken'))).toHaveCount(0);
  const row = page.getByRole('listitem').filter({ hasText: 'IMG_1.jpg' });
  await expect(row).toContainText('File caricato:');
  await tell(page, { street: chosen });
  const sent = sentFiles(page);
  await review(page);
  await expect(page.getByRole('main')).toContainText(chosen);
  await send(page);
  await received(page);
  await expect.poll(() => sent().length).toBe(1);
  expect(tellsMore(photo)).toBe(true);
  expect(tellsMore(sent()[0])).toBe(false);
});

test('a place outside the town is said to be so; a photo without a place says nothing of one', async ({ openAs, context }) => {
  const photo = await jpeg(context, 600, 400);
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const start = page.getByRole('region', { name: say('files.start_title') });
  const choose = start.getByLabel(say('files.start_choose'));
  await choose.setInputFiles(picked('plain.jpg', photo));
  await expect(start.getByText(say('files.place_nowhere'))).toBeVisible();
  await choose.setInputFiles(picked('arezzo.jpg', asTakenByPhone(photo, AREZZO)));
  await expect(start.getByText(say('files.place_outside'))).toBeVisible();
  await expect(start.getByRole('button', { name: say('files.place_yes') })).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: /Cerca un luogo/ })).toHaveValue('');
  await expect(page.getByRole('listitem').filter({ hasText: 'File caricato:' })).toHaveCount(2);
});

test('who has written the street is not asked, unless they ask', async ({ openAs, context }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page, { street: 'Via Pisana' });
  await page.getByLabel('Carica file').setInputFiles(picked('IMG_2.jpg', asTakenByPhone(await jpeg(context, 600, 400))));
  const use = page.getByRole('button', { name: say('files.place_use') });
  await expect(use).toBeVisible();
  await expect(page.getByText(like('files.place_ask'))).toHaveCount(0);
  const street = page.getByRole('combobox', { name: /Cerca un luogo/ });
  await use.click();
  await expect(page.getByText(like('files.place_ask'))).toBeVisible();
  await page.getByRole('button', { name: say('files.place_no'), exact: true }).click();
  await expect(street).toHaveValue('Via Pisana');
  await use.click();
  await page.getByRole('button', { name: say('files.place_yes') }).click();
  await expect(street).not.toHaveValue('Via Pisana');
  await expect(use).toHaveCount(0);
});

test('what is brushed is hidden in the bytes sent, and nothing else; taken back it is there again', async ({ openAs }, info) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  const photo = await chessboard(page, 1600, 1200);
  await acknowledge(page);
  await tell(page);
  await page.getByLabel('Carica file').setInputFiles(picked('auto.jpg', photo));
  const row = page.getByRole('listitem').filter({ hasText: 'auto.jpg' });
  await expect(row).toContainText('File caricato:');
  const before = await row.locator('img').getAttribute('src');
  const hide = row.getByRole('button', { name: `${say('files.blur')} auto.jpg` });
  await hide.click();
  const dialog = page.getByRole('dialog', { name: say('files.blur') });
  const canvas = dialog.getByRole('application');
  const [undo, done] = ['files.blur_undo', 'files.blur_done'].map((key) => dialog.getByRole('button', { name: say(key) }));
  await expect(done).toBeEnabled();
  await expect(undo).toBeDisabled();
  await expectGood(page, 'hiding faces');
  const box = (await canvas.boundingBox())!;
  // A stroke over the upper left quarter, in lines that overlap.
  await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.1);
  await page.mouse.down();
  for (let down = 0.1; down <= 0.4; down += 0.04) {
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * down);
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * down, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * down, { steps: 4 });
  }
  await page.mouse.up();
  await expect(dialog.getByText(say('files.blur_hidden.one', { count: 1 }))).toBeVisible();
  await page.mouse.click(box.x + box.width * 0.8, box.y + box.height * 0.2);
  await expect(dialog.getByText(say('files.blur_hidden.other', { count: 2 }))).toBeVisible();
  await undo.click();
  await expect(dialog.getByText(say('files.blur_hidden.one', { count: 1 }))).toBeVisible();
  await info.attach('dialog', { body: await page.screenshot({ path: `test-results/blur-${info.project.name}.png` }), contentType: 'image/png' });
  await done.click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => row.locator('img').getAttribute('src')).not.toBe(before);
  await expect(page.getByLabel('Titolo')).toHaveValue('Lampione spento');
  const sent = sentFiles(page);
  await review(page);
  await send(page);
  await received(page);
  await expect.poll(() => sent().length).toBe(1);
  const areas: [number, number, number, number][] = [[0.13, 0.13, 0.24, 0.24], [0.6, 0.6, 0.3, 0.3], [0.75, 0.15, 0.1, 0.1]];
  const [was, is] = [await lookAt(page, photo, areas), await lookAt(page, sent()[0], areas)];
  expect([is.width, is.height]).toEqual([1600, 1200]);
  expect(was.areas[0].spread, 'black and white before').toBeGreaterThan(60);
  expect(is.areas[0].spread, 'one grey afterwards').toBeLessThan(6);
  for (const area of [1, 2]) {
    const off = was.areas[area].pixels.map((value, at) => Math.abs(value - is.areas[area].pixels[at]));
    expect(off.reduce((sum, value) => sum + value, 0) / off.length, 'elsewhere as it was').toBeLessThan(12);
  }
});

test('without its script the dialog says so, and the photo stays as it is', async ({ openAs, context }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByLabel('Carica file').setInputFiles(picked('auto.jpg', await jpeg(context, 800, 600)));
  await page.route('**/blur-*.js', (route) => route.abort());
  await page.getByRole('button', { name: `${say('files.blur')} auto.jpg` }).click();
  const dialog = page.getByRole('dialog', { name: say('files.blur') });
  await expect(dialog.getByRole('alert')).toHaveText(say('files.blur_failed'));
  await dialog.getByRole('button', { name: say('common.cancel') }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'auto.jpg' })).toContainText('File caricato:');
});

test('with the keyboard a frame is moved and hides; Escape changes nothing', async ({ openAs, context }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByLabel('Carica file').setInputFiles(picked('auto.jpg', await jpeg(context, 800, 600)));
  const row = page.getByRole('listitem').filter({ hasText: 'auto.jpg' });
  const hide = row.getByRole('button', { name: `${say('files.blur')} auto.jpg` });
  const dialog = page.getByRole('dialog', { name: say('files.blur') });
  await hide.click();
  await expect(dialog.getByRole('button', { name: say('files.blur_done') })).toBeEnabled();
  const before = await row.locator('img').getAttribute('src');
  const canvas = dialog.getByRole('application');
  await canvas.focus();
  for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowUp', '+', '-', 'Enter', 'ArrowDown', 'Enter', 'Backspace']) await page.keyboard.press(key);
  await expect(dialog.getByText(say('files.blur_hidden.one', { count: 1 }))).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await row.locator('img').getAttribute('src')).toBe(before);
  await hide.click();
  await expect(dialog.getByRole('button', { name: say('files.blur_done') })).toBeEnabled();
  await canvas.focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: say('files.blur_done') }).click();
  await expect.poll(() => row.locator('img').getAttribute('src')).not.toBe(before);
});

test('photos are made ready one after the other, and their addresses are given back', async ({ openAs, context, page }) => {
  const photo = await jpeg(context, 1600, 1200);
  await page.addInitScript(() => {
    const seen = { now: 0, most: 0, addresses: new Set<string>() };
    Object.assign(window, { seen });
    const [decode, create, revoke] = [window.createImageBitmap, URL.createObjectURL, URL.revokeObjectURL];
    window.createImageBitmap = (async (...given: Parameters<typeof createImageBitmap>) => {
      seen.most = Math.max(seen.most, (seen.now += 1));
      const bitmap = await decode(...given);
      const close = bitmap.close.bind(bitmap);
      bitmap.close = () => {
        seen.now -= 1;
        close();
      };
      return bitmap;
    }) as typeof createImageBitmap;
    URL.createObjectURL = (what) => {
      const address = create.call(URL, what);
      seen.addresses.add(address);
      return address;
    };
    URL.revokeObjectURL = (address) => {
      seen.addresses.delete(address);
      revoke.call(URL, address);
    };
  });
  await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByLabel('Carica file').setInputFiles([1, 2, 3, 4, 5].map((n) => picked(`foto-${n}.jpg`, photo)));
  const ready = page.getByRole('listitem').filter({ hasText: 'File caricato:' });
  await expect(ready).toHaveCount(5);
  const seen = () => page.evaluate(() => (({ now, most, addresses }) => ({ now, most, addresses: addresses.size }))((window as unknown as { seen: { now: number; most: number; addresses: Set<string> } }).seen));
  expect(await seen()).toEqual({ now: 0, most: 1, addresses: 5 });
  for (const n of [1, 2, 3, 4, 5]) await page.getByRole('button', { name: `Togli foto-${n}.jpg` }).click();
  await expect.poll(async () => (await seen()).addresses).toBe(0);
});

test('a canvas that cannot be read, and a file that changes or goes while others are made ready, end in words', async ({ openAs, context, page }, info) => {
  const photo = await jpeg(context, 800, 600);
  await page.addInitScript(() => {
    // Reading waits until the test says so.
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const read = Blob.prototype.arrayBuffer;
    Blob.prototype.arrayBuffer = async function () {
      await gate;
      return read.call(this);
    };
    Object.assign(window, { open });
    const toBlob = HTMLCanvasElement.prototype.toBlob;
    HTMLCanvasElement.prototype.toBlob = function (...given) {
      if ((window as unknown as { broken?: boolean }).broken) throw new DOMException('tainted', 'SecurityError');
      toBlob.apply(this, given);
    };
  });
  await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const paths = ['good', 'grows', 'goes'].map((name) => info.outputPath(`${name}.jpg`));
  for (const path of paths) writeFileSync(path, photo);
  await page.getByLabel('Carica file').setInputFiles(paths);
  await expect(page.getByRole('listitem').filter({ hasText: say('form.file_working') })).toHaveCount(3);
  writeFileSync(paths[1], Buffer.concat([photo, photo]));
  rmSync(paths[2]);
  await page.evaluate(() => (window as unknown as { open(): void }).open());
  await expect(page.getByRole('listitem').filter({ hasText: 'good.jpg' })).toContainText('File caricato:');
  for (const name of ['grows', 'goes']) {
    const row = page.getByRole('listitem').filter({ hasText: `${name}.jpg` });
    await expect(row.getByRole('alert')).toHaveText(like('form.file_changed'));
    await row.getByRole('button', { name: `Togli ${name}.jpg` }).click();
  }
  await page.evaluate(() => Object.assign(window, { broken: true }));
  await page.getByLabel('Carica file').setInputFiles(picked('tainted.jpg', photo));
  await expect(page.getByRole('listitem').filter({ hasText: 'tainted.jpg' }).getByRole('alert')).toHaveText(like('form.file_damaged'));
});

test('what gives somebody away is pointed out, removed or left; it stops nobody', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page, { title: 'Auto AB123CD in sosta', details: 'Chiamami al 333 1234567 o scrivi a maria@example.org' });
  const remove = (told: string) => page.getByRole('button', { name: `${say('files.personal_remove')} ${told}` });
  const leave = (told: string) => page.getByRole('button', { name: `${say('files.personal_leave')} ${told}` });
  const about = (field: string, what: string, text: string) => page.getByText(say('files.personal', { field, what: say(`files.personal_${what}`), text }));
  await expect(about('Titolo', 'plate', 'AB123CD')).toBeVisible();
  await expect(about('Dettagli', 'phone', '333 1234567')).toBeVisible();
  await expect(about('Dettagli', 'email', 'maria@example.org')).toBeVisible();
  await expectGood(page, 'personal data pointed out');
  await remove('333 1234567').click();
  await expect(page.getByLabel('Dettagli')).toBeFocused();
  await expect(page.getByLabel('Dettagli')).toHaveValue('Chiamami al o scrivi a maria@example.org');
  await expect(about('Dettagli', 'phone', '333 1234567')).toHaveCount(0);
  await leave('AB123CD').click();
  await expect(about('Titolo', 'plate', 'AB123CD')).toHaveCount(0);
  await expect(page.getByLabel('Titolo')).toHaveValue('Auto AB123CD in sosta');
  await review(page);
  await expect(about('Titolo', 'plate', 'AB123CD')).toHaveCount(0);
  await expect(about('Dettagli', 'email', 'maria@example.org')).toBeVisible();
  await expectGood(page, 'personal data in the summary');
  await remove('maria@example.org').click();
  await expect(page.getByRole('heading', { level: 2, name: 'Disservizio' })).toBeFocused();
  await expect(page.getByRole('main')).toContainText('Chiamami al o scrivi a');
  await expect(page.getByRole('main')).not.toContainText('maria@example.org');
  await send(page);
  await received(page);
});
