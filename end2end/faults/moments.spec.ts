// The tab, the browser, the server and the device fail at every moment of sending: what was called kept arrives, once and whole.
import { endSessionBehindItsBack } from '../fixtures/api.ts';
import { beRecognised } from '../fixtures/login.ts';
import { acknowledge, review, tell } from '../fixtures/report.ts';
import { say } from '../fixtures/words.ts';
import { expect } from '@playwright/test';
import { type World, arrived, choose, confirm, heal, reopen, test, write } from './world.ts';

const FULL = Boolean(process.env.FILO_FULL);
/** The moments after "Conferma e invia", in milliseconds. */
const MOMENTS = FULL ? [0, 20, 50, 100, 150, 200, 300, 450, 700, 1_000] : [50, 300];
const some = <T>(all: T[]): T[] => (FULL ? all : all.slice(0, 1));

for (const ms of MOMENTS) {
  test(`the tab is killed ${ms} ms after sending was confirmed, the network a slow one`, async ({ world }) => {
    world.photos = 2;
    await write(world);
    world.far.network.rules = [{ match: /^(POST|PATCH|HEAD)/, fault: { late: 150 } }];
    await confirm(world);
    // What is confirmed is kept within a moment; before that the draft is there, and nothing was called sent.
    await world.page.waitForTimeout(ms);
    await world.page.close();
    world.far.network.heal();
    await reopen(world, '/outbox');
    const drafts = world.page.getByRole('region', { name: say('outbox.drafts_title') });
    await world.page.waitForTimeout(1_500);
    if (await drafts.getByText(world.title).isVisible()) {
      await drafts.getByRole('listitem').filter({ hasText: world.title }).getByRole('link', { name: say('outbox.go_on') }).click();
      await review(world.page);
      await confirm(world);
    }
    await arrived(world);
  });
}

/** The steps before the summary at which a tab can die, one second after the last change. */
const STEPS: [string, (world: World) => Promise<void>][] = [
  ['with photos chosen', async (world) => { await acknowledge(world.page); await tell(world.page, { title: world.title }); await choose(world, 2); }],
  ['with the words written', async (world) => { await acknowledge(world.page); await tell(world.page, { title: world.title }); }],
  ['with the title alone', async (world) => { await acknowledge(world.page); await world.page.getByLabel('Titolo').fill(world.title); }],
  ['at the summary', async (world) => { await acknowledge(world.page); await tell(world.page, { title: world.title }); await choose(world, 2); await review(world.page); }],
];
for (const [name, until] of some(STEPS)) {
  test(`the tab is killed ${name}: the draft is there, whole`, async ({ world }) => {
    await world.page.goto(`${world.far.url}/reports/new`);
    await until(world);
    await world.page.waitForTimeout(1_100);
    await world.page.close();
    await reopen(world, '/outbox');
    const drafts = world.page.getByRole('region', { name: say('outbox.drafts_title') });
    await drafts.getByRole('listitem').filter({ hasText: world.title }).getByRole('link', { name: say('outbox.go_on') }).click();
    await expect(world.page.getByLabel('Titolo')).toHaveValue(world.title);
    world.photos = await world.page.getByRole('listitem').filter({ hasText: 'kB' }).count();
    expect(world.photos).toBe(name.includes('photos') || name.includes('summary') ? 2 : 0);
    await tell(world.page, { title: world.title });
    await review(world.page);
    await confirm(world);
    await arrived(world);
  });
}

/** Where the server dies: after so many of these requests have been seen. */
const SERVER: [string, RegExp][] = [
  ['when the first piece of a photo comes', /^PATCH/],
  ['when the report comes', /^POST \/api\/v1\/reports /],
  ['when a photo is announced', /^POST \/api\/v1\/uploads /],
  ['when it is asked what has become of a photo', /\/state /],
];
for (const [name, match] of some(SERVER)) {
  test(`the server is killed (SIGKILL) ${name}, and comes back`, async ({ world }) => {
    world.photos = 2;
    await write(world);
    const { network, crm } = world.far;
    const before = network.seen.length;
    network.rules = [{ match, fault: { late: 400 }, times: 1 }];
    await confirm(world);
    await expect.poll(() => network.seen.slice(before).some((line) => match.test(line)), { intervals: [20] }).toBe(true);
    await crm.kill();
    network.rules = [];
    await crm.start();
    await heal(world);
    await arrived(world);
  });
}

test('the network goes away while photos travel, and comes back', async ({ world }) => {
  world.photos = 3;
  await write(world);
  const { network } = world.far;
  network.rules = [{ match: /^PATCH/, fault: { late: 300 } }];
  const before = network.seen.length;
  await confirm(world);
  await expect.poll(() => network.seen.slice(before).some((line) => line.startsWith('PATCH')), { intervals: [20] }).toBe(true);
  network.down();
  await world.page.waitForTimeout(1_500);
  await heal(world);
  await arrived(world);
});

/** Puts the page's clock so many days ahead. */
const putClock = ({ page }: World, days: number) =>
  page.evaluate((days) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + days * 86_400_000;
  }, days);

/** Sends without a network: the report waits. */
async function leaveWaiting(world: World): Promise<void> {
  await write(world);
  world.far.network.down();
  await confirm(world);
  await expect(world.page.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
}

test('the clock is put back a day while it waits', async ({ world }) => {
  await leaveWaiting(world);
  await putClock(world, -1);
  await world.page.waitForTimeout(2_500);
  world.far.network.heal();
  await arrived(world);
});

test('the clock jumps a day ahead while it waits: when the session looks over, the report goes after the login', async ({ world }) => {
  await leaveWaiting(world);
  await putClock(world, 1);
  await world.page.waitForTimeout(2_500);
  world.far.network.heal();
  // What was sent within the first second has told the app that its session lives.
  if (await world.page.getByRole('dialog', { name: say('login.expired_title') }).isVisible()) await logInAgain(world);
  await arrived(world);
});

test('the storage is full: it says so by keeping it in memory, and sends', async ({ world }) => {
  world.photos = 2;
  await world.page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await write(world);
  await confirm(world);
  await arrived(world);
});

test('the browser kills the connection to its storage again and again', async ({ world }) => {
  world.photos = 2;
  await world.page.addInitScript(() => {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...asked) {
      const request = open.apply(this, asked);
      request.addEventListener('success', () => setTimeout(() => request.result.close(), 120));
      return request;
    };
  });
  await write(world);
  await confirm(world);
  await arrived(world);
});

for (const tabs of some([8, 2])) {
  test(`${tabs} tabs, one outbox`, async ({ world }) => {
    world.photos = 2;
    const others = [];
    for (let n = 1; n < tabs; n += 1) {
      const tab = await world.context.newPage();
      await tab.goto(`${world.far.url}/outbox`);
      others.push(tab);
    }
    await write(world);
    world.far.network.down();
    await confirm(world);
    await expect(others[0].getByText(world.title).first()).toBeVisible();
    world.far.network.heal();
    for (const tab of [world.page, ...others]) await tab.evaluate(() => dispatchEvent(new Event('online')));
    await arrived(world);
  });
}

/** In the dialog of an expired session: logs in again in the second window. */
async function logInAgain({ page }: World): Promise<void> {
  const expired = page.getByRole('dialog', { name: say('login.expired_title') });
  await expect(expired).toBeVisible();
  const opening = page.waitForEvent('popup').catch(() => page);
  await expired.getByRole('button', { name: say('login.enter_again') }).click();
  await beRecognised(await Promise.race([opening, page.waitForURL(/127\.0\.0\.1/).then(() => page)]), 'ionut-popescu');
  await expect(expired).toBeHidden({ timeout: 20_000 });
}

test('the session ends in the middle of the queue: after the login it goes on', async ({ world }) => {
  world.photos = 1;
  await write(world);
  await endSessionBehindItsBack(world.page);
  await confirm(world);
  await logInAgain(world);
  await arrived(world);
});

if (FULL) {
  test('the tab is frozen while photos travel, and wakes later', async ({ world }) => {
    world.photos = 3;
    await write(world);
    world.far.network.rules = [{ match: /^PATCH/, fault: { late: 300 } }];
    await confirm(world);
    const devtools = await world.context.newCDPSession(world.page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    world.far.network.heal();
    await arrived(world);
  });

  test('five reports of the same title wait and leave, each once', async ({ world }) => {
    world.far.network.down();
    const titles = 5;
    for (let n = 0; n < titles; n += 1) {
      world.far.network.heal();
      await write(world);
      world.far.network.down();
      await confirm(world);
      await expect(world.page.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
    }
    await heal(world);
    await expect(world.page.locator('.filo-unsent-link')).toHaveCount(0, { timeout: 60_000 });
    const { casesWith } = await import('../fixtures/api.ts');
    expect(await casesWith(world.page, world.title)).toHaveLength(titles);
  });
}
