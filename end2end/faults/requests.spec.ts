// Every request of sending a report, met by every fault of a network: cut before, during and after it, answered by half or by others, late,
// twice, in another order, byte by byte, not at all. The report arrives once, whole, by itself.
import { expect } from '@playwright/test';
import type { Fault } from './proxy.ts';
import { type World, arrived, confirm, fault, heal, plan, write } from './world.ts';

/** The requests of sending a report with photos, in their order. */
const REQUESTS: [string, RegExp][] = [
  ['the report', /^POST \/api\/v1\/reports /],
  ['how much has arrived', /^HEAD \/api\/v1\/uploads\//],
  ['the announcement of a photo', /^POST \/api\/v1\/uploads /],
  ['a piece of a photo', /^PATCH \/api\/v1\/uploads\//],
  ['what has become of a photo', /^GET \/api\/v1\/attachments\/[^/]+\/state /],
];

const PAGE = { body: '<!doctype html><title>Wi-Fi</title>Accetta le condizioni', headers: 'content-type: text/html\r\n' };

/** Faults, by the kinds of docs; those of the quick share first. */
const FAULTS: [string, Fault, boolean][] = [
  ['cut before', 'before', true],
  ['answer lost after the commit', 'after', true],
  ['cut in the middle', 'during', false],
  ['half an answer', 'half an answer', false],
  ['503 with Retry-After', { status: 503, headers: 'retry-after: 1\r\n' }, false],
  ['a captive portal answers', { status: 200, ...PAGE }, false],
  ['a captive portal forbids', { status: 403, ...PAGE }, true],
  ['byte by byte', 'trickle', false],
];

/** Sends a report with photos through a network with one fault. */
async function survive(world: World, match: RegExp, what: Fault, times = 1, timeout?: number): Promise<void> {
  world.photos = 2;
  await write(world);
  plan(world, { match, fault: what, times });
  await confirm(world);
  await arrived(world, timeout);
}

for (const [request, match] of REQUESTS) {
  for (const [what, kind, isQuick] of FAULTS) {
    fault(`${request}: ${what}`, isQuick && /report|piece/.test(request), (world) => survive(world, match, kind));
  }
}

const OTHERS: [string, RegExp, Fault, number][] = [
  ['the report: delivered twice', REQUESTS[0][1], 'twice', 1],
  ['the report: cut before, five times in a row', REQUESTS[0][1], 'before', 5],
  ['the report: answers lost after the commit, five times in a row', REQUESTS[0][1], 'after', 5],
  ['a piece: cut in the middle, five times in a row', REQUESTS[3][1], 'during', 5],
  ['the report: 500', REQUESTS[0][1], { status: 500 }, 2],
  ['the report: 502 of a proxy', REQUESTS[0][1], { status: 502, body: '<html>Bad gateway</html>' }, 2],
  ['the report: 429 with Retry-After', REQUESTS[0][1], { status: 429, headers: 'retry-after: 2\r\n' }, 1],
  ['the report: 408', REQUESTS[0][1], { status: 408 }, 1],
  ['the report: 401 of a captive portal, which ends no session', REQUESTS[0][1], { status: 401, ...PAGE }, 2],
  ['the report: 404 and 405 of something in between', REQUESTS[0][1], { status: 405, ...PAGE }, 2],
  ['a piece: delivered twice', REQUESTS[3][1], 'twice', 2],
  ['a piece: again, behind what came after it', REQUESTS[3][1], { reordered: 700 }, 2],
  ['the report: again, behind what came after it', REQUESTS[0][1], { reordered: 700 }, 1],
  ['a piece: 500', REQUESTS[3][1], { status: 500 }, 2],
  ['a piece: 460, its checksum was wrong', REQUESTS[3][1], { status: 460 }, 2],
  ['a piece: 429 with Retry-After', REQUESTS[3][1], { status: 429, headers: 'retry-after: 1\r\n' }, 1],
  ['the report: the answer comes after 20 seconds', REQUESTS[0][1], { late: 20_000 }, 1],
];
for (const [index, [name, match, kind, times]] of OTHERS.entries()) fault(name, index === 0, (world) => survive(world, match, kind, times));

/** Faults that nobody says: only patience tells them from a slow network. */
const SILENT: [string, RegExp, Fault][] = [
  ['the report: everything stands still for 30 seconds', REQUESTS[0][1], { stall: 30_000 }],
  ['a piece: everything stands still for 30 seconds', REQUESTS[3][1], { stall: 30_000 }],
  ['the report: half-open, nobody is there any more and nobody says so', REQUESTS[0][1], 'half open'],
  ['a piece: half-open, nobody is there any more and nobody says so', REQUESTS[3][1], 'half open'],
  ['the report: it arrives, and no answer ever comes', REQUESTS[0][1], 'silence'],
  ['a piece: it arrives, and no answer ever comes', REQUESTS[3][1], 'silence'],
];
for (const [name, match, kind] of SILENT) fault(name, false, (world) => survive(world, match, kind, 1, 120_000), 240_000);

fault('the report hangs on a network that is gone; the browser comes online and it goes at once', true, async (world) => {
  world.photos = 1;
  await write(world);
  plan(world, { match: REQUESTS[0][1], fault: 'half open', times: 1 });
  await confirm(world);
  // Longer than a request that is merely slow to begin.
  await expect.poll(() => world.far.network.befallen).toBeGreaterThan(world.befallen ?? 0);
  await world.page.waitForTimeout(3_500);
  await heal(world);
  await arrived(world, 20_000);
});

for (const [share, isQuick] of [[0.01, false], [0.3, true]] as const) {
  fault(`${share * 100} % of all requests are cut, somewhere`, isQuick, async (world) => {
    world.photos = 3;
    const match = /^(POST|HEAD|PATCH|GET) \/api\/v1\/(reports|uploads|attachments)/;
    plan(world, ...(['before', 'during', 'after'] as const).map((kind) => ({ match, fault: kind, share: share / 3 })));
    const { befallen, far, title } = world;
    // One request of a hundred: report after report, until one has been met. The luck is the same at each run.
    for (let n = 0; n < 12 && far.network.befallen === befallen; n += 1) {
      const { rules } = far.network;
      far.network.rules = [];
      world.title = `${title} ${n}`;
      await write(world);
      far.network.rules = rules;
      await confirm(world);
      await expect(world.page.getByRole('heading', { level: 1, name: /Segnalazione inviata|Bozze e invii/ })).toBeVisible({ timeout: 20_000 });
      await expect(world.page.locator('.filo-unsent-link')).toHaveCount(0, { timeout: 60_000 });
    }
    await heal(world);
    await arrived(world);
  }, 300_000);
}
