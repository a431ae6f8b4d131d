// The 21 losses and doublings that similar programs have published, each a test by its name (docs: loss, program, what happened there).
import { type Page, expect } from '@playwright/test';
import { casesWith } from '../fixtures/api.ts';
import { logIn } from '../fixtures/login.ts';
import { acknowledge, review, tell } from '../fixtures/report.ts';
import { newKey, sender } from '../fixtures/sender.ts';
import { say } from '../fixtures/words.ts';
import { FULL, type World, arrived, confirm, fault, heal, plan, reopen, seen, write } from './world.ts';

const POST = /^POST \/api\/v1\/reports /;
const drafts = (page: Page) => page.getByRole('region', { name: say('outbox.drafts_title') });
const unsent = (page: Page) => page.getByRole('region', { name: say('outbox.unsent_title') });

/** Leaves a report waiting, without a network. */
async function leaveWaiting(world: World): Promise<void> {
  await write(world);
  world.far.network.down();
  await confirm(world);
  await expect(world.page.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
}

fault('loss 1, iNaturalist iOS: answers lost after the commit, a thousand times: no report twice, none missing', false, async ({ far, title }) => {
  const person = await sender(far.url, 'gino-bandini');
  for (let n = 0; n < 1_000; n += 1) {
    far.network.rules = [{ match: POST, fault: 'after', times: 1 }];
    await person.insist(`${title} ${n}`, newKey());
  }
  expect(await person.count(title)).toBe(1_000);
}, 400_000);

fault('loss 2, iNaturalist iOS: logging in with an empty device deletes nothing at the server', false, async (world) => {
  const person = await sender(world.far.url, 'giulia-ferri');
  for (let n = 0; n < 3; n += 1) await person.insist(`${world.title} ${n}`, newKey());
  const from = world.far.network.seen.length;
  const context = await world.context.browser()!.newContext({ serviceWorkers: 'block', locale: 'it-IT' });
  const page = await context.newPage();
  await logIn(page, 'giulia-ferri', { from: `${world.far.url}/outbox` });
  await expect(drafts(page)).toContainText(say('outbox.drafts_none'));
  await page.getByText('Giulia Ferri').first().click();
  await page.getByRole('button', { name: say('common.log_out') }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  await context.close();
  expect(seen(world, /^DELETE/, from)()).toBe(0);
  expect(await person.count(world.title)).toBe(3);
});

// Loss 3, iNaturalist React Native (photos gone after an update of the app): end2end/tests/outbox_upgrade.spec.ts, by that name.

fault('loss 4, iNaturalist Android: the first photo twice, the second missing', true, async (world) => {
  world.photos = 2;
  await write(world);
  plan(world, { match: /^PATCH/, fault: 'after', times: 2 });
  await confirm(world);
  // Each photo by its own checksum.
  await arrived(world);
});

// Loss 5, iNaturalist iOS (photos blank after the phone slept): moments.spec.ts, "the tab is frozen while photos travel".

fault('loss 6, Enketo: the server takes 150 seconds to answer: it ends, with the report once', false, async (world) => {
  world.photos = 1;
  await write(world);
  plan(world, { match: POST, fault: { late: 150_000 }, times: 1 });
  await confirm(world);
  await arrived(world, 200_000);
}, 300_000);

// Loss 7, Enketo (parallel sending): moments.spec.ts, "8 tabs, one outbox".

for (const state of ['draft', 'waiting', 'travelling'] as const) {
  for (let photos = 0; photos <= 5; photos += 1) {
    fault(`loss 8, Enketo: ${state} with ${photos} photos, the tab closed and opened again: every photo is there`, state === 'draft' && photos === 5, async (world) => {
      world.photos = photos;
      await write(world);
      const from = world.far.network.seen.length;
      if (state === 'draft') await world.page.waitForTimeout(1_000);
      else {
        plan(world, { match: state === 'waiting' ? POST : /^(HEAD|PATCH)/, fault: { late: 1_500 } });
        // Without photos nothing travels behind the report.
        if (state === 'travelling' && !photos) world.befallen = undefined;
        await confirm(world);
        await expect.poll(seen(world, state === 'waiting' || !photos ? POST : /^(HEAD|PATCH)/, from), { intervals: [20] }).toBeGreaterThan(0);
      }
      await world.page.close();
      world.far.network.rules = [];
      await reopen(world, '/outbox');
      if (state === 'draft') {
        await drafts(world.page).getByRole('listitem').filter({ hasText: world.title }).getByRole('link', { name: say('outbox.go_on') }).click();
        await expect(world.page.getByRole('listitem').filter({ hasText: 'kB' })).toHaveCount(photos);
        await review(world.page);
        await confirm(world);
      }
      await arrived(world);
    });
  }
}

// Loss 9, Enketo (logged out, and the queue never leaves): moments.spec.ts, "the session ends in the middle of the queue".

fault('loss 10, Enketo: what waited when the app was closed leaves when it is opened, all of it', false, async (world) => {
  await leaveWaiting(world);
  const first = world.title;
  world.far.network.heal();
  await world.page.goto('about:blank');
  world.far.network.down();
  await world.page.close();
  world.far.network.heal();
  await reopen(world);
  await arrived({ ...world, title: first });
});

fault('loss 11, Enketo: photos chosen two hours ago can still be read', false, async (world) => {
  world.photos = 2;
  await write(world);
  await world.page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 2 * 3_600_000;
  });
  // So long after the last touch the session is over, for the page; whoever comes back goes on with the draft.
  await expect(world.page.getByRole('dialog', { name: say('login.expired_title') })).toBeVisible({ timeout: 20_000 });
  await world.page.close();
  await reopen(world, '/outbox');
  await drafts(world.page).getByRole('listitem').filter({ hasText: world.title }).getByRole('link', { name: say('outbox.go_on') }).click();
  await review(world.page);
  await confirm(world);
  await arrived(world);
});

// Loss 12, Enketo (the storage's connection killed): moments.spec.ts, "the browser kills the connection to its storage again and again".

fault('loss 13, Enketo: a hundred reports of the same title are a hundred reports', false, async ({ far, title }) => {
  const person = await sender(far.url, 'gino-bandini');
  const ids = await Promise.all(Array.from({ length: 100 }, () => person.insist(title, newKey())));
  expect(new Set(ids).size).toBe(100);
  expect(await person.count(title)).toBe(100);
});

fault('loss 14, Enketo: the next person at a shared computer finds nothing of the one before', true, async (world) => {
  const context = await world.context.browser()!.newContext({ serviceWorkers: 'block', locale: 'it-IT' });
  const page = await context.newPage();
  try {
    await logIn(page, 'giulia-ferri', { from: `${world.far.url}/reports/new`, device: 'shared' });
    await acknowledge(page);
    await tell(page, { title: world.title });
    await page.getByText('Giulia Ferri').first().click();
    await page.getByRole('button', { name: say('common.log_out') }).click();
    const sure = page.getByRole('dialog', { name: say('outbox.leave_title') });
    // What is kept is only here: it asks, unless it was too quick for that to be kept.
    await expect(sure.or(page.getByRole('heading', { level: 1, name: 'Accedi' }))).toBeVisible();
    if (await sure.isVisible()) await sure.getByRole('button', { name: say('outbox.leave'), exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
    await logIn(page, 'gino-bandini', { from: `${world.far.url}/outbox`, device: 'shared' });
    await expect(drafts(page)).toContainText(say('outbox.drafts_none'));
    await page.goto(`${world.far.url}/reports/new/data`);
    await expect(page.getByLabel('Titolo')).toHaveValue('');
  } finally {
    await context.close();
  }
});

// Loss 15, Kobo (what the browser cleared was gone for good): end2end/tests/outbox_devices.spec.ts, by that name.

fault('loss 16, FixMyStreet: three photos called image.jpg, two tabs', true, async (world) => {
  world.photos = 3;
  await write(world);
  const second = await world.context.newPage();
  await second.goto(`${world.far.url}/reports/new/data`);
  await expect(second.getByLabel('Titolo')).toHaveValue('');
  for (let n = 0; n < (FULL ? 500 : 20); n += 1) await second.getByLabel('Titolo').fill(`${world.title} altra ${n}`);
  await confirm(world);
  await arrived(world);
  await world.page.goto(`${world.far.url}/outbox`);
  await expect(drafts(world.page)).toContainText(`${world.title} altra ${FULL ? 499 : 19}`);
}, 180_000);

for (const [name, status, body] of [
  ['a page that says 200', 200, '<!doctype html><title>Wi-Fi</title>'],
  ['201 without the case', 201, '{}'],
  ['204', 204, ''],
] as const) {
  fault(`loss 17, ODK: ${name} is no reason to delete`, false, async (world) => {
    world.photos = 1;
    await write(world);
    plan(world, { match: POST, fault: { status, body }, times: 2 });
    await confirm(world);
    await arrived(world);
  });
}

fault('loss 18, ODK: the draft of a report that was sent is not offered again', false, async (world) => {
  await write(world);
  await confirm(world);
  await arrived(world);
  await world.page.goto(`${world.far.url}/outbox`);
  await expect(drafts(world.page).getByRole('status').or(drafts(world.page).getByRole('listitem')).or(drafts(world.page).getByText(say('outbox.drafts_none'))).first()).toBeVisible();
  await expect(drafts(world.page)).not.toContainText(world.title);
  // Another draft of this person's may be taken up there, never this one.
  await world.page.goto(`${world.far.url}/reports/new/data`);
  await expect(world.page.getByLabel('Titolo')).toBeVisible();
  await world.page.waitForTimeout(1_000);
  await expect(world.page.getByLabel('Titolo')).not.toHaveValue(world.title);
});

fault('loss 19, Ionic Storage: a photo that the device has damaged is not sent as if it were whole', false, async (world) => {
  world.photos = 1;
  await leaveWaiting(world);
  const kinds = await world.page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('filo.vault');
      request.onsuccess = () => resolve(request.result);
    });
    const transaction = database.transaction('files', 'readwrite');
    const store = transaction.objectStore('files');
    const rows = await new Promise<[IDBValidKey, { data: ArrayBuffer }][]>((resolve) => {
      const found: [IDBValidKey, { data: ArrayBuffer }][] = [];
      store.openCursor().onsuccess = ({ target }) => {
        const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
        if (!cursor) return resolve(found);
        found.push([cursor.key, cursor.value as { data: ArrayBuffer }]);
        cursor.continue();
      };
    });
    for (const [key, row] of rows) {
      new Uint8Array(row.data)[10] ^= 1;
      store.put(row, key);
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    database.close();
    return rows.map(([, row]) => row.data.constructor.name);
  });
  expect(new Set(kinds)).toEqual(new Set(['ArrayBuffer']));
  await heal(world);
  await expect.poll(async () => (await casesWith(world.page, world.title).catch(() => [])).length, { timeout: 30_000 }).toBe(1);
  await expect(unsent(world.page).getByRole('listitem').filter({ hasText: world.title })).toContainText(say('outbox.stuck_files'));
  await unsent(world.page).getByRole('button', { name: new RegExp(`${say('outbox.delete')}.*${world.title}`) }).click();
  await world.page.getByRole('dialog', { name: say('outbox.delete_title') }).getByRole('button', { name: say('outbox.delete') }).click();
});

// Loss 20, three web apps (a white page after a deploy): device.spec.ts, "two builds later, in a tab that was never closed".

fault('loss 21, MostroP2P: fifty at once, and nobody is told that the database is busy', false, async ({ far, title }) => {
  const person = await sender(far.url, 'gino-bandini');
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => person.send(`${title} ${n}`, newKey())));
  expect(answers.map(({ status }) => status).filter((status) => status !== 201)).toEqual([]);
  expect(await person.count(title)).toBe(50);
});
