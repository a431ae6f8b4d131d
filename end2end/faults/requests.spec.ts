// Every request of sending a report, met by every fault of a network: cut before, during and after it, answered by half or by others, late,
// twice, drop by drop. The report arrives once, whole, by itself.
import type { Fault } from './proxy.ts';
import { type World, arrived, confirm, heal, test, write } from './world.ts';

const FULL = Boolean(process.env.FILO_FULL);

/** The requests of sending a report with photos, in their order. */
const REQUESTS: [string, RegExp][] = [
  ['the report', /^POST \/api\/v1\/reports /],
  ['how much has arrived', /^HEAD \/api\/v1\/uploads\//],
  ['the announcement of a photo', /^POST \/api\/v1\/uploads /],
  ['a piece of a photo', /^PATCH \/api\/v1\/uploads\//],
  ['what has become of a photo', /^GET \/api\/v1\/attachments\/[^/]+\/state /],
];

const CAPTIVE = { status: 200, body: '<!doctype html><title>Wi-Fi</title>Accetta le condizioni', headers: 'content-type: text/html\r\n' };

/** Faults, by the kinds of docs; those of the quick share first. */
const FAULTS: [string, Fault, boolean][] = [
  ['cut before', 'before', true],
  ['answer lost after the commit', 'after', true],
  ['cut in the middle', 'during', false],
  ['half an answer', 'half an answer', false],
  ['503 with Retry-After', { status: 503, headers: 'retry-after: 1\r\n' }, false],
  ['a captive portal answers', CAPTIVE, false],
  ['drop by drop', 'trickle', false],
];

/** Sends a report with photos through a network with one fault. */
async function survive(world: World, match: RegExp, fault: Fault, times = 1, photos = 2): Promise<void> {
  world.photos = photos;
  await write(world);
  world.far.network.rules = [{ match, fault, times }];
  await confirm(world);
  await arrived(world);
}

for (const [request, match] of REQUESTS) {
  for (const [what, fault, isQuick] of FAULTS) {
    if (!FULL && !(isQuick && /report|piece/.test(request))) continue;
    test(`${request}: ${what}`, async ({ world }) => survive(world, match, fault));
  }
}

const OTHERS: [string, RegExp, Fault, number][] = [
  ['the report: cut before, five times in a row', REQUESTS[0][1], 'before', 5],
  ['the report: answers lost after the commit, five times in a row', REQUESTS[0][1], 'after', 5],
  ['a piece: cut in the middle, five times in a row', REQUESTS[3][1], 'during', 5],
  ['the report: 500', REQUESTS[0][1], { status: 500 }, 2],
  ['the report: 502 of a proxy', REQUESTS[0][1], { status: 502, body: '<html>Bad gateway</html>' }, 2],
  ['the report: 429 with Retry-After', REQUESTS[0][1], { status: 429, headers: 'retry-after: 2\r\n' }, 1],
  ['the report: 408', REQUESTS[0][1], { status: 408 }, 1],
  ['the report: delivered twice', REQUESTS[0][1], 'twice', 1],
  ['a piece: delivered twice', REQUESTS[3][1], 'twice', 2],
  ['a piece: 500', REQUESTS[3][1], { status: 500 }, 2],
  ['a piece: 460, its checksum was wrong', REQUESTS[3][1], { status: 460 }, 2],
  ['a piece: 429 with Retry-After', REQUESTS[3][1], { status: 429, headers: 'retry-after: 1\r\n' }, 1],
  ['the report: the answer comes after 20 seconds', REQUESTS[0][1], { late: 20_000 }, 1],
];
for (const [name, match, fault, times] of FULL ? OTHERS : OTHERS.slice(7, 8)) {
  test(name, async ({ world }) => survive(world, match, fault, times));
}

for (const share of FULL ? [0.01, 0.3] : [0.3]) {
  test(`${share * 100} % of all requests are cut, somewhere`, async ({ world }) => {
    world.photos = 3;
    await write(world);
    const match = /^(POST|HEAD|PATCH|GET) \/api\/v1\/(reports|uploads|attachments)/;
    world.far.network.rules = (['before', 'during', 'after'] as const).map((fault) => ({ match, fault, share: share / 3 }));
    await confirm(world);
    await world.page.waitForTimeout(6_000);
    await heal(world);
    await arrived(world);
  });
}
