// One person, one phone, one CRM behind a bad network; writing a report there, and what must be true when the network is well again:
// the report is there exactly once, with every photo to the byte, nothing pressed.
import { createHash } from 'node:crypto';
import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { casesWith } from '../fixtures/api.ts';
import { logIn } from '../fixtures/login.ts';
import { type Far, farCrm } from '../fixtures/network.ts';
import { jpeg } from '../fixtures/photos.ts';
import { acknowledge, review, tell } from '../fixtures/report.ts';
import { say } from '../fixtures/words.ts';
import type { Rule } from './proxy.ts';

/** Whether all faults are tried; a share of them otherwise. */
export const FULL = Boolean(process.env.FILO_FULL);

/** What a scenario has in its hands. */
export interface World {
  far: Far;
  context: BrowserContext;
  /** The page at the moment; a scenario that closes it puts another here. */
  page: Page;
  /** What the report is called. */
  title: string;
  /** How many photos it has. */
  photos: number;
  /** How many requests had been befallen when a fault was planned: it must befall one. */
  befallen?: number;
}

/** What a report announced: the checksums of its files, by its title. */
const announced = new Map<string, string[]>();

/** Remembers what the pages of a context announce. */
export function watch(context: BrowserContext): void {
  context.on('request', (request) => {
    if (request.method() !== 'POST' || !request.url().endsWith('/api/v1/reports')) return;
    const { title, files } = (request.postDataJSON() ?? {}) as { title: string; files: { sha256: string }[] };
    announced.set(title, files.map(({ sha256 }) => sha256));
  });
}

/** Plans faults: from now on they befall, and the report has not survived anything when none did. */
export function plan(world: World, ...rules: Rule[]): void {
  const { network } = world.far;
  world.befallen = network.befallen;
  network.seed = 1;
  network.rules = rules;
}

/** Waits until the network has seen a request that came after the first `from`; how often it has. */
export const seen = ({ far: { network } }: World, match: RegExp, from: number): (() => number) => () => network.seen.slice(from).filter((line) => match.test(line)).length;

/** Writes the report up to the summary. */
export async function write(world: World): Promise<void> {
  const { page, title, photos, far } = world;
  await page.goto(`${far.url}/reports/new`);
  const other = page.getByRole('button', { name: say('reports.draft_other') });
  if (await other.isVisible()) await other.click();
  await expect(other).toBeHidden();
  await acknowledge(page);
  await tell(page, { title });
  await choose(world, photos);
  await review(page);
}

/** Chooses photos, each another one, all of the same name as phones call them; `before`: those that are there already. */
export async function choose({ page, context }: World, photos: number, before = 0): Promise<void> {
  if (!photos) return;
  const files = await Promise.all(Array.from({ length: photos }, (_, n) => jpeg(context, 700 + 10 * (before + n), 500)));
  await page.getByLabel('Carica file').setInputFiles(files.map((buffer) => ({ name: 'image.jpg', mimeType: 'image/jpeg', buffer })));
  await expect(page.getByRole('listitem').filter({ hasText: 'kB' })).toHaveCount(before + photos);
}

/** Presses "Invia" and confirms. */
export async function confirm({ page }: World): Promise<void> {
  await page.getByRole('button', { name: 'Invia', exact: true }).click();
  await page.getByRole('dialog', { name: 'Termini e condizioni' }).getByRole('button', { name: 'Conferma e invia' }).click();
}

/** Opens the app again, in a new page. */
export async function reopen(world: World, path = '/cases'): Promise<void> {
  world.page = await world.context.newPage();
  await world.page.goto(`${world.far.url}${path}`);
}

/** The network is back, and the browser says so. */
export async function heal({ far, page }: World): Promise<void> {
  far.network.heal();
  await page.evaluate(() => dispatchEvent(new Event('online')));
}

/** The report is there once, with all its photos whole; nothing waits any more. */
export async function arrived({ page, title, photos, far, befallen }: World, timeout = 60_000): Promise<void> {
  await expect.poll(async () => (await casesWith(page, title).catch(() => [])).length, { timeout, message: 'the report is there' }).toBe(1);
  const [found] = await casesWith(page, title);
  const kept = () =>
    page.evaluate(async (id) => {
      const answer = await fetch(`/api/v1/cases/${id}?language=it`, { headers: { 'x-filo': '1' } });
      const { report } = (await answer.json()) as { report: { photos: { id: string; state: string; sent_sha256: string }[] } };
      return report.photos.map(({ state, sent_sha256 }) => `${state} ${sent_sha256}`);
    }, found.id);
  const wanted = (announced.get(title) ?? []).map((sha256) => `ready ${sha256}`);
  expect(wanted, 'every photo was announced').toHaveLength(photos);
  await expect.poll(kept, { timeout, message: 'every photo is there, whole' }).toEqual(wanted);
  await expect(page.locator('.filo-unsent-link'), 'nothing waits').toHaveCount(0, { timeout: 30_000 });
  expect(await casesWith(page, title), 'still once').toHaveLength(1);
  if (befallen !== undefined) expect(far.network.befallen, 'the fault befell something').toBeGreaterThan(befallen);
}

/** A name that no other run has. */
export const newTitle = (name: string): string => `${createHash('sha256').update(name).digest('hex').slice(0, 8)} ${Date.now()}`;

/** The world, one for each worker: logging in is not what is tried here. */
const worlds = base.extend<{ world: World }, { shared: { far: Far; context: BrowserContext } }>({
  shared: [
    async ({ browser }, use, info) => {
      const far = await farCrm();
      const context = await browser.newContext({ ...info.project.use, serviceWorkers: 'block' });
      watch(context);
      const page = await context.newPage();
      await logIn(page, 'ionut-popescu', { from: `${far.url}/cases` });
      await expect.poll(() => far.network.seen.some((line) => line.includes('/session/vault')), { message: 'the vault is opened' }).toBe(true);
      await page.goto(`${far.url}/outbox`);
      await expect(page.getByRole('region', { name: say('outbox.drafts_title') })).toBeVisible();
      await page.close();
      await use({ far, context });
      await context.close();
      await far.end();
    },
    { scope: 'worker' },
  ],
  world: async ({ shared: { far, context } }, use, info) => {
    const page = await context.newPage();
    const world = { far, context, page, title: newTitle(info.title), photos: 0 };
    await use(world);
    far.network.heal();
    for (const open of context.pages()) await open.close();
  },
});
export { worlds as test };

/** A fault: one of the quick share, or only tried when all are (FILO_FULL=1); then it is counted as left out. */
export function fault(name: string, isQuick: boolean, work: (world: World) => Promise<void>, timeout?: number): void {
  const run = async ({ world }: { world: World }) => {
    if (timeout) worlds.setTimeout(timeout);
    await work(world);
  };
  if (FULL || isQuick) worlds(name, run);
  else worlds.skip(name, run);
}
