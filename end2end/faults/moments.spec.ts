// The network, the clock, the storage and the session fail at the wrong moment; tabs freeze, and there are many of them.
import { type Page, expect } from '@playwright/test';
import { endSessionBehindItsBack } from '../fixtures/api.ts';
import { beRecognised, logIn } from '../fixtures/login.ts';
import { say } from '../fixtures/words.ts';
import { type World, arrived, confirm, fault, heal, plan, seen, write } from './world.ts';

fault('the network goes away while photos travel, and comes back', true, async (world) => {
  world.photos = 3;
  await write(world);
  const { network } = world.far;
  const from = network.seen.length;
  plan(world, { match: /^PATCH/, fault: { late: 300 } });
  await confirm(world);
  await expect.poll(seen(world, /^PATCH/, from), { intervals: [20] }).toBeGreaterThan(0);
  network.down();
  await expect(world.page.getByText(say('error.offline')).or(world.page.getByRole('heading', { level: 1, name: 'Segnalazione inviata' })).first()).toBeVisible();
  await heal(world);
  await arrived(world);
});

/** Puts the page's clock so many hours ahead. */
const putClock = ({ page }: World, hours: number) =>
  page.evaluate((hours) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + hours * 3_600_000;
  }, hours);

/** Sends without a network: the report waits. */
async function leaveWaiting(world: World): Promise<void> {
  await write(world);
  world.far.network.down();
  await confirm(world);
  await expect(world.page.getByRole('heading', { level: 1, name: say('outbox.title') })).toBeVisible();
}


fault('the clock is put back a day while it waits', true, async (world) => {
  await leaveWaiting(world);
  await putClock(world, -24);
  world.far.network.heal();
  await arrived(world);
});

fault('too many requests, says the CRM, and the clock is put back a day: it waits, and does not ask without a pause', false, async (world) => {
  await write(world);
  const from = world.far.network.seen.length;
  plan(world, { match: /^POST \/api\/v1\/reports /, fault: { status: 429, headers: 'retry-after: 3600\r\n' }, times: 1 });
  await confirm(world);
  await expect.poll(seen(world, /^POST \/api\/v1\/reports /, from)).toBe(1);
  await putClock(world, -24);
  await world.page.evaluate(() => dispatchEvent(new Event('focus')));
  await arrived(world);
  expect(seen(world, /^POST \/api\/v1\/reports /, from)(), 'one try after the refusal').toBe(2);
});

fault('the clock jumps a day ahead while it waits: when the session looks over, the report goes after the login', false, async (world) => {
  await leaveWaiting(world);
  await putClock(world, 24);
  const expired = world.page.getByRole('dialog', { name: say('login.expired_title') });
  await expect(expired).toBeVisible();
  world.far.network.heal();
  // What was sent meanwhile has told the app that its session lives.
  await logInAgain(world.page).catch(() => undefined);
  await arrived(world);
});

fault('the storage is full: it says so, keeps it in memory, and sends', true, async (world) => {
  world.photos = 2;
  await world.page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await write(world);
  world.far.network.down();
  await confirm(world);
  const unsent = world.page.getByRole('region', { name: say('outbox.unsent_title') });
  await expect(unsent.getByRole('listitem').filter({ hasText: world.title })).toContainText(say('outbox.waiting_memory'));
  await expect(world.page.getByText(say('outbox.memory'))).toBeVisible();
  await expect(world.page.getByText(say('outbox.waiting'))).toHaveCount(0);
  await heal(world);
  await arrived(world);
});

fault('the storage fills up in the middle of a draft: from then on it says so', false, async (world) => {
  world.photos = 1;
  await write(world);
  await world.page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  world.far.network.down();
  await confirm(world);
  const unsent = world.page.getByRole('region', { name: say('outbox.unsent_title') });
  await expect(unsent.getByRole('listitem').filter({ hasText: world.title })).toContainText(say('outbox.waiting_memory'));
  await heal(world);
  await arrived(world);
});

fault('the browser kills the connection to its storage again and again', true, async (world) => {
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

for (const tabs of [8, 2]) {
  fault(`${tabs} tabs, one outbox`, tabs === 8, async (world) => {
    world.photos = 2;
    const others: Page[] = [];
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
async function logInAgain(page: Page): Promise<void> {
  const expired = page.getByRole('dialog', { name: say('login.expired_title') });
  await expect(expired).toBeVisible();
  const opening = page.waitForEvent('popup').catch(() => page);
  await expired.getByRole('button', { name: say('login.enter_again') }).click();
  await beRecognised(await Promise.race([opening, page.waitForURL(/127\.0\.0\.1/).then(() => page)]), 'ionut-popescu');
  await expect(expired).toBeHidden({ timeout: 20_000 });
}

fault('the session ends in the middle of the queue: after the login it goes on', true, async (world) => {
  world.photos = 1;
  await write(world);
  await endSessionBehindItsBack(world.page);
  await confirm(world);
  await logInAgain(world.page);
  await arrived(world);
});

fault('somebody logs out while photos travel: after the next login they go on', true, async (world) => {
  world.photos = 3;
  await write(world);
  const from = world.far.network.seen.length;
  plan(world, { match: /^PATCH/, fault: { late: 1_000 } });
  await confirm(world);
  await expect.poll(seen(world, /^PATCH/, from), { intervals: [20] }).toBeGreaterThan(0);
  await world.page.getByText('Ionuț Popescu').or(world.page.getByText('Ionut Popescu')).first().click();
  await world.page.getByRole('button', { name: say('common.log_out') }).click();
  await expect(world.page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  world.far.network.rules = [];
  await logIn(world.page, 'ionut-popescu', { from: `${world.far.url}/cases` });
  await arrived(world);
});

fault('the tab is frozen while photos travel, and wakes later', false, async (world) => {
  world.photos = 3;
  await write(world);
  const from = world.far.network.seen.length;
  plan(world, { match: /^PATCH/, fault: { late: 300 } });
  await confirm(world);
  await expect.poll(seen(world, /^PATCH/, from), { intervals: [20] }).toBeGreaterThan(0);
  const devtools = await world.context.newCDPSession(world.page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  // So long nothing runs in the tab.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  world.far.network.heal();
  await arrived(world);
});
