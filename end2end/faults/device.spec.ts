// The browser is killed, the name of the town is not found, TLS is cut, the server's disk is full, the app is renewed under an open tab.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type Page, type TestInfo, expect, test } from '@playwright/test';
import { device } from '../fixtures/device.ts';
import { wantedKept } from '../fixtures/kept.ts';
import { logIn } from '../fixtures/login.ts';
import { type Far, farCrm, selfSigned } from '../fixtures/network.ts';
import { DIST } from '../fixtures/programs.ts';
import { acknowledge, review, tell } from '../fixtures/report.ts';
import { say } from '../fixtures/words.ts';
import { FULL, type World, arrived, choose, confirm, newTitle, plan, seen, watch, write } from './world.ts';

/** Somebody signed in, in a context of this file's own. */
async function enter(far: Far, context: BrowserContext, info: TestInfo): Promise<World> {
  watch(context);
  const page = await context.newPage();
  await logIn(page, 'ionut-popescu', { from: `${far.url}/cases` });
  return { far, context, page, title: newTitle(info.title), photos: 2 };
}

/**
 * The browser has been started again. A browser that was killed has forgotten the session: where the CRM gives devices a credential, what
 * waited has left before anybody logs in.
 */
async function comeBack(world: World, context: BrowserContext): Promise<void> {
  watch(context);
  world.page = await context.newPage();
  await world.page.goto(`${world.far.url}/cases`);
  // A browser that was killed may have lost the session's cookie, and the page shows what was read before until it knows.
  const isIn = await world.page.evaluate(async () => (await fetch('/api/v1/me', { headers: { 'x-filo': '1' } })).ok);
  if (!isIn) await logIn(world.page, 'ionut-popescu');
}

/** Waits until the app is on the device: its files, and what the form needs. */
async function installed(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)), { timeout: 30_000 }).toBe(true);
}

/** What a test of this file needs, and its end; in the quick share only what is quick. */
function own(name: string, isQuick: boolean, work: (info: TestInfo, ends: (() => unknown)[]) => Promise<void>): void {
  const run = async ({}, info: TestInfo) => {
    test.setTimeout(240_000);
    const ends: (() => unknown)[] = [];
    try {
      await work(info, ends);
    } finally {
      for (const end of ends.reverse()) await end();
    }
  };
  if (FULL || isQuick) test(name, run);
  else test.skip(name, run);
}

const KILLED: [string, RegExp][] = [
  ['while the report is on its way', /^POST \/api\/v1\/reports /],
  ['while a photo is on its way', /^PATCH/],
];
for (const [index, [name, match]] of KILLED.entries()) {
  own(`the browser is killed (SIGKILL) ${name}, and started again: it leaves by itself`, index === 0, async (info, ends) => {
    const far = await farCrm();
    ends.push(() => far.end());
    const phone = device(info);
    ends.push(() => phone.end());
    const world = await enter(far, await phone.start(), info);
    await write(world);
    const from = far.network.seen.length;
    plan(world, { match, fault: { late: 2_000 } });
    await confirm(world);
    await expect.poll(seen(world, match, from), { intervals: [20] }).toBeGreaterThan(0);
    await phone.kill();
    far.network.rules = [];
    await comeBack(world, await phone.start());
    await arrived(world);
  });
}

own('the browser is killed (SIGKILL) a second after the last letter: the draft is there, with its photos', false, async (info, ends) => {
  const far = await farCrm();
  ends.push(() => far.end());
  const phone = device(info);
  ends.push(() => phone.end());
  const world = await enter(far, await phone.start(), info);
  await world.page.goto(`${far.url}/reports/new`);
  await acknowledge(world.page);
  await tell(world.page, { title: world.title });
  await choose(world, 2);
  // "Kept within a second" is what the app promises.
  await world.page.waitForTimeout(1_000);
  await phone.kill();
  await comeBack(world, await phone.start());
  await world.page.goto(`${far.url}/outbox`);
  await world.page.getByRole('listitem').filter({ hasText: world.title }).getByRole('link', { name: say('outbox.go_on') }).click();
  await expect(world.page.getByRole('listitem').filter({ hasText: 'kB' })).toHaveCount(2);
  await review(world.page);
  await confirm(world);
  await arrived(world);
});

own('the name of the town is not found (DNS): it waits, and leaves when the name is found again', false, async (info, ends) => {
  const far = await farCrm();
  ends.push(() => far.end());
  const phone = device(info);
  ends.push(() => phone.end());
  const world = await enter(far, await phone.start(), info);
  await installed(world.page);
  await world.page.goto(`${far.url}/reports/new`);
  await expect.poll(() => wantedKept(world.page), { timeout: 20_000, message: 'what the form needs is kept' }).toBeGreaterThanOrEqual(4);
  await phone.kill();
  // The resolver is the browser's own: it is told at its start that there is no such name.
  const lost = await phone.start(['--host-resolver-rules=MAP localhost ~NOTFOUND']);
  watch(lost);
  [world.context, world.page] = [lost, await lost.newPage()];
  const failures: string[] = [];
  lost.on('requestfailed', (request) => failures.push(request.failure()?.errorText ?? ''));
  await write(world);
  await confirm(world);
  await expect(world.page.getByRole('region', { name: say('outbox.unsent_title') })).toContainText(world.title);
  expect(failures).toContain('net::ERR_NAME_NOT_RESOLVED');
  await phone.kill();
  await comeBack(world, await phone.start());
  await arrived(world);
});

own('TLS is cut in the middle of the handshake, five times in a row', false, async (info, ends) => {
  const far = await farCrm({}, selfSigned());
  ends.push(() => far.end());
  const phone = device(info, { ignoreHTTPSErrors: true });
  ends.push(() => phone.end());
  const world = await enter(far, await phone.start(), info);
  await write(world);
  // What is open ends, so that the report needs a new connection.
  far.network.down();
  far.network.isUp = true;
  plan(world);
  far.network.handshakesCut = 5;
  await confirm(world);
  await arrived(world);
  expect(far.network.handshakesCut, 'every cut was met').toBe(0);
});

/** A disk of so many bytes, in memory, for a CRM; undefined where it cannot be had. */
function disk(bytes: number, ends: (() => unknown)[]): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'filo-disk-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  ends.push(() => execFileSync('umount', ['-l', folder]));
  return folder;
}

/** Fills a disk to its last byte; what it returns makes room again. */
function fill(folder: string): () => void {
  const file = join(folder, 'filler');
  try {
    for (const size of [1 << 20, 1 << 16, 1 << 12]) for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
  } catch {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(1 << 12), { flag: 'a' });
    } catch {
      // Now it is full.
    }
  }
  return () => rmSync(file);
}

for (const what of ['files', 'database'] as const) {
  own(`the server's disk is full, that of its ${what}: it waits, and leaves when there is room again`, false, async (info, ends) => {
    const folder = disk(what === 'files' ? 4 << 20 : 64 << 20, ends);
    test.skip(!folder, 'a disk of one’s own takes the right to mount one');
    if (!folder) return;
    const far = await farCrm(what === 'files' ? { FILO_FILES: join(folder, 'files') } : { FILO_DATABASE_URL: `sqlite:${join(folder, 'filo.db')}` });
    ends.push(() => far.end());
    const phone = device(info);
    ends.push(() => phone.end());
    const world = await enter(far, await phone.start(), info);
    await write(world);
    const from = far.network.seen.length;
    const makeRoom = fill(folder);
    await confirm(world);
    const sending = what === 'files' ? /^PATCH/ : /^POST \/api\/v1\/reports /;
    await expect.poll(seen(world, sending, from), { timeout: 20_000, message: 'it is tried again' }).toBeGreaterThan(1);
    makeRoom();
    // A server that died of it is started again, as its supervisor does.
    const health = `http://127.0.0.1:${far.crm.port}/api/v1/health`;
    if (!(await fetch(health).then((answer) => answer.ok, () => false))) {
      await far.crm.kill();
      await far.crm.start();
    }
    await arrived(world);
  });
}

/** Puts another build of the app into a folder, under a service worker of its own. */
async function deploy(app: string, page: Page, build: string): Promise<void> {
  const worker = join(app, 'service-worker.js');
  for (const name of ['service-worker.js.br', 'service-worker.js.gz']) rmSync(join(app, name), { force: true });
  writeFileSync(worker, readFileSync(worker, 'utf8').replace(/filo-(build-)?[0-9a-zA-Z_+/=-]+(?=['"`])/, `filo-build-${build}`));
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
}

async function withApp(info: TestInfo, ends: (() => unknown)[]): Promise<{ app: string; world: World }> {
  const app = mkdtempSync(join(tmpdir(), 'filo-app-'));
  ends.push(() => rmSync(app, { recursive: true, force: true }));
  mkdirSync(app, { recursive: true });
  cpSync(DIST, app, { recursive: true });
  const far = await farCrm({ FILO_APP: app });
  ends.push(() => far.end());
  const phone = device(info);
  ends.push(() => phone.end());
  const world = await enter(far, await phone.start(), info);
  await installed(world.page);
  return { app, world };
}

const offer = (page: Page) => page.getByRole('status').filter({ hasText: say('common.update') });

own('a new build is taken while photos travel: the page is loaded anew, and they go on', false, async (info, ends) => {
  const { app, world } = await withApp(info, ends);
  await write(world);
  const from = world.far.network.seen.length;
  plan(world, { match: /^PATCH/, fault: { late: 1_500 } });
  await confirm(world);
  await expect.poll(seen(world, /^PATCH/, from), { intervals: [20] }).toBeGreaterThan(0);
  await deploy(app, world.page, 'next');
  await Promise.all([world.page.waitForEvent('load'), offer(world.page).getByRole('button', { name: say('common.reload') }).click()]);
  world.far.network.rules = [];
  await arrived(world);
});

own('two builds later, in a tab that was never closed: what was being written goes on and leaves', false, async (info, ends) => {
  const { app, world } = await withApp(info, ends);
  const old = world.page;
  await old.goto(`${world.far.url}/reports/new`);
  await acknowledge(old);
  await tell(old, { title: world.title });
  const second = await world.context.newPage();
  for (const build of ['next', 'after']) {
    await second.goto(`${world.far.url}/cases`);
    await deploy(app, second, build);
    await Promise.all([second.waitForEvent('load'), offer(second).getByRole('button', { name: say('common.reload') }).click()]);
    await expect.poll(() => second.evaluate(() => caches.keys())).toContain(`filo-build-${build}`);
  }
  await expect(old.getByLabel('Titolo')).toHaveValue(world.title);
  await choose(world, 2);
  await review(old);
  await confirm(world);
  await arrived(world);
});
