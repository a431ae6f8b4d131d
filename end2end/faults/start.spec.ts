// The requests before a report can be written (the app's own files, who is here, the key of the vault, the form, what is nearby), met by the
// faults of a network: the report is written all the same, and arrives once.
import { type BrowserContext, expect } from '@playwright/test';
import { plainLogIn } from '../fixtures/plain_login.ts';
import { acknowledge, review, tell } from '../fixtures/report.ts';
import { say } from '../fixtures/words.ts';
import type { Fault } from './proxy.ts';
import { type World, arrived, choose, confirm, fault, plan, watch } from './world.ts';

/** What is asked before anything can be sent. */
const REQUESTS: [string, RegExp][] = [
  ['who is here', /^GET \/api\/v1\/me /],
  ['the key of the vault', /^POST \/api\/v1\/session\/vault /],
  ['the form', /^GET \/api\/v1\/reports\/form/],
  ['what is nearby', /^GET \/api\/v1\/public\/reports\/near/],
  ['the app itself', /^GET \/filo-[^ ]*\.wasm /],
  ['its sentences', /^GET \/words\//],
  ['its settings', /^GET \/config\.json /],
  ['what keeps and sends', /^GET \/(outbox|vault|sending|drafts)-/],
];

const FAULTS: [string, Fault][] = [
  ['cut before', 'before'],
  ['half an answer', 'half an answer'],
  ['503', { status: 503 }],
  ['a captive portal answers', { status: 200, body: '<!doctype html><title>Wi-Fi</title>', headers: 'content-type: text/html\r\n' }],
];

for (const [request, match] of REQUESTS) {
  for (const [what, kind] of FAULTS) {
    fault(`before writing, ${request}: ${what}`, request === 'what keeps and sends' && kind === 'before', (world) => anew(world, match, kind));
  }
}

/** A browser that has never been here, somebody signed in, a fault: writes and sends. */
async function anew(world: World, match: RegExp, kind: Fault): Promise<void> {
  const { far } = world;
  const [name, value] = (await plainLogIn(far.url, 'ionut-popescu')).split('=');
  const context = await world.context.browser()!.newContext({ serviceWorkers: 'block', locale: 'it-IT' });
  watch(context);
  await context.addCookies([{ name, value, url: far.url.replace('http:', 'https:'), secure: true, httpOnly: true }]);
  try {
    await write({ ...world, context }, context, match, kind);
  } finally {
    await context.close();
  }
}

async function write(world: World, context: BrowserContext, match: RegExp, kind: Fault): Promise<void> {
  world.page = await context.newPage();
  world.photos = 1;
  plan(world, { match, fault: kind, times: 1 });
  await world.page.goto(`${world.far.url}/reports/new`).catch(() => undefined);
  await opened(world);
  await acknowledge(world.page);
  await tell(world.page, { title: world.title });
  await choose(world, 1);
  await review(world.page);
  await confirm(world);
  await arrived(world);
}

/** The form is there: what a person does until then is what the page offers, or to open it again. */
async function opened({ page }: World): Promise<void> {
  const tick = page.getByRole('checkbox', { name: /Ho letto e compreso/ });
  for (let n = 0; n < 4; n += 1) {
    if (await tick.waitFor({ timeout: 12_000 }).then(() => true, () => false)) return;
    const retry = page.getByRole('button', { name: say('common.try_again') });
    if (await retry.isVisible()) await retry.click();
    else await page.reload().catch(() => undefined);
  }
  await expect(tick).toBeVisible();
}
