// Takes the pictures: every main page, whole, into the folder SHOTS, named by size, theme and page.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { personalPages, publicPages, reportPages } from '../fixtures/pages.ts';
import { test } from '../fixtures/test.ts';

const folder = process.env.SHOTS ?? 'test-results/shots';

test('pictures', async ({ page, openAs }, info) => {
  test.setTimeout(300_000);
  mkdirSync(folder, { recursive: true });
  let number = 0;
  const look = async (name: string) => {
    number += 1;
    const file = `${info.project.name}-${String(number).padStart(2, '0')}-${name.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '')}.png`;
    await page.screenshot({ path: join(folder, file), fullPage: true, animations: 'disabled' });
  };
  await publicPages(page, 'it', look);
  await openAs('maria-rossi', '/');
  await personalPages(page, 'it', look);
  await reportPages(page, 'it', look);
});
